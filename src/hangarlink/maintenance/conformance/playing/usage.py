"""Usage and what corrects it: the verbs of the fleet."""

from datetime import datetime, timedelta
from uuid import UUID

from hangarlink.fleet import actions as fleet
from hangarlink.fleet.facts import FlightFact, OnKnown, Verdict
from hangarlink.fleet.models import Flight
from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.conformance import amounts, steps
from hangarlink.maintenance.conformance.playing.registry import plays
from hangarlink.maintenance.conformance.stage import SOURCE, Stage
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.people.permissions import SYSTEM


@plays(steps.Opening)
def opening(stage: Stage, step: steps.Opening) -> None:
    for counter, total in stage.each(step, step.opening):
        fleet.set_opening(counter, total=total, at=stage.instant(step.at), reason=step.reason, acting_user=SYSTEM)


@plays(steps.Reading)
def reading(stage: Stage, step: steps.Reading) -> None:
    for counter, value in stage.each(step, step.reading):
        fleet.record_reading(counter, reading=value, at=stage.instant(step.at), acting_user=SYSTEM)


@plays(steps.Flight)
def flight(stage: Stage, step: steps.Flight) -> None:
    start, ends, uses = _flown(stage, step)
    stage.clock.reach(ends)
    fact = FlightFact(stage.craft(step).id, step.flight, start, ends, amounts=uses)
    (told,) = fleet.record_flights([fact], source=SOURCE, acting_user=SYSTEM, on_known=OnKnown.CORRECT)
    if told.verdict in {Verdict.REJECTED, Verdict.SKIPPED}:
        raise RuleBroken(told.message)


@plays(steps.CorrectFlight)
def correct_flight(stage: Stage, step: steps.CorrectFlight) -> None:
    uses = stage.by_counter(step, step.uses)
    fleet.correct_flight(_flight(step.correct_flight), amounts=uses, reason=step.reason, acting_user=SYSTEM)


@plays(steps.CancelFlight)
def cancel_flight(stage: Stage, step: steps.CancelFlight) -> None:  # noqa: ARG001 - as every step is played
    fleet.cancel_flight(_flight(step.cancel_flight), reason=step.reason, acting_user=SYSTEM)


@plays(steps.ReplaceInstrument)
def replace_instrument(stage: Stage, step: steps.ReplaceInstrument) -> None:
    counter = stage.counter(step, step.replace_instrument)
    unit, last = Unit(counter.unit), step.last_reading
    fleet.replace_instrument(
        counter,
        at=stage.instant(step.at),
        last_reading=None if last is None else amounts.parse(last, unit, field="last_reading"),
        new_start=amounts.parse(step.new_start, unit, field="new_start"),
        acting_user=SYSTEM,
    )


@plays(steps.Rate)
def rate(stage: Stage, step: steps.Rate) -> None:
    for counter, value in stage.each(step, step.rate):
        fleet.change_counter(counter, daily_rate=value, acting_user=SYSTEM)


@plays(steps.PlanFlight)
def plan_flight(stage: Stage, step: steps.PlanFlight) -> None:
    start, ends, uses = _flown(stage, step)
    fleet.plan_flight(stage.craft(step), starts_at=start, ends_at=ends, amounts=uses, acting_user=SYSTEM)


@plays(steps.Park)
def park(stage: Stage, step: steps.Park) -> None:
    begins = stage.day(step.at)
    fleet.park_aircraft(
        stage.craft(step), starts_on=begins, ends_on=step.until, reason=step.park.value, acting_user=SYSTEM
    )


@plays(steps.UseRatio)
def use_ratio(stage: Stage, step: steps.UseRatio) -> None:
    counter, follows = stage.counter(step, step.use_ratio), stage.counter(step, step.follows)
    fleet.set_use_ratio(
        counter,
        follows,
        use=amounts.parse(step.use, Unit(counter.unit), field="use"),
        per=amounts.parse(step.per, Unit(follows.unit), field="per"),
        acting_user=SYSTEM,
    )


@plays(steps.SetStatus)
def status(stage: Stage, step: steps.SetStatus) -> None:
    fleet.change_aircraft(stage.craft(step), status=step.status.value, acting_user=SYSTEM)


def _flown(stage: Stage, step: steps.Flight | steps.PlanFlight) -> tuple[datetime, datetime, dict[UUID, int]]:
    """When it starts and ends, and what it uses by counter."""
    start, uses = stage.instant(step.at), stage.each(step, step.uses)
    longest = max((value for counter, value in uses if counter.unit == Unit.SECONDS), default=0)
    ends = stage.instant(step.ends) if step.ends else start + timedelta(seconds=longest)
    return start, ends, {counter.id: value for counter, value in uses}


def _flight(name: str) -> Flight:
    found = Flight.objects.filter(source=SOURCE, external_id=name).first()
    if found is None:
        raise Missing(f"There is no flight {name} in this case.")
    return found
