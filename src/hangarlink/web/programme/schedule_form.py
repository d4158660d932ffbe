"""Limits as people type them, to a schedule and back.

The form says what nearly every requirement says: some limits, whichever comes first or later, and how the next interval
is counted. A schedule that says more (nested limits, another tree for the first time) is shown but not typed here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hangarlink.fleet.models import Counter, ExpectedCounter
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.maintenance.programme.rules.codec import Problem
from hangarlink.maintenance.programme.rules.limits import (
    CalendarLimit,
    CounterLimit,
    DateLimit,
    First,
    Last,
    Leaf,
    Schedule,
    Start,
)
from hangarlink.platform.quantities import BadQuantity, Display, Unit, format_quantity, parse_quantity
from hangarlink.web.forms import DayField, Form
from hangarlink.web.programme.words import BASIS_WORDS, START_WORDS

MOST_LIMITS = 4
CALENDAR = {"days": "Days", "months": "Months", "calendar_months": "Calendar months"}
DATE = "date"
COUNTER = "counter:"
Json = dict[str, Any]
_LABELS = {
    "every": "Every", "thresholds": "At first", "start": "Counted from", "window": "Window", "before": "Window before",
    "after": "Window after", "times": "Ends after",
}  # fmt: skip


def units_by_name() -> dict[str, Unit]:
    """What every counter that a schedule may name counts in: kinds, and names on aircraft and in models."""
    units = {kind.value: Unit(kind.unit) for kind in CounterKind}
    named = Counter.objects.order_by("name").values_list("name", "unit").distinct()
    expected = ExpectedCounter.objects.order_by("name").values_list("name", "kind").distinct()
    units |= {name: Unit(CounterKind(kind).unit) for name, kind in expected}
    return units | {name: Unit(unit) for name, unit in named}


def measure_choices(units: Mapping[str, Unit]) -> list[Any]:
    """What a limit may be measured on, in groups."""
    kinds = [(f"{COUNTER}{kind.value}", kind.label) for kind in CounterKind]
    labels = {kind.label for kind in CounterKind}
    names = [(f"{COUNTER}{name}", name) for name in units if name not in set(CounterKind) and name not in labels]
    groups = [("", "No limit"), ("Calendar", [*CALENDAR.items(), (DATE, "Fixed date")]), ("Usage", kinds)]
    return [*groups, ("Counters by name", names)] if names else groups


class LimitForm(forms.Form):
    """One limit. Amounts are typed in what it is measured on: hours, a count, days or months."""

    use_required_attribute = False
    measure = forms.ChoiceField(required=False, label="Measured on")
    every = forms.CharField(required=False, max_length=20, label="Every")
    thresholds = forms.CharField(required=False, max_length=120, label="At first")
    start = forms.ChoiceField(
        choices=[(start.value, word) for start, word in START_WORDS.items()], required=False, label="Counted from"
    )
    on = DayField(required=False, label="Not later than")
    alert = forms.CharField(required=False, max_length=20, label="Due soon with")
    before = forms.CharField(required=False, max_length=20, label="Window before")
    after = forms.CharField(required=False, max_length=20, label="Window after")

    def __init__(self, *args: Any, units: Mapping[str, Unit], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.units = units
        self.fields["measure"].choices = measure_choices(units)  # type: ignore[attr-defined]
        for name in ("every", "alert", "before", "after"):
            self.fields[name].widget.attrs |= {"class": "num", "autocomplete": "off"}

    @property
    def counter(self) -> str:
        """The counter it names, "" for the calendar."""
        measure: str = self.cleaned_data.get("measure", "")
        return measure.removeprefix(COUNTER) if measure.startswith(COUNTER) else ""

    def clean(self) -> Json:
        """What was typed, with `amounts` as whole numbers in the measure's unit."""
        given = super().clean() or {}
        self.amounts: dict[str, int] = {}
        self.steps: list[int] = []
        if not given.get("measure"):
            return given
        if given["measure"] == DATE and not given.get("on") and "on" not in self.errors:
            self.add_error("on", "Give the date.")
        for name in ("every", "alert", "before", "after"):
            if given.get(name):
                self._parse(name, given[name])
        steps = (self._parse("thresholds", text) for text in _parts(given.get("thresholds", "")))
        self.steps = [step for step in steps if step is not None]
        return given

    def is_whole(self) -> bool:
        """Whether it has what makes it a limit."""
        return bool(self.cleaned_data.get("on") or self.steps or "every" in self.amounts)

    def limit(self) -> Json | None:
        """The limit as the schedule's JSON; None for an empty row."""
        given = self.cleaned_data
        measure = given.get("measure")
        if not measure:
            return None
        if measure == DATE:
            on: date = given["on"]
            return {"kind": "date", "on": on.isoformat()}
        said: Json = {"start": given.get("start") or Start.LAST_DONE.value, "thresholds": self.steps}
        if "every" in self.amounts:
            said["every"] = self.amounts["every"]
        if "before" in self.amounts or "after" in self.amounts:
            said["window"] = {name: self.amounts.get(name, 0) for name in ("before", "after")}
        if self.counter:
            return {"kind": "counter", "counter": self.counter, **said}
        return {"kind": "calendar", "unit": measure, **said}

    def _parse(self, name: str, text: str) -> int | None:
        unit = self.units.get(self.counter, Unit.COUNT) if self.counter else Unit.COUNT
        try:
            self.amounts[name] = parse_quantity(text.strip(), unit, field=str(self.fields[name].label))
        except BadQuantity as bad:
            self.add_error(name, ValidationError(str(bad)))
            return None
        return self.amounts[name]


