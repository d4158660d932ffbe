"""Payments, in: what a customer paid on invoices that were issued here, and what of it is left as credit.

What the partner's payment pays on invoices of its own is not our business: that much is taken off.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.integration.contract import Dataset, Money, Payment, PaymentPart, Ref
from hangarlink.integration.datasets.knowing import internal_ids
from hangarlink.integration.datasets.outcome import Context
from hangarlink.integration.datasets.ports import Incoming, Ours, Room, Taken
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.operations.billing import models, queries
from hangarlink.operations.billing.actions import reverse_payment
from hangarlink.operations.billing.importing import Imported, Told, import_payments
from hangarlink.operations.billing.rules import Method
from hangarlink.platform.errors import Refused

# Words in a partner's name of a method, in the order they are looked for.
METHODS = {
    "cash": Method.CASH,
    "check": Method.CHEQUE,
    "cheque": Method.CHEQUE,
    "card": Method.CARD,
    "visa": Method.CARD,
    "master": Method.CARD,
    "amex": Method.CARD,
    "american express": Method.CARD,
    "transfer": Method.TRANSFER,
    "bank": Method.TRANSFER,
    "wire": Method.TRANSFER,
    "ach": Method.TRANSFER,
    "sepa": Method.TRANSFER,
}
NOT_OURS = Taken(
    Verdict.SKIPPED, code="not_ours", reason="It pays nothing that was issued here, and leaves no credit."
)
STRANGER = Taken(
    Verdict.SKIPPED, code="unknown_customer", reason="Its customer is not linked. Bring the customers in first."
)


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
        records = [one.record for one in incoming]
        customers = internal_ids(
            context.connection, Dataset.CUSTOMERS, {record.customer.external_id for record in records}
        )
        named = {part.invoice.external_id for record in records for part in record.invoices}
        invoices = internal_ids(context.connection, Dataset.INVOICES, named)
        answers: list[Taken | None] = []
        told: list[Told] = []
        for one in incoming:
            customer = customers.get(one.record.customer.external_id)
            meant = _told(one, customer, invoices) if customer else None
            answers.append(STRANGER if customer is None else NOT_OURS if meant is None else None)
            told += [meant] if meant else []
        taken = iter([_taken(one) for one in import_payments(told, acting_user=context.actor)] if told else [])
        return [answer or next(taken) for answer in answers]

    def remove(self, ids: Sequence[UUID], context: Context) -> dict[UUID, str]:
        """Reverse them: their invoices are owed again."""
        kept: dict[UUID, str] = {}
        for row in models.Payment.objects.filter(pk__in=ids, reversed_at=None).order_by("id"):
            try:
                reverse_payment(row, reason="The accounting system has it no longer.", acting_user=context.actor)
            except Refused as refused:
                kept[row.id] = str(refused)
        return kept


def _told(one: Incoming[Payment], customer_id: UUID, invoices: dict[str, UUID]) -> Told | None:
    """What of the payment is ours; None when nothing is. A payment we have stays one, whatever it pays now."""
    record = one.record
    parts: dict[UUID, int] = {}
    amount = record.amount.minor
    for part in record.invoices:
        invoice_id = invoices.get(part.invoice.external_id)
        if invoice_id is None:
            amount -= part.amount.minor
        else:
            parts[invoice_id] = parts.get(invoice_id, 0) + part.amount.minor
    if amount == 0 and not parts:
        return None
    return Told(
        id=one.id,
        customer_id=customer_id,
        amount=amount,
        currency=record.amount.currency,
        received_on=record.received_on,
        method=_method(record.method),
        reference=record.reference[:120],
        parts=parts,
    )


def _method(words: str) -> str:
    found = next((method for word, method in METHODS.items() if word in words.casefold()), Method.OTHER)
    return found.value


def _taken(one: Imported) -> Taken:
    if one.payment is None:
        return Taken(Verdict.REJECTED, code="refused", reason=one.refusal)
    verdict = Verdict.CREATED if one.is_new else Verdict.UPDATED if one.is_changed else Verdict.UNCHANGED
    return Taken(verdict, one.payment.id, one.payment.version)


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
