"""How values read, everywhere: moments, days, quantities, states. Text first; markup where a page needs it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from hangarlink.fleet import vocabulary
from hangarlink.fleet.models import Counter
from hangarlink.platform.money import Money
from hangarlink.platform.quantities import Display, Rounding, Unit, format_quantity, to_hours

_zone: ContextVar[tzinfo] = ContextVar("local_zone", default=UTC)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# State -> the word people read and the shape it wears. Worst last.
STATES: dict[str, tuple[str, str]] = {
    "ok": ("OK", "ok"),
    "due_soon": ("Due soon", "due_soon"),
    "restricted": ("Restricted", "restricted"),
    "due": ("Due", "restricted"),
    "unknown": ("Unknown", "unknown"),
    "overdue": ("Overdue", "grounded"),
    "grounded": ("Grounded", "grounded"),
}


@dataclass(frozen=True)
class Quantity:
    """A stored amount with how its counter is shown. `label` is put behind it: "4812.3 FH"."""

    value: int
    unit: Unit
    display: Display = Display.DECIMAL_1
    rounding: Rounding = Rounding.NEAREST
    label: str = ""

    def __str__(self) -> str:
        return format_quantity(self.value, self.unit, self.display, rounding=self.rounding)

    def number(self) -> int | Decimal:
        """For a spreadsheet cell: hours with two decimals, or the count."""
        return self.value if self.unit is Unit.COUNT else to_hours(self.value, rounding=self.rounding)


@dataclass(frozen=True)
class State:
    """A state to show: word, shape and colour."""

    code: str
    word: str = ""

    def __str__(self) -> str:
        return self.word or STATES[self.code][0]


def quantity_of(counter: Counter, value: int, rounding: Rounding = Rounding.NEAREST) -> Quantity:
    """An amount in the counter's own unit and display."""
    display = vocabulary.Display(counter.display)
    shown = Display.DECIMAL_1 if display is vocabulary.Display.WHOLE else Display[display.name]
    return Quantity(value, Unit(counter.unit), shown, rounding)


@contextmanager
def local_times(zone: str) -> Iterator[None]:
    """Show this zone's time on hover. Only for reading: nothing is computed in it."""
    token = _zone.set(ZoneInfo(zone))
    try:
        yield
    finally:
        _zone.reset(token)


def day_text(day: date) -> str:
    """14 Mar 2026"""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_text(day: date) -> str:
    """Mar, and the year where it begins: Jan 2026"""
    name = _MONTHS[day.month - 1]
    return f"{name} {day.year}" if day.month == 1 else name


def moment_text(moment: datetime) -> str:
    """14 Mar 2026 09:12Z"""
    zulu = moment.astimezone(UTC)
    return f"{day_text(zulu)} {zulu:%H:%M}Z"


def local_text(moment: datetime) -> str:
    """14 Mar 2026 10:12 Europe/Copenhagen"""
    local = moment.astimezone(_zone.get())
    return f"{day_text(local)} {local:%H:%M} {_zone.get()}"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """ "2 h ago", "in 5 min", "just now": never alone, always beside the moment."""
    gap = (now or timezone.now()) - moment
    size = _size(abs(gap))
    if not size:
        return "just now"
    return f"in {size}" if gap < timedelta(0) else f"{size} ago"


def age(moment: datetime, now: datetime | None = None) -> str:
    """How old, in one unit: "20 min", "9 d"."""
    return _size(abs((now or timezone.now()) - moment)) or "0 min"


def _size(gap: timedelta) -> str:
    minutes = int(gap.total_seconds()) // 60
    if minutes < 1:
        return ""
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def moment(value: datetime, *, beside: bool = True) -> SafeString:
    """The moment in Zulu, local time on hover, and how long ago beside it."""
    tail = format_html(' <span class="ago">{}</span>', ago(value)) if beside else ""
    return format_html(
        '<time class="moment nowrap" datetime="{}" title="{}">{}{}</time>',
        value.astimezone(UTC).isoformat(timespec="seconds"), local_text(value), moment_text(value), tail,
    )  # fmt: skip


def day(value: date) -> SafeString:
    """A date."""
    return format_html('<time class="nowrap" datetime="{}">{}</time>', value.isoformat(), day_text(value))


def quantity(value: Quantity) -> SafeString:
    """An amount with its unit in a quieter tone."""
    text = str(value)
    return format_html('{} <span class="unit">{}</span>', text, value.label) if value.label else format_html("{}", text)


def money(value: Money) -> SafeString:
    """An amount with its currency in a quieter tone."""
    return format_html(
        '<span class="nowrap">{} <span class="unit">{}</span></span>', f"{value.decimal():,f}", value.currency
    )


def state(value: State, *, large: bool = False) -> SafeString:
    """Word, shape and colour of a state."""
    shape = STATES[value.code][1]
    return format_html(
        '<span class="state state-{}{}"><svg aria-hidden="true"><use href="#s-{}"/></svg>{}</span>',
        value.code, " state-large" if large else "", shape, str(value),
    )  # fmt: skip


def bar(fraction: float, code: str, words: str) -> SafeString:
    """How much of a limit is used, as a bar; `words` says it for who cannot see it."""
    used = max(0, min(100, round(fraction * 100)))
    return format_html(
        '<svg class="bar state-{}" role="img" aria-label="{}" preserveAspectRatio="none" viewBox="0 0 100 6">'
        '<rect class="track" width="100" height="6"/><rect class="fill" width="{}" height="6"/></svg>',
        code, words, used,
    )  # fmt: skip


def icon(name: str) -> SafeString:
    """An icon of the sprite, hidden from screen readers: the words beside it say what it is."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


_SHOW: tuple[tuple[type, Callable[[Any], SafeString]], ...] = (
    (datetime, moment),
    (date, day),
    (Quantity, quantity),
    (Money, money),
    (State, state),
    (bool, lambda yes: conditional_escape("Yes" if yes else "No")),
)


def show(value: Any) -> SafeString:
    """Markup of a value by its type; nothing for None."""
    if value is None:
        return SafeString("")
    return next((draw(value) for kind, draw in _SHOW if isinstance(value, kind)), conditional_escape(value))
