"""What a special flight permit covers: the flights it names, within its days, and nothing else. Domain rule 1.8."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class NamedFlight:
    """One flight a permit names; an empty aerodrome is any. `used` says that it was flown."""

    departure: str
    destination: str
    used: bool = False


@dataclass(frozen=True)
class PermitTerms:
    """What a permit allows: its days, both included, and its flights."""

    valid_from: date
    valid_to: date
    flights: Sequence[NamedFlight]
    revoked: bool = False


def covered(permit: PermitTerms, departure: str, destination: str, on: date) -> NamedFlight | None:
    """The named flight, not flown yet, that lets this one go on that day; None when the permit does not cover it."""
    if permit.revoked or not permit.valid_from <= on <= permit.valid_to:
        return None
    fitting = [one for one in permit.flights if not one.used and _fits(one, departure, destination)]
    # The one that names most, so that an open line is kept for what only it covers.
    return max(fitting, key=lambda one: bool(one.departure) + bool(one.destination), default=None)


def _fits(flight: NamedFlight, departure: str, destination: str) -> bool:
    return flight.departure in {"", departure.upper()} and flight.destination in {"", destination.upper()}
