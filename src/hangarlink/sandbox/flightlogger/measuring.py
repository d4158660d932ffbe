"""What the instruments and the pilot's notes say of a sortie: logs and landings."""

from collections.abc import Callable
from datetime import timedelta

from hangarlink.sandbox.flightlogger.records import (
    RESOLUTION,
    Aircraft,
    Flight,
    FlightLog,
    Landing,
    LogConfiguration,
    Sortie,
)

ENGINE_BEFORE_OFF_BLOCK = 180
"""Seconds the engine runs before the brakes are off: why a Hobbs meter shows more than block time."""

_SHOWN: dict[str, Callable[[int, int], int]] = {  # (block seconds, airborne seconds) -> seconds on the log
    "BLOCK": lambda block, _: block,
    "FLIGHT_TIME": lambda block, _: block,
    "HOBBS": lambda block, _: block + ENGINE_BEFORE_OFF_BLOCK,
    "VDO": lambda block, _: block + ENGINE_BEFORE_OFF_BLOCK,
    "TACH": lambda block, _: (block + ENGINE_BEFORE_OFF_BLOCK) * 84 // 100,  # runs with RPM, slow on the ground
    "AIRBORNE": lambda _, airborne: airborne,
    "AIRSWITCH": lambda _, airborne: airborne,
    "DATCON": lambda _, airborne: airborne + 60,
    "EDU": lambda _, airborne: airborne,
    "HEATER_HOBBS": lambda _, airborne: airborne * 3 // 10,
}
TIMERS = frozenset(_SHOWN)
_FROM_THE_BLOCKS = frozenset({"BLOCK", "FLIGHT_TIME", "HOBBS", "VDO", "TACH"})


def measure(flight: Flight) -> None:
    """(Re)write the flight's logs and landings from its sortie. Meter readings are the chain's business."""
    flight.logs = [
        _log(flight.id * 10 + slot, configuration, flight.sortie)
        for slot, configuration in enumerate(flight.aircraft.logs, start=1)
    ]
    flight.landings = landings(flight.id, flight.aircraft, flight.sortie)


def _log(log_id: int, configuration: LogConfiguration, sortie: Sortie) -> FlightLog:
    block = sortie.minutes * 60
    airborne = max(block - (sortie.taxi_out + sortie.taxi_in) * 60, 0)
    duration = sortie.durations.get(configuration.type)
    if duration is None:
        shown = _SHOWN[configuration.type](block, airborne)
        step = RESOLUTION[configuration.measurement]
        duration = max((shown + step // 2) // step, 1) * step  # half a step rounds up
    off = timedelta() if configuration.type in _FROM_THE_BLOCKS else timedelta(minutes=sortie.taxi_out)
    starts_at = sortie.start + off
    return FlightLog(
        id=log_id,
        type=configuration.type,
        measurement=configuration.measurement,
        duration=duration,
        flying=min(duration, airborne),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(seconds=duration),
    )


def landings(flight_id: int, aircraft: Aircraft, sortie: Sortie) -> list[Landing]:
    """One row per type, the arrival last. Nothing for a simulator."""
    if aircraft.is_simulator:
        return []
    rows = [
        ("APPROACH", sortie.approaches, sortie.arrival),
        ("GO_AROUND", sortie.go_arounds, sortie.arrival),
        ("TOUCH_AND_GO", sortie.touch_and_goes, sortie.departure),
        ("LANDING", 1, sortie.arrival),
    ]
    return [
        Landing(flight_id * 10 + n, airport, kind, count, is_arrival=kind == "LANDING", night=sortie.night)
        for n, (kind, count, airport) in enumerate(rows, start=1)
        if count
    ]


def touchdowns(flight: Flight) -> int:
    """Times the wheels met the ground: landings and touch-and-goes, not approaches or go-arounds."""
    return sum(row.count for row in flight.landings if row.type in {"LANDING", "TOUCH_AND_GO"})
