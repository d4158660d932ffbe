"""Work done: recorded, corrected, withdrawn. Every change is a new version; due points follow."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.days import day_of
from hangarlink.maintenance.programme.models import (
    Accomplishment,
    DueItem,
    Requirement,
    ValueSource,
)
from hangarlink.maintenance.programme.recompute import summary
from hangarlink.maintenance.programme.recording import write, write_withdrawal
from hangarlink.maintenance.programme.rules import checks
from hangarlink.maintenance.programme.rules.checks import Moments
from hangarlink.maintenance.programme.rules.dues import DuePoint
from hangarlink.maintenance.programme.rules.sentences import REPEATS
from hangarlink.maintenance.programme.satisfied import correct_satisfied, record_satisfied, withdraw_satisfied
from hangarlink.maintenance.programme.texts import line, reason_given, text
from hangarlink.maintenance.programme.versions import next_version, readings_of, signed
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import new_id


class Done(TypedDict, total=False):
    """What may be said about work done. `performed_at` is needed at first.

    released_at    when it was released to service; else when it was performed
    due_reference  from when intervals count; else the release
    values         totals read from instruments or the logbook, by counter id, in its unit; others follow from usage
    finding        whether something was found; needed where the repeat depends on it
    was_due        due points it answered, by path of the term, where paper says so; else they are worked out
    """

    performed_at: datetime
    released_at: datetime | None
    due_reference: datetime | None
    values: Mapping[UUID, int]
    certificate: str
    note: str
    finding: bool | None
    was_due: Mapping[str, DuePoint] | None


@transaction.atomic
def record_accomplishment(
    requirement: Requirement, holder: Aircraft | Component, *, acting_user: Actor, **done: Unpack[Done]
) -> Accomplishment:
    """Record work on an aircraft or a component, also between two works; what it satisfies is recorded with it.

    Events: accomplishment.recorded, due.state_changed. Raises Missing when the requirement does not apply there,
    RuleBroken for moments and values that cannot be.
    """
    require(acting_user, "programme.record")
    item = _item(requirement, holder)
    if "performed_at" not in done:
        raise RuleBroken("Say when the work was performed.", field="performed_at")
    when = checks.moments(done["performed_at"], done.get("released_at"), done.get("due_reference"), now=timezone.now())
    _check_once(item, when)
    row = Accomplishment(account=current_account(), chain=new_id(), item=item, revision_id=item.revision_id)
    signed(row, acting_user)
    _fill(row, when, done)
    write(row, done.get("values", {}), replaces=None, stated=done.get("was_due"), acting_user=acting_user)
    record(acting_user, row, "recorded", new=summary(row))
    announce(events.AccomplishmentRecorded(row.chain, item.requirement_id, item.aircraft_id, row.on))
    record_satisfied(row, acting_user=acting_user)
    return row


@transaction.atomic
def correct_accomplishment(
    accomplishment: Accomplishment, *, reason: str, acting_user: Actor, **done: Unpack[Done]
) -> Accomplishment:
    """Replace what is given by a new version and keep the old one. `values` replaces all values that were read.

    Events: accomplishment.corrected, due.state_changed.
    """
    require(acting_user, "programme.record")
    reason = reason_given(reason)
    stands = _standing_version(accomplishment)
    when = checks.moments(
        done.get("performed_at", stands.performed_at),
        done.get("released_at", stands.released_at),
        done.get("due_reference", _own_reference(stands)),
        now=timezone.now(),
    )
    row = next_version(stands, reason=reason, acting_user=acting_user)
    row.item = stands.item
    _fill(row, when, done)
    read = {counter: one.value for counter, one in readings_of(stands).items() if one.source is ValueSource.READ}
    write(row, done.get("values", read), replaces=stands, stated=done.get("was_due"), acting_user=acting_user)
    record(acting_user, row, "corrected", old=summary(stands), new=summary(row))
    announce(events.AccomplishmentCorrected(row.chain, row.item.requirement_id, row.item.aircraft_id, row.version))
    correct_satisfied(row, acting_user=acting_user)
    return row


@transaction.atomic
def withdraw_accomplishment(accomplishment: Accomplishment, *, reason: str, acting_user: Actor) -> None:
    """It did not happen: due points are what they would be without it.

    Events: accomplishment.withdrawn, due.state_changed.
    """
    require(acting_user, "programme.record")
    reason = reason_given(reason)
    stands = _standing_version(accomplishment)
    row = next_version(stands, reason=reason, acting_user=acting_user, is_withdrawn=True)
    write_withdrawal(row, stands, acting_user)
    record(acting_user, stands, "withdrawn", old=summary(stands), new={"reason": reason})
    announce(events.AccomplishmentWithdrawn(row.chain, stands.item.requirement_id, stands.item.aircraft_id))
    withdraw_satisfied(stands, acting_user=acting_user)


def _fill(row: Accomplishment, when: Moments, done: Done) -> None:
    row.performed_at, row.released_at, row.due_reference = when.performed_at, when.released_at, when.due_reference
    row.on = day_of(when.due_reference)
    row.finding = done.get("finding", row.finding)
    if row.finding is None and row.revision.rules.repeat_when:
        raise RuleBroken(
            f"Say whether something was found: {row.item.requirement} {REPEATS[row.revision.rules.repeat_when]}.",
            field="finding",
        )
    if "certificate" in done:
        row.certificate = line("certificate", done["certificate"], 120)
    if "note" in done:
        row.note = text("note", done["note"])


def _item(requirement: Requirement, holder: Aircraft | Component) -> DueItem:
    """The open item, with the aircraft locked that its usage comes from."""
    on = {"component": None, "aircraft": holder} if isinstance(holder, Aircraft) else {"component": holder}
    found = DueItem.objects.filter(requirement=requirement, closed_at__isnull=True, **on)
    item = found.select_related("revision", "requirement", "aircraft", "component").first()
    if item is None:
        raise Missing(f"{requirement} does not apply to {holder}. Apply it first, then record the work.")
    lock_aircraft(item.flown_on)
    return item


def _standing_version(accomplishment: Accomplishment) -> Accomplishment:
    """The version that stands, with its aircraft locked."""
    lock_aircraft(accomplishment.item.flown_on)
    found = Accomplishment.objects.filter(chain=accomplishment.chain, superseded_at__isnull=True)
    row = (
        found.select_related("item__aircraft", "item__component", "item__requirement", "revision")
        .prefetch_related("values")
        .first()
    )
    if row is None or row.is_withdrawn:
        raise Missing("This accomplishment was withdrawn. Record the work anew if it did happen.")
    if row.satisfied_by:
        raise RuleBroken(
            f"This was recorded with the work that satisfied it. Correct or withdraw that one; {row.item.requirement} "
            "follows.",
            field="satisfied_by",
        )
    if row.id != accomplishment.id:
        raise RuleBroken(
            f"This accomplishment changed meanwhile: {row.reason} Look at its present version first.", field="version"
        )
    return row


def _own_reference(stands: Accomplishment) -> datetime | None:
    """A reference of its own stays; one that was the release follows the release."""
    return None if stands.due_reference == stands.released_at else stands.due_reference


def _check_once(item: DueItem, when: Moments) -> None:
    twice = Accomplishment.objects.filter(
        item=item, due_reference=when.due_reference, superseded_at__isnull=True, is_withdrawn=False
    )
    if twice.exists():
        raise RuleBroken(
            f"{item.requirement} on {item.holder} is recorded for {when.due_reference:%Y-%m-%d %H:%M} UTC already. "
            "Correct that record if something is wrong with it.",
            field="performed_at",
        )
