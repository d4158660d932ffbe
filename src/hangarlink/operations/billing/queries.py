"""Billing as pages, API and sync read it. Every list is a fixed number of statements."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from hangarlink.fleet.actions.refusing import existing
from hangarlink.operations.billing.models import (
    CostCategory,
    Expense,
    ExpenseLine,
    Invoice,
    InvoiceLine,
    Payment,
    PaymentPart,
)
from hangarlink.operations.billing.rules import CategoryKind, Status
from hangarlink.platform.money import Money


def invoices() -> QuerySet[Invoice]:
    """Invoices with customer, trip and their lines in order."""
    lines = InvoiceLine.objects.select_related("category").order_by("position")
    return Invoice.objects.select_related("customer", "trip").prefetch_related(Prefetch("lines", lines))


def payments() -> QuerySet[Payment]:
    """Payments with customer and parts, each part with its invoice."""
    parts = PaymentPart.objects.select_related("invoice").order_by("id")
    return Payment.objects.select_related("customer").prefetch_related(Prefetch("parts", parts))


def expenses() -> QuerySet[Expense]:
    """Expenses with aircraft, trip and lines in order."""
    lines = ExpenseLine.objects.select_related("category").order_by("position")
    return Expense.objects.select_related("aircraft", "trip").prefetch_related(Prefetch("lines", lines))


def find_invoice(invoice_id: UUID) -> Invoice:
    """Raises Missing."""
    return existing(invoices().filter(pk=invoice_id), "invoice")


def find_line(invoice: Invoice, line_id: UUID) -> InvoiceLine:
    """Raises Missing."""
    return existing(
        InvoiceLine.objects.select_related("invoice", "category").filter(pk=line_id, invoice=invoice), "line"
    )


def find_payment(payment_id: UUID) -> Payment:
    """Raises Missing."""
    return existing(payments().filter(pk=payment_id), "payment")


def find_expense(expense_id: UUID) -> Expense:
    """Raises Missing."""
    return existing(expenses().filter(pk=expense_id), "expense")


def find_category(key: str) -> CostCategory:
    """By its key. Raises Missing."""
    return existing(CostCategory.objects.filter(key=key), "category")


def categories(kind: CategoryKind | None = None) -> QuerySet[CostCategory]:
    """Those offered for new lines, by name."""
    rows = CostCategory.objects.filter(archived_at=None)
    return (rows.filter(kind=kind) if kind else rows).order_by("kind", "name")


def open_invoices(customer_id: UUID, currency: str = "") -> QuerySet[Invoice]:
    """What a customer owes, due first first."""
    rows = Invoice.objects.filter(customer_id=customer_id, status=Status.ISSUED)
    return (rows.filter(currency=currency) if currency else rows).order_by("due_on", "id")


@dataclass(frozen=True)
class Owed:
    """What is owed in one currency, and how much of it is overdue."""

    open: Money
    overdue: Money


def owed(today: date, customer_id: UUID | None = None) -> list[Owed]:
    """Per currency, of the whole account or of one customer. One statement."""
    rows = Invoice.objects.filter(status=Status.ISSUED)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    left = F("total") - F("paid")
    sums = rows.values("currency").annotate(open=Sum(left), late=Sum(left, filter=Q(due_on__lt=today)))
    return [
        Owed(Money(row["open"], row["currency"]), Money(row["late"] or 0, row["currency"]))
        for row in sums.order_by("currency")
    ]


def credit_of(customer_id: UUID) -> list[Money]:
    """What payments of the customer left over, per currency. One statement."""
    rows = Payment.objects.filter(customer_id=customer_id, reversed_at=None, amount__gt=F("allocated"))
    sums = rows.values("currency").annotate(left=Sum(F("amount") - F("allocated"))).order_by("currency")
    return [Money(row["left"], row["currency"]) for row in sums]
