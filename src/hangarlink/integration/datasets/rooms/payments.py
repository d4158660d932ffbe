"""Payments, in. Only what pays our invoices is taken; a partner's other payments are its own.

A payment that changed there is reversed here and recorded anew: what was booked is never rewritten. Payments are few
and each locks its invoices, so they are recorded one by one, by the verbs of the room.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from hangarlink.integration.contract import Dataset, Money, Payment, PaymentPart, Ref
from hangarlink.integration.datasets.knowing import internal_ids
from hangarlink.integration.datasets.outcome import Context
from hangarlink.integration.datasets.ports import Incoming, Ours, Room, Taken
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.operations.billing import models, queries
from hangarlink.operations.billing.actions.payments import record_payment, reverse_payment
from hangarlink.operations.billing.rules import Method
from hangarlink.platform.errors import Refused
from hangarlink.platform.people.permissions import Actor

NOT_OURS = Taken(Verdict.SKIPPED, code="not_ours", reason="It pays no invoice that was issued here.")
# The partner's words for how it was paid, as far as they are usual; anything else is a transfer or something unnamed.
METHODS = {"cash": Method.CASH, "check": Method.CHEQUE, "cheque": Method.CHEQUE, "transfer": Method.TRANSFER}


@dataclass(frozen=True)
class _Known:
    """What a page of payments points at: our invoices by the partner's ids, and the payments recorded already."""

    invoices: Mapping[str, models.Invoice]
    payments: Mapping[UUID, models.Payment]


class Payments(Room):
    dataset = Dataset.PAYMENTS
    points_at = (Dataset.CUSTOMERS, Dataset.INVOICES)
    announced = ("payment.",)
    needs = frozenset({"billing.view", "billing.manage"})
    is_personal = True

    def rows(self) -> QuerySet[Any]:
        return models.Payment.objects.filter(reversed_at=None)

    def read(self, ids: Sequence[UUID]) -> dict[UUID, Ours[Payment]]:
        return {row.id: _ours(row) for row in queries.payments().filter(pk__in=ids, reversed_at=None)}

    def take(self, incoming: Sequence[Incoming[Payment]], context: Context) -> list[Taken]:
        names = {part.invoice.external_id for one in incoming for part in one.record.invoices}
        ids = internal_ids(context.connection, Dataset.INVOICES, names)
        rows = models.Invoice.objects.select_related("customer").in_bulk(list(ids.values()))
        recorded = models.Payment.objects.in_bulk([one.id for one in incoming if one.id])
        known = _Known({name: rows[id] for name, id in ids.items() if id in rows}, recorded)
        return [_taken(one, known, context.actor) for one in incoming]

    def remove(self, ids: Sequence[UUID], context: Context) -> dict[UUID, str]:
        """Deleted there: the money did not come after all, and its invoices are owed again."""
        kept: dict[UUID, str] = {}
        for row in models.Payment.objects.filter(pk__in=ids, reversed_at=None).order_by("id"):
            if refusal := _reversed(row, "Deleted by the partner.", context.actor):
                kept[row.id] = refusal
        return kept


def _taken(one: Incoming[Payment], known: _Known, actor: Actor) -> Taken:
    """Record it, or what changed of it. One that breaks a rule holds up no other."""
    parts = [
        (known.invoices[part.invoice.external_id], part.amount.minor)
        for part in one.record.invoices
        if part.invoice.external_id in known.invoices
    ]
    if not parts:
        return _given_up(one, known, actor)
    try:
        with transaction.atomic():
            if (before := known.payments.get(one.id) if one.id else None) and not before.is_reversed:
                reverse_payment(before, reason="Changed by the partner.", acting_user=actor)
            row = _recorded(one.record, parts, actor)
    except Refused as refusal:
        return Taken(Verdict.REJECTED, code="refused", reason=str(refusal))
    return Taken(Verdict.UPDATED if one.id else Verdict.CREATED, row.id, row.version)


def _recorded(record: Payment, parts: Sequence[tuple[models.Invoice, int]], actor: Actor) -> models.Payment:
    """What goes to invoices of others is theirs; what goes to none stays the customer's credit."""
    elsewhere = sum(part.amount.minor for part in record.invoices) - sum(amount for _, amount in parts)
    return record_payment(
        customer=parts[0][0].customer,
        amount=record.amount.minor - elsewhere,
        received_on=record.received_on,
        currency=record.amount.currency,
        method=METHODS.get(record.method.casefold(), Method.OTHER if record.method else Method.TRANSFER).value,
        reference=record.reference[:120],
        parts=parts,
        keep_credit=True,
        acting_user=actor,
    )


def _given_up(one: Incoming[Payment], known: _Known, actor: Actor) -> Taken:
    """It pays nothing of ours (any more)."""
    before = known.payments.get(one.id) if one.id else None
    if before is None or before.is_reversed:
        return NOT_OURS
    if refusal := _reversed(before, "The partner gave it to other invoices.", actor):
        return Taken(Verdict.REJECTED, code="refused", reason=refusal)
    return Taken(Verdict.UPDATED, before.id, before.version + 1)


def _reversed(row: models.Payment, reason: str, actor: Actor) -> str:
    """The reason why it cannot be reversed, or ""."""
    try:
        with transaction.atomic():
            reverse_payment(row, reason=reason, acting_user=actor)
    except Refused as refusal:
        return str(refusal)
    return ""


def _ours(row: models.Payment) -> Ours[Payment]:
    record = Payment(
        "",
        customer=Ref(internal_id=str(row.customer_id), label=row.customer.name),
        received_on=row.received_on,
        amount=Money(row.amount, row.currency),
        invoices=tuple(
            PaymentPart(
                Ref(internal_id=str(part.invoice_id), label=str(part.invoice)), Money(part.amount, row.currency)
            )
            for part in row.parts.all()
        ),
        method=row.method,
        reference=row.reference,
    )
    return Ours(row.id, row.version, row.updated_at, record, str(row))
