"""The due list and a due item: what people decide with must be true."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.programme.models import Accomplishment, Baseline, Requirement
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.programme.conftest import HOUR, Craft, do, item_of, make_craft, make_requirement


def test_never_done_is_unknown_and_never_green(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    page = browser.get("/due/").text
    assert "state-unknown" in page
    assert "never recorded as done" in page
    assert "state-ok" not in page.split("<tbody>")[1].split("</tbody>")[0]
    opened = browser.get(f"/due/{item_of(account, hundred, craft).pk}/").text
    assert "Nobody can tell" in opened
    assert "none is recorded" in opened


def test_the_item_explains_itself(browser: Client, hundred: Requirement, craft: Craft, account: Account) -> None:
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    page = browser.get(f"/due/{item_of(account, hundred, craft).pk}/").text
    # 4727:00 + 100 h = 4827:00; it stands at 4816:48, so 10:12 are left.
    for text in (
        "10:12 h left",
        "4727:00 h + 100:00 h = 4827:00 h",
        "whichever comes first",
        "12 calendar months",
        "CRS 2026-17",
    ):
        assert text in page, text
    assert "4816:48" in page


def test_the_list_shows_what_is_left_and_filters_by_state(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    other = make_requirement(
        account, "AD 2020-21-22", "Spar cap", {"repeat": {"kind": "counter", "counter": "landings", "every": 500}}
    )
    page = browser.get("/due/").text
    assert "10.2 h" in page
    assert "Due soon" in page
    assert "AD 2020-21-22" in browser.get("/due/?state=unknown").text
    soon = browser.get("/due/?state=due_soon").text
    assert "05-20-01" in soon
    assert other.reference not in soon
    assert other.reference in browser.get("/due/?q=spar").text
    assert "No items match" in browser.get("/due/?kind=life_limit").text


def test_an_overdue_item_says_by_how_much_and_never_less(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    # Due at 4816:47: one minute over reads 0.1 h over, not 0.0.
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4716 * HOUR + 47 * 60)
    page = browser.get("/due/").text
    assert "state-overdue" in page
    assert "0.1 h over" in page
    assert "0:01 h over" in browser.get(f"/due/{item_of(account, hundred, craft).pk}/").text


def test_hours_of_a_fleet_list_are_all_decimal_whatever_their_counters_show(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    other = make_craft(account, "OY-SKB")
    with acting_in(account):
        Counter.objects.filter(pk=other.airborne.pk).update(display="long_decimal_hours")
    for one in (craft, other):
        do(account, hundred, one, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    page = browser.get("/due/").text
    assert page.count("10.2 h") == 2
    assert "10:12" not in page


def test_grouped_by_aircraft_each_heading_comes_once(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    make_craft(account, "OY-SKB")
    make_requirement(account, "32-10-01", "Gear", {"repeat": {"kind": "calendar", "unit": "months", "every": 6}})
    page = browser.get("/due/?group=aircraft").text
    headings = [part.split("</th>")[0] for part in page.split('scope="colgroup">')[1:]]
    assert headings == ["OY-SKA", "OY-SKB"]


def test_the_export_has_numbers_units_and_dates(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    answer = browser.get("/due/?export=xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.getvalue())).active
    assert sheet is not None
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows(max_row=2))
    found = dict(zip(head, row, strict=True))
    assert found["Left"] == 10.2
    assert found["Left counts"] == "h Airborne"
    assert found["State"] == "Due soon"
    assert found["Forecast"] is not None
    assert "" not in head


def test_work_is_recorded_with_a_look_at_what_follows(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    item = item_of(account, hundred, craft)
    flown = craft.flights[-1].ended_at + timedelta(hours=1)
    form = {
        "performed_at_0": f"{flown:%Y-%m-%d}", "performed_at_1": f"{flown:%H:%M}",
        "released_at_0": "", "released_at_1": "",
        f"value-{craft.airborne.pk}": "4816:48", "certificate": "CRS 1",
    }  # fmt: skip
    look = browser.post(f"/due/{item.pk}/record/", {**form, "preview": "yes"})
    assert "100:00 h left" in look.text
    with acting_in(account):
        assert not Accomplishment.objects.exists()
    done = browser.post(f"/due/{item.pk}/record/", form, follow=True)
    assert "100:00 h left" in done.text
    with acting_in(account):
        assert Accomplishment.objects.get().recorded_by_label == "Kim Larsen"


def test_refused_work_keeps_what_was_typed(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    item = item_of(account, hundred, craft)
    form = {
        "performed_at_0": "2199-01-01",
        "performed_at_1": "10:00",
        "certificate": "CRS <1>",
        "released_at_0": "",
        "released_at_1": "",
    }
    answer = browser.post(f"/due/{item.pk}/record/", form)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"performed_at"}
    assert "CRS &lt;1&gt;" in answer.text
    assert "in the future" in browser.post(f"/due/{item.pk}/record/", {**form, "preview": "yes"}).text


def test_work_is_corrected_and_withdrawn(browser: Client, hundred: Requirement, craft: Craft, account: Account) -> None:
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    item = item_of(account, hundred, craft)
    with acting_in(account):
        done = Accomplishment.objects.get()
    page = browser.get(f"/due/{item.pk}/done/{done.pk}/")
    assert 'value="4727:00"' in page.text
    initial = {name: value or "" for name, value in page.context["form"].initial.items()}
    at = initial.pop("performed_at")
    form = {
        "performed_at_0": f"{at:%Y-%m-%d}", "performed_at_1": f"{at:%H:%M:%S}",
        "released_at_0": "", "released_at_1": "",
        f"value-{craft.airborne.pk}": "4730:00", "certificate": "CRS 2026-17", "reason": "Misread",
    }  # fmt: skip
    page = browser.post(f"/due/{item.pk}/done/{done.pk}/", form, follow=True)
    assert "13:12 h left" in page.text
    assert "version 2: Misread" in page.text
    assert browser.post(f"/due/{item.pk}/done/{done.pk}/", form).status_code == 404
    with acting_in(account):
        done = Accomplishment.objects.get(superseded_at=None)
    page = browser.post(f"/due/{item.pk}/done/{done.pk}/withdraw/", {"reason": "Other aircraft"}, follow=True)
    assert "Nobody can tell" in page.text


def test_a_correction_tells_what_it_moves_before_it_is_made(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    flight = craft.flights[-1]
    url = f"{craft.url}flights/{flight.pk}/correct/"
    look = browser.post(url, {f"amount-{craft.airborne.pk}": "13:00", "reason": "", "preview": "yes"}).text
    # 13:00 instead of 1:30 takes the aircraft from 4816:48 to 4828:18, past the limit of 4827:00.
    for text in ("4816:48", "4828:18", "1 item becomes overdue", "Overdue", "1:18 h over", "before: 10:12 h"):
        assert text in look, text
    with acting_in(account):
        assert Counter.objects.get(pk=craft.airborne.pk).total == 4816 * HOUR + 48 * 60
    look = browser.post(f"{craft.url}flights/{flight.pk}/cancel/", {"reason": "", "preview": "yes"}).text
    assert "4815:18" in look
    look = browser.post(f"{craft.url}counters/{craft.airborne.pk}/reading/", {"preview": "yes", "reading": "9"}).text
    assert "shows here" in look


def test_a_late_flight_tells_which_due_it_moves(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    """The work's counters followed from usage, so its next due moves with a flight typed too late."""
    flown = craft.flights[-1].ended_at + timedelta(hours=3)
    do(account, hundred, craft, ago=timezone.now() - flown)
    start, end = flown - timedelta(hours=2), flown - timedelta(hours=1)
    form = {
        "started_at_0": f"{start:%Y-%m-%d}", "started_at_1": f"{start:%H:%M}",
        "ended_at_0": f"{end:%Y-%m-%d}", "ended_at_1": f"{end:%H:%M}",
        f"amount-{craft.airborne.pk}": "1:00", "preview": "yes",
    }  # fmt: skip
    look = browser.post(f"{craft.url}flights/new/", form).text
    for text in ("1 due item moves: 1 falls due at another point", "at 4916:48 h", "at 4917:48 h"):
        assert text in look, look


