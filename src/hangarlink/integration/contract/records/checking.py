"""What every record checks of its values, with messages that name field and value."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hangarlink.integration.contract.errors import DataError

LONGEST_ID = 120
LONGEST_LINE = 500
LONGEST_TEXT = 10_000


def is_storable(text: str) -> bool:
    """Whether every character can be kept: no zero characters, no halves of surrogate pairs."""
    return (text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)) and "\0" not in text


def check_id(external_id: str) -> None:
    """An id as partners give them; "" for a record that the partner does not know yet."""
    if len(external_id) > LONGEST_ID or not is_storable(external_id):
        raise DataError(f"A record needs an id of 1 to {LONGEST_ID} characters, not {external_id[:20]!r}.")


def check_storable(*texts: str) -> None:
    for text in texts:
        if not is_storable(text):
            raise DataError(f"{text[:40]!r} holds characters that cannot be stored.")


def check_text(longest: int = LONGEST_LINE, /, **fields: str) -> None:
    """Texts by field name: storable, and not longer than anybody reads."""
    for name, text in fields.items():
        if not is_storable(text):
            raise DataError(f"{name} {text[:40]!r} holds characters that cannot be stored.")
        if len(text) > longest:
            raise DataError(f"{name} has {len(text)} characters; {longest} are kept at most.")


def check_needed(**fields: str) -> None:
    """Texts that must say something."""
    for name, text in fields.items():
        if not text.strip():
            raise DataError(f"{name} is empty.")


def check_moment(**fields: datetime | None) -> None:
    """Moments carry their offset; a clock reading without one could be anywhere in the world."""
    for name, moment in fields.items():
        if moment is not None and moment.tzinfo is None:
            raise DataError(f"{name} is {moment.isoformat()}, without an offset from UTC.")


def check_day(**fields: date | None) -> None:
    """Days are days: a moment would be another day elsewhere."""
    for name, day in fields.items():
        if isinstance(day, datetime):
            raise DataError(f"{name} is the moment {day.isoformat()}, not a day.")


def check_whole(least: int | None = 0, /, **fields: int | None) -> None:
    """Whole numbers; not below `least` unless that is None. True is no number."""
    for name, value in fields.items():
        if value is None:
            continue
        if type(value) is not int:
            raise DataError(f"{name} is {value!r}, not a whole number.")
        if least is not None and value < least:
            raise DataError(f"{name} is {value}, below {least}.")


def check_decimal(**fields: Decimal) -> None:
    for name, value in fields.items():
        if not isinstance(value, Decimal) or not value.is_finite():
            raise DataError(f"{name} is {value!r}, not a decimal number.")


def said(moment: datetime) -> str:
    """A moment as people write it: 2026-06-03 12:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
