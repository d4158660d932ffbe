"""How the fleet's values read on its pages."""

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from hangarlink.fleet.models import Counter, Flight, UsageEntry
from hangarlink.fleet.vocabulary import AircraftStatus, Display, EntryKind, Slot
from hangarlink.web import formats

STATUS_WORDS = {
    AircraftStatus.IN_SERVICE: "In service",
    AircraftStatus.MAINTENANCE: "Maintenance",
    AircraftStatus.OUT_OF_SERVICE: "Out of service",
}
ENTRY_WORDS = {
    EntryKind.OPENING: "Opening balance",
    EntryKind.FLIGHT: "Flight",
    EntryKind.READING: "Reading",
    EntryKind.REPLACEMENT: "Instrument change",
}
DISPLAY_WORDS = {
    Display.DECIMAL_1: "Decimal hours, 4812.3",
    Display.DECIMAL_2: "Decimal hours, 4812.30",
    Display.HHMM: "Hours and minutes, 4812:18",
    Display.TIMESTAMP: "Hours, minutes, seconds, 4812:18:00",
    Display.WHOLE: "Whole numbers",
}
SLOT_WORDS = {Slot.PRIMARY: "Primary log", Slot.SECONDARY: "Secondary log", Slot.TERTIARY: "Tertiary log"}
MANUAL = "manual"
_SOURCES = {MANUAL: "typed here", "api": "API", "flightlogger": "FlightLogger"}


def source_words(source: str) -> str:
    """Who told us."""
    return _SOURCES.get(source, source)


def route(flight: Flight) -> str:
    """EKRK to EKOD; a dash for an end nobody told."""
    if not flight.departure and not flight.arrival:
        return ""
    return f"{flight.departure or '–'} to {flight.arrival or '–'}"


def amounts(flight: Flight) -> SafeString:
    """What the flight added, counter by counter."""
    return format_html_join(" ", '<span class="amount"><span class="unit">{}</span> {}</span>', _amounts(flight))


def amounts_text(flight: Flight) -> str:
    """The same for a spreadsheet."""
    return ", ".join(f"{name} {amount}" for name, amount in _amounts(flight))


def per_day(counter: Counter) -> str:
    """What forecasts reckon with: the planned rate, else the average of the recent past."""
    if counter.daily_rate is not None:
        return f"{formats.quantity_of(counter, counter.daily_rate)} a day, as planned"
    if not counter.recent_days:
        return ""
    average = formats.quantity_of(counter, counter.recent_amount // counter.recent_days)
    return f"{average} a day, average of {counter.recent_days} days"


def added(entry: UsageEntry) -> formats.Quantity | None:
    """What an entry added to the total; an opening states it and adds nothing."""
    if entry.kind == EntryKind.OPENING:
        return None
    return quantity(entry, entry.amount if entry.added is None else entry.added)


def quantity(entry: UsageEntry, value: int | None) -> formats.Quantity | None:
    """A value of the entry as its counter is shown."""
    return None if value is None else formats.quantity_of(entry.counter, value)


def _amounts(flight: Flight) -> list[tuple[str, str]]:
    return [
        (entry.counter.name, str(formats.quantity_of(entry.counter, entry.amount or 0)))
        for entry in flight.entries.all()
    ]
