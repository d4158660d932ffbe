"""From the logs of an incoming flight to exact amounts per counter, and back. Pure: plain values in and out.

A log's name must be the name of a counter configured on the aircraft, to the letter (requirements/2, "Hours or cycles
are not updating"). What cannot be booked exactly is refused with the names that would have worked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from hangarlink.fleet.queries import Log
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.quantities import Display, Unit, format_quantity, parse_quantity

Value = int | Decimal | str
# The longest flight the fleet takes; more hours than that are minutes, or a total instead of a duration.
LONGEST_SECONDS = 72 * 3600


@dataclass(frozen=True)
class GivenLog:
    """One log of a flight as it came in: what the flight added, or the readings before and after it."""

    name: str
    value: Value | None = None
    start: Value | None = None
    end: Value | None = None


def amounts_of(
    given: Sequence[GivenLog], *, cycles: Value | None, landings: Value | None, configured: Sequence[Log]
) -> dict[UUID, int]:
    """Counter id -> whole seconds or count. Raises RuleBroken or BadQuantity, naming the field and what to do."""
    by_name = {log.name: log for log in configured}
    amounts: dict[UUID, int] = {}
    for position, one in enumerate(given):
        field = f"flight.logs[{position}]"
        log = by_name.get(one.name)
        if log is None:
            raise RuleBroken(
                f"{field}.name: no log of this aircraft is named {one.name!r}. {_choice(configured)}", field=field
            )
        if log.id in amounts:
            raise RuleBroken(f"{field}.name: {one.name!r} is given twice.", field=field)
        amounts[log.id] = _amount(one, log, field)
    for kind, word, value in ((CounterKind.CYCLES, "cycles", cycles), (CounterKind.LANDINGS, "landings", landings)):
        if value is not None:
            _add_count(amounts, kind, word, value, configured)
    if not amounts:
        raise RuleBroken(
            f"flight: carries no usage. Give logs, cycles or landings. {_choice(configured)}", field="flight"
        )
    return amounts


def _amount(one: GivenLog, log: Log, field: str) -> int:
    readings = (one.start, one.end)
    if (one.value is None) == (readings == (None, None)) or (one.value is None and None in readings):
        raise RuleBroken(f"{field}: give either value, or both start and end.", field=field)
    if one.value is not None:
        amount, place = _parsed(one.value, log, f"{field}.value"), f"{field}.value"
    else:
        start, end = _parsed(one.start, log, f"{field}.start"), _parsed(one.end, log, f"{field}.end")
        amount, place = end - start, f"{field}.end"
        if amount < 0:
            raise RuleBroken(
                f"{place}: {one.end} is below the start, {one.start}; a flight cannot take usage away.", field=place
            )
    if log.unit == Unit.SECONDS and amount > LONGEST_SECONDS:
        shown = format_quantity(amount, Unit.SECONDS, Display.HHMM)
        raise RuleBroken(
            f"{place}: {shown} hours are too many for one flight (72 at most). Send hours, not minutes, and the "
            "flight's duration as value; totals go into start and end.",
            field=place,
        )
    return amount


def _parsed(value: Value | None, log: Log, field: str) -> int:
    return parse_quantity(value, Unit(log.unit), field=field)


def _add_count(amounts: dict[UUID, int], kind: CounterKind, word: str, value: Value, configured: Sequence[Log]) -> None:
    count = parse_quantity(value, Unit.COUNT, field=f"flight.{word}")
    log = next((log for log in configured if log.kind == kind), None)
    if log is None:
        if count == 0:
            return
        raise RuleBroken(
            f"flight.{word}: no log of this aircraft counts {word}. {_choice(configured)}", field=f"flight.{word}"
        )
    if log.id in amounts:
        raise RuleBroken(
            f"flight.{word}: {log.name!r} is given among the logs, too. Give it once.", field=f"flight.{word}"
        )
    amounts[log.id] = count


def _choice(configured: Sequence[Log]) -> str:
    if not configured:
        return "None are configured: an administrator, or PUT flight_logs, must do so first."
    return f"Configured are: {', '.join(log.name for log in configured)}."


def unreported(amounts: Mapping[UUID, int], configured: Iterable[Log]) -> list[str]:
    """Names of the configured logs that the flight did not move: worth a look when a due date depends on them."""
    return [log.name for log in configured if log.id not in amounts]


def shown(amount: int, unit: str, display: str) -> str:
    """An amount or total as the counter shows it: "1.4", "1:24", "3"."""
    return format_quantity(amount, Unit(unit), Display(display))
