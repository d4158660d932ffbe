"""What a case says, as plain values: the pure rules over its own facts, without any record of the product.

The third opinion. Records are kept up step by step, and what follows from a correction is worked out anew where the
product thinks it must be. Here everything is worked out from nothing, each time somebody asks.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hangarlink.fleet.rules.fold import State, UsageEvent, fold
from hangarlink.fleet.vocabulary import AircraftStatus, EntryKind, Unit
from hangarlink.maintenance.conformance import amounts, steps
from hangarlink.maintenance.conformance.answers import Answer, limit_of
from hangarlink.maintenance.conformance.component_facts import ComponentFacts
from hangarlink.maintenance.conformance.format import Script
from hangarlink.maintenance.conformance.steps import Action
from hangarlink.maintenance.conformance.values import instant
from hangarlink.maintenance.programme.rules.alerts import windows
from hangarlink.maintenance.programme.rules.binding import bound, counters_named
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.maintenance.programme.rules.dues import CALENDAR, Accomplishment, Due, Happening, StartPoint
from hangarlink.maintenance.programme.rules.limits import Schedule, Start
from hangarlink.maintenance.programme.rules.standing import Standing, standing
from hangarlink.maintenance.programme.rules.status import Usage, status

# Steps whose consequences are known here. A case with others is judged by the records alone.
KNOWN = (
    steps.Opening, steps.Reading, steps.Flight, steps.CorrectFlight, steps.CancelFlight, steps.ReplaceInstrument,
    steps.Rate, steps.SetStatus, steps.Apply, steps.Baseline, steps.Done, steps.CorrectDone, steps.WithdrawDone,
    steps.Revise, steps.Happened, steps.WithdrawEvent, steps.ComponentAction,
    steps.PlanFlight, steps.UseRatio,
)  # fmt: skip

Values = Mapping[str, int]


@dataclass(frozen=True)
class _Flown:
    aircraft: str
    ended_at: datetime
    uses: Values


@dataclass(frozen=True)
class _Work:
    """Work done: what was read, and under which limits."""

    id: str
    at: datetime
    read: Values
    schedule: Schedule
    finding: bool | None


@dataclass(frozen=True)
class _Moment:
    """A baseline; `at` is the moment whose totals count."""

    on: date
    at: datetime
    read: Values


@dataclass(frozen=True)
class _Event:
    code: str
    at: datetime
    read: Values


@dataclass
class _Demand:
    schedule: Schedule
    alerts: Values
    effective_on: date | None


@dataclass
class Facts:
    """The facts of a case so far. `note` takes a step that was accepted; `answer` tells how an item stands."""

    script: Script
    flights: dict[str, _Flown] = field(default_factory=dict)
    anchors: dict[tuple[str, str], list[UsageEvent]] = field(default_factory=lambda: defaultdict(list))
    work: dict[tuple[str, str], list[_Work]] = field(default_factory=lambda: defaultdict(list))
    moments: dict[tuple[str, Start, str], _Moment] = field(default_factory=dict)
    events: dict[str, list[_Event]] = field(default_factory=lambda: defaultdict(list))
    demands: dict[str, _Demand] = field(default_factory=dict)
    status: dict[str, AircraftStatus] = field(default_factory=dict)
    recorded: int = 0

    def __post_init__(self) -> None:
        self.components = ComponentFacts(self.script, self._total)
        case = self.script.case
        self.status = {name: one.status for name, one in case.aircraft.items()}
        later = {step.apply for step in self.script.steps if isinstance(step, steps.Apply)}
        for name, said in case.requirements.items():
            self.demands[name] = self._demand(said.schedule, said.alerts, said.effective_on)
            if name not in later:
                self._apply(name)

    @property
    def can_tell(self) -> bool:
        """Whether every step of the case is known here, without formulas or due points stated on paper."""
        actions = [step for step in self.script.steps if isinstance(step, Action)]
        stated = any(isinstance(step, steps.Done) and step.answered is not None for step in actions)
        return not stated and not self.script.formulas() and all(isinstance(step, KNOWN) for step in actions)

    # -- what happened --------------------------------------------------------------------------

    def note(self, step: Action) -> None:
        """Take a step that the product accepted."""
        self.recorded += 1
        self.components.note(step, self._at(step.at))
        self._note_usage(step, self.script.aircraft_of(step), self._at(step.at))
        self._note_programme(step, self.script.aircraft_of(step), self._at(step.at))

    def _note_usage(self, step: Action, craft: str, at: datetime) -> None:
        match step:
            case steps.Opening():
                for name, value in self._values(craft, step.opening).items():
                    others = [one for one in self.anchors[craft, name] if one.kind is not EntryKind.OPENING]
                    self.anchors[craft, name] = [*others, self._event(EntryKind.OPENING, at, stated=value)]
            case steps.Reading():
                for name, value in self._values(craft, step.reading).items():
                    self.anchors[craft, name].append(self._event(EntryKind.READING, at, reading=value))
            case steps.ReplaceInstrument():
                self._replaced(craft, step, at)
            case steps.Flight():
                self._flown(craft, step, at)
            case steps.CorrectFlight():
                was = self.flights[step.correct_flight]
                self.flights[step.correct_flight] = replace(was, uses=self._values(was.aircraft, step.uses))
            case steps.CancelFlight():
                del self.flights[step.cancel_flight]
            case steps.SetStatus():
                self.status[craft] = step.status

    def _note_programme(self, step: Action, craft: str, at: datetime) -> None:
        match step:
            case steps.Apply():
                self._apply(step.apply)
            case steps.Baseline():
                moment = at if isinstance(step.at, datetime) else self._start_of(step.at)
                read = self._values(craft, step.values)
                self.moments[craft, step.baseline, step.requirement or ""] = _Moment(self._day(at), moment, read)
            case steps.Done():
                self._done(craft, step)
            case steps.CorrectDone() | steps.WithdrawDone():
                self._corrected(craft, step)
            case steps.Revise():
                self._revised(step)
            case steps.Happened():
                self.events[craft].append(_Event(step.event, at, self._values(craft, step.read)))
            case steps.WithdrawEvent():
                of_day = [
                    one
                    for one in self.events[craft]
                    if one.code == step.withdraw_event and self._day(one.at) == step.of
                ]
                self.events[craft].remove(min(of_day, key=lambda one: one.at))

    def _replaced(self, craft: str, step: steps.ReplaceInstrument, at: datetime) -> None:
        name, unit = step.replace_instrument, self._unit(craft, step.replace_instrument)
        last = None if step.last_reading is None else amounts.parse(step.last_reading, unit, field=name)
        new = amounts.parse(step.new_start, unit, field=name)
        self.anchors[craft, name].append(self._event(EntryKind.REPLACEMENT, at, reading=last, new_start=new))

    def _flown(self, craft: str, step: steps.Flight, at: datetime) -> None:
        uses = self._values(craft, step.uses)
        longest = max((value for name, value in uses.items() if self._unit(craft, name) is Unit.SECONDS), default=0)
        ended = self._at(step.ends) if step.ends else at + timedelta(seconds=longest)
        self.flights[step.flight] = _Flown(craft, ended, uses)

    def _done(self, craft: str, step: steps.Done) -> None:
        begin, read = self._at(step.counts_from or step.released or step.at), self._values(craft, step.read)
        for day in range(step.times):
            at, schedule = begin + timedelta(days=day), self.demands[step.done].schedule
            done = _Work(f"{self.recorded:06}.{day:03}", at, read, schedule, step.finding)
            self.work[step.done, craft].append(done)

    def _corrected(self, craft: str, step: steps.CorrectDone | steps.WithdrawDone) -> None:
        name = step.correct_done if isinstance(step, steps.CorrectDone) else step.withdraw_done
        on_that_day = [one for one in self.work[name, craft] if self._day(one.at) == step.of]
        was = min(on_that_day, key=lambda one: (one.at, one.id))
        self.work[name, craft].remove(was)
        if isinstance(step, steps.CorrectDone):
            at = was.at if step.performed is None else self._at(step.performed)
            read = was.read if step.read is None else self._values(craft, step.read)
            self.work[name, craft].append(replace(was, at=at, read=read))

    def _revised(self, step: steps.Revise) -> None:
        stands = self.demands[step.revise]
        if step.schedule is not None:
            stands.schedule = self._schedule(step.schedule)
        if step.alerts is not None:
            stands.alerts = amounts.alerts_in_units(step.alerts, self.script.all_units())
        if step.effective_on is not None:
            stands.effective_on = step.effective_on
        self._apply(step.revise)

    def _apply(self, name: str) -> None:
        """A directive's effective day is a moment its limits may count from; one that a person set for it stays."""
        said, day = self.script.case.requirements[name], self.demands[name].effective_on
        for craft in said.of or self.script.case.aircraft:
            stands = self.moments.get((craft, Start.EFFECTIVE_DATE, name))
            if day is not None and (stands is None or stands.on != day):
                self.moments[craft, Start.EFFECTIVE_DATE, name] = _Moment(day, self._start_of(day), {})

    # -- how it stands --------------------------------------------------------------------------

    def answer(self, requirement: str, craft: str, as_of: date) -> Answer:
        """State, due points and what is left, from the facts alone. Forecasts are not told."""
        demand = self.demands[requirement]
        stands = self._standing(requirement, craft)
        counters = self.script.case.aircraft[craft].counters
        binding = self._binding(craft, demand.schedule)
        chosen = {binding.get(name, name): value for name, value in demand.alerts.items()}
        timed = {name for name, one in counters.items() if one.kind.unit is Unit.SECONDS}
        usage = {name: self._usage(craft, name, as_of) for name in counters}
        found = status(stands, usage, as_of, windows(stands, chosen, timed))
        limits = {
            one.term.path: limit_of(one, amounts.DATE if one.term.measure == CALENDAR else one.term.measure, None)
            for one in found.terms
        }
        return Answer(found.state.code, None, limits, ended=stands.ended)

    def _standing(self, requirement: str, craft: str) -> Standing:
        history, happened = list[Accomplishment](), self._happened(craft)

        def after(schedule: Schedule, until: datetime | None) -> Standing:
            events = [one for one in happened if until is None or one.at <= until]
            return standing(self._bound(craft, schedule), history, self._starts(requirement, craft), events)

        for one in sorted(self.work[requirement, craft], key=lambda one: (one.at, one.id)):
            answered: Mapping[str, Due] = after(one.schedule, one.at).dues()
            read = self._read(craft, one)
            done = Accomplishment(one.id, one.at, self._day(one.at), read, answered, finding=one.finding)
            history.append(done)
        return after(self.demands[requirement].schedule, None)

    def _happened(self, craft: str) -> list[Happening]:
        return [
            Happening(one.code, one.at, StartPoint(self._day(one.at), self._read(craft, one)))
            for one in self.events[craft]
        ]

    def _starts(self, requirement: str, craft: str) -> dict[Start, StartPoint]:
        """A moment of the requirement itself comes before one of the whole aircraft."""
        of_all = {start: one for (who, start, only), one in self.moments.items() if who == craft and not only}
        own = {start: one for (who, start, only), one in self.moments.items() if who == craft and only == requirement}
        return {start: StartPoint(one.on, self._read(craft, one)) for start, one in (of_all | own).items()}

    def _read(self, craft: str, one: _Work | _Moment | _Event) -> dict[str, int]:
        """What was read, and for the other counters what usage adds up to."""
        names = self.script.case.aircraft[craft].counters
        totals = {name: self._state(craft, name, one.at).total for name in names}
        return {name: value for name, value in totals.items() if value is not None} | dict(one.read)

    def _events(self, craft: str, name: str) -> list[UsageEvent]:
        flown = [
            UsageEvent(EntryKind.FLIGHT, one.ended_at, amount=one.uses[name])
            for one in self.flights.values()
            if one.aircraft == craft and name in one.uses
        ]
        return [*self.anchors[craft, name], *flown]

    def _state(self, craft: str, name: str, until: datetime) -> State:
        return fold(one for one in self._events(craft, name) if one.at <= until).state

    def _total(self, craft: str, name: str, until: datetime) -> int | None:
        return self._state(craft, name, until).total

    def _usage(self, craft: str, name: str, as_of: date) -> Usage:
        events = self._events(craft, name)
        fresh = self._start_of(as_of - timedelta(days=self.script.case.stale_after_days))
        last = max((one.at for one in events), default=None)
        stale = self.status[craft] is AircraftStatus.IN_SERVICE and (last is None or last < fresh)
        return Usage(fold(events).state.total, stale)

    # -- small things ---------------------------------------------------------------------------

    def _demand(self, schedule: Any, alerts: Any, effective_on: date | None) -> _Demand:
        in_units = amounts.alerts_in_units(alerts, self.script.all_units())
        return _Demand(self._schedule(schedule), in_units, effective_on)

    def _schedule(self, said: Any) -> Schedule:
        return from_json(amounts.schedule_in_units(said, self.script.all_units()))

    def _bound(self, craft: str, schedule: Schedule) -> Schedule:
        return bound(schedule, self._binding(craft, schedule))

    def _binding(self, craft: str, schedule: Schedule) -> dict[str, str]:
        """A counter is meant by its name, or by its kind where it is the only one of it."""
        counters = self.script.case.aircraft[craft].counters
        found = {}
        for said in counters_named(schedule):
            of_kind = [name for name, one in counters.items() if one.kind == said]
            if said in counters:
                found[said] = said
            elif len(of_kind) == 1:
                found[said] = of_kind[0]
        return found

    def _event(
        self,
        kind: EntryKind,
        at: datetime,
        *,
        stated: int | None = None,
        reading: int | None = None,
        new_start: int | None = None,
    ) -> UsageEvent:
        return UsageEvent(kind, at, stated=stated, reading=reading, new_start=new_start, sequence=self.recorded)

    def _values(self, craft: str, said: Mapping[str, str]) -> dict[str, int]:
        return {name: amounts.parse(one, self._unit(craft, name), field=name) for name, one in said.items()}

    def _unit(self, craft: str, name: str) -> Unit:
        return self.script.units(craft)[name]

    def _at(self, said: date | datetime) -> datetime:
        return instant(said, self.script.case.time_zone)

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.script.case.time_zone)).date()

    def _start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.script.case.time_zone))
