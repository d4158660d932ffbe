"""Hours and counts as a case writes them, and the units the engine counts in."""

from collections.abc import Mapping
from typing import Any

from hangarlink.fleet.vocabulary import CounterKind, Unit
from hangarlink.maintenance.conformance.values import WORDS
from hangarlink.platform.quantities import Display, format_quantity, parse_quantity

DATE = "date"
Units = Mapping[str, Unit]


def units_of(kinds: Mapping[str, CounterKind]) -> dict[str, Unit]:
    """The unit of every name a limit may use: the counters by name, and kinds that one counter alone is of."""
    found = {kind.value: kind.unit for kind in CounterKind}
    return found | {name: kind.unit for name, kind in kinds.items()}


def parse(said: str, unit: Unit, *, field: str, allow_negative: bool = False) -> int:
    """Seconds from hours ("1105.5", "1105:30"), or a count. Raises BadQuantity."""
    return parse_quantity(said, unit, field=field, allow_negative=allow_negative)


def shown(value: int, unit: Unit) -> str:
    """Exactly: decimal hours where a tenth or a hundredth says all, else hours, minutes and seconds; counts as such."""
    if unit is Unit.COUNT:
        return str(value)
    for display, step in ((Display.DECIMAL_1, 360), (Display.DECIMAL_2, 36)):
        if value % step == 0:
            return format_quantity(value, unit, display)
    return format_quantity(value, unit, Display.TIMESTAMP)


def schedule_in_units(said: Any, units: Units) -> Any:
    """A schedule with its amounts of usage in seconds and counts. Everything else is left as it is for the codec."""
    if isinstance(said, list):
        return [schedule_in_units(one, units) for one in said]
    if not isinstance(said, dict):
        return said
    if said.get("kind") == "counter" and said.get("counter") in units:
        unit = units[said["counter"]]
        return {name: _limit_field(name, value, unit) for name, value in said.items()}
    return {name: schedule_in_units(value, units) for name, value in said.items()}


def alerts_in_units(said: Mapping[str, Any], units: Units) -> dict[str, Any]:
    """Alert windows likewise; `calendar` is in days."""
    return {name: _amount(value, units[name], name) if name in units else value for name, value in said.items()}


def formula_in_units(said: Any) -> Any:
    """A formula with its constants in seconds where they are given as `hours`."""
    if isinstance(said, list):
        return [formula_in_units(one) for one in said]
    if not isinstance(said, dict):
        return said
    if said.get("kind") == "number" and "hours" in said:
        rest = {name: value for name, value in said.items() if name != "hours"}
        return {**rest, "value": _amount(said["hours"], Unit.SECONDS, "hours")}
    return {name: formula_in_units(value) for name, value in said.items()}


def bands_in_units(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bands of a tolerance class likewise."""
    return [_band(one) if one.get("measure") == "hours" else one for one in said]


def _band(said: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _amount(value, Unit.SECONDS, name) if name in {"below", "most"} else value for name, value in said.items()
    }


def _limit_field(name: str, value: Any, unit: Unit) -> Any:
    if name == "every":
        return _amount(value, unit, name)
    if name == "thresholds" and isinstance(value, list):
        return [_amount(one, unit, name) for one in value]
    if name == "window" and isinstance(value, dict):
        return {side: _amount(one, unit, f"window.{side}") for side, one in value.items()}
    return value


def _amount(value: Any, unit: Unit, field: str) -> Any:
    return parse(str(value), unit, field=field) if type(value) is int or isinstance(value, str) else value


def is_word(said: str) -> bool:
    """Not an amount but `unknown`, `never` or `awaiting`."""
    return said in WORDS
