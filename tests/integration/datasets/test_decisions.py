"""What people decide about links and mappings, and the report they decide from."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.actions import add_counter
from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.models import Link, LinkState
from hangarlink.integration.datasets.actions import (
    adopt_aircraft,
    ignore_aircraft,
    ignore_source,
    link_to,
    map_counter,
    match_again,
    unmap_counter,
)
from hangarlink.integration.datasets.models import CounterMapping
from hangarlink.integration.datasets.queries import Matched, matching_report
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.integration.conftest import OPENINGS, Hub, add_ours


@pytest.fixture
def listed(hub: Hub) -> Hub:
    hub.sync(Flow.AIRCRAFT)
    return hub


def report(hub: Hub) -> dict[str, Matched]:
    return {row.link.label: row for row in matching_report(hub.connection, acting_user=hub.acting_user)}


def link(label: str) -> Link:
    return Link.objects.get(label=label)


def feeds(label: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mapping in CounterMapping.objects.filter(link__label=label).order_by("source"):
        found.setdefault(mapping.source, []).append(str(mapping.counter_id or ""))
    return found


def test_the_report_says_of_each_aircraft_what_it_is_and_why(listed: Hub) -> None:
    add_ours(listed.acting_user, "OYSKB")
    rows = report(listed)
    assert rows["OY-SKA"].aircraft is not None
    assert (rows["OY-SKA"].reason, rows["OY-SKA"].needs_attention) == ("", False)
    assert "OYSKB is close: it differs only by a dash." in rows["OY-SKB"].reason
    assert rows["FNPT-1"].reason == "FNPT-1 is a simulator."
    assert [row.needs_attention for row in rows.values()] == [True, True, False, False]
    sources = {source.source: source for source in rows["OY-SKA"].sources}
    assert list(sources) == ["hobbs", "airborne", "landings", "flights"]
    assert [fed.counter.name for fed in sources["landings"].fed] == ["Landings", "Cycles"]
    assert (sources["hobbs"].slot, sources["hobbs"].measure) == ("primary", "decimal_hours")
    assert not any(source.is_open for source in sources.values())


def test_what_was_mended_since_the_last_sync_shows_at_once(listed: Hub) -> None:
    add_ours(listed.acting_user, "OY-SKB")
    assert report(listed)["OY-SKB"].reason == "Matches OY-SKB now; the next sync links it."


def test_the_report_costs_the_same_however_long(listed: Hub) -> None:
    with CaptureQueriesContext(database) as few:
        matching_report(listed.connection, acting_user=listed.acting_user)
    for n in range(20):
        listed.world.add_aircraft(f"OY-T{n:02d}")
        add_ours(listed.acting_user, f"OY-T{n:02d}")
    listed.sync(Flow.AIRCRAFT)
    with CaptureQueriesContext(database) as many:
        rows = matching_report(listed.connection, acting_user=listed.acting_user)
    assert len(rows) == 24
    assert len(many) == len(few)


def test_linking_by_hand_holds_against_matching(listed: Hub) -> None:
    ours = add_ours(listed.acting_user, "OY-XYZ")
    link_to(link("OY-RNT"), ours, acting_user=listed.acting_user)
    add_ours(listed.acting_user, "OY-RNT")
    listed.sync(Flow.AIRCRAFT)
    assert link("OY-RNT").internal_id == ours.id
    listed.fly("OY-RNT")
    assert listed.sync().created == 1
    with pytest.raises(RuleBroken, match="linked to OY-RNT already"):
        link_to(link("OY-SKB"), ours, acting_user=listed.acting_user)
    match_again(link("OY-RNT"), acting_user=listed.acting_user)
    assert link("OY-RNT").internal_id == Aircraft.objects.get(registration="OY-RNT").id


def test_an_ignored_aircraft_stays_ignored(listed: Hub) -> None:
    ignore_aircraft(link("OY-SKA"), acting_user=listed.acting_user)
    listed.fly("OY-SKA")
    run = listed.sync()
    assert (run.created, run.skipped) == (0, 1)
    assert report(listed)["OY-SKA"].reason == "Ignored: somebody chose so."
    listed.sync(Flow.AIRCRAFT)
    assert link("OY-SKA").state == LinkState.SKIPPED


def test_two_of_theirs_never_become_one_of_ours(hub: Hub) -> None:
    hub.world.add_aircraft("SKY1")
    ska = Aircraft.objects.get(registration="OY-SKA")
    ska.call_sign = "SKY1"
    ska.save()
    run = hub.sync(Flow.AIRCRAFT)
    assert run.created == 1
    rows = report(hub)
    assert {rows["SKY1"].link.state, rows["OY-SKA"].link.state} == {"linked", "unmatched"}


def test_adopting_the_partners_aircraft_makes_a_fleet(listed: Hub) -> None:
    (adopted,) = adopt_aircraft([link("OY-SKB")], acting_user=listed.acting_user)
    assert (adopted.registration, adopted.call_sign, adopted.aircraft_model.name) == ("OY-SKB", "OY-SKB", "C172S")
    kinds = [(counter.kind, counter.slot, counter.total) for counter in adopted.counters.order_by("position")]
    assert kinds == [
        ("hobbs", "primary", None),
        ("airborne", "secondary", None),
        ("landings", "", None),
        ("cycles", "", None),
    ]
    listed.fly("OY-SKB")
    assert listed.sync().created == 1
    with pytest.raises(RuleBroken, match="linked already"):
        adopt_aircraft([link("OY-SKB")], acting_user=listed.acting_user)


def test_a_cycle_per_flight_instead_of_per_landing(listed: Hub) -> None:
    map_counter(link("OY-SKA"), "flights", listed.counter("cycles"), acting_user=listed.acting_user)
    listed.fly(touch_and_goes=5)
    listed.sync()
    assert listed.total("cycles") == OPENINGS["cycles"] + 1
    assert listed.total("landings") == OPENINGS["landings"] + 6


def test_a_changed_mapping_is_applied_to_all_flights_by_a_full_run(listed: Hub) -> None:
    listed.fly(touch_and_goes=5, hours_ago=200)
    listed.sync()
    map_counter(link("OY-SKA"), "flights", listed.counter("cycles"), acting_user=listed.acting_user)
    run = listed.sync(full=True)
    assert run.updated == 1
    assert listed.total("cycles") == OPENINGS["cycles"] + 1


def test_a_log_feeds_one_counter_and_a_counter_has_one_source(listed: Hub) -> None:
    aircraft = Aircraft.objects.get(registration="OY-SKA")
    tach = add_counter(aircraft, kind="tach", acting_user=listed.acting_user)
    map_counter(link("OY-SKA"), "hobbs", tach, acting_user=listed.acting_user)
    assert feeds("OY-SKA")["hobbs"] == [str(tach.id)]
    map_counter(link("OY-SKA"), "airborne", tach, acting_user=listed.acting_user)
    assert feeds("OY-SKA")["airborne"] == [str(tach.id)]
    assert "hobbs" not in feeds("OY-SKA")
    unmap_counter(link("OY-SKA"), tach, acting_user=listed.acting_user)
    assert "airborne" not in feeds("OY-SKA")
    assert AuditEntry.objects.filter(action="mapped").count() == 3


def test_a_counter_that_nothing_feeds_is_shown_and_a_count_is_fed_by_itself(listed: Hub) -> None:
    aircraft = Aircraft.objects.get(registration="OY-SKA")
    add_counter(aircraft, kind="tach", acting_user=listed.acting_user)
    cycles = add_counter(aircraft, kind="cycles", name="Gear cycles", acting_user=listed.acting_user)
    row = report(listed)["OY-SKA"]
    assert [counter.name for counter in row.unfed] == ["Tach", "Gear cycles"]
    assert row.needs_attention
    listed.fly(touch_and_goes=2)
    assert listed.sync().created == 1
    assert str(cycles.id) in feeds("OY-SKA")["landings"]
    assert [counter.name for counter in report(listed)["OY-SKA"].unfed] == ["Tach"]


def test_what_somebody_unmapped_is_not_proposed_again(listed: Hub) -> None:
    unmap_counter(link("OY-SKA"), listed.counter("cycles"), acting_user=listed.acting_user)
    listed.fly(touch_and_goes=5)
    listed.sync()
    listed.sync(Flow.AIRCRAFT)
    assert listed.total("cycles") == OPENINGS["cycles"]
    assert listed.total("landings") == OPENINGS["landings"] + 6
    assert report(listed)["OY-SKA"].unfed == ()
    map_counter(link("OY-SKA"), "flights", listed.counter("cycles"), acting_user=listed.acting_user)
    assert list(feeds("OY-SKA")) == ["airborne", "flights", "hobbs", "landings"]


def test_wrong_mappings_are_refused(listed: Hub) -> None:
    ours = link("OY-SKA")
    other = add_ours(listed.acting_user, "OY-ZZZ")
    with pytest.raises(RuleBroken, match="Hobbs counts seconds, Landings counts count"):
        map_counter(ours, "hobbs", listed.counter("landings"), acting_user=listed.acting_user)
    with pytest.raises(RuleBroken, match="not a counter of the aircraft"):
        map_counter(ours, "hobbs", other.counters.get(kind="hobbs"), acting_user=listed.acting_user)
    with pytest.raises(RuleBroken, match="not something that partners count"):
        ignore_source(ours, "odometer", acting_user=listed.acting_user)
    with pytest.raises(RuleBroken, match="not something that partners count"):
        map_counter(ours, "hobbs/fourth", listed.counter("hobbs"), acting_user=listed.acting_user)


def test_two_partners_do_not_feed_one_counter(listed: Hub) -> None:
    CounterMapping.objects.filter(counter_id=listed.counter("hobbs").id).update(link=link("OY-SKB"))
    other = Link.objects.get(label="OY-SKB")
    other.state, other.internal_id = LinkState.LINKED, add_ours(listed.acting_user, "OY-QQQ").id
    other.save()
    with pytest.raises(RuleBroken, match="fed by Skyline Flight School already"):
        map_counter(link("OY-SKA"), "hobbs", listed.counter("hobbs"), acting_user=listed.acting_user)


def test_deciding_needs_the_permission(listed: Hub) -> None:
    viewer = Actor(ActorKind.PERSON, None, "Kim", frozenset({"integrations.view", "integrations.manage_sync"}))
    counter = listed.counter("hobbs")
    for action in (
        lambda: link_to(link("OY-RNT"), Aircraft.objects.get(), acting_user=viewer),
        lambda: ignore_aircraft(link("OY-SKA"), acting_user=viewer),
        lambda: match_again(link("OY-SKA"), acting_user=viewer),
        lambda: adopt_aircraft([link("OY-SKB")], acting_user=viewer),
        lambda: map_counter(link("OY-SKA"), "hobbs", counter, acting_user=viewer),
        lambda: ignore_source(link("OY-SKA"), "hobbs", acting_user=viewer),
        lambda: unmap_counter(link("OY-SKA"), counter, acting_user=viewer),
    ):
        with pytest.raises(NotPermitted):
            action()
