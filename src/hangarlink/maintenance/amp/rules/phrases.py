"""A limit as one cell of a spreadsheet says it, and back.

    every 100 h airborne
    every 12 calendar months from data plate
    at 10000, 15000 then every 1000 h airborne from zero
    every 300 h airborne window 30 / 30
    not after 2027-03-31

What these words cannot say (events, a basis of its own) has no phrase: a spreadsheet then carries the schedule's JSON.
"""

import re
from collections.abc import Mapping
from typing import Any

from hangarlink.maintenance.programme.rules.dates import CalendarUnit
from hangarlink.maintenance.programme.rules.limits import CalendarLimit, CounterLimit, DateLimit, Leaf, Start
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.quantities import BadQuantity, Display, Unit, format_quantity, parse_quantity

Json = dict[str, Any]
Units = Mapping[str, Unit]
_CALENDAR = {unit.value.replace("_", " "): unit for unit in CalendarUnit}
_SINGULAR = {name.removesuffix("s"): name for name in _CALENDAR}
_STARTS = {start.value.replace("_", " "): start for start in Start if start not in {Start.LAST_DONE, Start.EVENT}}
_DATE = re.compile(r"not (?:after|later than) (\d{4}-\d{2}-\d{2})", re.IGNORECASE)
_LIMIT = re.compile(
    r"(?:at (?P<steps>[\d.:]+(?:\s*[,;]\s*[\d.:]+)*)\s+)?(?:then\s+)?(?:every (?P<every>[\d.:]+)\s+)?(?P<measure>.+?)"
    r"(?:\s+from (?P<start>[a-z ]+?))?"
    r"(?:\s+window (?P<before>[\d.:]+)\s*/\s*(?P<after>[\d.:]+)(?: (?P<around>days|months))?)?",
    re.IGNORECASE,
)
HELP = (
    "Write “every 100 h airborne”, “every 12 calendar months”, “at 10000, 15000 then every 1000 h airborne from zero” "
    "or “not after 2027-03-31”."
)


def limit_from(said: str, units: Units) -> Json:
    """The limit's JSON, unchecked. Raises RuleBroken naming the phrase and what it may be.

    units  what every counter counts in
    """
    said = " ".join(said.split())
    if fixed := _DATE.fullmatch(said):
        return {"kind": "date", "on": fixed[1]}
    found = _LIMIT.fullmatch(said)
    if found is None or not (found["every"] or found["steps"]):
        raise RuleBroken(f"{said!r} is not a limit. {HELP}")
    try:
        return _interval(found, units)
    except BadQuantity as bad:
        raise RuleBroken(f"{said!r}: {bad}") from bad


def phrase(limit: Leaf, units: Units) -> str | None:
    """The limit as a cell says it; None when these words cannot say it."""
    if isinstance(limit, DateLimit):
        return f"not after {limit.on.isoformat()}"
    if not isinstance(limit, CounterLimit | CalendarLimit) or limit.basis or limit.start is Start.EVENT:
        return None
    unit = units.get(limit.counter, Unit.COUNT) if isinstance(limit, CounterLimit) else Unit.COUNT
    parts = []
    if limit.thresholds:
        parts.append("at " + ", ".join(_amount(step, unit) for step in limit.thresholds))
    if limit.every:
        parts.append(f"{'then ' if parts else ''}every {_amount(limit.every, unit)}")
    parts.append(_measure(limit, unit))
    if limit.start is not Start.LAST_DONE:
        parts.append(f"from {limit.start.value.replace('_', ' ')}")
    if limit.window:
        around = f" {limit.window.unit.value}" if isinstance(limit, CalendarLimit) and limit.window else ""
        parts.append(f"window {_amount(limit.window.before, unit)} / {_amount(limit.window.after, unit)}{around}")
    return " ".join(parts)


def _interval(found: re.Match[str], units: Units) -> Json:
    measure = found["measure"].strip()
    calendar = _CALENDAR.get(_SINGULAR.get(measure.lower(), measure.lower()))
    counter = "" if calendar else _counter(measure, units)
    unit = Unit.COUNT if calendar else units[counter]
    said: Json = {"kind": "calendar", "unit": calendar.value} if calendar else {"kind": "counter", "counter": counter}
    if found["steps"]:
        said["thresholds"] = [_parsed(one, unit) for one in re.split(r"\s*[,;]\s*", found["steps"])]
    if found["every"]:
        said["every"] = _parsed(found["every"], unit)
    if found["start"]:
        said["start"] = _start(found["start"])
    if found["before"]:
        said["window"] = {name: _parsed(found[name], unit) for name in ("before", "after")}
        if calendar:
            said["window"]["unit"] = (found["around"] or CalendarUnit.DAYS.value).lower()
    return said


def _counter(measure: str, units: Units) -> str:
    """The counter that "h airborne" or "landings" names, whatever its case."""
    name = measure[2:].strip() if measure.lower().startswith("h ") else measure
    found = next((one for one in units if one.lower() in {name.lower(), name.lower().replace(" ", "_")}), None)
    if found is None:
        raise RuleBroken(
            f"There is no counter {name!r}; known are {', '.join(sorted(units))}, days, months and calendar months."
        )
    if (units[found] is Unit.SECONDS) != (name != measure):
        unit = "hours: write “h " if units[found] is Unit.SECONDS else "no hours: write “"
        raise RuleBroken(f"{found} counts {unit}{found}”.")
    return found


def _start(said: str) -> str:
    found = _STARTS.get(said.strip().lower())
    if found is None:
        raise RuleBroken(f"{said!r} is nothing to count from; it is one of {', '.join(_STARTS)}.")
    return found.value


def _parsed(text: str, unit: Unit) -> int:
    return parse_quantity(text, unit, field="amount")


def _measure(limit: CounterLimit | CalendarLimit, unit: Unit) -> str:
    if isinstance(limit, CalendarLimit):
        return limit.unit.value.replace("_", " ")
    return f"h {limit.counter}" if unit is Unit.SECONDS else limit.counter


def _amount(amount: int, unit: Unit) -> str:
    """As it is read back: whole hours plain, others exactly."""
    if unit is Unit.COUNT:
        return str(amount)
    return str(amount // 3600) if amount % 3600 == 0 else format_quantity(amount, unit, Display.TIMESTAMP)
