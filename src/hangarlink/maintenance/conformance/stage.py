"""The things of one case on the real database: aircraft, counters, requirements, by the names the case gives them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hangarlink.fleet import actions as fleet
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.components import actions as components
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.components.vocabulary import ComponentKind, Condition, Source
from hangarlink.maintenance.conformance import amounts
from hangarlink.maintenance.conformance.clock import Clock
from hangarlink.maintenance.conformance.facts import Facts
from hangarlink.maintenance.conformance.format import Component as Said
from hangarlink.maintenance.conformance.format import ComponentCounter, Script
from hangarlink.maintenance.conformance.steps import Action, Apply, Step
from hangarlink.maintenance.conformance.values import instant
from hangarlink.maintenance.programme import actions as programme
from hangarlink.maintenance.programme.days import day_of
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, Requirement
from hangarlink.maintenance.programme.rules.binding import counters_named
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import SYSTEM

# The name a case's flights are recorded under.
SOURCE = "conformance"


class Stage:
    """Wants to be used inside `acting_in`, under the case's clock. Everything is done as the system itself."""

    def __init__(self, script: Script, clock: Clock) -> None:
        self.script, self.clock, self.facts = script, clock, Facts(script)
        self.aircraft: dict[str, Aircraft] = {}
        self.counters: dict[tuple[str, str], Counter] = {}
        self.components: dict[str, Component] = {}
        self.requirements: dict[str, Requirement] = {}

    def set_up(self) -> None:
        """Aircraft with their counters, and the requirements that no step applies later."""
        begin = next((step.at for step in self.script.steps if isinstance(step, Action)), None)
        if begin is not None:
            self.clock.reach(self.instant(begin))
        self._add_aircraft()
        self._add_components()
        self._add_tolerances()
        later = {step.apply for step in self.script.steps if isinstance(step, Apply)}
        # A requirement may name a derived counter, and the formula of that one may name a requirement.
        names = self.script.case.requirements
        first = [name for name in names if not self._goes_by_formula(name)]
        for name in first:
            self._add_requirement(name)
        self._derive_counters()
        for name in names:
            if name not in first:
                self._add_requirement(name)
            if name not in later:
                self.apply(name)

    def apply(self, name: str) -> None:
        """Demand a requirement of the aircraft and components its case names."""
        for holder in self.script.case.requirements[name].of or self.aircraft:
            to = self.aircraft.get(holder) or self.components[holder]
            programme.apply_requirement(self.requirements[name], to, acting_user=SYSTEM)

    def instant(self, said: date | datetime) -> datetime:
        """A day or moment of the case in UTC."""
        return instant(said, self.script.case.time_zone)

    def day(self, said: date | datetime) -> date:
        """The case's date of it."""
        return day_of(self.instant(said))

    def craft(self, step: Step) -> Aircraft:
        """The aircraft a step is about."""
        return self.aircraft[self.script.aircraft_of(step)]

    def holder(self, step: Step) -> Aircraft | Component:
        """The component or aircraft a step about a requirement is about."""
        component = self.script.component_of(step)
        return self.components[component] if component else self.craft(step)

    def counter(self, step: Step, name: str) -> Counter:
        """A counter of the aircraft or component a step is about, as it stands now."""
        counter = self.counters[self.script.owner_of(step), name]
        counter.refresh_from_db()
        return counter

    def name_of(self, counter_id: str) -> str:
        """The case's name of a counter."""
        return next((name for (_, name), one in self.counters.items() if str(one.id) == counter_id), counter_id)

    def item(self, requirement: str, step: Step) -> DueItem | None:
        """The requirement's item on the step's aircraft or component, if it is demanded there."""
        on = self._on(self.holder(step))
        found = DueItem.objects.filter(requirement=self.requirements[requirement], closed_at__isnull=True, **on)
        return found.first()

    def done_on(self, requirement: str, step: Step, of: date) -> Accomplishment:
        """The work of a day, as it stands now. Raises Missing."""
        on_it = {f"item__{field}": value for field, value in self._on(self.holder(step)).items()}
        stands = Accomplishment.objects.filter(
            item__requirement=self.requirements[requirement], on=of, superseded_at__isnull=True, is_withdrawn=False,
            **on_it,
        )  # fmt: skip
        found = stands.order_by("due_reference", "chain").first()
        if found is None:
            raise Missing(f"Nothing was done under {requirement} on {of}.")
        return found

    def each(self, step: Step, said: Mapping[str, str]) -> list[tuple[Counter, int]]:
        """Amounts with their counters, in its unit."""
        found = [(self.counter(step, name), amount) for name, amount in said.items()]
        return [(one, amounts.parse(amount, Unit(one.unit), field=one.name)) for one, amount in found]

    def by_counter(self, step: Step, said: Mapping[str, str]) -> dict[UUID, int]:
        """The same by counter id."""
        return {counter.id: value for counter, value in self.each(step, said)}

    @staticmethod
    def _on(holder: Aircraft | Component) -> dict[str, Any]:
        """A component's item stands on the aircraft it is installed on, too, and is not that aircraft's own."""
        return {"component": holder} if isinstance(holder, Component) else {"component": None, "aircraft": holder}

    def _add_aircraft(self) -> None:
        model = fleet.add_aircraft_model(name="Conformance", acting_user=SYSTEM)
        for name, said in self.script.case.aircraft.items():
            craft = fleet.add_aircraft(
                registration=name, aircraft_model=model, status=said.status.value, acting_user=SYSTEM
            )
            self.aircraft[name] = craft
            plain = {counter: one for counter, one in said.counters.items() if one.formula is None}
            for counter, one in plain.items():
                display = one.display.value if one.display else None
                self.counters[name, counter] = fleet.add_counter(
                    craft, kind=one.kind.value, name=counter, display=display, acting_user=SYSTEM
                )

    def _goes_by_formula(self, requirement: str) -> bool:
        schedule = self.script.case.requirements[requirement].schedule
        checked = from_json(amounts.schedule_in_units(schedule, self.script.all_units()))
        return bool(counters_named(checked) & {name for _, name in self.script.formulas()})

    def _derive_counters(self) -> None:
        for (craft, name), formula in self.script.formulas().items():
            self.counters[craft, name] = programme.derive_counter(
                self.aircraft[craft], name=name, formula=amounts.formula_in_units(formula),
                unit=self.script.units(craft)[name].value, acting_user=SYSTEM,
            )  # fmt: skip

    def _add_components(self) -> None:
        """Everything is in stock, fit to be installed, from the day before the first step."""
        if not self.script.case.components:
            return
        kind = components.add_component_type(name="Conformance", kind=ComponentKind.PART, acting_user=SYSTEM)
        for name, said in self.script.case.components.items():
            made = components.add_component(
                component_type=kind, part_number=said.part, serial_number=said.serial or name, name=name,
                manufactured_on=said.made, condition=Condition.SERVICEABLE, certificate="case",
                clocks=[_planned(counter, one) for counter, one in said.counters.items()],
                at=self.clock.now - timedelta(days=1),
                acting_user=SYSTEM,
            )  # fmt: skip
            self.components[name] = made
            for counter in Counter.objects.filter(component_id=made.id):
                self.counters[name, counter.name] = counter
            self._limit_life(made, said)

    def _limit_life(self, made: Component, said: Said) -> None:
        item = made.serialised_item.item if made.serialised_item else None
        for counter, limits in said.life_limits.items():
            kind = said.counters[counter].kind
            for rating, limit in (limits if isinstance(limits, dict) else {"": limits}).items():
                total = amounts.parse(limit, kind.unit, field="life_limits")
                if item is not None:
                    components.set_life_limit(item, kind=kind.value, limit=total, rating=rating, acting_user=SYSTEM)

    def _add_requirement(self, name: str) -> None:
        said, units = self.script.case.requirements[name], self.script.all_units()
        self.requirements[name] = programme.add_requirement(
            reference=name,
            title=said.title or name,
            mandatory_class=said.mandatory_class,
            schedule=amounts.schedule_in_units(said.schedule, units),
            effective_on=said.effective_on,
            alerts=amounts.alerts_in_units(said.alerts, units),
            tolerance=said.tolerance,
            tolerance_source=said.tolerance_source,
            acting_user=SYSTEM,
        )

    def _add_tolerances(self) -> None:
        """The case's own tolerance classes; those that come with the product where a requirement names one."""
        case = self.script.case
        for code, one in case.tolerance_classes.items():
            bands = amounts.bands_in_units(one.bands)
            programme.add_tolerance_class(
                code=code, name=code, bands=bands, counts_from=one.counts_from, acting_user=SYSTEM
            )
        if {one.tolerance for one in case.requirements.values()} - {"", *case.tolerance_classes}:
            programme.add_ready_tolerance_classes(acting_user=SYSTEM)


def _planned(name: str, said: ComponentCounter) -> components.ClockPlan:
    numerator, denominator = (int(part) for part in said.ratio.split("/"))
    return components.ClockPlan(
        kind=said.kind.value,
        name=name,
        display=said.display.value if said.display else "",
        source=Source.METER if said.meter else Source.PARENT,
        driver_kind=said.driver.value if said.driver else "",
        numerator=numerator,
        denominator=denominator,
    )