LimitRows = forms.formset_factory(LimitForm, extra=0, min_num=MOST_LIMITS, max_num=MOST_LIMITS)


class ScheduleForm(Form):
    """What holds the limits together."""

    combine = forms.ChoiceField(
        choices=[("first", "whichever comes first"), ("last", "whichever comes later: all must be reached")],
        label="Several limits",
    )
    basis = forms.ChoiceField(
        choices=[(basis.value, word) for basis, word in BASIS_WORDS.items()], label="The next interval counts"
    )
    times = forms.IntegerField(
        required=False, min_value=1, max_value=9999, label="Ends after", help_text="times done. Empty: for ever"
    )


def schedule_json(form: ScheduleForm, rows: "forms.BaseFormSet[LimitForm]") -> Json:
    """The schedule of valid forms, unchecked: `rules.codec.from_json` says what is wrong with it."""
    limits = [limit for row in rows if (limit := row.limit()) is not None]
    given = form.cleaned_data
    tree = limits[0] if len(limits) == 1 else {"kind": given["combine"], "of": limits}
    once = 1 if any(limit["kind"] == "date" for limit in limits) else None
    times = given.get("times") or once
    return {"repeat": tree, "basis": given["basis"]} | ({"times": times} if times else {})


def alerts_of(rows: "forms.BaseFormSet[LimitForm]") -> dict[str, int]:
    """The chosen windows of "due soon", by counter and `calendar`."""
    chosen = [row for row in rows if row.cleaned_data.get("measure") and "alert" in row.amounts]
    return {row.counter or "calendar": row.amounts["alert"] for row in chosen}


def put_problems(problems: Iterable[Problem], form: Form, rows: "forms.BaseFormSet[LimitForm]") -> None:
    """Each problem at the input it is about: `repeat.of.1.every` is the second limit's repeat."""
    filled = [row for row in rows if row.cleaned_data.get("measure")]
    for problem in problems:
        parts = problem.path.split(".")
        place = int(parts[2]) if len(parts) > 2 and parts[1] == "of" and parts[2].isdecimal() else 0
        name = next((part for part in reversed(parts) if part in LimitForm.base_fields), None)
        if parts[0] == "repeat" and place < len(filled):
            if name is None:
                name = "thresholds" if "threshold" in problem.message else "every"
            filled[place].add_error(name, _as_labelled(problem.message))
        else:
            form.add_error("times" if parts[0] == "times" else None, str(problem))


def _as_labelled(message: str) -> str:
    """The rule in the words of the form: its labels instead of the schedule's field names."""
    for name, label in _LABELS.items():
        message = message.replace(f"`{name}`", f"“{label}”")
    return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")


def can_be_typed(schedule: Schedule) -> bool:
    """Whether this form can say what the schedule says."""
    limits = _limits(schedule)
    plain = schedule.initial is None and 0 < len(limits) <= MOST_LIMITS
    return plain and all(isinstance(one, DateLimit) or one.basis is None for one in limits) and not _has_trees(schedule)


def initial_of(schedule: Schedule, alerts: Mapping[str, int], units: Mapping[str, Unit]) -> tuple[Json, list[Json]]:
    """What the forms show for a schedule: the whole, and each limit."""
    combine = "last" if isinstance(schedule.repeat, Last) else "first"
    whole = {"combine": combine, "basis": schedule.basis.value, "times": schedule.times}
    return whole, [_row(limit, alerts, units) for limit in _limits(schedule)]


def _row(limit: Leaf, alerts: Mapping[str, int], units: Mapping[str, Unit]) -> Json:
    if isinstance(limit, DateLimit):
        return {"measure": DATE, "on": limit.on, "alert": alerts.get("calendar")}
    counter = limit.counter if isinstance(limit, CounterLimit) else ""
    unit = units.get(counter, Unit.SECONDS) if counter else Unit.COUNT

    def typed(amount: int | None) -> str:
        return "" if amount is None else amount_text(amount, unit)

    window = limit.window
    return {
        "measure": f"{COUNTER}{counter}" if isinstance(limit, CounterLimit) else limit.unit.value,
        "every": typed(limit.every),
        "thresholds": "; ".join(typed(step) for step in limit.thresholds),
        "start": limit.start.value,
        "alert": typed(alerts.get(counter or "calendar")),
        "before": typed(window.before) if window else "",
        "after": typed(window.after) if window else "",
    }


def amount_text(amount: int, unit: Unit) -> str:
    """An amount as it is typed: whole hours without decimals, others exactly."""
    if unit is Unit.COUNT:
        return str(amount)
    return str(amount // 3600) if amount % 3600 == 0 else format_quantity(amount, unit, Display.TIMESTAMP)


def _limits(schedule: Schedule) -> Sequence[Leaf]:
    tree = schedule.repeat
    if tree is None:
        return ()
    parts = tree.of if isinstance(tree, First | Last) else (tree,)
    return [part for part in parts if isinstance(part, CounterLimit | CalendarLimit | DateLimit)]


def _has_trees(schedule: Schedule) -> bool:
    tree = schedule.repeat
    return isinstance(tree, First | Last) and any(isinstance(part, First | Last) for part in tree.of)


def _parts(text: str) -> list[str]:
    return [part for part in text.replace(";", " ").split() if part]
