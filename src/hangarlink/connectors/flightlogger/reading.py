"""FlightLogger's nodes as canonical records. Anything unexpected is a DataError that names field and value.

Null patterns (api-ref): logs kept as a clock have startsAt and endsAt; decimal logs have readings, and a startsAt only
on the primary log. Durations are whole seconds in every case. A null log means none, or one the key may not see.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from hangarlink.integration.contract import (
    Aircraft,
    AircraftLog,
    DataError,
    FlightTimes,
    LogAmount,
    LogKind,
    LogSlot,
    Measure,
)

Node = Mapping[str, Any]
Word = TypeVar("Word", bound=StrEnum)

SLOTS = (("primaryLog", LogSlot.PRIMARY), ("secondaryLog", LogSlot.SECONDARY), ("tertiaryLog", LogSlot.TERTIARY))
KINDS = {kind.name: kind for kind in LogKind}
MEASURES = {measure.value.upper(): measure for measure in Measure}
TOUCH_DOWNS = frozenset({"LANDING", "TOUCH_AND_GO"})
NO_TOUCH_DOWNS = frozenset({"APPROACH", "GO_AROUND"})


def as_aircraft(node: Node) -> Aircraft:
    """An entry of the fleet. Its logs are None when even the primary one, which every aircraft has, is hidden."""
    landings = node.get("totalLandings")
    return Aircraft(
        external_id=identity(node),
        call_sign=_text(node, "callSign"),
        model=_text(node, "model"),
        is_simulator=node.get("aircraftClass") == "SIMULATOR",
        is_disabled=node.get("disabled") is True,
        logs=_configurations(node) if node.get("primaryLog") else None,
        total_landings=None if landings is None else _whole(node, "totalLandings"),
    )


def aircraft_of_flight(node: Node) -> Aircraft:
    """As much of the aircraft as comes along with a flight."""
    aircraft = node.get("aircraft")
    if not isinstance(aircraft, Mapping):
        raise DataError("The flight names no aircraft, or the key may not see it.")
    return Aircraft(
        external_id=identity(aircraft),
        call_sign=_text(aircraft, "callSign"),
        model=_text(aircraft, "model"),
        is_simulator=aircraft.get("aircraftClass") == "SIMULATOR",
        is_disabled=aircraft.get("disabled") is True,
    )


def as_flight(node: Node, aircraft: Aircraft) -> FlightTimes:
    logs = [(slot, log) for name, slot in SLOTS if (log := node.get(name)) is not None]
    started_at, ended_at = _when(node, logs)
    return FlightTimes(
        external_id=identity(node),
        aircraft=aircraft,
        started_at=started_at,
        ended_at=ended_at,
        logs=tuple([LogAmount(_word(KINDS, log, "type"), slot, _whole(log, "durationSeconds")) for slot, log in logs]),
        landings=_touch_downs(node.get("landings")),
        departure=_airport(node.get("departureAirport")),
        arrival=_airport(node.get("arrivalAirport")),
    )


def identity(node: Node) -> str:
    found = node.get("id")
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise DataError(f"A record has the id {found!r}.")
    return str(found)


def deleted_flight(node: Any) -> str:
    """The id of a flight that a version tells the deletion of; "" for anything else."""
    if not isinstance(node, Mapping) or node.get("eventType") != "DELETION" or node.get("entityType") != "FLIGHT":
        return ""
    found = node.get("entityId")
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def moment(value: Any, name: str) -> datetime:
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise DataError(f"{name} is {value!r}, not an ISO 8601 moment.") from None
    if read.tzinfo is UTC:
        return read
    if read.tzinfo is None:
        raise DataError(f"{name} is {value!r}, without an offset from UTC.")
    return read.astimezone(UTC)


def _when(node: Node, logs: list[tuple[LogSlot, Node]]) -> tuple[datetime, datetime]:
    """The earliest start and the latest end that anything says; an end that nothing says is start plus longest log."""
    starts, ends = [], []
    if off_block := node.get("offBlock"):
        starts.append(moment(off_block, "offBlock"))
    if on_block := node.get("onBlock"):
        ends.append(moment(on_block, "onBlock"))
    for _, log in logs:
        if starts_at := log.get("startsAt"):
            starts.append(moment(starts_at, "startsAt"))
        if ends_at := log.get("endsAt"):
            ends.append(moment(ends_at, "endsAt"))
    if not starts:
        raise DataError("The flight has no moment of departure: neither a log with startsAt nor offBlock.")
    start = min(starts)
    if ends:
        return start, max(ends)
    return start, start + timedelta(seconds=max((_whole(log, "durationSeconds") for _, log in logs), default=0))


def _touch_downs(landings: Any) -> int | None:
    if landings is None:
        return None
    count = 0
    for landing in landings:
        kind = landing.get("landingType")
        if kind in TOUCH_DOWNS:
            count += _whole(landing, "landingTypeCount")
        elif kind not in NO_TOUCH_DOWNS:
            raise DataError(f"landingType is {kind!r}, which this version does not know.")
    return count


def _configurations(node: Node) -> tuple[AircraftLog, ...]:
    return tuple(
        AircraftLog(
            _word(KINDS, node[name], "type"),
            slot,
            _word(MEASURES, node[name], "measurementType"),
            _whole(node[name], "totalSeconds"),
        )
        for name, slot in SLOTS
        if node.get(name) is not None
    )


def _whole(node: Node, name: str) -> int:
    value = node.get(name)
    if type(value) is not int:  # True is no number of seconds
        raise DataError(f"{name} is {value!r}, not a whole number.")
    if value < 0:
        raise DataError(f"{name} is {value}, below zero.")
    return value


def _word(words: Mapping[str, Word], node: Node, name: str) -> Word:
    value = node.get(name)
    if not isinstance(value, str) or value not in words:
        raise DataError(f"{name} is {value!r}, which this version does not know.")
    return words[value]


def _text(node: Node, name: str) -> str:
    value = node.get(name) or ""
    if not isinstance(value, str):
        raise DataError(f"{name} is {value!r}, not a text.")
    return value.strip()


def _airport(airport: Any) -> str:
    return _text(airport, "name") if isinstance(airport, Mapping) else ""
