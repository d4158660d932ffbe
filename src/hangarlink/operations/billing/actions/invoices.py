"""Invoices: draft, change, issue, void."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.db.transaction import atomic

from hangarlink.fleet.rows import locked, write
from hangarlink.fleet.rules import texts
from hangarlink.operations.billing import events, rules
from hangarlink.operations.billing.actions.checks import ours, today, told
from hangarlink.operations.billing.actions.lines import LineValues, make_lines
from hangarlink.operations.billing.models import CostCategory, Invoice
from hangarlink.operations.billing.rules import Status
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.customers.rules import checked_payment_days
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.events.registry import Event
from hangarlink.platform.money import checked_currency, checked_minor
from hangarlink.platform.numbering.actions import next_number
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@atomic
def draft_invoice(
    *,
    customer: Customer,
    trip: Trip | None = None,
    currency: str = "",
    payment_days: int | None = None,
    memo: str = "",
    lines: Sequence[LineValues] = (),
    acting_user: Actor,
) -> Invoice:
    """Begin an invoice. Currency and days to pay are the customer's unless given. Event: invoice.drafted.

    Raises RuleBroken naming the field ("lines[0].quantity"), Missing, NotPermitted.
    """
    require(acting_user, "billing.manage")
    ours(customer, "customer")
    invoice = Invoice.objects.create(
        account=current_account(),
        customer=customer,
        trip=ours(trip, "trip") if trip else None,
        currency=checked_currency(currency or customer.currency),
        status=Status.DRAFT.value,
        payment_days=checked_payment_days(customer.payment_days if payment_days is None else payment_days),
        memo=texts.text(memo, field="memo"),
    )
    invoice.total = rules.total_of(make_lines(invoice, lines))
    invoice.save(update_fields=["total"])
    new = {"customer_id": customer.id, "currency": invoice.currency, "lines": len(lines), "total": invoice.total}
    record(acting_user, invoice, "drafted", new=new)
    tell(events.InvoiceDrafted, invoice)
    return invoice


@atomic
def draft_invoice_of_trip(
    trip: Trip, *, hourly_rate: int, currency: str = "", category: CostCategory | None = None, acting_user: Actor
) -> Invoice:
    """An invoice with a line per leg: block hours, in hundredths, times the rate (minor units an hour)."""
    require(acting_user, "billing.manage")
    ours(trip, "trip")
    if trip.customer is None:
        raise RuleBroken("The trip has no customer. Choose one, then invoice it.", field="customer")
    currency = checked_currency(currency or trip.customer.currency)
    if hourly_rate <= 0:
        raise RuleBroken("Give the rate of a block hour, above zero.", field="hourly_rate")
    rate = checked_minor(hourly_rate, currency, field="hourly_rate")
    lines = [
        LineValues(
            description=f"{leg} {leg.off_at:%Y-%m-%d}, block hours",
            quantity=rules.block_hours(leg.times.block_seconds),
            unit_price=rate,
            category=category,
        )
        for leg in trip.legs.order_by("off_at", "id")
    ]
    return draft_invoice(customer=trip.customer, trip=trip, currency=currency, lines=lines, acting_user=acting_user)


@atomic
def change_invoice(
    invoice: Invoice,
    *,
    customer: Customer | None = None,
    payment_days: int | None = None,
    memo: str | None = None,
    acting_user: Actor,
) -> Invoice:
    """Change a draft; what is None stays. Its currency stays: prices are in it. Event: invoice.changed."""
    require(acting_user, "billing.manage")
    held = locked(invoice, "invoice")
    rules.check_draft(Status(held.status))
    new: dict[str, Any] = {}
    if customer is not None:
        new["customer_id"] = ours(customer, "customer").pk
    if payment_days is not None:
        new["payment_days"] = checked_payment_days(payment_days)
    if memo is not None:
        new["memo"] = texts.text(memo, field="memo")
    if changed := write(held, new, "changed", acting_user):
        announce(events.InvoiceChanged(held.id, held.customer_id, held.trip_id, changed))
    return held


@atomic
def issue_invoice(invoice: Invoice, *, issued_on: date | None = None, acting_user: Actor) -> Invoice:
    """Give it the next number and its due date, and freeze it. Event: invoice.issued.

    issued_on  today unless given; not before the invoice issued last, so that numbers follow dates
    """
    require(acting_user, "billing.issue")
    held = locked(invoice, "invoice")
    status = rules.step(Status(held.status), "issue")
    rules.check_issue(list(held.lines.values_list("amount", flat=True)), held.currency)
    # From here until the commit nobody else of this account issues: number and date stay in one order.
    number = next_number("invoice")
    day = issued_on or today()
    latest = Invoice.objects.filter(number__isnull=False).aggregate(day=Max("issued_on"))["day"]
    rules.check_issue_date(day, today(), latest)
    new = {
        "status": status.value,
        "number": number,
        "issued_on": day,
        "due_on": rules.due_on(day, held.payment_days),
    }
    write(held, new, "issued", acting_user)
    tell(events.InvoiceIssued, held)
    return held


@atomic
def void_invoice(invoice: Invoice, *, reason: str, acting_user: Actor) -> Invoice:
    """Withdraw it; number and lines stay readable. Refused while something is paid on it. Event: invoice.voided."""
    held = locked(invoice, "invoice")
    require(acting_user, "billing.manage" if held.status == Status.DRAFT else "billing.issue")
    why = told(reason, field="reason", ask="Say why the invoice is withdrawn.")
    if held.paid:
        raise RuleBroken(
            f"{held.paid_money} is paid on this invoice. Reverse the payment first, or leave the invoice.",
            field="status",
        )
    status = rules.step(Status(held.status), "void")
    write(held, {"status": status.value, "void_reason": why}, "voided", acting_user)
    tell(events.InvoiceVoided, held)
    return held


def set_paid(invoice: Invoice, paid: int, acting_user: Actor, *, by: UUID) -> None:
    """What payments say is paid on a locked invoice, with the standing that follows. Events: invoice.paid and others.

    by  id of the payment
    """
    status = rules.standing(Status(invoice.status), invoice.total, paid)
    write(invoice, {"paid": paid, "status": status.value}, "paid", acting_user, payment_id=by)
    tell(events.InvoicePaid if status is Status.PAID else events.InvoicePartlyPaid, invoice)


def tell(fact: type[Event], invoice: Invoice) -> None:
    announce(fact(invoice.id, invoice.customer_id, invoice.trip_id))  # type: ignore[call-arg]
