"""From what a person typed, or a partner sent, to stored integers.

What cannot be stored exactly is refused, never rounded.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from hangarlink.platform.errors import Refused
from hangarlink.platform.quantities.units import Unit

MAX_SECONDS = 9_999_999 * 3600
MAX_COUNT = 999_999_999

_HOURS = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_CLOCK = re.compile(r"(-?)([0-9]+):([0-9]{2})(?::([0-9]{2}))?")
_COUNT = re.compile(r"(-?)([0-9]+)")
_HOURS_FORMS = "Write decimal hours with a point (4812.3), or hours and minutes (4812:18)."
_COUNT_FORMS = "Write a whole number, digits only (1250)."
_LONGEST = 40


class BadQuantity(Refused):
    """A value that is no exact quantity. The message names the field, the value, the rule and the accepted forms.

    value  what was given, as text, shortened
    rule   the words about the rule alone, for a page that already shows the field and the value
    """

    def __init__(self, field: str, value: object, rule: str, remedy: str) -> None:
        self.value = _shown(value)
        self.rule = rule
        super().__init__(f"{field}: {self.value} {rule}. {remedy}", field=field)


@dataclass(frozen=True)
class _Given:
    """One input on its way through the parser, able to say what is wrong with it."""

    value: object
    field: str
    forms: str
    allow_negative: bool

    def bad(self, rule: str, hint: str = "") -> BadQuantity:
        return BadQuantity(self.field, self.value, rule, f"{hint} {self.forms}".strip())

    def text(self) -> str:
        value = self.value
        if isinstance(value, str):
            return value.strip()
        if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < _LONGEST:
            return format(value, "f")
        if type(value) is int and abs(value) < 10**_LONGEST:
            return str(value)
        if isinstance(value, float):
            raise self.bad("came as a floating-point number, which is not exact", "Send it as text.")
        raise self.bad("is not a usable number")

    def signed(self, amount: int, sign: str) -> int:
        if sign and amount and not self.allow_negative:
            raise self.bad("is negative", "Give zero or more.")
        return -amount if sign else amount


def parse_quantity(value: object, unit: Unit, *, field: str = "value", allow_negative: bool = False) -> int:
    """`parse_hours` or `parse_count`, by unit."""
    parse = parse_hours if unit is Unit.SECONDS else parse_count
    return parse(value, field=field, allow_negative=allow_negative)


def parse_hours(value: object, *, field: str = "value", allow_negative: bool = False) -> int:
    """Seconds from "4812.3" (decimal hours), "4812:18" or "4812:18:05"; also from an int or Decimal number of hours.

    Raises BadQuantity for everything else: a comma, an exponent, minutes over 59, a float, more digits than a whole
    second can hold (0.3333), more than 9,999,999 hours, and a negative value unless it is allowed.
    """
    given = _Given(value, field, _HOURS_FORMS, allow_negative)
    text = given.text()
    if clock := _CLOCK.fullmatch(text):
        sign, hours, minutes, seconds = clock.groups(default="0")
        if int(minutes) > 59 or int(seconds) > 59:
            raise given.bad("has minutes or seconds over 59")
        rest = int(minutes) * 60 + int(seconds)
    elif decimal := _HOURS.fullmatch(text):
        sign, hours, fraction = decimal.groups(default="0")
        rest = _fraction_seconds(fraction, given)
    else:
        raise given.bad(_why_not_hours(text))
    significant = hours.lstrip("0") or "0"
    if len(significant) > 7 or (amount := int(significant) * 3600 + rest) > MAX_SECONDS:
        raise given.bad("is more than 9,999,999 hours")
    return given.signed(amount, sign)


def parse_count(value: object, *, field: str = "value", allow_negative: bool = False) -> int:
    """A count from "1250", 1250 or a Decimal without a fraction. Raises BadQuantity for everything else."""
    given = _Given(value, field, _COUNT_FORMS, allow_negative)
    text = given.text()
    if isinstance(value, Decimal) and "." in text:
        text = text.rstrip("0").rstrip(".")
    match = _COUNT.fullmatch(text)
    if match is None:
        raise given.bad("is not a whole number" if text else "is empty")
    sign, digits = match.groups()
    significant = digits.lstrip("0") or "0"
    if len(significant) > len(str(MAX_COUNT)):
        raise given.bad("is more than 999,999,999")
    return given.signed(int(significant), sign)


def _fraction_seconds(fraction: str, given: _Given) -> int:
    """Seconds of the digits behind the point: "3" is 0.3 h, so 1080."""
    digits = fraction.rstrip("0") or "0"
    # 3600 = 2^4 * 3^2 * 5^2: a fraction of an hour that is a whole second never needs more than four decimals.
    seconds, rest = divmod(int(digits[:4]) * 3600, int("1" + "0" * len(digits[:4])))
    if len(digits) > 4 or rest:
        raise given.bad("is not a whole number of seconds", "Use at most two decimals.")
    return seconds


def _why_not_hours(text: str) -> str:
    if not text:
        return "is empty"
    if "," in text:
        return "has a comma, which some read as a decimal sign and some as thousands"
    if re.fullmatch(r"-?[0-9]+:[0-9]", text):
        return "has one digit of minutes, so 5 or 50 cannot be told apart"
    return "is not a number of hours"


def _shown(value: object) -> str:
    if type(value) is int and abs(value) >= 10**_LONGEST:
        return "a number of over 40 digits"
    if not isinstance(value, str | int | float | Decimal | None):
        return f"a {type(value).__name__}"
    text = repr(value[: _LONGEST + 1]) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST + 2 else text[:_LONGEST] + "…"
