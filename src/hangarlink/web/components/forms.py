"""Forms of components."""

from typing import Any
from uuid import UUID

from django import forms

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.models.aircraft import choices
from hangarlink.fleet.vocabulary import CounterKind, Unit
from hangarlink.maintenance.components.models import Clock, Component, ComponentType, Position
from hangarlink.maintenance.components.placing import offered
from hangarlink.maintenance.components.vocabulary import INSTALLED, ComponentKind, Condition, Place, Source, WorkKind
from hangarlink.web.choices import LongChoiceField, offer
from hangarlink.web.forms import DayField, Form, MomentField, QuantityField, ReasonField

_HOURS = [(kind.value, kind.label) for kind in CounterKind if kind.unit is Unit.SECONDS]
_COUNTS = [(kind.value, kind.label) for kind in CounterKind if kind.unit is Unit.COUNT]
AWAY = [(place.value, place.label) for place in Place if place not in INSTALLED]
STILL = "still"


class ComponentForm(Form):
    """A component that is to be tracked."""

    component_type = LongChoiceField(empty_label="Choose a type", label="Type")
    name = forms.CharField(max_length=120, required=False, help_text="Left empty: the name of its type.")
    part_number = forms.CharField(max_length=60, required=False)
    serial_number = forms.CharField(max_length=60, required=False)
    manufacturer = forms.CharField(max_length=120, required=False)
    manufactured_on = DayField(required=False, label="Manufactured on")
    condition = forms.ChoiceField(choices=choices(Condition), initial=Condition.SERVICEABLE)
    certificate = forms.CharField(max_length=120, required=False, label="Release certificate",
                                  help_text="Tracking number of the Form 1 or 8130-3.")  # fmt: skip
    certified_on = DayField(required=False, label="Certified on")
    at = MomentField(label="With us since")
    location = forms.CharField(max_length=120, required=False, label="Where in stock")
    hours_kind = forms.ChoiceField(choices=[("", "No hours"), *_HOURS], required=False, label="Hours are kept as")
    hours_total = QuantityField(unit=Unit.SECONDS, required=False, label="Hours since new",
                                help_text="Left empty, they are unknown until somebody states them.")  # fmt: skip
    hours_own_meter = forms.BooleanField(required=False, label="It has an hour meter of its own")
    count_kind = forms.ChoiceField(choices=[("", "No cycles"), *_COUNTS], required=False, label="Cycles are kept as")
    count_total = QuantityField(unit=Unit.COUNT, required=False, label="Cycles since new")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "component_type", ComponentType.objects.all(), "name")


