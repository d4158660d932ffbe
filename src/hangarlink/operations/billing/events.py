"""What happens in billing: ids only; no names, no texts, no amounts."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("invoice.drafted", version=1)
class InvoiceDrafted(Event):
    invoice_id: UUID
    customer_id: UUID
    trip_id: UUID | None


@event("invoice.changed", version=1)
class InvoiceChanged(Event):
    """A draft was changed. `changed`: the names of its fields that differ; "lines" for any of its lines."""

    invoice_id: UUID
    customer_id: UUID
    trip_id: UUID | None
    changed: tuple[str, ...] = ()


@event("invoice.issued", version=1)
class InvoiceIssued(Event):
    invoice_id: UUID
    customer_id: UUID
    trip_id: UUID | None


@event("invoice.partly_paid", version=1)
class InvoicePartlyPaid(Event):
    """What is owed on it changed, and something still is: also when a payment was reversed."""

    invoice_id: UUID
    customer_id: UUID
    trip_id: UUID | None


@event("invoice.paid", version=1)
class InvoicePaid(Event):
    invoice_id: UUID
    customer_id: UUID
    trip_id: UUID | None


@event("invoice.voided", version=1)
class InvoiceVoided(Event):
    invoice_id: UUID
    customer_id: UUID
    trip_id: UUID | None


@event("payment.recorded", version=1)
class PaymentRecorded(Event):
    payment_id: UUID
    customer_id: UUID


@event("payment.changed", version=1)
class PaymentChanged(Event):
    """Credit of it went to an invoice."""

    payment_id: UUID
    customer_id: UUID


@event("payment.reversed", version=1)
class PaymentReversed(Event):
    payment_id: UUID
    customer_id: UUID


@event("expense.recorded", version=1)
class ExpenseRecorded(Event):
    expense_id: UUID
    aircraft_id: UUID | None
    trip_id: UUID | None


@event("expense.changed", version=1)
class ExpenseChanged(Event):
    """An expense was changed. `changed`: the names of its fields that differ; "lines" for its lines."""

    expense_id: UUID
    aircraft_id: UUID | None
    trip_id: UUID | None
    changed: tuple[str, ...] = ()


@event("expense.voided", version=1)
class ExpenseVoided(Event):
    expense_id: UUID
    aircraft_id: UUID | None
    trip_id: UUID | None


@event("cost_category.changed", version=1)
class CostCategoryChanged(Event):
    """Added, changed, archived or restored."""

    category_id: UUID
    key: str
