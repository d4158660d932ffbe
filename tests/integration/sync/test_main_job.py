"""A flight logged in FlightLogger moves a counter in Hangarlink; and whatever happens to it there happens here."""

from datetime import timedelta

from hangarlink.fleet.models import Correction, Flight
from hangarlink.integration.connections.models import Link
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.integration.synclog.vocabulary import Flow, State, Verdict
from tests.integration.conftest import HOUR, OPENINGS, Hub, add_ours


def test_a_flight_moves_every_mapped_counter_exactly(hub: Hub) -> None:
    hub.fly(minutes=72, touch_and_goes=4, durations={"HOBBS": 4680, "AIRBORNE": 3720})
    run = hub.sync()
    assert (run.state, run.created, run.rejected) == (State.SUCCEEDED, 1, 0), run.technical
    assert run.summary == "1 flight created."
    assert hub.total("hobbs") == OPENINGS["hobbs"] + 4680
    assert hub.total("airborne") == OPENINGS["airborne"] + 3720
    assert hub.total("landings") == OPENINGS["landings"] + 5
    assert hub.total("cycles") == OPENINGS["cycles"] + 5


def test_a_second_sync_finds_nothing_new(hub: Hub) -> None:
    hub.fly()
    hub.sync()
    before = hub.total("hobbs")
    run = hub.sync()
    assert (run.created, run.updated, run.rejected) == (0, 0, 0)
    assert run.state == State.SUCCEEDED
    assert hub.total("hobbs") == before


def test_only_changes_are_asked_for(hub: Hub) -> None:
    for n in range(4):
        hub.fly(hours_ago=40 + 2 * n)
    hub.sync()
    cursor = hub.stream().cursors["flight_times"]
    assert set(cursor) == {"since"}
    hub.sync()
    first, second = [entry for entry in hub.serving.journal.entries() if entry["operation"] == "Flights"]
    assert "changedAfter" not in first["variables"]
    assert "changedAfter" in second["variables"]


def test_an_edited_flight_is_corrected_and_the_old_value_kept(hub: Hub) -> None:
    flight_id = hub.fly(durations={"HOBBS": 3600, "AIRBORNE": 3000})
    hub.sync()
    hub.world.edit_flight(flight_id, durations={"HOBBS": 5400, "AIRBORNE": 3000})
    run = hub.sync()
    assert (run.created, run.updated) == (0, 1)
    assert hub.total("hobbs") == OPENINGS["hobbs"] + 5400
    assert Correction.objects.filter(flight__external_id=flight_id).count() == 1


def test_a_deleted_flight_is_cancelled(hub: Hub) -> None:
    flight_id = hub.fly()
    hub.fly(hours_ago=9)
    hub.sync()
    hub.world.delete_flight(flight_id)
    run = hub.sync()
    assert run.removed == 1
    assert hub.flights() == 1
    assert Flight.objects.get(external_id=flight_id).cancelled_at is not None


def test_absence_alone_never_deletes(hub: Hub) -> None:
    hub.fly()
    hub.sync()
    # Gone without a trace in `versions`: a filter on their side, a bug, a restored backup. Not ours to conclude from.
    with hub.world.lock:
        hub.world.flights.clear()
        hub.world.timeline.clear()
    run = hub.sync(full=True)
    assert (run.removed, hub.flights()) == (0, 1)


def test_a_flight_deleted_and_entered_anew_does_not_overlap_itself(hub: Hub) -> None:
    flight_id = hub.fly(minutes=60)
    hub.sync()
    hub.world.delete_flight(flight_id)
    new = hub.fly(minutes=66)
    run = hub.sync()
    assert (run.removed, run.created, run.rejected) == (1, 1, 0)
    assert Flight.objects.get(cancelled_at=None).external_id == new


def test_a_late_entry_slots_into_its_place(hub: Hub) -> None:
    hub.fly(hours_ago=3)
    hub.sync()
    hub.fly(hours_ago=30)
    run = hub.sync()
    assert (run.created, run.state) == (1, State.SUCCEEDED)


def test_a_flight_of_an_unknown_aircraft_is_refused_by_name_and_arrives_once_it_is_known(hub: Hub) -> None:
    hub.fly("OY-RNT")
    run = hub.sync()
    assert (run.state, run.rejected) == (State.PARTIAL, 1)
    record = SyncRecord.objects.get(run=run)
    assert record.code == "no_match"
    assert "OY-RNT" in record.reason
    assert record.subject.startswith("OY-RNT, ")
    add_ours(hub.acting_user, "OY-RNT")
    mended = hub.sync()
    assert (mended.created, mended.rejected) == (1, 0), mended.summary
    assert not SyncRecord.objects.filter(is_open=True).exists()


def test_a_simulator_is_skipped_not_refused(hub: Hub) -> None:
    hub.fly("FNPT-1")
    run = hub.sync()
    assert (run.skipped, run.rejected, run.state) == (1, 0, State.SUCCEEDED)


def test_an_unmapped_log_refuses_the_flight_whole(hub: Hub) -> None:
    add_ours(hub.acting_user, "OY-SKB", ["hobbs", "landings"])
    hub.fly("OY-SKB")
    run = hub.sync()
    assert run.rejected == 1
    record = SyncRecord.objects.get(run=run)
    assert record.code == "unmapped_log"
    assert '"Airborne" of OY-SKB is not mapped' in record.reason
    assert hub.total("hobbs", "OY-SKB") == OPENINGS["hobbs"]


def test_aircraft_sync_links_and_reports_everybody(hub: Hub) -> None:
    run = hub.sync(Flow.AIRCRAFT)
    assert (run.created, run.skipped, run.rejected) == (1, 1, 2)
    assert run.summary == "1 aircraft linked, 1 skipped, 2 rejected."
    assert Link.objects.get(external_id="101").internal_id == hub.counter("hobbs").aircraft_id
    again = hub.sync(Flow.AIRCRAFT)
    assert (again.created, again.unchanged) == (0, 1)


def test_an_aircraft_that_left_the_partners_list_is_flagged_and_stays_linked(hub: Hub) -> None:
    hub.sync(Flow.AIRCRAFT)
    hub.world.disable_aircraft("OY-SKA")
    run = hub.sync(Flow.AIRCRAFT)
    assert run.updated == 1
    link = Link.objects.get(external_id="101")
    assert not link.is_listed
    assert link.internal_id is not None


def test_what_the_partner_keeps_for_later_comes_later(hub: Hub) -> None:
    flight = hub.world.fly("OY-SKA", start=hub.world.now() - timedelta(hours=5), registered=False)
    hub.sync()
    assert hub.flights() == 0
    hub.world.advance(hours=1)
    hub.world.register(flight.id)
    assert hub.sync().created == 1
    assert hub.total("hobbs") == OPENINGS["hobbs"] + flight.logs[0].duration


def test_seconds_are_exact_over_many_flights(hub: Hub) -> None:
    for n in range(30):
        hub.fly(hours_ago=4 + 2 * n, minutes=61, durations={"HOBBS": 3601 + n, "AIRBORNE": 3301})
    hub.sync()
    assert hub.total("hobbs") == OPENINGS["hobbs"] + sum(3601 + n for n in range(30))
    assert hub.total("airborne") == OPENINGS["airborne"] + 30 * 3301
    assert OPENINGS["hobbs"] == 4000 * HOUR


def test_every_verdict_is_in_the_log(hub: Hub) -> None:
    assert {verdict.value for verdict in Verdict} == set(hub.sync().counts)
