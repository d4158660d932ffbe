"""What was expected against what the product says: nothing, or the differences."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from hangarlink.fleet.actions import refresh_recent_use
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.components.queries.life import LifeView, life_of
from hangarlink.maintenance.components.vocabulary import Source
from hangarlink.maintenance.conformance import amounts, steps
from hangarlink.maintenance.conformance.answers import Answer, Limit, Value, decisive, of_the_list, of_the_records
from hangarlink.maintenance.conformance.stage import Stage
from hangarlink.maintenance.conformance.values import UNKNOWN
from hangarlink.maintenance.defects import mel
from hangarlink.maintenance.programme.derivation import totals
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, DueTerm, ValueDiscrepancy
from hangarlink.maintenance.programme.queries import Narrow, board, due_list, item_detail
from hangarlink.maintenance.programme.queries.dispatch import dispatch
from hangarlink.maintenance.programme.queries.item import usage_of
from hangarlink.maintenance.programme.rules.dispatch import Answer as DispatchAnswer
from hangarlink.maintenance.programme.rules.status import may_fly
from hangarlink.platform.quantities import Unit
from hangarlink.platform.tenancy.context import current_account

FACTS, RULES, LIST, RECORD = "the facts", "the rules", "the due list", "the record"
NOTHING = "nothing"


@dataclass(frozen=True)
class Difference:
    """One thing that is not as expected.

    step  its number in the case, from 1
    what  such as `due hours`
    by    who says `found`: the facts (the rules over the case itself), the rules (over what is on record), the due
          list, the record
    """

    step: int
    what: str
    expected: str
    found: str
    by: str

    def __str__(self) -> str:
        return f"step {self.step}, {self.what}: expected {self.expected}, {self.by} say{_s(self.by)} {self.found}"


Found = tuple[str, str, str, str]


def check(stage: Stage, step: steps.Step, number: int) -> list[Difference]:
    """Ask what a step expects. Before that, the averages of use are renewed, as the nightly job does."""
    if isinstance(step, steps.Expect | steps.ExpectAircraft | steps.ExpectList):
        stage.clock.reach(stage.instant(step.as_of))
        refresh_recent_use(current_account())
    return [Difference(number, *found) for found in _CHECKS[type(step)](stage, step)]


def _item(stage: Stage, step: steps.Expect) -> Iterator[Found]:
    item = stage.item(step.expect, step)
    if item is None or not step.applies:
        if (item is None) is step.applies:
            yield step.expect, _applies(step.applies), _applies(item is not None), RECORD
        return
    owner = stage.script.owner_of(step)
    units = stage.script.units(owner)
    of_component = stage.script.component_of(step) is not None
    tells = stage.facts.can_tell and not of_component
    facts = stage.facts.answer(step.expect, owner, step.as_of) if tells else None
    rules = of_the_records(item, step.as_of, stage.name_of)
    listed = _named_alike(of_the_list(item, step.as_of, stage.name_of), rules, of_component=of_component)
    yield from _disagreement(rules, listed, decisive(item), units)
    yield from _disagreement_on_facts(facts, rules, units)
    for by, answer in ((FACTS, facts), (RULES, rules), (LIST, _whole(listed, rules))):
        if answer is not None and not answer.ended:
            yield from _compared(stage, step, answer, units, by)
    if step.on_aircraft is not None:
        yield from _on_aircraft(stage, step.on_aircraft, item)
    if step.is_ended is not None and rules.ended is not step.is_ended:
        yield step.expect, _ends(step.is_ended), _ends(rules.ended), RULES


def _compared(stage: Stage, step: steps.Expect, answer: Answer, units: amounts.Units, by: str) -> Iterator[Found]:
    if step.state is not None and step.state != answer.state:
        yield "state", step.state, answer.state, by
    if step.forecast is not None and answer.forecast is not None and step.forecast != _text(answer.forecast):
        yield "forecast", step.forecast, _text(answer.forecast), by
    due = {measure: [one.due for one in limits] for measure, limits in _by_measure(answer).items()}
    latest = {measure: [one.latest for one in limits] for measure, limits in _by_measure(answer).items()}
    left = {measure: [one.remaining for one in limits] for measure, limits in _by_measure(answer).items()}
    when = {
        measure: [one.forecast for one in limits if one.forecast is not None]
        for measure, limits in _by_measure(answer).items()
    }
    if step.due is not None:
        yield from _each("due", step.due, due, units, by, whole=True)
    if step.latest is not None:
        yield from _each("latest", step.latest, latest, units, by)
    if step.remaining is not None:
        yield from _each("remaining", step.remaining, left, units, by, days=True)
    if step.forecasts is not None and answer.forecast is not None:
        yield from _each("forecast", step.forecasts, when, dict.fromkeys(units), by)
    for measure, reason in (step.unknown or {}).items():
        said = {one.unknown.value if one.unknown else "known" for one in _by_measure(answer).get(measure, [])}
        if said != {reason.value}:
            yield f"why {measure} is unknown", reason.value, ", ".join(sorted(said)) or NOTHING, by
    for name, shown in (step.on_meter or {}).items():
        yield from _on_meter(stage, step, name, shown, due.get(name, []), by)


def _each(
    what: str,
    expected: Mapping[str, steps.Said],
    found: Mapping[str, list[Value]],
    units: Mapping[str, Unit | None],
    by: str,
    *,
    whole: bool = False,
    days: bool = False,
) -> Iterator[Found]:
    """Compare by measure.

    whole  what is found and not expected is a difference too
    days   what stands under `date` is a number
    """
    for measure in [*expected, *(found.keys() - expected.keys() if whole else ())]:
        unit = units.get(measure)
        said = expected.get(measure, [])
        wanted = sorted(_canonical(one, unit, days=days) for one in (said if isinstance(said, list) else [said]))
        told = sorted(_shown(one, unit) for one in found.get(measure, []))
        if wanted != told:
            yield f"{what} {measure}", ", ".join(wanted) or NOTHING, ", ".join(told) or NOTHING, by


def _canonical(said: str, unit: Unit | None, *, days: bool) -> str:
    if amounts.is_word(said) or unit is None:
        return str(int(said)) if days and not amounts.is_word(said) else said
    return amounts.shown(amounts.parse(said, unit, field="expected", allow_negative=True), unit)


def _shown(value: Value, unit: Unit | None) -> str:
    return amounts.shown(value, unit) if isinstance(value, int) and unit is not None else _text(value)


def _text(value: Value | None) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _by_measure(answer: Answer) -> dict[str, list[Limit]]:
    found: dict[str, list[Limit]] = {}
    for _, limit in sorted(answer.limits.items()):
        found.setdefault(limit.measure, []).append(limit)
    return found


def _whole(listed: Answer | None, rules: Answer) -> Answer | None:
    """The list's answer with the limits it leaves out because they can never decide."""
    if listed is None:
        return None
    return Answer(listed.state, listed.forecast, {**rules.limits, **listed.limits}, ended=rules.ended)


