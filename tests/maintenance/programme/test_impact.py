"""An impact preview tells what the same work does when it is done, and leaves nothing behind."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.actions import cancel_flights, change_counter, set_opening
from hangarlink.fleet.models import AircraftModel, Flight
from hangarlink.maintenance.programme.actions import (
    apply_requirement,
    correct_accomplishment,
    revise_requirement,
    withdraw_requirement,
)
from hangarlink.maintenance.programme.impact import Change, Impact, Moved, impact_of
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, DueTerm, ValueDiscrepancy
from hangarlink.maintenance.programme.queries.rows import item_rows
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.programme.conftest import HUNDRED_HOURS, YEARLY, Hangar, hours, make_hangar

FIFTY = {"repeat": {"kind": "counter", "counter": "airborne", "every": hours(50)}}
TODAY = date(2026, 3, 1)


def of(hangar: Hangar, impact: Impact) -> dict[str, Change]:
    return {one.row.reference: one.change for one in impact.moved}


def states(moved: Moved) -> tuple[State, State]:
    assert moved.before
    assert moved.after
    return moved.before.state, moved.after.state


def everything() -> list[object]:
    rows = [*DueTerm.objects.order_by("id").values(), *Flight.objects.values(), *Accomplishment.objects.values()]
    return [*rows, OutboxEvent.objects.count(), AuditEntry.objects.count(), ValueDiscrepancy.objects.count()]


def test_a_cancelled_flight_gives_hours_back_and_nothing_is_kept(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2025-12-01", 1000.0)
    hangar.use(95, "2026-01-20")
    hangar.fly(6, "2026-02-20", name="17")
    hangar.fly(1)
    before = everything()
    impact = impact_of(
        lambda: cancel_flights(["17"], source="flightlogger", reason="x", acting_user=hangar.acting_user),
        acting_user=hangar.acting_user,
    )
    assert everything() == before
    (moved,) = impact.moved
    assert (moved.change, states(moved)) == (Change.BETTER, (State.OVERDUE, State.DUE_SOON))
    airborne, _ = impact.totals
    assert (airborne.counter.name, airborne.before, airborne.after) == ("Airborne", hours(1102), hours(1096))
    assert (impact.becomes_overdue, impact.looked_at, impact.as_of) == ((), 1, TODAY)


def test_what_becomes_overdue_comes_first(hangar: Hangar) -> None:
    inspection, fifty, yearly = hangar.demand(), hangar.demand("50 h", FIFTY), hangar.demand("Annual", YEARLY)
    for one in (inspection, fifty, yearly):
        hangar.did(one, "2026-01-10", 1000.0)
    hangar.fly(1)
    impact = impact_of(lambda: hangar.use(51, "2026-02-26"), acting_user=hangar.acting_user)
    assert list(of(hangar, impact).items()) == [("50 h", Change.BECOMES_OVERDUE), ("100 h", Change.FORECAST_MOVES)]
    assert [one.row.reference for one in impact.becomes_overdue] == ["50 h"]
    assert impact.looked_at == 3


def test_a_late_flight_moves_the_due_of_a_check_whose_value_was_derived(hangar: Hangar) -> None:
    inspection = hangar.demand("50 h", FIFTY)
    hangar.use(10, "2026-01-30")
    hangar.did(inspection, "2026-02-05")
    impact = impact_of(lambda: hangar.fly(2.3, "2026-02-01"), acting_user=hangar.acting_user)
    (moved,) = impact.moved
    (term,) = moved.terms
    assert (moved.change, term.due_moves) == (Change.DUE_MOVES, True)
    assert term.before
    assert term.after
    assert (term.before.limit, term.after.limit) == (hours(1060), hours(1062.3))
    assert term.before.remaining == term.after.remaining == hours(50)


def test_a_value_that_was_read_stays_and_would_be_disputed(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.fly(18, "2025-03-03", 0, name="typo")
    hangar.did(inspection, "2025-03-10", 1018.0)
    impact = impact_of(lambda: hangar.fly(1.8, "2025-03-03", 0, name="typo"), acting_user=hangar.acting_user)
    (dispute,) = impact.disputes
    assert (dispute.value, dispute.expected, dispute.on) == (hours(1018), hours(1001.8), date(2025, 3, 10))
    assert not ValueDiscrepancy.objects.exists()


def test_a_total_that_becomes_known_makes_items_known(hangar: Hangar, model: AircraftModel) -> None:
    inspection = hangar.demand()
    set_opening(
        hangar.airborne,
        total=hours(990),
        at=hangar.airborne.created_at,
        reason="logbook",
        acting_user=hangar.acting_user,
    )
    impact = impact_of(lambda: hangar.did(inspection, "2026-02-20", 950.0), acting_user=hangar.acting_user, as_of=TODAY)
    assert of(hangar, impact) == {"100 h": Change.BETTER}
    assert impact.totals == ()


def test_a_correction_of_work_moves_only_its_item(hangar: Hangar) -> None:
    inspection, fifty = hangar.demand(), hangar.demand("50 h", FIFTY)
    hangar.did(fifty, "2026-02-05", 1000.0)
    done = hangar.did(inspection, "2026-02-05", 1000.0)
    wrong = {hangar.airborne.id: hours(850)}
    impact = impact_of(
        lambda: correct_accomplishment(done, reason="typo", values=wrong, acting_user=hangar.acting_user),
        acting_user=hangar.acting_user,
    )
    assert of(hangar, impact) == {"100 h": Change.BECOMES_OVERDUE}


def test_items_that_appear_and_end(hangar: Hangar, model: AircraftModel) -> None:
    other = make_hangar(model, hangar.acting_user, "OY-DEF")
    inspection = hangar.demand()

    def swap() -> None:
        withdraw_requirement(inspection, hangar.aircraft, reason="sold", acting_user=hangar.acting_user)
        apply_requirement(inspection, other.aircraft, acting_user=hangar.acting_user)

    impact = impact_of(swap, acting_user=hangar.acting_user)
    assert [(one.change, one.row.registration) for one in impact.moved] == [
        (Change.APPEARS, "OY-DEF"),
        (Change.ENDS, "OY-ABC"),
    ]
    assert DueItem.objects.count() == 1


def test_a_revision_moves_every_aircraft_it_applies_to(hangar: Hangar, model: AircraftModel) -> None:
    other = make_hangar(model, hangar.acting_user, "OY-DEF")
    inspection = hangar.demand()
    apply_requirement(inspection, other.aircraft, acting_user=hangar.acting_user)
    hangar.did(inspection, "2026-02-05", 1000.0)
    other.did(inspection, "2026-02-05", 940.0)
    impact = impact_of(
        lambda: revise_requirement(inspection, schedule=FIFTY, reason="AMP 7", acting_user=hangar.acting_user),
        acting_user=hangar.acting_user,
    )
    assert [(one.row.registration, one.change) for one in impact.moved] == [
        ("OY-DEF", Change.BECOMES_OVERDUE),
        ("OY-ABC", Change.DUE_MOVES),
    ]


def test_other_aircraft_are_looked_at_when_named(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-02-05", 1000.0)
    hangar.fly(1)

    def plan() -> None:
        change_counter(hangar.airborne, daily_rate=hours(2), acting_user=hangar.acting_user)

    impact = impact_of(plan, acting_user=hangar.acting_user, aircraft_ids=[hangar.aircraft.id])
    assert of(hangar, impact) == {"100 h": Change.FORECAST_MOVES}


def test_the_preview_is_what_happens(hangar: Hangar) -> None:
    inspection, fifty = hangar.demand(schedule={**HUNDRED_HOURS, "basis": "min"}), hangar.demand("50 h", FIFTY)
    hangar.use(60, "2026-01-20")
    for one in (inspection, fifty):
        hangar.did(one, "2026-01-25")

    def late() -> None:
        hangar.fly(9.5, "2025-12-05")

    impact = impact_of(late, acting_user=hangar.acting_user)
    late()
    items = [one.item_id for one in impact.moved]
    assert {row.item_id: row for row in item_rows(items, TODAY)} == {one.item_id: one.after for one in impact.moved}


def test_a_refusal_goes_through_and_nothing_is_kept(hangar: Hangar) -> None:
    before = everything()

    def broken() -> None:
        hangar.fly(1)
        raise RuleBroken("no")

    with pytest.raises(RuleBroken):
        impact_of(broken, acting_user=hangar.acting_user)
    assert everything() == before


def test_without_the_right_to_see_the_programme_only_counters_are_told(hangar: Hangar) -> None:
    hangar.demand()
    pilot = Actor(hangar.acting_user.kind, None, "pilot", frozenset({"fleet.view"}))
    impact = impact_of(lambda: hangar.fly(1), acting_user=pilot)
    assert (impact.sees_due, impact.moved, len(impact.totals)) == (False, (), 2)


def test_statements_do_not_grow_with_items(hangar: Hangar) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            impact_of(lambda: hangar.fly(1), acting_user=hangar.acting_user)
        return len(queries)

    hangar.demand()
    few = statements()
    for number in range(6):
        hangar.demand(f"R{number}")
    assert statements() == few
