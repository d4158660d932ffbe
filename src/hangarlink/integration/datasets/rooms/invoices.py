"""Invoices, out: issued ones with their lines, paid ones, and voided ones that had a number. Drafts stay at home."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.integration.contract import Dataset, Invoice, InvoiceLine, InvoiceStatus, Money, Ref
from hangarlink.integration.datasets.outcome import Context
from hangarlink.integration.datasets.ports import Incoming, Ours, Room, Taken
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.operations.billing import models, queries
from hangarlink.operations.billing.rules import Status

STATUS = {
    Status.DRAFT: InvoiceStatus.DRAFT,
    Status.ISSUED: InvoiceStatus.OPEN,
    Status.PAID: InvoiceStatus.PAID,
    Status.VOID: InvoiceStatus.VOID,
}


class Invoices(Room):
    dataset = Dataset.INVOICES
    points_at = (Dataset.CUSTOMERS, Dataset.LEDGER_ACCOUNTS)
    announced = ("invoice.",)
    needs = frozenset({"billing.view"})
    is_personal = True
    is_final = True

    def rows(self) -> QuerySet[Any]:
        return models.Invoice.objects.filter(number__isnull=False)

    def read(self, ids: Sequence[UUID]) -> dict[UUID, Ours[Invoice]]:
        return {row.id: _ours(row) for row in queries.invoices().filter(pk__in=ids, number__isnull=False)}

    def take(self, incoming: Sequence[Incoming[Invoice]], context: Context) -> list[Taken]:
        """Invoices are written here only. Those that began at the partner stay there; one of ours is not rewritten."""
        del context
        foreign = Taken(Verdict.SKIPPED, code="not_ours", reason="It was not issued here and stays at the partner.")
        frozen = Taken(
            Verdict.REJECTED,
            code="issued",
            reason="An issued invoice is not rewritten. Void it here and issue another one, or undo the change there.",
        )
        return [foreign if one.id is None else frozen for one in incoming]


def _ours(row: models.Invoice) -> Ours[Invoice]:
    record = Invoice(
        "",
        number=str(row.number),
        customer=Ref(internal_id=str(row.customer_id), label=row.customer.name),
        issued_on=row.issued_on or row.updated_at.date(),  # never None with a number
        due_on=row.due_on,
        currency=row.currency,
        lines=tuple(_line(line, row.currency) for line in row.lines.all()),
        total=Money(row.total, row.currency),
        balance=Money(row.balance, row.currency),
        status=STATUS[Status(row.status)],
        memo=row.memo,
    )
    return Ours(row.id, row.version, row.updated_at, record, str(row))


def _line(line: models.InvoiceLine, currency: str) -> InvoiceLine:
    category = line.category
    return InvoiceLine(
        description=line.description,
        quantity=line.quantity,
        unit_price=Money(line.unit_price, currency),
        amount=Money(line.amount, currency),
        category=category.key if category else "",
        account=Ref(internal_id=str(category.id), label=category.name) if category else Ref(),
    )
