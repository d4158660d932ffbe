"""Events of an aircraft on record: what waits for them falls due, late usage moves them, corrections follow."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.programme.actions import (
    correct_event,
    record_event,
    revise_requirement,
    set_baseline,
    withdraw_event,
)
from hangarlink.maintenance.programme.happened import codes_named
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, DueTerm, EventRecord, Requirement
from hangarlink.maintenance.programme.queries import Narrow, due_list, state_counts
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.programme.conftest import (
    HOUR,
    HUNDRED_HOURS,
    Hangar,
    announced,
    hours,
    make_hangar,
    moment,
    state_changes,
)

pytestmark = pytest.mark.django_db

HARD_LANDING = {"repeat": {"kind": "event", "event": "hard_landing"}}
AFTER_A_WINDOW = {
    "repeat": {
        "kind": "counter",
        "counter": "airborne",
        "thresholds": [150 * HOUR],
        "start": "event",
        "event": "window_installed",
    }
}
E21 = {
    "initial": {
        "kind": "first",
        "of": [
            {"kind": "counter", "counter": "landings", "thresholds": [3000], "start": "effective_date"},
            {"kind": "event", "event": "shop_visit", "start": "effective_date"},
            {"kind": "calendar", "unit": "months", "thresholds": [120], "start": "effective_date"},
        ],
    }
}
TODAY = date(2026, 3, 1)


def happened(hangar: Hangar, code: str, day: str, hour: float = 12, **more: Any) -> EventRecord:
    return record_event(hangar.aircraft, code=code, at=moment(day, hour), acting_user=hangar.acting_user, **more)


def terms(hangar: Hangar, requirement: Requirement) -> list[DueTerm]:
    return list(DueTerm.objects.filter(item=hangar.item(requirement)).order_by("path"))


def test_e21_the_shop_visit_makes_it_due_at_once(hangar: Hangar) -> None:
    directive = hangar.demand(
        "AD 98-21-24", E21, mandatory_class="airworthiness_directive", effective_on=date(2025, 6, 1)
    )
    hangar.fly(1)
    waiting = hangar.row(directive)
    assert waiting.state is State.OK
    assert [(one.limit, one.awaits) for one in waiting.terms] == [
        (5000, ""),
        (None, "shop_visit"),
        (date(2035, 6, 1), ""),
    ]
    happened(hangar, "shop_visit", "2026-03-01", 8, source="WO 4711")
    due = hangar.row(directive)
    assert due.state is State.DUE
    assert due.terms[1].limit == TODAY
    assert hangar.row(directive, as_of=date(2026, 3, 2)).state is State.OVERDUE
    assert state_changes()[-1] == ("ok", "due")
    hangar.did(directive, "2026-03-01", performed_at=moment("2026-03-01", 11))
    assert hangar.item(directive).ended


def test_what_waits_is_in_the_list_and_never_reached(hangar: Hangar) -> None:
    task = hangar.demand("after a hard landing", HARD_LANDING)
    (row,) = due_list(Narrow(aircraft_id=hangar.aircraft.id)).rows
    assert (row.state, row.forecast, row.never) == (State.OK, None, True)
    assert state_counts()[State.OK] == 1
    assert terms(hangar, task)[0].awaits == "hard_landing"


def test_work_answers_it_and_the_next_one_makes_it_due_again(hangar: Hangar) -> None:
    task = hangar.demand("after a hard landing", HARD_LANDING)
    happened(hangar, "hard_landing", "2026-02-10")
    assert hangar.row(task).state is State.OVERDUE
    done = hangar.did(task, "2026-02-12")
    assert done.was_due["repeat"] == {"date": "2026-02-10", "anchor": 10}
    assert hangar.row(task).terms[0].awaits == "hard_landing"
    happened(hangar, "hard_landing", "2026-02-27")
    assert hangar.row(task).terms[0].limit == date(2026, 2, 27)


def test_one_recorded_late_slots_in_before_the_work(hangar: Hangar) -> None:
    """Told after the inspection, it was answered by it, and the record of the inspection says so."""
    task = hangar.demand("after a hard landing", HARD_LANDING)
    hangar.did(task, "2026-02-12")
    happened(hangar, "hard_landing", "2026-02-10")
    assert hangar.row(task).terms[0].awaits == "hard_landing"
    stands = Accomplishment.objects.get(superseded_at__isnull=True)
    assert (stands.version, stands.was_due["repeat"]) == (2, {"date": "2026-02-10", "anchor": 10})


class TestOneOffAfterAnEvent:
    def test_it_counts_from_the_counter_at_the_event(self, hangar: Hangar) -> None:
        task = hangar.demand("window", AFTER_A_WINDOW)
        hangar.use(30, "2026-02-10")
        happened(hangar, "window_installed", "2026-02-11")
        assert terms(hangar, task)[0].limit_value == hours(1180)

    def test_late_usage_moves_it(self, hangar: Hangar) -> None:
        task = hangar.demand("window", AFTER_A_WINDOW)
        happened(hangar, "window_installed", "2026-02-11")
        hangar.fly(2.5, "2026-02-05")
        assert terms(hangar, task)[0].limit_value == hours(1152.5)
        assert [one.version for one in EventRecord.objects.order_by("version")] == [1, 2]

    def test_a_value_that_was_read_stays(self, hangar: Hangar) -> None:
        task = hangar.demand("window", AFTER_A_WINDOW)
        happened(hangar, "window_installed", "2026-02-11", values={hangar.airborne.id: hours(1000)})
        hangar.fly(2.5, "2026-02-05")
        assert terms(hangar, task)[0].limit_value == hours(1150)

    def test_done_it_waits_again_and_may_not_be_lost(self, hangar: Hangar) -> None:
        task = hangar.demand("window", AFTER_A_WINDOW)
        happened(hangar, "window_installed", "2026-02-11")
        hangar.did(task, "2026-02-20", 1000.0)
        assert terms(hangar, task)[0].awaits == "window_installed"
        assert not hangar.item(task).ended


class TestCorrections:
    def test_the_moment_is_corrected(self, hangar: Hangar, acting_user: Actor) -> None:
        task = hangar.demand("after a hard landing", HARD_LANDING)
        event = happened(hangar, "hard_landing", "2026-02-10")
        fresh = correct_event(event, at=moment("2026-02-14"), reason="wrong page", acting_user=acting_user)
        assert (fresh.version, fresh.chain) == (2, event.chain)
        assert hangar.row(task).terms[0].limit == date(2026, 2, 14)
        with pytest.raises(RuleBroken, match="changed meanwhile"):
            correct_event(event, at=moment("2026-02-15"), reason="again", acting_user=acting_user)

    def test_it_did_not_happen(self, hangar: Hangar, acting_user: Actor) -> None:
        task = hangar.demand("after a hard landing", HARD_LANDING)
        event = happened(hangar, "hard_landing", "2026-02-10")
        withdraw_event(event, reason="other aircraft", acting_user=acting_user)
        assert hangar.row(task).terms[0].awaits == "hard_landing"
        assert state_changes() == [("ok", "overdue"), ("overdue", "ok")]
        assert announced("aircraft_event.withdrawn")[0]["code"] == "hard_landing"
        with pytest.raises(Missing):
            withdraw_event(event, reason="again", acting_user=acting_user)

    def test_a_row_is_never_changed(self, hangar: Hangar) -> None:
        event = happened(hangar, "hard_landing", "2026-02-10")
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            EventRecord.objects.filter(pk=event.pk).update(code="bird_strike")


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"code": "2 hard"}, "code"),
            ({"code": ""}, "code"),
            ({"at": moment("2026-03-02")}, "at"),
            ({"at": moment("2026-02-10").replace(tzinfo=None)}, "at"),
            ({"source": "x" * 201}, "source"),
        ],
    )
    def test_what_cannot_be(self, hangar: Hangar, change: dict[str, Any], field: str) -> None:
        said: dict[str, Any] = {"code": "hard_landing", "at": moment("2026-02-10"), **change}
        with pytest.raises(RuleBroken) as refused:
            record_event(hangar.aircraft, acting_user=hangar.acting_user, **said)
        assert refused.value.field == field
        assert not EventRecord.objects.exists()

    def test_twice(self, hangar: Hangar) -> None:
        happened(hangar, "hard_landing", "2026-02-10")
        with pytest.raises(RuleBroken, match="recorded for this aircraft already"):
            happened(hangar, "Hard landing", "2026-02-10")

    def test_the_permission(self, hangar: Hangar, acting_user: Actor) -> None:
        reader = Actor(acting_user.kind, acting_user.id, acting_user.label, frozenset({"programme.view"}))
        with pytest.raises(NotPermitted):
            record_event(hangar.aircraft, code="hard_landing", at=moment("2026-02-10"), acting_user=reader)

    def test_an_event_is_no_baseline(self, hangar: Hangar, acting_user: Actor) -> None:
        with pytest.raises(RuleBroken, match="not a moment that is said once"):
            set_baseline(hangar.aircraft, Start.EVENT, on=date(2026, 1, 1), acting_user=acting_user)


def test_items_that_do_not_name_it_are_left_alone(hangar: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    hangar.demand("100 h", HUNDRED_HOURS)
    other = make_hangar(model, acting_user, "OY-XYZ")
    task = other.demand("after a hard landing", HARD_LANDING)
    before = list(DueTerm.objects.order_by("id").values_list("id", flat=True))
    happened(hangar, "hard_landing", "2026-02-10")
    assert list(DueTerm.objects.order_by("id").values_list("id", flat=True)) == before
    assert other.row(task).state is State.OK


def test_an_older_revision_at_an_accomplishment_still_counts(hangar: Hangar, acting_user: Actor) -> None:
    """The record of work done under a revision that named the event follows a late one."""
    task = hangar.demand("after a hard landing", HARD_LANDING)
    hangar.did(task, "2026-02-12")
    revise_requirement(task, schedule=HUNDRED_HOURS, reason="now hours", acting_user=acting_user)
    happened(hangar, "hard_landing", "2026-02-10")
    assert Accomplishment.objects.get(superseded_at__isnull=True).was_due["repeat"]["date"] == "2026-02-10"


def test_codes_that_requirements_name(hangar: Hangar) -> None:
    hangar.demand("a", HARD_LANDING)
    hangar.demand("b", E21, effective_on=date(2025, 6, 1))
    assert codes_named() == ["hard_landing", "shop_visit"]
    assert DueItem.objects.count() == 2
