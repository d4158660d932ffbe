"""What a file of cases may say, and the check of a whole file before anything of it is played."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from hangarlink.fleet.vocabulary import AircraftStatus, CounterKind, Display, Unit
from hangarlink.maintenance.conformance import amounts
from hangarlink.maintenance.conformance.problems import FileInvalid, Problem
from hangarlink.maintenance.conformance.reading import Document, Place, read
from hangarlink.maintenance.conformance.steps import KINDS, Action, Expect, Json, Revise, Step, kind_of
from hangarlink.maintenance.conformance.values import Amount, Day, Name, Strict, Zone
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.codec import ScheduleInvalid, from_json
from hangarlink.platform.quantities import BadQuantity

VERSION = 1
# Far enough back that usage is never stale, unless a case is about that.
NEVER_STALE = 32_767


class Counter(Strict):
    """What counters of aircraft and components share. `display`: how finely it shows time."""

    kind: CounterKind
    display: Display | None = None


class AircraftCounter(Counter):
    """A counter of an aircraft; with a `formula`, one that follows from others of it (`rules.formulas`)."""

    formula: Json | None = None


class Aircraft(Strict):
    """An aircraft with its counters, by name."""

    status: AircraftStatus = AircraftStatus.IN_SERVICE
    counters: dict[Name, AircraftCounter] = Field(default_factory=dict)


class ComponentCounter(Counter):
    """A counter of a component.

    driver  kind of the counter that drives it where it is installed; by default its own kind
    ratio   what one unit of that adds, as two whole numbers such as 3/2
    meter   it has an instrument of its own
    """

    driver: CounterKind | None = None
    ratio: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}/[1-9][0-9]{0,5}$")] = "1/1"
    meter: bool = False


class Component(Strict):
    """One unit, in stock with a certificate until a step installs it.

    part         its part number; units of one part number have the same life limits
    serial       by default its name
    life_limits  by counter: the total at which it is removed for ever, or one for each rating
    """

    part: Name = "PART"
    serial: Name | None = None
    made: Day | None = None
    counters: dict[Name, ComponentCounter] = Field(default_factory=dict)
    life_limits: dict[Name, Amount | dict[Name, Amount]] = Field(default_factory=dict)


class Requirement(Strict):
    """What is demanded, of all aircraft of the case or of the aircraft and components named in `of`.

    schedule  as in the API, but amounts of usage in hours or counts
    alerts    how early "due soon" begins, by counter and `calendar` (days); else the usual windows
    tolerance  code of the tolerance class that variations must keep to: one of the case, or one that comes with the
               product; tolerance_source where a directive's own text grants one
    """

    schedule: Json
    mandatory_class: Annotated[MandatoryClass, Field(alias="class")] = MandatoryClass.PROGRAMME
    title: str = ""
    of: list[Name] = Field(default_factory=list)
    effective_on: Day | None = None
    alerts: Json = Field(default_factory=dict)
    tolerance: str = ""
    tolerance_source: str = ""


class ToleranceClass(Strict):
    """A table of tolerances of the case's own; `bands` as in the API, but hours in hours."""

    bands: list[Json]
    counts_from: Literal["grid", "actual"] = "grid"


