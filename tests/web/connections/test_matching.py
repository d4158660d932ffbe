"""Which aircraft and counter is which, decided on pages."""

import pytest
from django.test import Client

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.integration.connections.models import Link
from hangarlink.integration.datasets.models import CounterMapping
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.integration.conftest import HOUR, Hub, add_ours
from tests.web.conftest import sign_in


@pytest.fixture
def read(hub: Hub) -> Hub:
    """The fleet list is read: OY-SKA is linked."""
    hub.sync(Flow.AIRCRAFT)
    return hub


def link(label: str) -> Link:
    return Link.objects.get(label=label)


def mapping(registration: str = "OY-SKA") -> set[tuple[str, str]]:
    """What feeds what; without what somebody said is fed by nothing."""
    names = dict(Counter.objects.filter(aircraft__registration=registration).values_list("pk", "name"))
    rows = CounterMapping.objects.filter(link__label=registration).exclude(source="nothing")
    return {(row.source, names.get(row.counter_id, "ignored")) for row in rows}


def test_the_mapping_is_a_sentence_and_a_form(browser: Client, read: Hub, page_of: str) -> None:
    address = f"{page_of}aircraft/{link('OY-SKA').pk}/"
    page = browser.get(address).text
    assert "its Hobbs time to Hobbs" in page
    assert "its landings to Landings and Cycles" in page
    hobbs, airborne = read.counter("hobbs"), read.counter("airborne")
    before = mapping()
    rows = list(CounterMapping.objects.values_list("pk", flat=True))
    counts = [read.counter("landings").pk, read.counter("cycles").pk]
    browser.post(address, {"source0": hobbs.pk, "source1": airborne.pk, "source2": counts})
    assert list(CounterMapping.objects.values_list("pk", flat=True)) == rows
    assert mapping() == before, "saving what stands changes nothing"


def test_swap_ignore_and_let_go(browser: Client, read: Hub, page_of: str) -> None:
    address = f"{page_of}aircraft/{link('OY-SKA').pk}/"
    hobbs, airborne, landings = (read.counter(kind) for kind in ("hobbs", "airborne", "landings"))
    browser.post(address, {"source0": airborne.pk, "source1": hobbs.pk, "source2": [landings.pk]})
    assert mapping() == {("airborne", "Hobbs"), ("hobbs", "Airborne"), ("landings", "Landings")}
    browser.post(address, {"source0": "ignore", "source1": "", "source2": [landings.pk]})
    assert mapping() == {("hobbs", "ignored"), ("landings", "Landings")}
    page = browser.get(address).text
    assert "Airborne is not mapped." in page


def test_a_counter_that_stands_still_is_said_until_somebody_says_that_it_is_right(
    browser: Client, read: Hub, page_of: str
) -> None:
    add_ours(read.acting_user, "OY-SKB", kinds=["airborne", "hobbs", "tach"])
    read.sync(Flow.AIRCRAFT)
    tach = read.counter("tach", "OY-SKB")
    address = f"{page_of}aircraft/{link('OY-SKB').pk}/"
    assert "Nothing feeds Tach." in browser.get(f"{page_of}aircraft/").text
    assert "Nothing feeds Tach of OY-SKB" in browser.get(page_of).text
    assert browser.post(f"{address}leave/", {"counter": "nonsense"}).status_code == 404
    assert browser.post(f"{address}leave/", {"counter": read.counter("hobbs").pk}).status_code == 404
    assert "nothing feeds it, on purpose" in browser.post(f"{address}leave/", {"counter": tach.pk}, follow=True).text
    assert "Nothing feeds" not in browser.get(page_of).text
    read.sync(Flow.AIRCRAFT)
    assert "Nothing feeds" not in browser.get(page_of).text


def test_one_counter_has_one_source(browser: Client, read: Hub, page_of: str) -> None:
    hobbs = read.counter("hobbs")
    before = mapping()
    answer = browser.post(f"{page_of}aircraft/{link('OY-SKA').pk}/", {"source0": hobbs.pk, "source1": hobbs.pk})
    assert answer.status_code == 422
    assert "A counter has one source" in answer.text
    assert mapping() == before


