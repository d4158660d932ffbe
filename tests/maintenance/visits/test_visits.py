"""Visits: planned, moved, called off; never two at once on one aircraft."""

from datetime import UTC, datetime, timedelta

import pytest

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model
from hangarlink.fleet.models import Aircraft, Parking
from hangarlink.maintenance.visits.actions import cancel_visit, change_visit, plan_visit
from hangarlink.maintenance.visits.models import Visit
from hangarlink.maintenance.visits.queries import upcoming
from hangarlink.maintenance.visits.rules import REASON_LENGTH
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM, Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, new_id

START = datetime(2030, 6, 3, 7, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def aircraft(acting: Account) -> Aircraft:
    model = add_aircraft_model(name="C172S", acting_user=SYSTEM)
    return add_aircraft(registration="OY-SKA", aircraft_model=model, acting_user=SYSTEM)


def plan(aircraft: Aircraft, start: datetime = START, end: datetime = START + DAY, reason: str = "100-hour") -> Visit:
    return plan_visit(aircraft, starts_at=start, ends_at=end, reason=reason, acting_user=SYSTEM)


def test_a_visit_leaves_row_audit_and_event(aircraft: Aircraft) -> None:
    visit = plan(aircraft)
    assert list(upcoming(aircraft, START)) == [visit]
    assert AuditEntry.objects.filter(object_id=visit.pk, action="planned").count() == 1
    event = OutboxEvent.objects.get(type="visit.planned")
    assert event.data == {"visit_id": str(visit.pk), "aircraft_id": str(aircraft.pk)}


@pytest.mark.parametrize(
    ("end", "reason", "field"),
    [
        (START, "x", "ends_at"),
        (START - DAY, "x", "ends_at"),
        (START + 367 * DAY, "x", "ends_at"),
        (START + DAY, "  ", "reason"),
        (START + DAY, "x" * (REASON_LENGTH + 1), "reason"),
    ],
)
def test_what_a_visit_may_not_be(aircraft: Aircraft, end: datetime, reason: str, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        plan(aircraft, end=end, reason=reason)
    assert refused.value.field == field
    assert not Visit.objects.exists()


def test_two_visits_never_share_time(aircraft: Aircraft) -> None:
    first = plan(aircraft)
    with pytest.raises(RuleBroken, match="100-hour"):
        plan(aircraft, START + DAY / 2, START + 2 * DAY, "Paint")
    second = plan(aircraft, START + DAY, START + 2 * DAY, "Paint")
    with pytest.raises(RuleBroken):
        change_visit(second, starts_at=START, ends_at=START + DAY, reason="Paint", acting_user=SYSTEM)
    cancel_visit(first, acting_user=SYSTEM)
    moved = change_visit(second, starts_at=START, ends_at=START + DAY, reason="Paint", acting_user=SYSTEM)
    assert (moved.starts_at, moved.version) == (START, 2)


def test_saying_the_same_again_is_no_change(aircraft: Aircraft) -> None:
    visit = plan(aircraft)
    same = change_visit(visit, starts_at=START, ends_at=START + DAY, reason="100-hour ", acting_user=SYSTEM)
    assert same.version == 1
    assert not OutboxEvent.objects.filter(type="visit.changed").exists()


def test_a_cancelled_visit_is_final(aircraft: Aircraft) -> None:
    visit = cancel_visit(plan(aircraft), acting_user=SYSTEM)
    assert not upcoming(aircraft, START).exists()
    with pytest.raises(RuleBroken):
        cancel_visit(visit, acting_user=SYSTEM)


def test_it_takes_the_permission(aircraft: Aircraft) -> None:
    reader = Actor(ActorKind.PERSON, new_id(), "Reader", frozenset({"fleet.view"}))
    with pytest.raises(NotPermitted):
        plan_visit(aircraft, starts_at=START, ends_at=START + DAY, reason="x", acting_user=reader)


def test_another_account_sees_none(account: Account, other_account: Account) -> None:
    with acting_in(account):
        model = add_aircraft_model(name="C172S", acting_user=SYSTEM)
        plan(add_aircraft(registration="OY-SKA", aircraft_model=model, acting_user=SYSTEM))
    with acting_in(other_account):
        assert not Visit.objects.exists()


def test_it_stands_on_the_whole_days_of_a_visit(aircraft: Aircraft) -> None:
    def stands() -> list[tuple[str, str]]:
        rows = Parking.objects.values_list("starts_on", "ends_on")
        return [(first.isoformat(), last.isoformat() if last else "") for first, last in rows]

    visit = plan(aircraft, end=START + 3 * DAY)
    assert stands() == [("2030-06-04", "2030-06-05")], "it goes in on the 3rd and comes out on the 6th"
    visit = change_visit(visit, starts_at=START, ends_at=START + DAY, reason="x", acting_user=SYSTEM)
    assert stands() == [], "it may fly on both days"
    midnight = datetime(2030, 6, 3, tzinfo=UTC)
    visit = change_visit(visit, starts_at=midnight, ends_at=midnight + DAY, reason="x", acting_user=SYSTEM)
    assert stands() == [("2030-06-03", "2030-06-03")]
    cancel_visit(visit, acting_user=SYSTEM)
    assert stands() == []
