"""What is demanded and what was done: the verbs of the programme."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from hangarlink.maintenance.conformance import amounts, steps
from hangarlink.maintenance.conformance.playing.registry import plays
from hangarlink.maintenance.conformance.stage import Stage
from hangarlink.maintenance.programme import actions as programme
from hangarlink.maintenance.programme.records import read_items
from hangarlink.maintenance.programme.rules.dues import CALENDAR, AtCount, DuePoint, OnDate
from hangarlink.maintenance.programme.rules.terms import Term
from hangarlink.platform.people.permissions import SYSTEM


@plays(steps.Apply)
def apply(stage: Stage, step: steps.Apply) -> None:
    stage.apply(step.apply)


@plays(steps.Baseline)
def baseline(stage: Stage, step: steps.Baseline) -> None:
    programme.set_baseline(
        stage.craft(step),
        step.baseline,
        on=stage.day(step.at),
        at=stage.instant(step.at) if isinstance(step.at, datetime) else None,
        values=stage.by_counter(step, step.values),
        requirement=stage.requirements[step.requirement] if step.requirement else None,
        acting_user=SYSTEM,
    )


@plays(steps.Done)
def done(stage: Stage, step: steps.Done) -> None:
    programme.record_accomplishment(
        stage.requirements[step.done],
        stage.craft(step),
        performed_at=stage.instant(step.at),
        released_at=stage.instant(step.released) if step.released else None,
        due_reference=stage.instant(step.counts_from) if step.counts_from else None,
        values=stage.by_counter(step, step.read),
        was_due=_answered(stage, step),
        acting_user=SYSTEM,
    )


@plays(steps.CorrectDone)
def correct_done(stage: Stage, step: steps.CorrectDone) -> None:
    changes: dict[str, Any] = {}
    if step.performed is not None:
        changes["performed_at"] = changes["released_at"] = stage.instant(step.performed)
    if step.read is not None:
        changes["values"] = stage.by_counter(step, step.read)
    found = stage.done_on(step.correct_done, step, step.of)
    programme.correct_accomplishment(found, reason=step.reason, acting_user=SYSTEM, **changes)


@plays(steps.WithdrawDone)
def withdraw_done(stage: Stage, step: steps.WithdrawDone) -> None:
    found = stage.done_on(step.withdraw_done, step, step.of)
    programme.withdraw_accomplishment(found, reason=step.reason, acting_user=SYSTEM)


@plays(steps.Revise)
def revise(stage: Stage, step: steps.Revise) -> None:
    units = stage.script.all_units()
    said: dict[str, Any] = {
        "schedule": step.schedule and amounts.schedule_in_units(step.schedule, units),
        "alerts": None if step.alerts is None else amounts.alerts_in_units(step.alerts, units),
        "mandatory_class": step.mandatory_class,
        "effective_on": step.effective_on,
    }
    changes = {name: value for name, value in said.items() if value is not None}
    programme.revise_requirement(stage.requirements[step.revise], reason=step.reason, acting_user=SYSTEM, **changes)


def _answered(stage: Stage, step: steps.Done) -> Mapping[str, DuePoint] | None:
    """The due points that papers state, under the paths of the open limits on the same measures."""
    if step.answered is None:
        return None
    item = stage.item(step.done, step)
    terms: tuple[Term, ...] = read_items([item.id])[0].standing().terms if item else ()
    found = {term.path: _stated(stage, step, term, step.answered) for term in terms}
    return {path: due for path, due in found.items() if due is not None}


def _stated(stage: Stage, step: steps.Done, term: Term, answered: Mapping[str, str]) -> DuePoint | None:
    if term.measure == CALENDAR:
        said = answered.get(amounts.DATE)
        return OnDate.of(date.fromisoformat(said)) if said else None
    name = stage.name_of(term.measure)
    if name not in answered:
        return None
    unit = stage.script.units(stage.script.aircraft_of(step))[name]
    return AtCount(term.measure, amounts.parse(answered[name], unit, field=name))
