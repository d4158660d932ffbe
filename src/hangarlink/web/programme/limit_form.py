"""One limit and one group of limits, as people type them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.maintenance.programme.counters import units_by_name as units_by_name
from hangarlink.maintenance.programme.rules.limits import CounterLimit, DateLimit, EventLimit, Leaf, Start
from hangarlink.platform.quantities import BadQuantity, Display, Unit, format_quantity, parse_quantity
from hangarlink.web.forms import DayField
from hangarlink.web.programme.words import BASIS_WORDS, START_WORDS

CALENDAR = {"days": "Days", "months": "Months", "calendar_months": "Calendar months"}
DATE, EVENT = "date", "event"
COUNTER = "counter:"
AMOUNTS = ("every", "alert", "before", "after")
Json = dict[str, Any]
Units = Mapping[str, Unit]


def measure_choices(units: Units) -> list[Any]:
    """What a limit may be measured on, in groups."""
    kinds = [(f"{COUNTER}{kind.value}", kind.label) for kind in CounterKind]
    labels = {kind.label for kind in CounterKind}
    names = [(f"{COUNTER}{name}", name) for name in units if name not in set(CounterKind) and name not in labels]
    calendar = [*CALENDAR.items(), (DATE, "Fixed date"), (EVENT, "An event: when it happens")]
    groups = [("", "No limit"), ("Calendar", calendar), ("Usage", kinds)]
    return [*groups, ("Counters by name", names)] if names else groups


class GroupForm(forms.Form):
    """What holds several limits together."""

    combine = forms.ChoiceField(
        choices=[("first", "whichever comes first"), ("last", "whichever comes later: all must be reached")],
        required=False,
        label="Together",
    )

    @property
    def kind(self) -> str:
        """`first` or `last`."""
        return self.cleaned_data.get("combine") or "first"


class LimitForm(forms.Form):
    """One limit. Amounts are typed in what it is measured on: hours, a count, days or months."""

    use_required_attribute = False
    measure = forms.ChoiceField(required=False, label="Measured on")
    every = forms.CharField(required=False, max_length=20, label="Every")
    thresholds = forms.CharField(required=False, max_length=120, label="At first")
    start = forms.ChoiceField(
        choices=[(start.value, word) for start, word in START_WORDS.items()], required=False, label="Counted from"
    )
    event = forms.CharField(required=False, max_length=40, label="Event")
    on = DayField(required=False, label="Not later than")
    alert = forms.CharField(required=False, max_length=20, label="Due soon with")
    basis = forms.ChoiceField(
        choices=[("", "as the requirement says"), *((basis.value, word) for basis, word in BASIS_WORDS.items())],
        required=False,
        label="The next one counts",
    )
    before = forms.CharField(required=False, max_length=20, label="Window before")
    after = forms.CharField(required=False, max_length=20, label="Window after")
    window_unit = forms.ChoiceField(choices=[("days", "days"), ("months", "months")], required=False, label="Window in")

    def __init__(self, *args: Any, units: Units, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.units = units
        self.fields["measure"].choices = measure_choices(units)  # type: ignore[attr-defined]  # of a ChoiceField
        self.fields["event"].widget.attrs |= {
            "list": "event-codes",
            "autocomplete": "off",
            "placeholder": "hard_landing",
        }
        for name in AMOUNTS:
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
        measure = given.get("measure")
        if not measure:
            return given
        if measure == DATE and not given.get("on") and "on" not in self.errors:
            self.add_error("on", "Give the date.")
        if EVENT in {measure, given.get("start")} and not given.get("event"):
            self.add_error("event", "Name the event, for example shop_visit or hard_landing.")
        for name in AMOUNTS:
            if given.get(name):
                self._parse(name, given[name])
        steps = (self._parse("thresholds", text) for text in _parts(given.get("thresholds", "")))
        self.steps = [step for step in steps if step is not None]
        return given

    def is_whole(self) -> bool:
        """Whether it has what makes it a limit."""
        given = self.cleaned_data
        return bool(given.get("on") or self.steps or "every" in self.amounts or given.get("measure") == EVENT)

    def limit(self) -> Json | None:
        """The limit as the schedule's JSON; None for an empty one."""
        given = self.cleaned_data
        measure = given.get("measure")
        if not measure:
            return None
        if measure == DATE:
            on: date = given["on"]
            return {"kind": "date", "on": on.isoformat()}
        start = given.get("start") or Start.LAST_DONE.value
        if measure == EVENT:
            return {"kind": "event", "event": given["event"]} | ({"start": start} if Start(start).is_baseline else {})
        if self.counter:
            return {"kind": "counter", "counter": self.counter, **self._interval(start)}
        return {"kind": "calendar", "unit": measure, **self._interval(start)}

    def _interval(self, start: str) -> Json:
        given = self.cleaned_data
        said: Json = {"start": start, "thresholds": self.steps}
        if start == Start.EVENT:
            said["event"] = given["event"]
        if "every" in self.amounts:
            said["every"] = self.amounts["every"]
        if given.get("basis"):
            said["basis"] = given["basis"]
        if "before" in self.amounts or "after" in self.amounts:
            said["window"] = {name: self.amounts.get(name, 0) for name in ("before", "after")}
            if not self.counter and given.get("window_unit"):
                said["window"]["unit"] = given["window_unit"]
        return said

    def _parse(self, name: str, text: str) -> int | None:
        unit = self.units.get(self.counter, Unit.COUNT) if self.counter else Unit.COUNT
        try:
            self.amounts[name] = parse_quantity(text.strip(), unit, field=str(self.fields[name].label))
        except BadQuantity as bad:
            self.add_error(name, ValidationError(str(bad)))
            return None
        return self.amounts[name]


def typed(limit: Leaf, alerts: Mapping[str, int], units: Units) -> Json:
    """What the form of a limit shows."""
    if isinstance(limit, DateLimit):
        return {"measure": DATE, "on": limit.on}
    if isinstance(limit, EventLimit):
        return {"measure": EVENT, "event": limit.event, "start": limit.start.value if limit.start else ""}
    counter = limit.counter if isinstance(limit, CounterLimit) else ""
    unit = units.get(counter, Unit.SECONDS) if counter else Unit.COUNT

    def text(amount: int | None) -> str:
        return "" if amount is None else amount_text(amount, unit)

    return {
        "measure": f"{COUNTER}{counter}" if isinstance(limit, CounterLimit) else limit.unit.value,
        "every": text(limit.every),
        "thresholds": "; ".join(text(step) for step in limit.thresholds),
        "start": limit.start.value,
        "event": limit.event or "",
        "alert": text(alerts.get(counter or "calendar")),
        "basis": limit.basis.value if limit.basis else "",
        "before": text(limit.window.before) if limit.window else "",
        "after": text(limit.window.after) if limit.window else "",
        "window_unit": "days" if isinstance(limit, CounterLimit) or not limit.window else limit.window.unit.value,
    }


def amount_text(amount: int, unit: Unit) -> str:
    """An amount as it is typed: whole hours without decimals, others exactly."""
    if unit is Unit.COUNT:
        return str(amount)
    return str(amount // 3600) if amount % 3600 == 0 else format_quantity(amount, unit, Display.TIMESTAMP)


def _parts(text: str) -> list[str]:
    return [part for part in text.replace(";", " ").split() if part]
