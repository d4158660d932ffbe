"""What is demanded and what was done: the verbs of the programme."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.conformance import amounts, steps
from hangarlink.maintenance.conformance.playing.registry import plays
from hangarlink.maintenance.conformance.stage import Stage
from hangarlink.maintenance.programme import actions as programme
from hangarlink.maintenance.programme.actions.accomplishments import Done
from hangarlink.maintenance.programme.models import DueItem, EventRecord, Variation
from hangarlink.maintenance.programme.records import read_items
from hangarlink.maintenance.programme.rules.dues import CALENDAR, AtCount, DuePoint, OnDate
from hangarlink.maintenance.programme.rules.terms import Term
from hangarlink.platform.errors import Missing, RuleBroken
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
    for day in range(step.times):
        later = timedelta(days=day)
        stage.clock.reach(stage.instant(step.at) + later)
        said: Done = {
            "performed_at": stage.instant(step.at) + later,
            "released_at": stage.instant(step.released) + later if step.released else None,
            "due_reference": stage.instant(step.counts_from) + later if step.counts_from else None,
            "values": stage.by_counter(step, step.read),
            "was_due": _answered(stage, step),
        }
        if step.finding is not None:
            said["finding"] = step.finding
        programme.record_accomplishment(stage.requirements[step.done], stage.holder(step), acting_user=SYSTEM, **said)


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


@plays(steps.Happened)
def happened(stage: Stage, step: steps.Happened) -> None:
    programme.record_event(
        stage.craft(step),
        code=step.event,
        at=stage.instant(step.at),
        values=stage.by_counter(step, step.read),
        acting_user=SYSTEM,
    )


@plays(steps.WithdrawEvent)
def withdraw_event(stage: Stage, step: steps.WithdrawEvent) -> None:
    stands = EventRecord.objects.filter(
        aircraft=stage.craft(step), code=step.withdraw_event, on=step.of, superseded_at__isnull=True, is_withdrawn=False
    )
    found = stands.order_by("at", "chain").first()
    if found is None:
        raise Missing(f"There was no {step.withdraw_event} on {step.of}.")
    programme.withdraw_event(found, reason=step.reason, acting_user=SYSTEM)


@plays(steps.Approval)
def variation(stage: Stage, step: steps.Approval) -> None:
    item, term = _open_term(stage, step)
    counter = stage.counter(step, stage.name_of(term.measure)) if term.measure != CALENDAR else None
    unit = Unit(counter.unit) if counter else Unit.COUNT
    programme.approve_variation(
        item,
        path=term.path,
        amount=amounts.parse(step.amount, unit, field="amount"),
        unit=step.unit or "",
        counts_from=step.counts_from or "",
        approved_by=step.approved_by,
        approved_on=stage.day(step.at),
        reference=step.reference,
        acting_user=SYSTEM,
    )


@plays(steps.WithdrawApproval)
def withdraw_variation(stage: Stage, step: steps.WithdrawApproval) -> None:
    item = stage.item(step.withdraw_variation, step)
    for one in Variation.objects.filter(item=item, withdrawn_at__isnull=True):
        programme.withdraw_variation(one, reason=step.reason, acting_user=SYSTEM)


def _open_term(stage: Stage, step: steps.Approval) -> tuple[DueItem, Term]:
    """The limit that an approval is about."""
    item = stage.item(step.variation, step)
    if item is None:
        raise Missing(f"{step.variation} is not demanded here.")
    terms = read_items([item.id])[0].standing().terms
    measured = [(amounts.DATE if one.measure == CALENDAR else stage.name_of(one.measure), one) for one in terms]
    fitting = [one for name, one in measured if step.limit in {None, name}]
    if len(fitting) != 1:
        open_limits = ", ".join(name for name, _ in measured) or "none"
        raise RuleBroken(f"Say which limit is extended; open are: {open_limits}.", field="limit")
    return item, fitting[0]


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
    unit = stage.script.units(stage.script.owner_of(step))[name]
    return AtCount(term.measure, amounts.parse(answered[name], unit, field=name))
