"""A flight as JSON and back, so that a refused one can be tried again without asking the partner."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hangarlink.integration.contract import Aircraft, FlightTimes, LogAmount, LogKind, LogSlot


def as_payload(flight: FlightTimes) -> dict[str, Any]:
    aircraft = flight.aircraft
    return {
        "external_id": flight.external_id,
        "aircraft": {
            "external_id": aircraft.external_id,
            "call_sign": aircraft.call_sign,
            "registration": aircraft.registration,
            "model": aircraft.model,
            "is_simulator": aircraft.is_simulator,
            "is_disabled": aircraft.is_disabled,
        },
        "started_at": flight.started_at.isoformat(),
        "ended_at": flight.ended_at.isoformat(),
        "logs": [[log.kind, log.slot, log.seconds] for log in flight.logs],
        "landings": flight.landings,
        "departure": flight.departure,
        "arrival": flight.arrival,
    }


def from_payload(payload: Mapping[str, Any]) -> FlightTimes:
    return FlightTimes(
        external_id=payload["external_id"],
        aircraft=Aircraft(**payload["aircraft"]),
        started_at=datetime.fromisoformat(payload["started_at"]),
        ended_at=datetime.fromisoformat(payload["ended_at"]),
        logs=tuple(LogAmount(LogKind(kind), LogSlot(slot), seconds) for kind, slot, seconds in payload["logs"]),
        landings=payload["landings"],
        departure=payload["departure"],
        arrival=payload["arrival"],
    )