def test_a_starting_point_tells_what_it_moves_before_it_is_set(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    item = item_of(account, hundred, craft)
    form = {"start": "overhaul", "on": "2020-01-01", "only_here": "", "source": "Logbook 2", "preview": "yes"}
    assert "Nothing that is known would change" in browser.post(f"/due/{item.pk}/start/", form).text
    with acting_in(account):
        assert not Baseline.objects.exists()


def test_who_may_only_look_sees_no_button_and_is_refused(
    reader: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    item = item_of(account, hundred, craft)
    assert "Record work done" not in reader.get(f"/due/{item.pk}/").text
    for path in (
        f"/due/{item.pk}/record/",
        "/requirements/new/",
        f"/requirements/{hundred.pk}/revise/",
        f"/requirements/{hundred.pk}/retire/",
    ):
        assert reader.get(path).status_code == 403
        assert reader.post(path, {"preview": "yes"}).status_code == 403


def test_another_accounts_item_does_not_exist(
    hundred: Requirement, craft: Craft, account: Account, other_account: Account
) -> None:
    foreign = sign_in(make_member(other_account, role="Administrator", email="x@example.com"))
    for path in (f"/due/{item_of(account, hundred, craft).pk}/", f"/requirements/{hundred.pk}/"):
        assert foreign.get(path).status_code == 404
    assert "05-20-01" not in foreign.get("/due/").text


@pytest.mark.parametrize("path", ["/due/", "/due/?group=aircraft", "/requirements/", "/"])
def test_a_list_costs_the_same_for_two_aircraft_and_for_twelve(
    browser: Client, account: Account, django_assert_max_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    make_craft(account, "OY-000", flights=1)
    make_requirement(account)
    make_requirement(account, "32-10-01", "Gear", {"repeat": {"kind": "calendar", "unit": "months", "every": 6}})
    make_craft(account, "OY-001", flights=1)
    browser.get(path)
    with django_assert_max_num_queries(30) as few:
        browser.get(path)
    for number in range(2, 12):
        make_craft(account, f"OY-{number:03}", flights=1)
    with django_assert_max_num_queries(30) as many:
        assert browser.get(path).status_code == 200
    assert len(many) == len(few)
    with acting_in(account):
        assert Aircraft.objects.count() == 12
