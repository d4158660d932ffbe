"""Reasons of other rooms for an aircraft's state: directives not assessed, deferred defects, releases.

A room that stands above the programme registers a provider when it starts (`AppConfig.ready`) and is asked with every
reading of the board, set-wise: a fixed number of statements for any number of aircraft. What it answers is as good a
reason as a due item: the worst wins, all are listed, each with its source (domain rule 1.6).

**Permits** go the other way: a special flight permit changes no state. It lets a dispatch answer name the flights it
covers (domain rule 1.8), so it has a list of its own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hangarlink.maintenance.programme.rules.airworthiness import Ground

Grounds = Mapping[UUID, Sequence[Ground]]


@dataclass(frozen=True)
class Permit:
    """A special flight permit as a dispatch check shows it. It overrides nothing but the flights it names.

    flights  the flights it is for, as the permit words them
    left     how many of them are left; None when the permit does not count them
    subject  its id, for the page
    """

    subject: str
    reference: str
    authority: str
    flights: str
    conditions: str
    valid_from: date
    valid_to: date
    left: int | None


Permits = Mapping[UUID, Sequence[Permit]]
Provider = Callable[[Collection[UUID], date], Grounds]
PermitProvider = Callable[[Collection[UUID], date], Permits]

_providers: list[Provider] = []
_permit_providers: list[PermitProvider] = []


def register_grounds(provider: Provider) -> None:
    """Ask this provider from now on. Registering twice is harmless.

    provider(aircraft_ids, as_of) gives the grounds of these aircraft on that day; aircraft without any may be left out.
    """
    if provider not in _providers:
        _providers.append(provider)


def unregister_grounds(provider: Provider) -> None:
    """For tests that register their own."""
    if provider in _providers:
        _providers.remove(provider)


def register_permits(provider: PermitProvider) -> None:
    """Ask this provider for permits from now on. Registering twice is harmless."""
    if provider not in _permit_providers:
        _permit_providers.append(provider)


def grounds_of(aircraft_ids: Collection[UUID], as_of: date) -> dict[UUID, list[Ground]]:
    """What other rooms have against each of these aircraft on a day, in no order (`airworthiness.worst` orders)."""
    found: dict[UUID, list[Ground]] = {aircraft_id: [] for aircraft_id in aircraft_ids}
    for provider in _providers:
        for aircraft_id, grounds in provider(aircraft_ids, as_of).items():
            found[aircraft_id].extend(grounds)
    return found


def permits_of(aircraft_ids: Collection[UUID], on: date) -> dict[UUID, list[Permit]]:
    """The special flight permits of each of these aircraft that are valid on a day."""
    found: dict[UUID, list[Permit]] = {aircraft_id: [] for aircraft_id in aircraft_ids}
    for provider in _permit_providers:
        for aircraft_id, permits in provider(aircraft_ids, on).items():
            found[aircraft_id].extend(permits)
    return found