def test_a_counter_of_another_aircraft_cannot_be_sent(browser: Client, read: Hub, page_of: str) -> None:
    other = add_ours(read.acting_user, "OY-XXX")
    foreign = Counter.objects.filter(aircraft=other).first()
    assert foreign is not None
    before = mapping()
    assert browser.post(f"{page_of}aircraft/{link('OY-SKA').pk}/", {"source0": foreign.pk}).status_code == 422
    assert mapping() == before


def test_link_by_hand_ignore_and_match_again(browser: Client, read: Hub, page_of: str) -> None:
    ours = add_ours(read.acting_user, "OY-OTHER", kinds=["hobbs"])
    address = f"{page_of}aircraft/{link('OY-SKB').pk}/"
    assert "OY-OTHER" in browser.get(address).text
    browser.post(f"{address}link/", {"aircraft": ours.pk})
    assert (link("OY-SKB").internal_id, link("OY-SKB").is_pinned) == (ours.pk, True)
    assert "Linked to" in browser.get(address).text
    browser.post(f"{address}ignore/")
    assert link("OY-SKB").code == "ignored"
    assert "Ignored: somebody chose so." in browser.get(f"{page_of}aircraft/").text
    browser.post(f"{address}again/")
    assert link("OY-SKB").state == "unmatched"
    assert "Choose an aircraft" in browser.post(f"{address}link/", {}, follow=True).text
    assert browser.post(f"{address}fly/").status_code == 404


def test_what_is_nearly_the_same_is_named(browser: Client, read: Hub, page_of: str) -> None:
    add_ours(read.acting_user, "OYSKB", kinds=[])
    assert "OYSKB is close: it differs only by a dash." in browser.get(f"{page_of}aircraft/").text


def test_adopting_needs_the_right_to_the_fleet(browser: Client, read: Hub, account: Account, page_of: str) -> None:
    chosen = {"link": [str(link("OY-SKB").pk), str(link("OY-RNT").pk)]}
    clerk = sign_in(
        make_member(
            account, "integrations.view", "integrations.edit", "integrations.manage_sync", email="c@example.com"
        )
    )
    assert clerk.post(f"{page_of}aircraft/adopt/", chosen).status_code == 403
    assert 'form="adopt"' not in clerk.get(f"{page_of}aircraft/").text
    assert "2 aircraft are added" in browser.post(f"{page_of}aircraft/adopt/", chosen, follow=True).text
    assert set(Aircraft.objects.values_list("registration", flat=True)) == {"OY-SKA", "OY-SKB", "OY-RNT"}
    assert "Nothing was chosen" in browser.post(f"{page_of}aircraft/adopt/", {}, follow=True).text


def test_a_total_that_is_unknown_here_is_offered_and_taken_over(browser: Client, read: Hub, page_of: str) -> None:
    browser.post(f"{page_of}aircraft/adopt/", {"link": [str(link("OY-SKB").pk)]})
    read.fly("OY-SKB", minutes=60)
    read.sync()
    counter = read.counter("hobbs", "OY-SKB")
    assert counter.total is None
    page = browser.get(f"{page_of}aircraft/").text
    assert "FlightLogger says" in page
    theirs = CounterMapping.objects.get(counter_id=counter.pk).partner_total
    browser.post(f"{page_of}openings/{counter.pk}/")
    assert read.total("hobbs", "OY-SKB") == theirs
    assert theirs is not None
    assert theirs > 4000 * HOUR
    assert browser.post(f"{page_of}openings/{counter.pk}/").status_code == 404


def test_who_may_look_gets_no_form(read: Hub, account: Account, page_of: str) -> None:
    viewer = sign_in(make_member(account, "integrations.view", email="v@example.com"))
    address = f"{page_of}aircraft/{link('OY-SKA').pk}/"
    assert "Save the mapping" not in viewer.get(address).text
    assert viewer.post(address, {}).status_code == 403
