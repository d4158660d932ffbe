"""Forms about what moved a counter: opening balance, reading, changed instrument, flight, and putting them right."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from hangarlink.fleet.models import Counter, Flight, UsageEntry
from hangarlink.platform.quantities import Unit
from hangarlink.web import formats
from hangarlink.web.forms import Form, MomentField, QuantityField, ReasonField

HOURS_HELP = "4812.3 or 4812:18"
FLOWN_HELP = "1.5 or 1:30"


def amount_field(
    counter: Counter, label: str, *, required: bool = True, help_text: str = "", example: str = HOURS_HELP
) -> QuantityField:
    """A field in the counter's unit; `example` shows how hours are typed."""
    unit = Unit(counter.unit)
    hint = example if unit is Unit.SECONDS else ""
    return QuantityField(
        unit=unit, label=label, required=required, help_text=". ".join(part for part in (help_text, hint) if part)
    )


class OpeningForm(Form):
    """Where a counter stood. Changing an opening is a correction, so it asks why."""

    def __init__(self, counter: Counter, stood: UsageEntry | None, *args: Any, **kwargs: Any) -> None:
        if stood is not None:
            kwargs["initial"] = {
                "total": formats.quantity_of(counter, stood.stated or 0),
                "reading": formats.quantity_of(counter, stood.reading) if stood.reading is not None else None,
                "at": stood.at,
            }
        super().__init__(*args, **kwargs)
        self.fields["total"] = amount_field(counter, "Total at that moment", help_text="From the technical log")
        self.fields["at"] = MomentField(label="Moment", help_text="Flights before it are in the total already.")
        self.fields["reading"] = amount_field(
            counter, "Instrument showed", required=False, help_text="When that is not the total"
        )
        if stood is not None:
            self.fields["reason"] = ReasonField()


class ReadingForm(Form):
    """What an instrument shows."""

    def __init__(self, counter: Counter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reading"] = amount_field(counter, "Instrument shows")
        self.fields["at"] = MomentField(label="Read at")


class ReplacementForm(Form):
    """The instrument was changed: the total goes on."""

    def __init__(self, counter: Counter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_reading"] = amount_field(
            counter, "Old instrument's last reading", required=False, help_text="Empty when nobody knows"
        )
        self.fields["new_start"] = amount_field(counter, "New instrument's first reading")
        self.fields["at"] = MomentField(label="Changed at")


class CorrectionForm(Form):
    """Other values for a reading or a changed instrument, and why."""

    def __init__(self, counter: Counter, entry: UsageEntry, *args: Any, **kwargs: Any) -> None:
        stood = {"reading": entry.reading, "last_reading": entry.reading, "new_start": entry.new_start}
        kwargs["initial"] = {
            name: formats.quantity_of(counter, value) for name, value in stood.items() if value is not None
        }
        super().__init__(*args, **kwargs)
        if entry.kind == "reading":
            self.fields["reading"] = amount_field(counter, "Instrument showed")
        else:
            self.fields["last_reading"] = amount_field(counter, "Old instrument's last reading", required=False)
            self.fields["new_start"] = amount_field(counter, "New instrument's first reading")
        self.fields["reason"] = ReasonField()


class ReasonForm(Form):
    """Why, and nothing else."""

    reason = ReasonField()


class _Amounts(Form):
    """One amount per counter of the aircraft. What a flight did not move stays empty."""

    def add_amounts(self, counters: Iterable[Counter]) -> None:
        """The fields, after those that are there."""
        self.counters = list(counters)
        for counter in self.counters:
            self.fields[_name(counter.pk)] = amount_field(counter, counter.name, required=False, example=FLOWN_HELP)

    def amounts(self) -> dict[UUID, int]:
        """What was typed, by counter."""
        given = {counter.pk: self.cleaned_data.get(_name(counter.pk)) for counter in self.counters}
        return {counter_id: amount for counter_id, amount in given.items() if amount is not None}

    def amount_fields(self) -> list[forms.BoundField]:
        """The fields of the counters, for the page."""
        return [self[_name(counter.pk)] for counter in self.counters]


class FlightForm(_Amounts):
    """One flight, typed from the technical log."""

    started_at = MomentField(label="Off block or take-off")
    ended_at = MomentField(label="On block or landing", help_text="The amounts count at this moment.")
    departure = forms.CharField(label="From", required=False, max_length=80)
    arrival = forms.CharField(label="To", required=False, max_length=80)

    def __init__(self, counters: Iterable[Counter], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_amounts(counters)


class FlightCorrectionForm(_Amounts):
    """Other amounts for a recorded flight, and why."""

    def __init__(self, counters: Iterable[Counter], flight: Flight, *args: Any, **kwargs: Any) -> None:
        flown = {entry.counter_id: entry.amount for entry in flight.entries.all() if entry.superseded_at is None}
        counters = list(counters)
        kwargs["initial"] = {
            _name(counter.pk): formats.quantity_of(counter, flown[counter.pk] or 0)
            for counter in counters
            if counter.pk in flown
        }
        super().__init__(*args, **kwargs)
        self.add_amounts(counters)
        self.fields["reason"] = ReasonField()


def _name(counter_id: UUID) -> str:
    return f"amount-{counter_id}"