def _disagreement(
    rules: Answer, listed: Answer | None, deciding: set[str], units: Mapping[str, Unit]
) -> Iterator[Found]:
    """The two must agree in everything, whatever a case expects."""
    if listed is None or rules.ended:
        if (listed is None) is not rules.ended:
            yield "in the list", _listed(not rules.ended), _listed(listed is not None), LIST
        return
    for what in ("state", "forecast"):
        told, shown = getattr(rules, what), getattr(listed, what)
        if told != shown:
            yield f"agreement on {what}", f"{_text(told)} as the rules say", _text(shown), LIST
    for path in sorted(deciding | listed.limits.keys()):
        one, other = rules.limits.get(path), listed.limits.get(path)
        if one != other:
            yield f"agreement on {path}", _of_limit(one, units), _of_limit(other, units), LIST


def _disagreement_on_facts(facts: Answer | None, rules: Answer, units: Mapping[str, Unit]) -> Iterator[Found]:
    """What is on record must be what follows from the facts, however it came to be there."""
    if facts is None:
        return
    if (facts.state, facts.ended) != (rules.state, rules.ended):
        yield "agreement on state", f"{facts.state} by the facts", rules.state, RULES
    for path in sorted(facts.limits.keys() | rules.limits.keys()):
        one, other = facts.limits.get(path), rules.limits.get(path)
        without = None if other is None else replace(other, forecast=None)
        if one != without:
            yield f"agreement on {path}", f"{_of_limit(one, units)} by the facts", _of_limit(without, units), RULES


def _named_alike(listed: Answer | None, rules: Answer, *, of_component: bool) -> Answer | None:
    """The list names no counter for a limit without due point, and the driving one for a component's limit.

    The rules know which one the text means.
    """
    if listed is None:
        return None
    known = rules.limits
    limits = {
        path: replace(one, measure=known[path].measure)
        if path in known and (of_component or amounts.is_word(str(one.due)))
        else one
        for path, one in listed.limits.items()
    }
    return replace(listed, limits=limits)


def _of_limit(limit: Limit | None, units: Mapping[str, Unit]) -> str:
    if limit is None:
        return NOTHING
    unit = units.get(limit.measure)
    parts = [limit.measure, _shown(limit.due, unit), _shown(limit.remaining, unit), _text(limit.forecast)]
    return " / ".join([*parts, *([limit.unknown.value] if limit.unknown else [])])


