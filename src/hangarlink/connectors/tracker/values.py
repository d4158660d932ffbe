"""Values as partners write them, to exact ones and back: whole seconds, counts, days, moments. No floats anywhere."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from hangarlink.connectors.tracker.profile import TimeUnit, Values
from hangarlink.integration.contract import DataError

HOUR = 3600
_HHMM = re.compile(r"([+-]?)([0-9]{1,7}):([0-5][0-9])(?::([0-5][0-9]))?")
_PER = {TimeUnit.DECIMAL_HOURS: 3600, TimeUnit.MINUTES: 60, TimeUnit.SECONDS: 1}
_LARGEST = 10**10
_EXAMPLE = {
    TimeUnit.DECIMAL_HOURS: "1234.5",
    TimeUnit.HHMM: "1234:30",
    TimeUnit.MINUTES: "74070",
    TimeUnit.SECONDS: "4444200",
}


def seconds(raw: object, unit: TimeUnit, values: Values, name: str) -> int:
    """A time as whole seconds. A fraction of a second is cut downwards: nothing is promised that is not there."""
    if unit is TimeUnit.HHMM:
        whole, sign, rest = _text(raw).partition(":")
        found = _HHMM.fullmatch(_ungrouped(whole, values) + sign + rest)
        if not found:
            raise DataError(f"{name} is {_text(raw)!r}, not hours and minutes like {_EXAMPLE[unit]}.")
        minus, hours, minutes, odd = found.groups()
        total = int(hours) * HOUR + int(minutes) * 60 + int(odd or 0)
        return -total if minus == "-" else total
    exact = number(raw, values, name, f"like {_EXAMPLE[unit]}") * _PER[unit]
    return int(exact.to_integral_value(ROUND_FLOOR))


def count(raw: object, values: Values, name: str) -> int:
    """A whole number; 12.0 is one, 12.5 is not."""
    exact = number(raw, values, name, "like 1234")
    if exact != exact.to_integral_value():
        raise DataError(f"{name} is {_text(raw)!r}, not a whole number.")
    return int(exact)


def number(raw: object, values: Values, name: str, example: str) -> Decimal:
    """A number in the profile's writing. Another writing is refused with what to change, never guessed."""
    if isinstance(raw, bool):
        raise DataError(f"{name} is {raw}, not a number.")
    if isinstance(raw, int | Decimal):
        exact = Decimal(raw)
    else:
        exact = _parsed(_text(raw), values, name, example)
    if not exact.is_finite() or abs(exact) > _LARGEST:
        raise DataError(f"{name} is {_text(raw)!r}, which no counter shows.")
    return exact


def day(raw: object, values: Values, name: str) -> date:
    """A day that exists."""
    text = _text(raw)
    for pattern in values.days:
        try:
            if pattern == "iso":
                return date.fromisoformat(text)
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise DataError(f"{name} is {text!r}, which is no day written as {' or '.join(values.days)}.")


def moment(raw: object, values: Values, name: str) -> datetime:
    """A moment in UTC; without an offset of its own it is one of the profile's zone."""
    text = _text(raw)
    for pattern in values.moments:
        try:
            if pattern == "iso":
                found = datetime.fromisoformat(text)
            else:
                found = datetime.strptime(text, pattern)  # noqa: DTZ007 - the profile's zone is added below
        except ValueError:
            continue
        known = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(values.zone))
        try:
            return known.astimezone(UTC)
        except OverflowError:
            break
    raise DataError(f"{name} is {text!r}, which is no moment written as {' or '.join(values.moments)}.")


def is_empty(raw: object, values: Values) -> bool:
    return raw is None or (isinstance(raw, str) and raw.strip() in values.empty)


# --- out ----------------------------------------------------------------------------------------------------------


def written_time(total: int, values: Values) -> Decimal | int | str:
    """Seconds in the profile's unit: decimal hours and minutes rounded half up, which never lets a later total fall."""
    if values.hours is TimeUnit.SECONDS:
        return total
    if values.hours is TimeUnit.DECIMAL_HOURS:
        return (Decimal(total) / HOUR).quantize(Decimal(1).scaleb(-values.places), ROUND_HALF_UP)
    minutes = int((Decimal(total) / 60).quantize(Decimal(1), ROUND_HALF_UP))
    if values.hours is TimeUnit.MINUTES:
        return minutes
    return f"{minutes // 60}:{minutes % 60:02}"


def written_moment(at: datetime, values: Values) -> str:
    pattern = values.moments[0]
    if pattern == "iso":
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return at.astimezone(ZoneInfo(values.zone)).strftime(pattern)


def _parsed(text: str, values: Values, name: str, example: str) -> Decimal:
    whole, sign, rest = text.partition(values.decimal)
    plain = _ungrouped(whole, values)
    if re.fullmatch(r"[+-]?[0-9]{1,12}", plain) and re.fullmatch(r"[0-9]{0,9}", rest):
        return Decimal(f"{plain}.{rest or 0}" if sign else plain)
    other = "," if values.decimal == "." else "."
    hint = f" The profile says that decimals are written with {values.decimal!r}; is it {other!r}?"
    is_other = re.fullmatch(rf"[+-]?[0-9]+[{other}][0-9]+", text) is not None
    raise DataError(f"{name} is {text[:60]!r}, not a number {example}.{hint if is_other else ''}")


def _ungrouped(whole: str, values: Values) -> str:
    """Without thousands signs, which must stand where thousands are."""
    groups = whole.lstrip("+-").split(values.thousands) if values.thousands else [whole]
    if len(groups) > 1 and 0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]):
        return whole.replace(values.thousands, "")
    return whole


def _text(raw: object) -> str:
    return raw.strip() if isinstance(raw, str) else str(raw)
