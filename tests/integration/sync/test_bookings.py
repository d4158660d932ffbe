"""Workshop visits block the aircraft in FlightLogger: off by default, once each, found again after a lost answer."""

from datetime import datetime, timedelta

import pytest

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, State
from hangarlink.maintenance.visits.actions import cancel_visit, change_visit, plan_visit
from hangarlink.maintenance.visits.models import Visit
from hangarlink.platform.errors import RuleBroken
from hangarlink.sandbox.flightlogger.records import Booking
from tests.integration.conftest import Hub, add_ours, now

BOOKINGS = Flow.MAINTENANCE_BOOKINGS


@pytest.fixture
def linked(hub: Hub) -> Hub:
    hub.sync(Flow.AIRCRAFT)
    return hub


def visit(hub: Hub, registration: str = "OY-SKA", *, days: int = 3) -> Visit:
    start = now() + timedelta(days=days)
    aircraft = Aircraft.objects.get(registration=registration)
    return plan_visit(
        aircraft, starts_at=start, ends_at=start + timedelta(hours=8), reason="100-hour", acting_user=hub.acting_user
    )


def send(hub: Hub) -> SyncRun:
    switch_on(hub.connection, [BOOKINGS], direction=Direction.OUT, acting_user=hub.acting_user)
    run = request_run(hub.connection, BOOKINGS, direction=Direction.OUT, acting_user=hub.acting_user, skip_plan=True)
    hub.drain()
    run.refresh_from_db()
    return run


def there(hub: Hub) -> list[Booking]:
    return sorted(hub.world.bookings.values(), key=lambda booking: booking.starts_at)


def moment(value: datetime) -> datetime:
    return value.replace(microsecond=0)


def test_nothing_goes_out_until_somebody_switches_it_on(linked: Hub) -> None:
    visit(linked)
    with pytest.raises(RuleBroken, match="switched off"):
        request_run(linked.connection, BOOKINGS, direction=Direction.OUT, acting_user=linked.acting_user)
    linked.sync()
    assert there(linked) == []


def test_a_visit_becomes_one_booking_and_moves_with_it(linked: Hub) -> None:
    planned = visit(linked)
    assert send(linked).created == 1
    booking = there(linked)[0]
    assert (booking.aircraft.call_sign, booking.comment, booking.subtype) == ("OY-SKA", "100-hour", "MAINTENANCE")
    assert moment(booking.starts_at) == moment(planned.starts_at)
    later = planned.starts_at + timedelta(days=1)
    change_visit(
        planned, starts_at=later, ends_at=later + timedelta(hours=4), reason="100-hour", acting_user=linked.acting_user
    )
    assert send(linked).updated == 1
    assert [moment(one.starts_at) for one in there(linked)] == [moment(later)]
    assert send(linked).counts["created"] == 0


def test_a_lost_answer_makes_no_second_booking(linked: Hub) -> None:
    visit(linked)
    linked.serving.faults.add("lost_response", times=1, operation="Book")
    run = send(linked)
    assert (run.state, run.failed) == (State.SUCCEEDED, 0), run.technical
    assert len(there(linked)) == 1


def test_an_overlap_there_is_this_visits_trouble_alone(linked: Hub) -> None:
    start = now() + timedelta(days=3)
    school_aircraft = next(one for one in linked.world.aircraft.values() if one.call_sign == "OY-SKA")
    linked.world.bookings[1] = Booking(
        1, "SINGLE_STUDENT", school_aircraft, start, start + timedelta(hours=2), linked.world.new_audit(1)
    )
    visit(linked)
    visit(linked, days=9)
    run = send(linked)
    assert (run.created, run.rejected) == (1, 1)
    refused = SyncRecord.objects.get(run=run, is_open=True)
    assert "booked from" in refused.reason


def test_what_cannot_be_cancelled_there_says_so(linked: Hub) -> None:
    planned = visit(linked)
    send(linked)
    cancel_visit(planned, acting_user=linked.acting_user)
    run = send(linked)
    assert run.rejected == 1
    assert "Cancel it there" in SyncRecord.objects.get(run=run, is_open=True).reason


def test_visits_of_other_aircraft_stay_here(linked: Hub) -> None:
    add_ours(linked.acting_user, "OY-OWN")
    visit(linked, "OY-OWN")
    assert send(linked).counts["created"] == 0
    assert there(linked) == []
