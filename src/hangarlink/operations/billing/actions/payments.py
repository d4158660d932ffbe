"""Payments: record, use what is left of one, reverse."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.fleet.rows import locked, write
from hangarlink.fleet.rules import texts
from hangarlink.operations.billing import events, rules
from hangarlink.operations.billing.actions.checks import not_later_than_today, ours, told
from hangarlink.operations.billing.actions.invoices import set_paid
from hangarlink.operations.billing.models import Invoice, Payment, PaymentPart
from hangarlink.operations.billing.rules import Method, Open, Part, Status
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.money import Money, checked_currency, checked_minor
from hangarlink.platform.numbering.actions import next_number
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@atomic
def record_payment(
    *,
    customer: Customer,
    amount: int,
    received_on: date,
    currency: str = "",
    method: str = Method.TRANSFER.value,
    reference: str = "",
    parts: Sequence[tuple[Invoice, int]] | None = None,
    keep_credit: bool = False,
    acting_user: Actor,
) -> Payment:
    """Record money received and spread it over invoices. Events: payment.recorded, invoice.paid or partly_paid.

    amount       minor units
    parts        how much goes to which invoice; None: over the customer's open ones, first due first
    keep_credit  whether what no invoice takes is kept as credit; otherwise it is refused as a slip

    Raises RuleBroken naming the field ("amount", "invoices[0]"), Missing, NotPermitted.
    """
    require(acting_user, "billing.manage")
    ours(customer, "customer")
    currency = checked_currency(currency or customer.currency)
    if checked_minor(amount, currency) <= 0:
        raise RuleBroken(f"{Money(amount, currency)} is no payment. Give more than zero.", field="amount")
    payment = Payment(
        account=current_account(),
        customer=customer,
        amount=amount,
        currency=currency,
        received_on=not_later_than_today(received_on, field="received_on"),
        method=texts.word(Method, method, field="method").value,
        reference=texts.line(reference, field="reference", limit=120),
    )
    if parts is None:
        held = _open_invoices(customer, currency)
        wanted = rules.spread(amount, [Open(one.id, one.due_on or received_on, one.balance) for one in held.values()])
    else:
        held = _locked(invoice.id for invoice, _ in parts)
        wanted = [Part(invoice.id, part) for invoice, part in parts]
    credit = _check(payment, wanted, held)
    rules.check_credit(credit, keep_credit, currency)
    payment.number = next_number("payment")
    payment.allocated = amount - credit
    payment.save(force_insert=True)
    new = {"amount": amount, "currency": currency, "received_on": payment.received_on, "credit": credit}
    record(acting_user, payment, "recorded", new=new)
    announce(events.PaymentRecorded(payment.id, customer.id))
    _allocate(payment, wanted, held, acting_user)
    return payment


@atomic
def use_credit(payment: Payment, *, parts: Sequence[tuple[Invoice, int]], acting_user: Actor) -> Payment:
    """Give what is left of a payment to invoices of its customer. Events: payment.changed, invoice.paid ..."""
    require(acting_user, "billing.manage")
    held = locked(payment, "payment")
    if held.is_reversed:
        raise RuleBroken("The payment is reversed: nothing is left of it.", field="status")
    invoices = _locked(invoice.id for invoice, _ in parts)
    wanted = [Part(invoice.id, part) for invoice, part in parts]
    left = _check(held, wanted, invoices, of=held.credit)
    if not wanted:
        return held
    write(held, {"allocated": held.amount - left}, "credit used", acting_user)
    announce(events.PaymentChanged(held.id, held.customer_id))
    _allocate(held, wanted, invoices, acting_user)
    return held


@atomic
def reverse_payment(payment: Payment, *, reason: str, acting_user: Actor) -> Payment:
    """Say that the money did not come, or went back: its invoices are owed again. Event: payment.reversed."""
    require(acting_user, "billing.manage")
    held = locked(payment, "payment")
    why = told(reason, field="reason", ask="Say why the payment is reversed.")
    if held.is_reversed:
        raise RuleBroken("The payment is reversed already.", field="status")
    parts = list(held.parts.all())
    invoices = _locked(part.invoice_id for part in parts)
    write(held, {"reversed_at": timezone.now(), "reverse_reason": why}, "reversed", acting_user)
    announce(events.PaymentReversed(held.id, held.customer_id))
    for part in parts:
        invoice = invoices[part.invoice_id]
        set_paid(invoice, invoice.paid - part.amount, acting_user, by=held.id)
    return held


def _open_invoices(customer: Customer, currency: str) -> dict[UUID, Invoice]:
    """What the customer owes in this currency, locked."""
    rows = Invoice.objects.filter(customer=customer, currency=currency, status=Status.ISSUED)
    return {row.id: row for row in rows.select_for_update(no_key=True).order_by("id")}


def _locked(ids: Iterable[UUID]) -> dict[UUID, Invoice]:
    """These invoices, locked in one order whoever asks: two payments never wait for each other in a circle."""
    wanted = set(ids)
    rows = Invoice.objects.filter(pk__in=wanted).select_for_update(no_key=True).order_by("id")
    found = {row.id: row for row in rows}
    if len(found) < len(wanted):
        raise Missing("There is no such invoice in this account.", field="invoices")
    return found


def _check(payment: Payment, parts: Sequence[Part], invoices: dict[UUID, Invoice], *, of: int | None = None) -> int:
    """What is left of `of`, or of the whole payment."""
    for number, part in enumerate(parts):
        _check_invoice(payment, invoices[part.invoice_id], f"invoices[{number}]")
    balances = {one.id: one.balance for one in invoices.values()}
    return rules.check_parts(payment.amount if of is None else of, parts, balances, payment.currency)


def _check_invoice(payment: Payment, invoice: Invoice, field: str) -> None:
    if invoice.customer_id != payment.customer_id:
        raise RuleBroken(f"{invoice} is another customer's.", field=field)
    if invoice.status not in rules.CLAIMS:
        raise RuleBroken(f"{invoice} is {invoice.status}: nothing is owed on it.", field=field)
    if invoice.currency != payment.currency:
        raise RuleBroken(f"{invoice} is in {invoice.currency}, the payment in {payment.currency}.", field=field)


def _allocate(payment: Payment, parts: Sequence[Part], invoices: dict[UUID, Invoice], acting_user: Actor) -> None:
    known = {part.invoice_id: part for part in payment.parts.filter(invoice_id__in=list(invoices))}
    for part in parts:
        if part.invoice_id in known:
            PaymentPart.objects.filter(pk=known[part.invoice_id].pk).update(amount=F("amount") + part.amount)
        else:
            PaymentPart.objects.create(
                account=current_account(), payment=payment, invoice=invoices[part.invoice_id], amount=part.amount
            )
        invoice = invoices[part.invoice_id]
        set_paid(invoice, invoice.paid + part.amount, acting_user, by=payment.id)
