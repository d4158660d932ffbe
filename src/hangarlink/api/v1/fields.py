"""The kinds of value that come in. Each says what is wrong in words that help, and describes itself for OpenAPI."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel as PydanticModel
from pydantic import BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(Z|[+-][0-9]{2}:[0-9]{2})?")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class Incoming(PydanticModel):
    """A body or a part of one. A field nobody knows is refused: a misspelled one must not be lost in silence."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Outgoing(PydanticModel):
    """An answer or a part of one."""


def wrong(value: object, rule: str) -> PydanticCustomError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:59] + "…"
    return PydanticCustomError("value", "{shown} {rule}", {"shown": shown, "rule": rule})


def _text(value: object) -> object:
    if isinstance(value, str) and any(
        (letter < " " and letter not in "\n\r\t") or letter == "\x7f" for letter in value
    ):
        raise wrong(value, "holds control characters. Send plain text.")
    return value


def _quantity(value: object) -> int | Decimal | str:
    if type(value) is int or isinstance(value, Decimal) or (isinstance(value, str) and value.strip()):
        return value
    raise wrong(value, 'is not a quantity. Send hours as 1.4 or "1:24", counts as whole numbers.')


def _date(value: object) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
        raise wrong(value, "is not a date in the form YYYY-MM-DD.")
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise wrong(value, "is a date that does not exist.") from None


def _time(value: object) -> time:
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong(value, "is not a time in the form HH:MM. Times are UTC unless an offset follows.")
    hour, minute, second, offset = match.groups()
    try:
        return time(int(hour), int(minute), int(second or 0), tzinfo=_zone(offset))
    except ValueError:
        raise wrong(value, "is a time that does not exist.") from None


def _zone(offset: str | None) -> timezone:
    if offset in (None, "Z"):
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value.strip()):
        raise wrong(value, "is not a moment with its offset. Write it like 2026-06-03T09:12:00Z.")
    try:
        return datetime.fromisoformat(value.strip().upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong(value, "is a moment that does not exist.") from None


def _weight(value: object) -> Decimal | None:
    if value is None:
        return None
    if type(value) not in (int, str) and not isinstance(value, Decimal):
        raise wrong(value, "is not a number.")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise wrong(value, "is not a number.") from None
    if not number.is_finite() or not 0 < number < 10_000_000 or number.normalize().as_tuple().exponent < -2:  # type: ignore[operator]
        raise wrong(value, "is not a weight: more than 0, at most 9,999,999.99, two decimals.")
    return number


_HOURS_OR_COUNT = {
    "anyOf": [
        {"type": "string", "pattern": r"^[0-9]+([.][0-9]+|:[0-5][0-9](:[0-5][0-9])?)?$"},
        {"type": "number", "minimum": 0},
    ],
    "description": 'Hours as a decimal (1.4 or "1.4") or as "H:MM"; counts as whole numbers. Read exactly.',
}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 999_999_999}

# Bound its length with Field(max_length=...).
Plain = Annotated[str, BeforeValidator(_text)]
Quantity = Annotated[Any, BeforeValidator(_quantity), WithJsonSchema(_HOURS_OR_COUNT)]
Count = Annotated[Any, BeforeValidator(_quantity), WithJsonSchema(_COUNT)]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
ClockTime = Annotated[
    time,
    BeforeValidator(_time),
    WithJsonSchema(
        {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:[0-9]{2})?$"}
    ),
]
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Weight = Annotated[
    Decimal,
    BeforeValidator(_weight),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 9_999_999.99}, {"type": "string"}]}),
]