class Case(Strict):
    """One worked example.

    says     the example in plain words; source where it comes from; kind how (such as "sourced example")
    pending  why it cannot be played yet: it is listed and neither passes nor fails
    """

    id: Annotated[Name, Field(max_length=60)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    says: str = ""
    source: str = ""
    kind: str = ""
    pending: str = ""
    time_zone: Zone = "UTC"
    stale_after_days: Annotated[int, Field(ge=1, le=NEVER_STALE)] = NEVER_STALE
    average_over_days: Annotated[int, Field(ge=1, le=3_660)] = 30
    aircraft: dict[Name, Aircraft] = Field(default_factory=dict)
    components: dict[Name, Component] = Field(default_factory=dict)
    tolerance_classes: dict[Name, ToleranceClass] = Field(default_factory=dict)
    requirements: dict[Name, Requirement] = Field(default_factory=dict)
    steps: list[Json] = Field(default_factory=list)


@dataclass(frozen=True)
class Script:
    """A case that was read and checked, with its steps."""

    file: str
    case: Case
    steps: tuple[Step, ...]

    def aircraft_of(self, step: Step) -> str:
        """The aircraft a step is about."""
        return step.aircraft or next(iter(self.case.aircraft), "")

    def owner_of(self, step: Step) -> str:
        """The component or aircraft whose counters a step names."""
        return self.component_of(step) or self.aircraft_of(step)

    def component_of(self, step: Step) -> str | None:
        """The component a step is about, None when it is about an aircraft."""
        name: str | None = getattr(step, step.component_field, None)
        return name

    def units(self, owner: str) -> dict[str, Unit]:
        """The counters of an aircraft or a component, by name."""
        return {name: one.kind.unit for name, one in self.owners()[owner].counters.items()}

    def all_units(self) -> dict[str, Unit]:
        """Every name a limit may use."""
        owners = self.owners().values()
        return amounts.units_of({name: one.kind for owner in owners for name, one in owner.counters.items()})

    def formulas(self) -> dict[tuple[str, str], Json]:
        """The formulas of derived counters, by aircraft and name."""
        return {
            (craft, name): one.formula
            for craft, said in self.case.aircraft.items()
            for name, one in said.counters.items()
            if one.formula is not None
        }

    def owners(self) -> dict[str, Aircraft | Component]:
        """Everything that has counters, by name."""
        return {**self.case.aircraft, **self.case.components}


class _File(Strict):
    version: Literal[1]
    cases: Annotated[list[Json], Field(min_length=1)]


def load(path: Path) -> list[Script]:
    """The cases of a file. Raises FileInvalid with everything that is wrong in it."""
    document = read(path)
    problems = _Problems(document)
    file = problems.validated(_File, document.data if isinstance(document.data, dict) else {}, ())
    found = [_script(said, number, problems) for number, said in enumerate(file.cases)] if file else []
    if file:
        _refuse_twice(file.cases, problems)
    if problems.found:
        raise FileInvalid(problems.found)
    return [one for one in found if one]


class _Problems:
    """What is wrong with a document so far."""

    def __init__(self, document: Document) -> None:
        self.document, self.found = document, list[Problem]()

    def add(self, place: Place, message: str) -> None:
        """Something wrong at a place of the document."""
        shown = place[2:] if place[:1] == ("cases",) else place
        field = ".".join(str(part) for part in shown)
        self.found.append(
            Problem(str(self.document.path), self.document.line(place), self._case(place), field, message)
        )

    def validated(self, model: type[BaseModel], said: Any, place: Place) -> Any:
        """What was said as a model; None when it is not one, with the problems noted."""
        try:
            return model.model_validate(said)
        except ValidationError as error:
            for detail in error.errors():
                self.add((*place, *_without_tags(detail["loc"])), _sentence(dict(detail)))
            return None

    def _case(self, place: Place) -> str:
        data = self.document.data
        if place[:1] != ("cases",) or len(place) < 2 or not isinstance(place[1], int) or not isinstance(data, dict):
            return ""
        said = data["cases"][place[1]]
        return str(said.get("id", place[1] + 1)) if isinstance(said, dict) else str(place[1] + 1)


def _script(said: Json, number: int, problems: _Problems) -> Script | None:
    place: Place = ("cases", number)
    case = problems.validated(Case, said, place)
    if case is None:
        return None
    if case.pending:
        return Script(str(problems.document.path), case, ())
    before = len(problems.found)
    steps = [_step(one, (*place, "steps", at), problems) for at, one in enumerate(case.steps)]
    if len(problems.found) > before:
        return None
    script = Script(str(problems.document.path), case, tuple(step for step in steps if step))
    _check(script, place, problems)
    return script


def _step(said: Json, place: Place, problems: _Problems) -> Step | None:
    word = kind_of(said)
    if word is None:
        problems.add(place, f"this is no step: one of {', '.join(KINDS)} must be among {', '.join(said) or 'its keys'}")
        return None
    step: Step | None = problems.validated(KINDS[word], said, place)
    return step


def _check(script: Script, place: Place, problems: _Problems) -> None:
    """What fits together: names that exist, amounts that can be read, schedules the engine accepts."""
    case = script.case
    if not any(isinstance(step, Step) and not isinstance(step, Action) for step in script.steps):
        problems.add(place, "this case expects nothing: add an `expect` step, or say why it is `pending`")
    for name, one in case.requirements.items():
        where = (*place, "requirements", name)
        for holder in one.of:
            known = {**case.aircraft, **case.components}
            if holder not in known:
                problems.add((*where, "of"), _no_such("aircraft or component", holder, known))
        _check_limits(script, one.schedule, one.alerts, where, problems)
    for number, step in enumerate(script.steps):
        _check_step(script, step, (*place, "steps", number), problems)


def _check_step(script: Script, step: Step, place: Place, problems: _Problems) -> None:
    case = script.case
    if not _names_something(script, step, place, problems):
        return
    owner = script.owner_of(step)
    required = getattr(step, step.requirement_field, None) if step.requirement_field else None
    if required is not None and required not in case.requirements:
        problems.add((*place, step.requirement_field), _no_such("requirement", required, case.requirements))
    for field in step.amounts:
        for name, said in (getattr(step, field) or {}).items():
            _check_amount(script.units(owner), name, said, (*place, field, name), problems)
    if isinstance(step, Revise):
        _check_limits(script, step.schedule, step.alerts, place, problems)
    if isinstance(step, Expect):
        for place_, name, said, negative in _measured(step, place):
            _check_amount(script.units(owner), name, said, place_, problems, negative=negative)


def _names_something(script: Script, step: Step, place: Place, problems: _Problems) -> bool:
    """Whether the aircraft or component that a step is about exists; problems are noted."""
    case, component = script.case, script.component_of(step)
    if component is not None:
        if component not in case.components:
            problems.add((*place, step.component_field), _no_such("component", component, case.components))
        return component in case.components
    if not step.of_aircraft:
        return False
    craft = script.aircraft_of(step)
    if craft not in case.aircraft:
        problems.add((*place, "aircraft"), _no_such("aircraft", craft, case.aircraft))
    elif step.aircraft is None and len(case.aircraft) > 1:
        problems.add(place, f"say which aircraft: {', '.join(case.aircraft)}")
    return craft in case.aircraft


def _measured(step: Expect, place: Place) -> Iterator[tuple[Place, str, str, bool]]:
    for field in ("due", "latest", "remaining"):
        for name, said in (getattr(step, field) or {}).items():
            for one in said if isinstance(said, list) else [said]:
                yield (*place, field, name), name, one, field == "remaining"


def _check_amount(
    units: amounts.Units, name: str, said: str, place: Place, problems: _Problems, *, negative: bool = False
) -> None:
    if amounts.is_word(said) or name == amounts.DATE:
        return
    if name not in units:
        problems.add(place, _no_such("counter", name, units))
        return
    try:
        amounts.parse(said, units[name], field=name, allow_negative=negative)
    except BadQuantity as error:
        problems.add(place, str(error))


def _check_limits(script: Script, schedule: Any, alerts: Any, place: Place, problems: _Problems) -> None:
    units = script.all_units()
    try:
        if schedule is not None:
            from_json(amounts.schedule_in_units(schedule, units), counters=units.keys())
        if alerts is not None:
            amounts.alerts_in_units(alerts, units)
    except ScheduleInvalid as error:
        for one in error.problems:
            parts = [int(part) if part.isdigit() else part for part in one.path.split(".") if part]
            problems.add((*place, "schedule", *parts), one.message)
    except BadQuantity as error:
        problems.add((*place, "schedule"), str(error))


def _refuse_twice(cases: Sequence[Json], problems: _Problems) -> None:
    seen: set[str] = set()
    for number, said in enumerate(cases):
        name = str(said.get("id", ""))
        if name and name in seen:
            problems.add(("cases", number, "id"), f"there are two cases {name} in this file")
        seen.add(name)


def _no_such(what: str, name: str, known: Any) -> str:
    return f"there is no {what} {name!r} in this case; it has {', '.join(known) or 'none'}"


def _without_tags(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The place without pydantic's own words for what it tried."""
    return tuple(part for part in loc if not (isinstance(part, str) and ("[" in part or "function-" in part)))


def _sentence(detail: dict[str, Any]) -> str:
    shown = repr(detail.get("input"))
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    match detail["type"]:
        case "missing":
            return "this field is missing"
        case "extra_forbidden":
            return f"there is no such field (it holds {shown}); is it misspelled?"
        case "case":
            return str(detail["msg"])
        case "enum" | "literal_error":
            return f"must be one of {detail['ctx']['expected']}; it is {shown}"
    return f"{detail['msg']}; it is {shown}"
