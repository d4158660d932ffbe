"""Events of an aircraft that limits count from or wait for: recorded, corrected, withdrawn. Due points follow."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.announcing import announcing_changes
from hangarlink.maintenance.programme.days import day_of
from hangarlink.maintenance.programme.happened import items_naming
from hangarlink.maintenance.programme.models import EventRecord, ValueSource
from hangarlink.maintenance.programme.readings import complete
from hangarlink.maintenance.programme.recompute import recompute
from hangarlink.maintenance.programme.rules.checks import check_moment
from hangarlink.maintenance.programme.rules.happenings import code_of
from hangarlink.maintenance.programme.texts import line, reason_given, text
from hangarlink.maintenance.programme.versions import EventDraft, next_event, readings_of, write_events
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def record_event(
    aircraft: Aircraft,
    *,
    code: str,
    at: datetime,
    acting_user: Actor,
    values: Mapping[UUID, int] | None = None,
    source: str = "",
    note: str = "",
) -> EventRecord:
    """Record that something happened to an aircraft: a hard landing, a shop visit. Limits that wait for it fall due.

    code    as schedules name it; "Hard landing" is taken for `hard_landing`
    values  totals read then, by counter id, in its unit; others follow from usage
    source  where it is written

    Events: aircraft_event.recorded, due.state_changed. Raises RuleBroken for a moment or value that cannot be, and for
    the same event at the same moment a second time.
    """
    require(acting_user, "programme.record")
    if not lock_aircraft([aircraft.pk]):
        raise Missing("There is no such aircraft in this account.")
    check_moment("at", at, timezone.now())
    row = EventRecord(account=current_account(), aircraft=aircraft, code=code_of(code), at=at, on=day_of(at))
    row.source, row.note = line("source", source, 200), text("note", note)
    row.recorded_by, row.recorded_by_label = acting_user.id, acting_user.label[:200]
    _write(EventDraft(row, complete(aircraft, values or {}, at)), acting_user)
    record(acting_user, row, "recorded", new=_summary(row))
    announce(events.AircraftEventRecorded(row.chain, aircraft.pk, row.code, row.on))
    return row


@transaction.atomic
def correct_event(
    event: EventRecord,
    *,
    reason: str,
    acting_user: Actor,
    at: datetime | None = None,
    values: Mapping[UUID, int] | None = None,
    source: str | None = None,
    note: str | None = None,
) -> EventRecord:
    """Replace what is given by a new version and keep the old one. `values` replaces all values that were read.

    Events: aircraft_event.corrected, due.state_changed.
    """
    require(acting_user, "programme.record")
    reason = reason_given(reason)
    stands = _standing(event)
    row = next_event(stands, reason=reason, acting_user=acting_user)
    if at is not None:
        check_moment("at", at, timezone.now())
        row.at, row.on = at, day_of(at)
    row.source = stands.source if source is None else line("source", source, 200)
    row.note = stands.note if note is None else text("note", note)
    read = {counter: one.value for counter, one in readings_of(stands).items() if one.source is ValueSource.READ}
    readings = complete(stands.aircraft, read if values is None else values, row.at)
    _write(EventDraft(row, readings, replaces=stands), acting_user)
    record(acting_user, row, "corrected", old=_summary(stands), new={**_summary(row), "reason": reason})
    announce(events.AircraftEventCorrected(row.chain, stands.aircraft_id, row.code, row.on))
    return row


@transaction.atomic
def withdraw_event(event: EventRecord, *, reason: str, acting_user: Actor) -> None:
    """It did not happen: due points are what they would be without it.

    Events: aircraft_event.withdrawn, due.state_changed.
    """
    require(acting_user, "programme.record")
    reason = reason_given(reason)
    stands = _standing(event)
    row = next_event(stands, reason=reason, acting_user=acting_user, is_withdrawn=True)
    _write(EventDraft(row, readings_of(stands), replaces=stands), acting_user)
    record(acting_user, stands, "withdrawn", old=_summary(stands), new={"reason": reason})
    announce(events.AircraftEventWithdrawn(row.chain, stands.aircraft_id, row.code))


def _write(draft: EventDraft, acting_user: Actor) -> None:
    """Write a version; the items that name the event are worked out anew."""
    row = draft.row
    items = items_naming(row.aircraft_id, row.code)
    with announcing_changes(items):
        try:
            with transaction.atomic():
                write_events([draft])
        except IntegrityError as error:
            raise RuleBroken(
                f"{row.code} of {row.at:%Y-%m-%d %H:%M} UTC is recorded for this aircraft already. Correct that record "
                "if something is wrong with it.",
                field="at",
            ) from error
        recompute(items, reason=f"The event {row} was recorded or changed.", acting_user=acting_user)


def _standing(event: EventRecord) -> EventRecord:
    """The version that stands, with its aircraft locked."""
    lock_aircraft([event.aircraft_id])
    found = EventRecord.objects.filter(chain=event.chain, superseded_at__isnull=True)
    row = found.select_related("aircraft").prefetch_related("values").first()
    if row is None or row.is_withdrawn:
        raise Missing("There is no such event in this account, or it was withdrawn. Record it anew if it did happen.")
    if row.id != event.id:
        raise RuleBroken(f"This event changed meanwhile: {row.reason} Look at its present version.", field="version")
    return row


def _summary(row: EventRecord) -> dict[str, Any]:
    return {"code": row.code, "at": row.at, "source": row.source, "version": row.version}