class FoundForm(ComponentForm):
    """A component that was found installed when its aircraft was taken over."""

    position = forms.CharField(max_length=60)

    field_order = ["component_type", "position"]

    def __init__(self, aircraft: Aircraft, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("location")
        self.fields["at"].label = "Installed since"
        _suggest(self, aircraft)


class EditForm(Form):
    """What may be changed of a component."""

    name = forms.CharField(max_length=120)
    manufactured_on = DayField(required=False, label="Manufactured on")
    condition = forms.ChoiceField(choices=choices(Condition))
    certificate = forms.CharField(max_length=120, required=False, label="Release certificate")
    certified_on = DayField(required=False, label="Certified on")
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


class WhereForm(Form):
    """What a component is to be installed on."""

    aircraft = LongChoiceField(empty_label="No aircraft", required=False)
    component = LongChoiceField(empty_label="No component", required=False)

    def __init__(self, moving: Component, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "aircraft", Aircraft.objects.all(), "registration")
        offer(self, "component", Component.objects.exclude(pk=moving.pk), "name")


class InstallForm(Form):
    """An installation: where on it, when, and what drives its counters there."""

    position = forms.CharField(max_length=60)
    at = MomentField(label="Installed at")
    ata = forms.CharField(max_length=8, required=False, label="ATA")
    work_order = forms.CharField(max_length=60, required=False)
    reason = forms.CharField(max_length=300, required=False)
    as_found = forms.BooleanField(
        required=False, label="It was found installed like this when its records were taken over",
        help_text="Then missing papers are noted on the installation instead of refusing it.",
    )  # fmt: skip

    def __init__(self, component: Component, on: Aircraft | Component, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _suggest(self, on)
        self._wheels = add_drivers(self, component, on)

    def drivers(self) -> dict[UUID, UUID | None]:
        """What somebody chose; what they left alone follows from the kinds."""
        return chosen_drivers(self, self._wheels)


class RemoveForm(Form):
    """A removal, or a move between places where nothing runs."""

    at = MomentField(label="Removed at")
    to = forms.ChoiceField(choices=AWAY, initial=Place.STOCK, label="Goes to")
    location = forms.CharField(max_length=120, required=False, help_text="Which shelf, which workshop, to whom.")
    work_order = forms.CharField(max_length=60, required=False)
    reason = forms.CharField(max_length=300, required=False)
    condition = forms.ChoiceField(choices=choices(Condition), initial=Condition.AS_REMOVED)
    cascade = forms.BooleanField(required=False, label="What sits on it comes off as well")


class MoveForm(RemoveForm):
    """A move between places where nothing runs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("condition")
        self.fields.pop("cascade")
        self.fields["at"].label = "Moved at"


class ExchangeForm(RemoveForm):
    """Another component takes its place."""

    component = LongChoiceField(empty_label="Choose a component", label="Installed instead")
    field_order = ["component", "at"]

    def __init__(self, off: Component, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("cascade")
        self.fields["at"].label = "Exchanged at"
        self.fields["to"].label = "What comes off goes to"
        self.fields["condition"].label = "Condition of what comes off"
        ready = Component.objects.filter(
            component_type=off.component_type_id, placements__until=None, placements__superseded_at=None,
            placements__place__in=[Place.STOCK, Place.WORKSHOP],
        )  # fmt: skip
        offer(self, "component", ready.exclude(pk=off.pk), "name")


class WorkForm(Form):
    """Shop work."""

    kind = forms.ChoiceField(choices=choices(WorkKind), label="Work")
    at = MomentField(label="Released at")
    scope = forms.CharField(max_length=300, required=False, label="What was done")
    certificate = forms.CharField(max_length=120, required=False, label="Release certificate")
    work_order = forms.CharField(max_length=60, required=False)

    def __init__(self, counters: list[Counter], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._counters = counters
        for counter in counters:
            self.fields[f"total_{counter.pk.hex}"] = QuantityField(
                unit=Unit(counter.unit), required=False, label=f"{counter.name} at release",
                help_text="As its papers state it. Left empty, it follows from the clock.",
            )  # fmt: skip

    def totals(self) -> dict[UUID, int]:
        """The totals that were typed."""
        typed = {counter.pk: self.cleaned_data[f"total_{counter.pk.hex}"] for counter in self._counters}
        return {counter: total for counter, total in typed.items() if total is not None}


class PastForm(Form):
    """What a paper says of a time before or without us."""

    holder = forms.CharField(max_length=200, label="Who had it", help_text="Operator, registration or shop.")
    since = DayField(label="From")
    until = DayField(label="Until")
    document = forms.CharField(max_length=200, required=False, label="Paper")

    def __init__(self, counters: list[Counter], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._counters = counters
        for counter in counters:
            for end, word in (("begun", "at the beginning"), ("ended", "at the end")):
                self.fields[f"{end}_{counter.pk.hex}"] = QuantityField(
                    unit=Unit(counter.unit), required=False, label=f"{counter.name} {word}"
                )

    def totals(self, end: str) -> dict[UUID, int]:
        """The totals that were typed for one end."""
        typed = {counter.pk: self.cleaned_data[f"{end}_{counter.pk.hex}"] for counter in self._counters}
        return {counter: total for counter, total in typed.items() if total is not None}


class TellForm(Form):
    """Something told of one counter: the total, bench time, a reading."""

    at = MomentField(label="At")
    source = forms.CharField(max_length=200, required=False, label="Paper", help_text="Certificate, log card.")

    def __init__(self, counter: Counter, label: str, ratings: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = Unit(counter.unit)
        self._ratings = ratings
        self.fields["amount"] = QuantityField(unit=unit, label=label)
        for number, rating in enumerate(ratings):
            self.fields[f"rating_{number}"] = QuantityField(unit=unit, required=False, label=f"of it at {rating}")
        self.order_fields(["amount", *(f"rating_{n}" for n in range(len(ratings))), "at", "source"])

    def by_rating(self) -> dict[str, int]:
        """How it divides over ratings, as far as it was typed."""
        typed = {rating: self.cleaned_data.get(f"rating_{number}") for number, rating in enumerate(self._ratings)}
        return {rating: value for rating, value in typed.items() if value is not None}


class RatingForm(Form):
    """At which rating it runs from a moment on."""

    rating = forms.CharField(max_length=20, help_text="Such as 22K.")
    at = MomentField(label="From")


class AgainForm(Form):
    """Another moment for a move that was recorded wrongly."""

    at = MomentField(label="It happened at")
    reason = ReasonField()


class WhyForm(Form):
    """Why something recorded is taken back."""

    reason = ReasonField()


class TypeForm(Form):
    """A sort of component."""

    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=choices(ComponentKind))
    ata = forms.CharField(max_length=8, required=False, label="ATA")


class PositionForm(Form):
    """A position on aircraft of a model, or on components of a type."""

    name = forms.CharField(max_length=60, label="Position")
    ata = forms.CharField(max_length=8, required=False, label="ATA")
    accepts = LongChoiceField(empty_label="Any type", required=False)
    required = forms.BooleanField(required=False, label="It must not be empty")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "accepts", ComponentType.objects.all(), "name")


class LimitForm(Form):
    """A life limit of a part number."""

    kind = forms.ChoiceField(choices=choices(CounterKind), label="Counted in")
    rating = forms.CharField(max_length=20, required=False, help_text="Left empty when the limit holds at any rating.")
    amount = forms.CharField(max_length=40, label="Limit", help_text="Hours or cycles, as the counter counts.")
    source = forms.CharField(max_length=120, required=False, label="Stands in")


def _suggest(form: Form, on: Aircraft | Component) -> None:
    """Offer the declared positions while typing."""
    if isinstance(on, Aircraft):
        rows = Position.objects.filter(aircraft_model_id=on.aircraft_model_id)
    else:
        rows = Position.objects.filter(component_type_id=on.component_type_id)
    names = list(rows.order_by("order", "name").values_list("name", flat=True))
    if names:
        form.fields["position"].help_text = f"Declared: {', '.join(names)}."


def add_drivers(form: Form, component: Component, on: Aircraft | Component) -> list[UUID]:
    """A choice for each counter that something has to drive there."""
    wheels = offered(on)
    clocks = Clock.objects.filter(component=component, source=Source.PARENT).select_related("counter")
    found = []
    for clock in clocks.order_by("counter__position"):
        unit = CounterKind(clock.counter.kind).unit
        fitting = [(str(wheel.id), wheel.name) for wheel in wheels if wheel.unit is unit]
        form.fields[f"driver_{clock.counter_id.hex}"] = forms.ChoiceField(
            choices=[("", "As its kind says"), *fitting, (STILL, "Nothing: it stands still there")], required=False,
            label=f"{clock.counter.name} is driven by",
        )  # fmt: skip
        found.append(clock.counter_id)
    return found


def chosen_drivers(form: Form, counters: list[UUID]) -> dict[UUID, UUID | None]:
    """The drivers that somebody chose, by counter of the component."""
    typed = {counter: form.cleaned_data.get(f"driver_{counter.hex}") for counter in counters}
    return {counter: None if said == STILL else UUID(said) for counter, said in typed.items() if said}