def _on_meter(stage: Stage, step: steps.Expect, name: str, shown: str, due: list[Value], by: str) -> Iterator[Found]:
    """Where the present instrument will stand at the due point: the total less what lies before that instrument."""
    counter = stage.counter(step, name)
    offset, unit = counter.meter_offset, Unit(counter.unit)
    told = [amounts.shown(one - offset, unit) for one in due if isinstance(one, int) and offset is not None]
    if told != [_canonical(shown, unit, days=False)]:
        yield f"due on the meter of {name}", shown, ", ".join(told) or UNKNOWN, by


def _on_aircraft(stage: Stage, expected: Mapping[str, str], item: DueItem) -> Iterator[Found]:
    """Where a component's limits lie on the counters that drive it now."""
    terms = DueTerm.objects.filter(item=item, counter__isnull=False, limit_value__isnull=False).select_related(
        "counter"
    )
    told: dict[str, set[str]] = {}
    for term in terms:
        if term.counter is not None and term.limit_value is not None:
            shown = amounts.shown(term.limit_value - term.variation, Unit(term.counter.unit))
            told.setdefault(stage.name_of(str(term.counter_id)), set()).add(shown)
    for name in [*expected, *(told.keys() - expected.keys())]:
        found = ", ".join(sorted(told.get(name, set()))) or NOTHING
        if expected.get(name, NOTHING) != found:
            yield f"due on the aircraft {name}", expected.get(name, NOTHING), found, LIST


def _due_list(stage: Stage, step: steps.ExpectList) -> Iterator[Found]:
    craft = stage.craft(step)
    rows = due_list(Narrow(aircraft_id=craft.id), limit=1_000, as_of=step.as_of).rows
    told, wanted = sorted(row.reference for row in rows), sorted(step.expect_list)
    if told != wanted:
        yield f"due list of {craft}", ", ".join(wanted) or NOTHING, ", ".join(told) or NOTHING, LIST


def _total(stage: Stage, step: steps.ExpectTotal) -> Iterator[Found]:
    at = stage.instant(step.at)
    for name, said in step.expect_total.items():
        counter = stage.counter(step, name)
        value, unit = totals({(counter.id, at)})[counter.id, at], Unit(counter.unit)
        told = UNKNOWN if value is None else amounts.shown(value, unit)
        if _canonical(said, unit, days=False) != told:
            yield f"total of {name}", said, told, RECORD


def _done(stage: Stage, step: steps.ExpectDone) -> Iterator[Found]:
    found = stage.done_on(step.expect_done, step, step.of)
    stands = {stage.name_of(str(one.counter_id)): one for one in found.values.select_related("counter")}
    for name, said in step.values.items():
        unit = Unit(stage.counter(step, name).unit)
        told = amounts.shown(stands[name].value, unit) if name in stands else UNKNOWN
        if _canonical(said, unit, days=False) != told:
            yield f"{name} at the work of {step.of}", said, told, RECORD
    disputed = ValueDiscrepancy.objects.filter(value__in=stands.values(), settled_at__isnull=True).exists()
    if step.disputed is not None and disputed is not step.disputed:
        yield f"the work of {step.of}", _disputed(step.disputed), _disputed(disputed), RECORD
    versions = Accomplishment.objects.filter(chain=found.chain).count()
    if step.versions not in {None, versions}:
        yield f"versions of the work of {step.of}", str(step.versions), str(versions), RECORD


def _may_fly(stage: Stage, step: steps.ExpectMayFly) -> Iterator[Found]:
    if step.requirement is None:
        yield from _dispatch(stage, step)
        return
    item = stage.item(step.requirement, step)
    told = "not demanded"
    if item is not None:
        stage.clock.reach(stage.instant(step.landing_on))
        found = item_detail(item.id, as_of=step.landing_on)
        usage = {name: usage_of(one, stage.craft(step), step.landing_on) for name, one in found.counters.items()}
        planned = {str(counter): value for counter, value in stage.by_counter(step, step.planned).items()}
        told = _flies(may_fly(found.status.standing, usage, planned, step.landing_on))
    if told != _flies(step.expect_may_fly):
        yield f"dispatch under {step.requirement}", _flies(step.expect_may_fly), told, RULES


def _dispatch(stage: Stage, step: steps.ExpectMayFly) -> Iterator[Found]:
    """The question that pages and API ask, of everything on the aircraft. What is unknown is no yes."""
    planned = stage.by_counter(step, step.planned)
    craft = stage.craft(step)
    found = dispatch(craft, planned, landing_on=step.landing_on, after_planned=step.after_planned)
    told = found.answer is DispatchAnswer.YES
    if told is not step.expect_may_fly:
        yield f"dispatch of {craft}", _flies(step.expect_may_fly), f"{_flies(told)} ({found.answer})", LIST


