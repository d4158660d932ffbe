"""Which typed values are refused. Flights are facts and are never refused for what they do to a total; a value that a
person types is a claim, and one that contradicts what is recorded is sent back with the numbers.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hangarlink.fleet.rules.fold import Contradiction
from hangarlink.fleet.rules.texts import line
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.quantities import MAX_COUNT, MAX_SECONDS, Display, Unit, format_quantity

# Clocks of partners and of tablets are a little off; anything later is a typing error.
CLOCK_TOLERANCE = timedelta(minutes=5)
EARLIEST = datetime(1903, 1, 1, tzinfo=UTC)


def check_moment(at: datetime, now: datetime, *, field: str = "at") -> None:
    """A usage event happens in the past, after the first flight ever, and at a moment whose zone is known."""
    if at.tzinfo is None:
        raise RuleBroken(f"{at:%Y-%m-%d %H:%M} has no time zone. Say UTC or an offset.", field=field)
    if at > now + CLOCK_TOLERANCE:
        raise RuleBroken(
            f"{moment(at)} is in the future; it is {moment(now)} now. Usage is recorded after it happened.", field=field
        )
    if at < EARLIEST:
        raise RuleBroken(f"{at:%Y-%m-%d} is before the first powered flight. Check the year.", field=field)


def check_amount(value: int, unit: Unit, *, field: str) -> None:
    """A whole number of seconds or counts, not negative, within what a counter can hold."""
    if type(value) is not int:
        raise RuleBroken(f"{value!r} is not a whole number of {unit.value}.", field=field)
    if value < 0:
        raise RuleBroken(f"{shown(value, unit)} is negative. A counter only grows: give zero or more.", field=field)
    if value > (MAX_SECONDS if unit is Unit.SECONDS else MAX_COUNT):
        raise RuleBroken(f"{shown(value, unit)} is more than a counter can hold.", field=field)


def falling(contradiction: Contradiction, typed: UUID | None, unit: Unit, *, field: str) -> RuleBroken:
    """The refusal of a typed value that makes a total fall: at itself, or at an entry further on.

    typed  the reference of the typed value among the events
    """
    expected, found = shown(contradiction.expected, unit), shown(contradiction.found, unit)
    if contradiction.ref == typed:
        return RuleBroken(
            f"This makes a total of {found}, but the counter stood at {expected} by then, and a total never falls. "
            "Check the value and the time. If a flight or an earlier reading is wrong, correct that one; if the "
            "instrument was changed, record the replacement first.",
            field=field,
        )
    return RuleBroken(
        f"With this the counter would stand at {expected} when a later entry says {found}, and a total never falls. "
        "Check the value and the time, or correct the later entry first.",
        field=field,
    )


def check_reason(reason: str, *, field: str = "reason") -> str:
    """The trimmed reason. A correction without one says nothing to whoever reads it in five years."""
    reason = line(reason, field=field, limit=300)
    if not reason:
        raise RuleBroken("Say why this is corrected; the reason is kept with the old value.", field=field)
    return reason


def shown(value: int, unit: Unit) -> str:
    """A quantity exactly, as refusals name it: 12:30:05 or 42."""
    return format_quantity(value, unit, Display.TIMESTAMP)


def moment(at: datetime) -> str:
    """A moment as refusals name it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%MZ}"
