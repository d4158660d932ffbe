"""Approved variations: a limit extended once, on one aircraft, by somebody who may. Source: domain rule 1.3."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.announcing import announcing_changes
from hangarlink.maintenance.programme.days import start_of, today
from hangarlink.maintenance.programme.derivation import totals
from hangarlink.maintenance.programme.models import DueItem, ToleranceClass, Variation, VariationUnit
from hangarlink.maintenance.programme.recompute import recompute
from hangarlink.maintenance.programme.records import OnRecord, as_variation, read_items
from hangarlink.maintenance.programme.rules.checks import EARLIEST
from hangarlink.maintenance.programme.rules.dues import AtCount, DuePoint, OnDate, due_to_json
from hangarlink.maintenance.programme.rules.limits import Basis
from hangarlink.maintenance.programme.rules.terms import Term
from hangarlink.maintenance.programme.rules.tolerance import BeyondCeiling, ceilings, check_amount
from hangarlink.maintenance.programme.terms import rewrite_terms
from hangarlink.maintenance.programme.texts import line, reason_given, text
from hangarlink.maintenance.programme.tolerances import open_limit, why_not
from hangarlink.maintenance.programme.words import show
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

MOST = 10**10


@transaction.atomic
def approve_variation(
    item: DueItem,
    *,
    path: str,
    amount: int,
    approved_by: str,
    approved_on: date,
    reference: str,
    acting_user: Actor,
    unit: VariationUnit | str = "",
    counts_from: Basis | str = "",
    conditions: str = "",
) -> Variation:
    """Record that one open limit of an item may be passed by so much, once. The next accomplishment spends it.

    path         of the limit, such as `repeat/1`
    amount       in the counter's unit, or in `unit` for a calendar limit: `days` (default) or `months`
    counts_from  GRID or ACTUAL, as the approval says; by default what the tolerance class says

    Events: variation.approved, due.state_changed. Raises RuleBroken where no tolerance exists, beyond the ceiling of
    the tolerance class, for a second one on the same interval, and when the limit was passed before the approval.
    """
    require(acting_user, "programme.approve")
    found = _record(item)
    if never := why_not(found):
        raise RuleBroken(never, field="tolerance")
    term = open_limit(found.standing(), path)
    tolerance = ToleranceClass.objects.get(code=found.item.revision.tolerance)
    row = Variation(account=current_account(), item=found.item, path=path, tolerance=tolerance.code)
    row.after = found.history[-1].chain if found.history else None
    row.due = due_to_json(term.due)
    _fill_amount(row, term, found, amount, unit)
    row.counts_from = _counts_from(counts_from or tolerance.counts_from)
    row.approved_by, row.reference = line("approved_by", approved_by, 120), line("reference", reference, 120)
    row.approved_on, row.conditions = approved_on, text("conditions", conditions)
    row.recorded_by, row.recorded_by_label = acting_user.id, acting_user.label[:200]
    _check(row, term, found, tolerance)
    _write(row, acting_user)
    return row


@transaction.atomic
def withdraw_variation(variation: Variation, *, reason: str, acting_user: Actor) -> None:
    """It does not hold any more, and never did for what was done under it.

    Events: variation.withdrawn, due.state_changed.
    """
    require(acting_user, "programme.approve")
    reason = reason_given(reason)
    found = _record(variation.item)
    stands = Variation.objects.filter(pk=variation.pk, withdrawn_at__isnull=True).first()
    if stands is None:
        raise Missing("There is no such variation in this account, or it was withdrawn already.")
    stands.withdrawn_at, stands.withdrawn_reason = timezone.now(), reason
    stands.withdrawn_by_label = acting_user.label[:200]
    with announcing_changes([found.item.id]):
        stands.save(update_fields=["withdrawn_at", "withdrawn_reason", "withdrawn_by_label"])
        recompute([found.item.id], reason=f"The variation {stands} was withdrawn.", acting_user=acting_user)
    record(acting_user, stands, "withdrawn", old=_summary(stands), new={"reason": reason})
    announce(events.VariationWithdrawn(stands.id, found.item.id, found.item.requirement_id, found.item.aircraft_id))


def _record(item: DueItem) -> OnRecord:
    """The item with its records, its aircraft and itself locked."""
    lock_aircraft(item.flown_on)
    found = read_items([item.pk], lock=True)
    if not found:
        raise Missing("There is no such due item in this account, or nothing demands it any more.")
    return found[0]


def _fill_amount(row: Variation, term: Term, found: OnRecord, amount: int, unit: str) -> None:
    if type(amount) is not int or not 0 < amount <= MOST:
        raise RuleBroken(f"amount: {amount!r} must be a whole number of 1 or more.", field="amount")
    counter = found.counters.get(term.measure)
    row.counter, row.amount = counter, amount
    fitting = {counter.unit} if counter else {VariationUnit.DAYS.value, VariationUnit.MONTHS.value}
    row.unit = str(unit or (counter.unit if counter else VariationUnit.DAYS.value))
    if row.unit not in fitting:
        raise RuleBroken(
            f"unit: {row.unit!r} does not fit this limit; use {' or '.join(sorted(fitting))}.", field="unit"
        )


def _counts_from(said: str) -> str:
    if said not in {Basis.GRID, Basis.ACTUAL}:
        raise RuleBroken(f"counts_from: {said!r} must be grid or actual.", field="counts_from")
    return Basis(said).value


def _check(row: Variation, term: Term, found: OnRecord, tolerance: ToleranceClass) -> None:
    if not row.approved_by:
        raise RuleBroken("Say who approved it.", field="approved_by")
    if not row.reference:
        raise RuleBroken("Give the reference of the approval: it stays with the record.", field="reference")
    if not EARLIEST.date() <= row.approved_on <= today():
        raise RuleBroken(f"{row.approved_on} is in the future or before the first powered flight.", field="approved_on")
    due = term.due
    if not isinstance(due, AtCount | OnDate):
        raise TypeError(f"open_limit gave a limit without a due point: {due}")
    if term.variation:
        raise RuleBroken(
            f"This limit is extended already, under {term.variation.reference}. A variation is used once; "
            "withdraw that one if it is wrong.",
            field="path",
        )
    most = ceilings(tolerance.rules, term.limit, term.amount, found.timed())
    try:
        check_amount(due, term.limit, as_variation(row), most, tolerance.name)
    except BeyondCeiling as beyond:
        raise RuleBroken(_beyond(beyond, row), field="amount") from None
    _check_in_time(row, due)


def _beyond(beyond: BeyondCeiling, row: Variation) -> str:
    def said(amount: int) -> str:
        return show(row.counter, amount) if row.counter else f"{amount} days"

    return (
        f"{said(beyond.asked)} is more than the {said(beyond.most)} that the tolerance class {beyond.class_name} "
        "allows on this interval."
    )


def _check_in_time(row: Variation, due: DuePoint) -> None:
    """What was passed before the approval was an overrun, and no later paper mends it."""
    if isinstance(due, OnDate):
        late = row.approved_on > due.on
    else:
        moment = (UUID(due.counter), start_of(row.approved_on))
        then = totals([moment])[moment]
        late = then is not None and then > due.value
    if late:
        raise RuleBroken(
            f"The limit was passed before {row.approved_on}. A variation is approved before the limit is reached; what "
            "went beyond it is an overrun.",
            field="approved_on",
        )


def _write(row: Variation, acting_user: Actor) -> None:
    with announcing_changes([row.item_id]):
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise RuleBroken("This interval is extended already; a variation is used once.", field="path") from error
        rewrite_terms([row.item_id])
    record(acting_user, row, "approved", new=_summary(row))
    announce(events.VariationApproved(row.id, row.item_id, row.item.requirement_id, row.item.aircraft_id))


def _summary(row: Variation) -> dict[str, object]:
    names = ("path", "due", "amount", "unit", "counts_from", "tolerance", "approved_by", "approved_on", "reference")
    return {name: getattr(row, name) for name in names}
