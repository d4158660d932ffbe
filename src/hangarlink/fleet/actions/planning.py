"""What an aircraft is planned to do: flights, days of standing, the ratio of one counter to another.

Forecasts read it; nothing here moves a counter or a limit. Event of them all: aircraft.plan_changed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hangarlink.fleet import events
from hangarlink.fleet.actions.refusing import existing
from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import (
    Aircraft,
    Counter,
    FlightSchedule,
    Parking,
    PlannedFlight,
    PlannedUse,
    UseRatio,
)
from hangarlink.fleet.queries.planning import planned_logs
from hangarlink.fleet.rules import planning, texts
from hangarlink.fleet.rules.planning import PlannedFact, PlannedFor, PlannedLog
from hangarlink.fleet.vocabulary import ParkingReason
from hangarlink.platform.audit.actions import entry, record, record_many
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

MANUAL = "manual"
FLIGHTS, PARKING, RATIO, SCHEDULE = "flights", "parking", "ratio", "schedule"


@transaction.atomic
def plan_flight(
    aircraft: Aircraft,
    *,
    starts_at: datetime,
    ends_at: datetime,
    departure: str = "",
    arrival: str = "",
    amounts: Mapping[UUID, int] | None = None,
    acting_user: Actor,
) -> PlannedFlight:
    """Plan a flight. Raises RuleBroken naming the field.

    amounts  by counter, in seconds or counts; left out, its duration on the counters of flying hours, one landing and
             one cycle
    """
    require(acting_user, "fleet.plan")
    fact = PlannedFact(starts_at, ends_at, departure, arrival, amounts)
    (row,) = _plan(aircraft.pk, [fact], MANUAL, "", acting_user)
    _announce(aircraft.pk, FLIGHTS)
    return row


@transaction.atomic
def withdraw_planned(flight: PlannedFlight, *, acting_user: Actor) -> None:
    """Take a planned flight out of the plan; the audit trail keeps it. One of a trip is changed on the trip."""
    require(acting_user, "fleet.plan")
    held = existing(PlannedFlight.objects.filter(pk=flight.pk), "planned flight")
    if held.source == "trips":
        raise RuleBroken("This flight is planned by a trip. Change or cancel the trip.")
    _withdraw([held], acting_user)
    _announce(held.aircraft_id, FLIGHTS)


@transaction.atomic
def replace_schedule(
    aircraft: Aircraft,
    facts: Sequence[PlannedFact],
    *,
    source: str,
    complete_until: date | None,
    acting_user: Actor,
) -> list[PlannedFlight]:
    """Make these the flights that a scheduling system plans on an aircraft from now on, instead of those it planned.

    complete_until  up to this day the planned flights, whoever planned them, are all that it will fly
    """
    require(acting_user, "fleet.plan")
    if len(facts) > planning.MOST_FLIGHTS:
        raise RuleBroken(f"These are {len(facts)} flights; {planning.MOST_FLIGHTS} at most.", field="flights")
    now = timezone.now()
    old = PlannedFlight.objects.filter(aircraft=aircraft, source=source, subject="", ends_at__gt=now)
    _withdraw(list(old), acting_user)
    rows = _plan(aircraft.pk, facts, source, "", acting_user)
    _set_complete(aircraft, complete_until, acting_user)
    _announce(aircraft.pk, FLIGHTS, SCHEDULE)
    return rows


@transaction.atomic
def complete_schedule(aircraft: Aircraft, until: date | None, *, acting_user: Actor) -> None:
    """Say up to which day the planned flights are all that it will fly; None: a day without one has its usual use."""
    require(acting_user, "fleet.plan")
    if _set_complete(aircraft, until, acting_user):
        _announce(aircraft.pk, SCHEDULE)


@transaction.atomic
def follow_flights(source: str, told: Sequence[PlannedFor], *, acting_user: Actor) -> None:
    """Let what a room above plans for its subjects be planned here: each on its aircraft, or on none. Set-wise.

    The room checked the right. Flights that are past, or farther ahead than anybody plans, are left out.
    """
    if not told:
        return
    now = timezone.now()
    subjects = [one.subject for one in told]
    old = list(PlannedFlight.objects.filter(source=source, subject__in=subjects, ends_at__gt=now))
    _withdraw(old, acting_user)
    logs = planned_logs({one.aircraft_id for one in told if one.aircraft_id and one.facts})
    made = []
    for one in told:
        ahead = [fact for fact in one.facts if fact.ends_at > now and fact.starts_at <= now + planning.FARTHEST]
        if one.aircraft_id:
            known = logs.get(one.aircraft_id, [])
            made += [
                _drafted(planning.checked_flight(fact, known, now), one.aircraft_id, source, one.subject, acting_user)
                for fact in ahead
            ]
    _save(made, acting_user)
    for each in sorted({row.aircraft_id for row in old} | {row.aircraft_id for row, _ in made}):
        _announce(each, FLIGHTS)


@transaction.atomic
def park_aircraft(
    aircraft: Aircraft,
    *,
    starts_on: date,
    ends_on: date | None = None,
    reason: str,
    note: str = "",
    acting_user: Actor,
) -> Parking:
    """Say on which days it stands. Raises RuleBroken where it is said to stand then already.

    ends_on  the last such day; None: until `change_parking` says
    """
    require(acting_user, "fleet.plan")
    planning.check_span(starts_on, ends_on)
    _hold(aircraft)
    _refuse_overlap(aircraft.pk, starts_on, ends_on)
    row = Parking.objects.create(
        account=current_account(),
        aircraft=aircraft,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=texts.word(ParkingReason, reason, field="reason").value,
        note=texts.line(note, field="note", limit=200),
        source=MANUAL,
    )
    record(acting_user, row, "parked", new=_parking_values(row))
    _announce(aircraft.pk, PARKING)
    return row


@transaction.atomic
def change_parking(parking: Parking, *, starts_on: date, ends_on: date | None, acting_user: Actor) -> Parking:
    """Move its days, or say when it ends."""
    require(acting_user, "fleet.plan")
    planning.check_span(starts_on, ends_on)
    held = _own(parking)
    _refuse_overlap(held.aircraft_id, starts_on, ends_on, but=held)
    old = _parking_values(held)
    held.starts_on, held.ends_on = starts_on, ends_on
    held.save(update_fields=["starts_on", "ends_on"])
    record(acting_user, held, "changed", old=old, new=_parking_values(held))
    _announce(held.aircraft_id, PARKING)
    return held


@transaction.atomic
def remove_parking(parking: Parking, *, acting_user: Actor) -> None:
    """It did not, or will not, stand then."""
    require(acting_user, "fleet.plan")
    held = _own(parking)
    record(acting_user, held, "removed", old=_parking_values(held))
    held.delete()
    _announce(held.aircraft_id, PARKING)


@transaction.atomic
def follow_parking(
    source: str, subject: str, aircraft_id: UUID, span: tuple[date, date] | None, *, acting_user: Actor
) -> None:
    """Let what a room above plans park the aircraft on these days, or on none. It checked the right."""
    gone, _ = Parking.objects.filter(source=source, subject=subject).delete()
    if span is None and not gone:
        return
    if span is not None:
        row = Parking.objects.create(
            account=current_account(), aircraft_id=aircraft_id, starts_on=span[0], ends_on=span[1],
            reason=ParkingReason.MAINTENANCE, source=source, subject=subject,
        )  # fmt: skip
        record(acting_user, row, "parked", new=_parking_values(row))
    _announce(aircraft_id, PARKING)


@transaction.atomic
def set_use_ratio(counter: Counter, follows: Counter, *, use: int, per: int, acting_user: Actor) -> UseRatio:
    """Let a counter be expected to gain `use` of its unit for each `per` of another one of the same aircraft.

    Only where nothing was set for it and nothing used lately (`pace_of`). Raises RuleBroken for a chain or a circle.
    """
    require(acting_user, "fleet.plan")
    planning.check_ratio(use, per)
    _hold(counter)
    if counter.aircraft_id != follows.aircraft_id or counter.aircraft_id is None:
        raise RuleBroken(f"{counter} can only follow a counter of the same aircraft.", field="follows")
    if counter.pk == follows.pk:
        raise RuleBroken(f"{counter} cannot follow itself.", field="follows")
    if UseRatio.objects.filter(counter=follows).exists():
        raise RuleBroken(f"{follows} follows another counter itself. Choose the one it follows.", field="follows")
    if UseRatio.objects.filter(follows=counter).exists():
        raise RuleBroken(f"Another counter follows {counter}, so it cannot follow one.", field="follows")
    row, _ = UseRatio.objects.update_or_create(
        counter=counter, defaults={"account": current_account(), "follows": follows, "use": use, "per": per}
    )
    record(acting_user, counter, "ratio set", new={"follows": str(follows), "use": use, "per": per})
    _announce(counter.of_aircraft, RATIO)
    return row


@transaction.atomic
def clear_use_ratio(counter: Counter, *, acting_user: Actor) -> None:
    """The counter follows no other one. Harmless when it did not."""
    require(acting_user, "fleet.plan")
    gone, _ = UseRatio.objects.filter(counter=counter).delete()
    if gone:
        record(acting_user, counter, "ratio cleared")
        _announce(counter.of_aircraft, RATIO)


Draft = tuple[PlannedFlight, Mapping[UUID, int]]


def _plan(
    aircraft_id: UUID, facts: Iterable[PlannedFact], source: str, subject: str, acting_user: Actor
) -> list[PlannedFlight]:
    logs, now = _logs(aircraft_id), timezone.now()
    checked = [_named(number, fact, logs, now) for number, fact in enumerate(facts)]
    return _save([_drafted(fact, aircraft_id, source, subject, acting_user) for fact in checked], acting_user)


def _drafted(fact: PlannedFact, aircraft_id: UUID, source: str, subject: str, acting_user: Actor) -> Draft:
    row = PlannedFlight(
        account=current_account(), aircraft_id=aircraft_id, starts_at=fact.starts_at, ends_at=fact.ends_at,
        departure=fact.departure, arrival=fact.arrival, source=source, subject=subject, created_by=acting_user.id,
    )  # fmt: skip
    return row, fact.amounts or {}


def _save(drafts: Sequence[Draft], acting_user: Actor) -> list[PlannedFlight]:
    if not drafts:
        return []
    rows = PlannedFlight.objects.bulk_create(row for row, _ in drafts)
    PlannedUse.objects.bulk_create(
        PlannedUse(account=current_account(), flight=row, counter_id=counter, amount=amount)
        for row, amounts in drafts
        for counter, amount in amounts.items()
    )
    record_many(entry(acting_user, row, "planned", new=_flight_values(row)) for row in rows)
    return rows


def _named(number: int, fact: PlannedFact, logs: Collection[PlannedLog], now: datetime) -> PlannedFact:
    """One of several: a refusal says which one it is about."""
    try:
        return planning.checked_flight(fact, logs, now)
    except RuleBroken as broken:
        raise RuleBroken(
            f"{broken}", field=broken.field if not number else f"flights[{number}].{broken.field}"
        ) from None


def _logs(aircraft_id: UUID) -> list[PlannedLog]:
    if not Aircraft.objects.filter(pk=aircraft_id).exists():
        raise Missing("There is no such aircraft in this account.", field="aircraft")
    return planned_logs([aircraft_id]).get(aircraft_id, [])


def _withdraw(rows: Sequence[PlannedFlight], acting_user: Actor) -> None:
    if not rows:
        return
    record_many(entry(acting_user, row, "withdrawn", old=_flight_values(row)) for row in rows)
    PlannedFlight.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _set_complete(aircraft: Aircraft, until: date | None, acting_user: Actor) -> bool:
    stands = FlightSchedule.objects.filter(aircraft=aircraft).first()
    old = stands.complete_until if stands else None
    if old == until:
        return False
    FlightSchedule.objects.filter(aircraft=aircraft).delete()
    if until is not None:
        FlightSchedule.objects.create(account=current_account(), aircraft=aircraft, complete_until=until)
    record(acting_user, aircraft, "schedule complete", old={"until": old}, new={"until": until})
    return True


def _hold(row: Aircraft | Counter) -> None:
    """Two planners of one aircraft at once see what the other one did."""
    aircraft_id = row.pk if isinstance(row, Aircraft) else row.of_aircraft
    if not lock_aircraft([aircraft_id]):
        raise Missing("There is no such aircraft in this account.")


def _own(parking: Parking) -> Parking:
    lock_aircraft([parking.aircraft_id])
    held = existing(Parking.objects.filter(pk=parking.pk), "period of standing")
    if held.source != MANUAL:
        raise RuleBroken("These days follow from a workshop visit. Change or cancel the visit.", field="starts_on")
    return held


def _refuse_overlap(aircraft_id: UUID, starts_on: date, ends_on: date | None, *, but: Parking | None = None) -> None:
    rows = Parking.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), aircraft_id=aircraft_id)
    rows = rows.filter(source=MANUAL)
    if ends_on is not None:
        rows = rows.filter(starts_on__lte=ends_on)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    other = rows.order_by("starts_on").first()
    if other is not None:
        raise RuleBroken(
            f"It stands then already: {other}. Change that period, or choose other days.", field="starts_on"
        )


def _parking_values(row: Parking) -> dict[str, object]:
    return {"starts_on": row.starts_on, "ends_on": row.ends_on, "reason": str(row.reason), "source": row.source}


def _flight_values(row: PlannedFlight) -> dict[str, object]:
    return {"starts_at": row.starts_at, "ends_at": row.ends_at, "source": row.source}


def _announce(aircraft_id: UUID, *changed: str) -> None:
    announce(events.PlanChanged(aircraft_id, changed))