def _aircraft(stage: Stage, step: steps.ExpectAircraft) -> Iterator[Found]:
    craft = stage.craft(step)
    row = board([craft.id], as_of=step.as_of)[craft.id]
    if row.state.code != step.expect_aircraft:
        yield f"state of {craft}", step.expect_aircraft, row.state.code, LIST
    told = sorted({ground.code for ground in row.grounds})
    if step.reasons is not None and sorted(step.reasons) != told:
        yield f"reasons of {craft}", ", ".join(sorted(step.reasons)) or NOTHING, ", ".join(told) or NOTHING, LIST


def _deferral(stage: Stage, step: steps.ExpectDeferral) -> Iterator[Found]:
    """Of the rule alone: no record keeps deferrals yet."""
    recorded = stage.instant(step.recorded)
    told = mel.last_day(step.expect_deferral, recorded, day_zone=step.day_zone, days=step.days)
    if told != step.until:
        yield f"last day of category {step.expect_deferral}", step.until.isoformat(), told.isoformat(), RULES


def _component(stage: Stage, step: steps.ExpectComponent) -> Iterator[Found]:
    name, at = step.expect_component, stage.instant(step.at)
    stage.clock.reach(at)
    life = life_of(stage.components[name], now=at)
    stands = {view.counter.name: view for view in life.counters}
    for what in ("totals", "since_overhaul", "since_installed"):
        for counter, said in getattr(step, what).items():
            view, unit = stands[counter], Unit(stands[counter].counter.unit)
            value = view.total if what == "totals" else getattr(view, what)
            told = UNKNOWN if value is None else amounts.shown(value, unit)
            if _canonical(said, unit, days=False) != told:
                yield f"{what.replace('_', ' ')} {counter} of {name}", said, told, RECORD
    for counter, view in stands.items():
        by_facts = stage.facts.components.total(name, counter, at)
        if by_facts != view.total and view.clock.source != Source.METER:
            units = [
                UNKNOWN if one is None else amounts.shown(one, Unit(view.counter.unit))
                for one in (by_facts, view.total)
            ]
            yield f"agreement on {counter} of {name}", f"{units[0]} by the facts", units[1], RECORD
    on = "" if life.aircraft is None else life.aircraft.registration
    if step.on is not None and step.on != on:
        yield f"where {name} is", step.on or NOTHING, on or NOTHING, RECORD
    yield from _life(step, life)


def _life(step: steps.ExpectComponent, life: LifeView) -> Iterator[Found]:
    name = step.expect_component
    part = life.lives[0] if life.lives else None
    if step.life_used is not None:
        used = None if part is None else part.life.used
        if used is None or used != Fraction(step.life_used):
            yield f"life used of {name}", step.life_used, UNKNOWN if used is None else str(used), RECORD
    for rating, said in (step.left if isinstance(step.left, dict) else {"": step.left} if step.left else {}).items():
        left = None if part is None else part.life.remaining.get(rating)
        unit = Unit(part.counter.unit) if part is not None and part.counter is not None else Unit.COUNT
        told = UNKNOWN if left is None else amounts.shown(left, unit)
        if _canonical(said, unit, days=False) != told:
            yield f"left of {name} {rating}".rstrip(), said, told, RECORD
    if step.limited_by is not None or step.may_run is not None:
        yield from _limit(step, life)


def _limit(step: steps.ExpectComponent, life: LifeView) -> Iterator[Found]:
    bound = life.bounds[0] if life.bounds else None
    part = None if bound is None or bound.part is None else Component.objects.get(id=bound.part.component_id).name
    if step.limited_by is not None and step.limited_by != part:
        yield f"what limits {step.expect_component}", step.limited_by, part or NOTHING, RECORD
    left = None if bound is None else bound.limiter.left
    counter = bound.part.counter if bound is not None and bound.part is not None else None
    unit = Unit(counter.unit) if counter is not None else Unit.COUNT
    told = UNKNOWN if left is None else amounts.shown(left, unit)
    if step.may_run is not None and _canonical(step.may_run, unit, days=False) != told:
        yield f"what {step.expect_component} may run", step.may_run, told, RECORD


_CHECKS: dict[type[steps.Step], Callable[[Stage, Any], Iterator[Found]]] = {
    steps.Expect: _item,
    steps.ExpectTotal: _total,
    steps.ExpectDone: _done,
    steps.ExpectMayFly: _may_fly,
    steps.ExpectAircraft: _aircraft,
    steps.ExpectList: _due_list,
    steps.ExpectDeferral: _deferral,
    steps.ExpectComponent: _component,
}


def _s(by: str) -> str:
    return "" if by in {FACTS, RULES} else "s"


def _applies(yes: bool) -> str:
    return "demanded" if yes else "not demanded"


def _ends(yes: bool) -> str:
    return "the control has ended" if yes else "something further is due"


def _listed(yes: bool) -> str:
    return "listed" if yes else "not listed"


def _disputed(yes: bool) -> str:
    return "disputed" if yes else "not disputed"


def _flies(yes: bool) -> str:
    return "may fly" if yes else "may not fly"
