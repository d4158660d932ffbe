"""Expenses, out. A voided one is gone: what follows at the partner is the stream's deletion policy."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.integration.contract import Dataset, Expense, ExpenseLine, Money, Ref
from hangarlink.integration.datasets.ports import Ours, Room
from hangarlink.operations.billing import models, queries


class Expenses(Room):
    dataset = Dataset.EXPENSES
    points_at = (Dataset.LEDGER_ACCOUNTS,)
    announced = ("expense.",)
    needs = frozenset({"billing.view"})

    def rows(self) -> QuerySet[Any]:
        return models.Expense.objects.filter(voided_at=None)

    def read(self, ids: Sequence[UUID]) -> dict[UUID, Ours[Expense]]:
        return {row.id: _ours(row) for row in queries.expenses().filter(pk__in=ids, voided_at=None)}


def _ours(row: models.Expense) -> Ours[Expense]:
    record = Expense(
        "",
        vendor=row.vendor,
        spent_on=row.spent_on,
        lines=tuple(
            ExpenseLine(
                line.category.key,
                Money(line.amount, row.currency),
                line.description,
                Ref(internal_id=str(line.category_id), label=line.category.name),
            )
            for line in row.lines.all()
        ),
        total=Money(row.total, row.currency),
        currency=row.currency,
        reference=row.reference,
    )
    return Ours(row.id, row.version, row.updated_at, record, str(row))
