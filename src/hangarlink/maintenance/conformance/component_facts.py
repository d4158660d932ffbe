"""Where components stand by the facts of a case: `C(t) = stated + sum of k (P(t) - P(install)) + bench`, from nothing.

Source: domain/maintenance.md 1.4. Written for comparison, so it asks for every total anew and knows no shortcut.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from math import ceil

from hangarlink.maintenance.conformance import amounts, steps
from hangarlink.maintenance.conformance.format import Script
from hangarlink.maintenance.conformance.steps import Action

# The total of an aircraft's counter at a moment; None: unknown.
Total = Callable[[str, str, datetime], int | None]


@dataclass(frozen=True)
class _Period:
    """On what it was installed; `until` None while it still is."""

    on: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class _Told:
    """A total its papers state, or an amount from a bench."""

    at: datetime
    value: int


@dataclass
class ComponentFacts:
    """What became known of the components of a case so far."""

    script: Script
    of_aircraft: Total
    periods: dict[str, list[_Period]] = field(default_factory=lambda: defaultdict(list))
    stated: dict[tuple[str, str], list[_Told]] = field(default_factory=lambda: defaultdict(list))
    bench: dict[tuple[str, str], list[_Told]] = field(default_factory=lambda: defaultdict(list))

    def note(self, step: Action, at: datetime) -> None:
        """Take a step that the product accepted."""
        match step:
            case steps.Install():
                self.periods[step.install].append(_Period(step.on, at))
            case steps.Remove():
                self._take_off(step.remove, at, cascade=step.cascade)
            case steps.Exchange():
                on = self.periods[step.exchange][-1].on
                self._take_off(step.exchange, at, cascade=False)
                self.periods[step.by].append(_Period(on, at))
            case steps.StateTotal():
                self._tell(self.stated, step.component, step.stated, at)
            case steps.Bench():
                self._tell(self.bench, step.component, step.bench, at)

    def total(self, component: str, counter: str, at: datetime) -> int | None:
        """In seconds or counts, rounded up; None: unknown."""
        exact = self._exact(component, counter, at)
        return None if exact is None else ceil(exact)

    def _exact(self, component: str, counter: str, at: datetime) -> Fraction | None:
        told = [one for one in self.stated[component, counter] if one.at <= at]
        if not told:
            return None
        last = max(reversed(told), key=lambda one: one.at)
        found = Fraction(last.value)
        for one in self.bench[component, counter]:
            found += one.value if last.at < one.at <= at else 0
        for period in self._since(component, last.at, at):
            ran = self._ran(component, counter, period)
            if ran is None:
                return None
            found += ran
        return found

    def _since(self, component: str, begin: datetime, end: datetime) -> Iterator[_Period]:
        """The parts of its installations between two moments."""
        for one in self.periods[component]:
            since, until = max(one.since, begin), min(one.until or end, end)
            if since < until:
                yield _Period(one.on, since, until)

    def _ran(self, component: str, counter: str, period: _Period) -> Fraction | None:
        said = self.script.case.components[component].counters[counter]
        kind = said.driver or said.kind
        numerator, denominator = (int(part) for part in said.ratio.split("/"))
        owner = self.script.owners()[period.on]
        driver = next(name for name, one in owner.counters.items() if one.kind == kind)
        until = period.until or period.since
        begun, ended = (self._of(period.on, driver, at) for at in (period.since, until))
        return None if begun is None or ended is None else (ended - begun) * Fraction(numerator, denominator)

    def _of(self, owner: str, counter: str, at: datetime) -> Fraction | None:
        if owner in self.script.case.components:
            return self._exact(owner, counter, at)
        total = self.of_aircraft(owner, counter, at)
        return None if total is None else Fraction(total)

    def _take_off(self, component: str, at: datetime, *, cascade: bool) -> None:
        last = self.periods[component][-1]
        self.periods[component][-1] = replace(last, until=at)
        for other, found in list(self.periods.items()):
            if cascade and found and found[-1].on == component and found[-1].until is None:
                self._take_off(other, at, cascade=True)

    def _tell(
        self, where: dict[tuple[str, str], list[_Told]], component: str, said: dict[str, str], at: datetime
    ) -> None:
        units = self.script.units(component)
        for name, one in said.items():
            value = amounts.parse(one, units[name], field=name)
            # Told again of the same moment, the later word counts.
            where[component, name] = [*where[component, name], _Told(at, value)]
