"""From stored integers to what people read.

Rounding policy (domain/maintenance.md 1.5: sum first, round last). A stored value is never rounded; only its display
is, once, at the end:

    DECIMAL_1   hours to one decimal     a step is 6 min   1:23 reads 1.4
    DECIMAL_2   hours to two decimals    a step is 36 s    1:23 reads 1.38
    HHMM        hours and minutes        a step is 1 min   1:22:30 reads 1:23
    TIMESTAMP   hours, minutes, seconds  exact             1:22:30 reads 1:22:30

NEAREST takes half a step away from zero, which is right for totals. A *remaining* is shown with DOWN, so that the page
never promises more than there is: 2 minutes left read 0.0, and one second over the limit reads -0.1 and not 0.0. What
is due is decided on the stored integers, never on the text.
"""

from decimal import Decimal
from enum import Enum, StrEnum

from hangarlink.platform.quantities.units import Unit, whole


class Display(StrEnum):
    """How a counter's values are shown and typed. Time has four ways; counts have one, WHOLE.

    The values are FlightLogger's LogMeasurementEnum in lower case (contracts/flightlogger.md 7.4).
    """

    DECIMAL_1 = "decimal_hours"
    DECIMAL_2 = "long_decimal_hours"
    HHMM = "hours_minutes"
    TIMESTAMP = "timestamp"
    WHOLE = "whole"


class Rounding(Enum):
    NEAREST = "nearest"
    DOWN = "down"
    UP = "up"


STEP_SECONDS = {Display.DECIMAL_1: 360, Display.DECIMAL_2: 36, Display.HHMM: 60, Display.TIMESTAMP: 1}
PLACES = {Display.DECIMAL_1: 1, Display.DECIMAL_2: 2}


def format_quantity(
    value: int,
    unit: Unit,
    display: Display = Display.DECIMAL_1,
    *,
    rounding: Rounding = Rounding.NEAREST,
    label: str = "",
) -> str:
    """A stored value as text: 17324280 seconds as "4812.3", "4812.30", "4812:18" or "4812:18:00".

    value    seconds or a count, as stored
    display  ignored for counts
    label    put behind the number: "4812.3 FH"
    """
    text = str(whole(value)) if unit is Unit.COUNT else _time(whole(value), display, rounding)
    return f"{text} {label}" if label else text


def to_hours(seconds: int, display: Display = Display.DECIMAL_2, *, rounding: Rounding = Rounding.NEAREST) -> Decimal:
    """Decimal hours as a number, for exports and the API. `display` is DECIMAL_1 or DECIMAL_2."""
    return Decimal(_steps(whole(seconds), STEP_SECONDS[display], rounding)).scaleb(-PLACES[display])


def _time(seconds: int, display: Display, rounding: Rounding) -> str:
    steps = _steps(seconds, STEP_SECONDS[display], rounding)
    sign, steps = ("-", -steps) if steps < 0 else ("", steps)
    if display in PLACES:
        places = PLACES[display]
        hours, fraction = divmod(steps, 10**places)
        return f"{sign}{hours}.{fraction:0{places}d}"
    if display is Display.HHMM:
        return f"{sign}{steps // 60}:{steps % 60:02d}"
    return f"{sign}{steps // 3600}:{steps // 60 % 60:02d}:{steps % 60:02d}"


def _steps(seconds: int, step: int, rounding: Rounding) -> int:
    if rounding is Rounding.DOWN:
        return seconds // step
    if rounding is Rounding.UP:
        return -(-seconds // step)
    nearest = (2 * abs(seconds) + step) // (2 * step)
    return -nearest if seconds < 0 else nearest
