"""Writing down usage on pages: what is typed is kept, what is refused says why, what is done shows."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from hangarlink.fleet.models import Correction, Counter, Flight, UsageEntry
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.web.fleet.conftest import HOUR, Craft

NOW = datetime.now(UTC)


def total(account: Account, counter: Counter) -> int | None:
    with acting_in(account):
        return Counter.objects.get(pk=counter.pk).total


def typed(moment: datetime, name: str = "at") -> dict[str, str]:
    """A moment as its two inputs send it."""
    return {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": f"{moment:%H:%M:%S}"}


def test_a_reading_moves_the_counter_and_says_so(browser: Client, account: Account, craft: Craft) -> None:
    url = f"{craft.url}counters/{craft.airborne.pk}/reading/"
    answer = browser.post(url, {"reading": "4820:00", **typed(NOW)}, follow=True)
    assert "Airborne went from 4816:48 to 4820:00." in answer.text
    assert total(account, craft.airborne) == 4820 * HOUR


def test_a_falling_reading_is_refused_at_its_field_and_what_was_typed_stays(
    browser: Client, account: Account, craft: Craft
) -> None:
    url = f"{craft.url}counters/{craft.airborne.pk}/reading/"
    answer = browser.post(url, {"reading": "4000.0", **typed(NOW)})
    assert answer.status_code == 422
    assert 'value="4000.0"' in answer.text
    assert "a total never falls" in answer.text
    assert answer.context["form"].errors.keys() == {"reading"}
    assert total(account, craft.airborne) == 4816 * HOUR + 48 * 60


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("4,812.3", "has a comma"),
        ("", "This field is required"),
        ("-4", "is negative"),
        ("4812:75", "minutes or seconds over 59"),
        ("1e9", "is not a number of hours"),
        ("0.3333", "whole number of seconds"),
        ("<script>", "is not a number of hours"),
    ],
)
def test_bad_hours_are_sent_back_with_the_rule(browser: Client, craft: Craft, value: str, says: str) -> None:
    answer = browser.post(f"{craft.url}counters/{craft.airborne.pk}/reading/", {"reading": value, **typed(NOW)})
    assert answer.status_code == 422
    assert says in answer.text
    assert "<script>" not in answer.text.replace("<script src", "")


@pytest.mark.parametrize(
    ("day", "time", "says"),
    [
        ("2026-02-30", "10:00", "2026-02-30 is not a date that exists"),
        ("2199-01-01", "00:00", "is in the future"),
        ("1850-01-01", "00:00", "before the first powered flight"),
        ("yesterday", "10:00", "yesterday is not a date"),
        ("2026-01-01", "25:00", "25:00 is not a time"),
        ("2026-01-01", "", "This field is required"),
    ],
)
def test_impossible_moments_are_refused(browser: Client, craft: Craft, day: str, time: str, says: str) -> None:
    form = {"reading": "5000", "at_0": day, "at_1": time}
    answer = browser.post(f"{craft.url}counters/{craft.airborne.pk}/reading/", form)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{day}"' in answer.text


def test_a_typed_flight_is_recorded_once(browser: Client, account: Account, craft: Craft) -> None:
    form = {
        **typed(name="started_at", moment=NOW - timedelta(hours=5)),
        **typed(name="ended_at", moment=NOW - timedelta(hours=4)),
        "departure": "EKRK", "arrival": "EKEB", f"amount-{craft.airborne.pk}": "0:54",
        f"amount-{craft.landings.pk}": "1",
    }  # fmt: skip
    answer = browser.post(f"{craft.url}flights/new/", form, follow=True)
    assert "The flight is recorded." in answer.text
    assert "EKRK to EKEB" in answer.text
    again = browser.post(f"{craft.url}flights/new/", form)
    assert again.status_code == 422
    assert 'value="0:54"' in again.text
    with acting_in(account):
        assert Flight.objects.filter(source="manual").count() == 1


def test_an_overlapping_flight_is_refused_with_the_other_ones_times(browser: Client, craft: Craft) -> None:
    flown = craft.flights[-1]
    form = {
        **typed(name="started_at", moment=flown.started_at + timedelta(minutes=10)),
        **typed(name="ended_at", moment=flown.ended_at + timedelta(hours=1)),
        f"amount-{craft.airborne.pk}": "1:00",
    }  # fmt: skip
    answer = browser.post(f"{craft.url}flights/new/", form)
    assert answer.status_code == 422
    assert "flew another flight then" in answer.text


def test_a_correction_keeps_the_old_amount_and_the_reason(browser: Client, account: Account, craft: Craft) -> None:
    flight = craft.flights[0]
    url = f"{craft.url}flights/{flight.pk}/"
    form = {
        f"amount-{craft.airborne.pk}": "1:12",
        f"amount-{craft.landings.pk}": "2",
        "reason": "Typed twice in the log",
    }
    answer = browser.post(f"{url}correct/", form, follow=True)
    assert "Typed twice in the log" in answer.text
    assert "1:30" in answer.text
    assert "1:12" in answer.text
    assert total(account, craft.airborne) == 4816 * HOUR + 30 * 60
    with acting_in(account):
        assert Correction.objects.get().made_by_label == "Kim Larsen"


def test_a_correction_without_a_reason_changes_nothing(browser: Client, account: Account, craft: Craft) -> None:
    url = f"{craft.url}flights/{craft.flights[0].pk}/correct/"
    answer = browser.post(url, {f"amount-{craft.airborne.pk}": "9:00", "reason": "  "})
    assert answer.status_code == 422
    assert 'value="9:00"' in answer.text
    assert total(account, craft.airborne) == 4816 * HOUR + 48 * 60


def test_a_flight_is_cancelled_and_reinstated(browser: Client, account: Account, craft: Craft) -> None:
    url = f"{craft.url}flights/{craft.flights[1].pk}/cancel/"
    assert "It takes off" in browser.get(url).text
    answer = browser.post(url, {"reason": "Never flown"}, follow=True)
    assert "it adds nothing to any counter" in answer.text
    assert total(account, craft.airborne) == 4815 * HOUR + 18 * 60
    browser.post(url, {"reason": "Flown after all"})
    assert total(account, craft.airborne) == 4816 * HOUR + 48 * 60


def test_an_opening_is_corrected_with_a_reason_and_an_instrument_replaced(
    browser: Client, account: Account, craft: Craft
) -> None:
    counter = f"{craft.url}counters/{craft.airborne.pk}/"
    page = browser.get(f"{counter}opening/")
    assert 'value="4812:18"' in page.text
    with acting_in(account):
        opened = UsageEntry.objects.get(counter=craft.airborne, kind="opening").at
    form = {"total": "4800:00", **typed(opened), "reason": "Misread the log"}
    assert "Misread the log" in browser.post(f"{counter}opening/", form, follow=True).text
    assert total(account, craft.airborne) == 4804 * HOUR + 30 * 60
    form = {"last_reading": "", "new_start": "0:00", **typed(NOW)}
    assert "still stands at 4804:30" in browser.post(f"{counter}replacement/", form, follow=True).text


def test_a_reading_is_corrected_and_withdrawn(browser: Client, account: Account, craft: Craft) -> None:
    counter = f"{craft.url}counters/{craft.airborne.pk}/"
    browser.post(f"{counter}reading/", {"reading": "4820:00", **typed(NOW)})
    with acting_in(account):
        entry = UsageEntry.objects.get(kind="reading", superseded_at=None)
    assert 'value="4820:00"' in browser.get(f"{counter}entries/{entry.pk}/correct/").text
    browser.post(f"{counter}entries/{entry.pk}/correct/", {"reading": "4818:00", "reason": "Misread"})
    assert total(account, craft.airborne) == 4818 * HOUR
    assert browser.get(f"{counter}entries/{entry.pk}/withdraw/").status_code == 404
    with acting_in(account):
        entry = UsageEntry.objects.get(kind="reading", superseded_at=None)
    browser.post(f"{counter}entries/{entry.pk}/withdraw/", {"reason": "Another aircraft's"})
    assert total(account, craft.airborne) == 4816 * HOUR + 48 * 60


@pytest.mark.parametrize(
    "path",
    [
        "counters/{c}/reading/",
        "counters/{c}/opening/",
        "flights/new/",
        "flights/{f}/correct/",
        "flights/{f}/cancel/",
        "edit/",
        "counters/new/",
        "counters/{c}/edit/",
    ],
)
def test_who_may_only_look_may_not_write(reader: Client, craft: Craft, path: str) -> None:
    url = craft.url + path.format(c=craft.airborne.pk, f=craft.flights[0].pk)
    assert reader.get(url).status_code == 403
    assert reader.post(url, {"reading": "5000"}).status_code == 403
    page = reader.get(craft.url)
    assert page.status_code == 200
    assert "Record flight" not in page.text


def test_the_way_of_every_link_on_the_aircrafts_pages(browser: Client, craft: Craft) -> None:
    """No link of these pages leads nowhere."""
    seen: set[str] = set()
    waiting = [craft.url, f"{craft.url}flights/", f"{craft.url}counters/{craft.airborne.pk}/"]
    while waiting:
        url = waiting.pop()
        if url in seen or len(seen) > 80:
            continue
        seen.add(url)
        answer = browser.get(url)
        assert answer.status_code == 200, url
        if "<html" in answer.text:
            for link in answer.text.split('href="')[1:]:
                target = link.split('"')[0].replace("&amp;", "&")
                if target.startswith(("/aircraft/", "/models/", "/due/")):
                    waiting.append(urlsplit(target)._replace(fragment="").geturl())
    assert len(seen) > 15


def test_looking_ahead_never_writes(browser: Client, account: Account, craft: Craft) -> None:
    """Every form of usage, sent only to see what it would do."""
    with acting_in(account):
        before = (UsageEntry.objects.count(), Flight.objects.count(), Correction.objects.count())
        opened = UsageEntry.objects.get(counter=craft.airborne, kind="opening").at
    counter, flight = f"counters/{craft.airborne.pk}/", f"flights/{craft.flights[0].pk}/"
    flown = {**typed(NOW - timedelta(hours=5), "started_at"), **typed(NOW - timedelta(hours=4), "ended_at")}
    for path, form in {
        f"{counter}reading/": {"reading": "4820:00", **typed(NOW)},
        f"{counter}opening/": {"total": "4000:00", **typed(opened), "reason": ""},
        f"{counter}replacement/": {"new_start": "0:00", "last_reading": "", **typed(NOW)},
        "flights/new/": {**flown, f"amount-{craft.airborne.pk}": "1:00"},
        f"{flight}correct/": {f"amount-{craft.airborne.pk}": "1:00"},
        f"{flight}cancel/": {},
    }.items():
        answer = browser.post(craft.url + path, {**form, "preview": "yes"})
        assert answer.status_code == 200, path
        assert "<html" not in answer.text, path
        assert "4816:48" in answer.text or "Nothing that is known would change" in answer.text, path
    with acting_in(account):
        assert before == (UsageEntry.objects.count(), Flight.objects.count(), Correction.objects.count())
    assert total(account, craft.airborne) == 4816 * HOUR + 48 * 60
