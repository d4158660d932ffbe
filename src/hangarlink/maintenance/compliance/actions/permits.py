"""Special flight permits: recorded, their flights ticked off, revoked."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.compliance import events
from hangarlink.maintenance.compliance.models import PermittedFlight, SpecialFlightPermit
from hangarlink.maintenance.compliance.rules.permits import NamedFlight, PermitTerms, covered
from hangarlink.maintenance.compliance.subjects import subject_of
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.texts import line, reason_given, text
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

MOST_FLIGHTS = 20


@transaction.atomic
def record_permit(
    aircraft: Aircraft,
    *,
    reference: str,
    authority: str,
    purpose: str,
    issued_on: date,
    valid_from: date,
    valid_to: date,
    flights: Sequence[tuple[str, str]],
    acting_user: Actor,
    conditions: str = "",
) -> SpecialFlightPermit:
    """Record a permit with the flights it names, as (departure, destination); an empty aerodrome is any.

    Event: permit.recorded. It changes no state and no due date: a dispatch answer shows it for these flights.
    """
    require(acting_user, "compliance.assess")
    subject_of(aircraft)
    if valid_to < valid_from:
        raise RuleBroken(f"It ends on {valid_to}, before it begins on {valid_from}.", field="valid_to")
    if issued_on > today():
        raise RuleBroken(f"{issued_on} is in the future.", field="issued_on")
    if not 0 < len(flights) <= MOST_FLIGHTS:
        raise RuleBroken(f"Name the flights it is for, between one and {MOST_FLIGHTS}.", field="flights")
    row = SpecialFlightPermit(
        account=current_account(), aircraft_id=aircraft.pk, reference=_needed("reference", reference, 60),
        authority=_needed("authority", authority, 60), purpose=_needed("purpose", purpose, 300),
        conditions=text("conditions", conditions), issued_on=issued_on, valid_from=valid_from, valid_to=valid_to,
        recorded_by=acting_user.id, recorded_by_label=acting_user.label,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken(
            f"A permit {row.reference} is on record for this aircraft already.", field="reference"
        ) from error
    named = [
        PermittedFlight(
            account=row.account, permit=row, position=place, departure=line("flights", departure, 8).upper(),
            destination=line("flights", destination, 8).upper(),
        )
        for place, (departure, destination) in enumerate(flights)
    ]  # fmt: skip
    PermittedFlight.objects.bulk_create(named)
    said = {"reference": row.reference, "valid_from": valid_from, "valid_to": valid_to}
    record(acting_user, row, "recorded", new={**said, "flights": [str(one) for one in named]})
    announce(events.PermitRecorded(row.id, row.aircraft_id, valid_from, valid_to))
    return row


@transaction.atomic
def use_permit(
    permit: SpecialFlightPermit, *, departure: str, destination: str, on: date, acting_user: Actor
) -> PermittedFlight:
    """Tick off a flight made under it. Event: permit.flight_used. Raises RuleBroken when it does not cover it."""
    require(acting_user, "compliance.assess")
    row = _held(permit)
    flights = list(row.flights.order_by("position"))
    named = [NamedFlight(one.departure, one.destination, one.used_on is not None) for one in flights]
    terms = PermitTerms(row.valid_from, row.valid_to, named, revoked=row.revoked_at is not None)
    fit = covered(terms, departure.strip(), destination.strip(), on)
    if fit is None:
        raise RuleBroken(
            f"Permit {row} does not cover {departure or 'any'} to {destination or 'any'} on {on}. It is for "
            f"{', '.join(str(one) for one in flights if one.used_on is None) or 'no further flight'}, "
            f"{row.valid_from} to {row.valid_to}.",
            field="departure",
        )
    flight = flights[named.index(fit)]
    flight.used_on = on
    flight.save(update_fields=["used_on"])
    record(acting_user, row, "used", new={"flight": str(flight), "on": on})
    announce(events.PermitFlightUsed(row.id, row.aircraft_id, on))
    return flight


@transaction.atomic
def revoke_permit(permit: SpecialFlightPermit, *, reason: str, acting_user: Actor) -> None:
    """It holds no longer. Event: permit.revoked."""
    require(acting_user, "compliance.assess")
    row, reason = _held(permit), reason_given(reason)
    if row.revoked_at:
        raise RuleBroken(f"Permit {row} was revoked already.", field="reason")
    row.revoked_at, row.revoked_because = timezone.now(), reason
    row.save(update_fields=["revoked_at", "revoked_because"])
    record(acting_user, row, "revoked", new={"reason": reason})
    announce(events.PermitRevoked(row.id, row.aircraft_id))


def _held(permit: SpecialFlightPermit) -> SpecialFlightPermit:
    found = SpecialFlightPermit.objects.select_for_update(no_key=True).filter(pk=permit.pk).first()
    if found is None:
        raise Missing("There is no such permit in this account.")
    return found


def _needed(field: str, said: str, limit: int) -> str:
    found = line(field, said, limit)
    if not found:
        raise RuleBroken(f"A permit needs its {field}.", field=field)
    return found
