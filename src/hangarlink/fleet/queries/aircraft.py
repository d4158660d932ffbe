"""Aircraft and where their counters stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Prefetch, Q
from django.utils import timezone

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.rules.staleness import is_stale
from hangarlink.fleet.rules.texts import is_storable
from hangarlink.platform.errors import Missing
from hangarlink.platform.tenancy.context import current_account


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One aircraft of the fleet list; `aircraft.aircraft_model` is loaded.

    counters       in their order
    last_usage_at  moment of the latest flight, reading or opening; None: nothing was ever entered
    is_stale       nothing entered for longer than the account allows: what is due is unknown, not green
    """

    aircraft: Aircraft
    counters: tuple[Counter, ...]
    last_usage_at: datetime | None
    is_stale: bool


def find_aircraft(identifier: str) -> Aircraft:
    """The aircraft with this call sign, else with this registration, else with this id. Spelling must match exactly.

    Raises Missing. Source: contracts/flightlogger.md 2.2.
    """
    named = Q(call_sign=identifier) | Q(registration=identifier)
    if as_id := _as_id(identifier):
        named |= Q(id=as_id)
    # An empty call sign is no name.
    found = list(Aircraft.objects.filter(named).select_related("aircraft_model")) if is_storable(identifier) else []
    if not identifier or not found:
        raise Missing(
            f"No aircraft of this account has the call sign, registration or id {identifier!a:.60}. Dashes, blanks and "
            "case must match exactly."
        )
    return min(found, key=lambda a: (a.call_sign != identifier, a.registration != identifier))


def fleet(aircraft_ids: Iterable[UUID] | None = None, *, now: datetime | None = None) -> list[FleetRow]:
    """All aircraft of the account, or these, by registration, with their counters. Two statements."""
    rows = Aircraft.objects.select_related("aircraft_model").order_by("registration")
    if aircraft_ids is not None:
        rows = rows.filter(id__in=list(aircraft_ids))
    rows = rows.prefetch_related(Prefetch("counters", Counter.objects.order_by("position", "id"), to_attr="ordered"))
    days, moment = current_account().stale_usage_days, now or timezone.now()
    listed = []
    for aircraft in rows:
        counters: tuple[Counter, ...] = tuple(aircraft.ordered)
        last = max((c.total_at for c in counters if c.total_at), default=None)
        listed.append(FleetRow(aircraft, counters, last, is_stale(last, moment, days)))
    return listed


def last_usage() -> dict[UUID, datetime | None]:
    """Per aircraft of the account, the moment of the latest usage entry; None without any. One statement."""
    return dict(Aircraft.objects.annotate(last=Max("counters__total_at")).values_list("id", "last"))


def _as_id(identifier: str) -> UUID | None:
    try:
        return UUID(identifier)
    except ValueError:
        return None
