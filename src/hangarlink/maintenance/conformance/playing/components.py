"""Components: where they are and what is told of their counters."""

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.components import actions as components
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.conformance import amounts, steps
from hangarlink.maintenance.conformance.playing.registry import plays
from hangarlink.maintenance.conformance.stage import Stage
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import SYSTEM


@plays(steps.Install)
def install(stage: Stage, step: steps.Install) -> None:
    component, at = stage.components[step.install], stage.instant(step.at)
    components.install(component, on=_carrier(stage, step.on), position=step.position, at=at, acting_user=SYSTEM)


@plays(steps.Remove)
def remove(stage: Stage, step: steps.Remove) -> None:
    components.remove(
        stage.components[step.remove], at=stage.instant(step.at), to=step.to, condition=step.condition,
        cascade=step.cascade, acting_user=SYSTEM,
    )  # fmt: skip


@plays(steps.Exchange)
def exchange(stage: Stage, step: steps.Exchange) -> None:
    off, fit = stage.components[step.exchange], stage.components.get(step.by)
    if fit is None:
        raise Missing(f"There is no component {step.by} in this case.")
    components.exchange(off, fit, at=stage.instant(step.at), acting_user=SYSTEM)


@plays(steps.StateTotal)
def stated(stage: Stage, step: steps.StateTotal) -> None:
    for counter, total in stage.each(step, step.stated):
        unit = stage.script.units(step.component)[counter.name]
        shares = {name: amounts.parse(said, unit, field="by_rating") for name, said in step.by_rating.items()}
        components.state_total(
            counter, total=total, at=stage.instant(step.at), by_rating=shares, source="case", acting_user=SYSTEM
        )


@plays(steps.Bench)
def bench(stage: Stage, step: steps.Bench) -> None:
    for counter, amount in stage.each(step, step.bench):
        components.record_bench_time(counter, amount=amount, at=stage.instant(step.at), acting_user=SYSTEM)


@plays(steps.MeterReading)
def meter(stage: Stage, step: steps.MeterReading) -> None:
    for counter, value in stage.each(step, step.meter):
        components.read_meter(counter, reading=value, at=stage.instant(step.at), acting_user=SYSTEM)


@plays(steps.ShopWork)
def work(stage: Stage, step: steps.ShopWork) -> None:
    components.record_work(
        stage.components[step.work], kind=step.kind, at=stage.instant(step.at),
        values=stage.by_counter(step, step.values), acting_user=SYSTEM,
    )  # fmt: skip


@plays(steps.SetRating)
def rating(stage: Stage, step: steps.SetRating) -> None:
    components.set_rating(
        stage.components[step.component], rating=step.rating, at=stage.instant(step.at), acting_user=SYSTEM
    )


def _carrier(stage: Stage, name: str) -> Aircraft | Component:
    found = stage.aircraft.get(name) or stage.components.get(name)
    if found is None:
        raise Missing(f"There is no aircraft or component {name} in this case.")
    return found
