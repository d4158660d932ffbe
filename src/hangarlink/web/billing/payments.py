"""Payments: the list, one of them, recorded, used, reversed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.operations.billing.actions import record_payment, reverse_payment, use_credit
from hangarlink.operations.billing.actions.checks import today
from hangarlink.operations.billing.models import Invoice, Payment
from hangarlink.operations.billing.queries import find_invoice, find_payment, open_invoices
from hangarlink.operations.billing.rules import Method
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.money import Money, checked_currency, parse_money
from hangarlink.web.access import PageRequest, page
from hangarlink.web.billing.fields import MoneyField
from hangarlink.web.billing.words import METHOD_WORDS
from hangarlink.web.choices import LongChoiceField, offer
from hangarlink.web.forms import DayField, Form, ReasonField, refusals_on, sent, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, ModelChoiceFilter, SearchField

STANDINGS = {
    "used": Q(reversed_at=None, allocated=F("amount")),
    "credit": Q(reversed_at=None, allocated__lt=F("amount")),
    "reversed": Q(reversed_at__isnull=False),
}


class PaymentFilters(Filters):
    status = Chips([("used", "On invoices"), ("credit", "With credit left"), ("reversed", "Reversed")])
    q = SearchField("Number, customer or reference")
    customer = ModelChoiceFilter(Customer, every="Every customer")


class PaymentList(Listing[Payment]):
    """Payments, latest first."""

    name = "payments"
    noun = ("payment", "payments")
    filters = PaymentFilters
    sort = "-received"
    empty = "billing/payments_empty.html"
    columns: tuple[Column[Payment], ...] = (
        Column(
            key="number",
            label="Payment",
            value=lambda p: p.number,
            sort=("number",),
            link=lambda p: reverse("billing:payment", args=[p.pk]),
        ),
        Column(
            key="customer",
            label="Customer",
            value=lambda p: p.customer.name,
            sort=("customer__name",),
            link=lambda p: reverse("customers:customer", args=[p.customer_id]),
        ),
        Column(key="received", label="Received", value=lambda p: p.received_on, sort=("received_on",), phone=False),
        Column(key="method", label="By", value=lambda p: METHOD_WORDS[Method(p.method)], sort=("method",), phone=False),
        Column(key="reference", label="Reference", value=lambda p: p.reference, phone=False),
        Column(
            key="amount",
            label="Amount",
            value=lambda p: p.money,
            sort=("amount",),
            numeric=True,
            under=lambda p: "reversed" if p.is_reversed else None,
        ),
        Column(
            key="credit",
            label="Credit left",
            value=lambda p: p.credit_money if p.credit else None,
            numeric=True,
            phone=False,
        ),
        Column(key="currency", label="Currency", value=lambda p: p.currency, sheet=True),
        Column(key="reversed", label="Reversed", value=lambda p: p.reversed_at, sort=("reversed_at",), shown=False),
    )

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Payments by standing, text and customer."""
        return FromQuerySet(self._narrowed(chosen).select_related("customer"))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """Payments per standing."""
        counts = {key: Count("pk", filter=is_so) for key, is_so in STANDINGS.items()}
        return {key: int(value) for key, value in self._narrowed(others).aggregate(**counts).items()}

    def _narrowed(self, chosen: Mapping[str, Any]) -> QuerySet[Payment]:
        found = Payment.objects.all()
        if status := chosen.get("status"):
            found = found.filter(STANDINGS[status])
        if customer := chosen.get("customer"):
            found = found.filter(customer=customer)
        if text := chosen.get("q"):
            number = Q(number=int(text)) if text.isdecimal() and len(text) < 9 else Q()
            found = found.filter(number | Q(customer__name__icontains=text) | Q(reference__icontains=text))
        return found


class PaymentForm(Form):
    """What came in, from whom, for what."""

    customer = LongChoiceField(empty_label="Choose a customer")
    amount = MoneyField()
    currency = forms.CharField(max_length=3)
    received_on = DayField(label="Received on")
    method = forms.ChoiceField(choices=[(method.value, word) for method, word in METHOD_WORDS.items()], label="By")
    reference = forms.CharField(max_length=120, required=False, help_text="As on the bank statement")
    keep_credit = forms.BooleanField(
        required=False, label="Keep what is too much as the customer's credit; otherwise it is refused"
    )

    def __init__(self, *args: Any, invoice: Invoice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invoice is None:
            offer(self, "customer", Customer.objects.all(), "name", "id")
        else:
            self.fields.pop("customer")
            self.fields.pop("currency")
            self.fields["amount"].unit_label = invoice.currency  # type: ignore[attr-defined]


class ReverseForm(Form):
    """Why."""

    reason = ReasonField(help_text="Kept with the payment.")


@page(permission="billing.view")
def all_payments(request: PageRequest) -> HttpResponseBase:
    """All payments."""
    return PaymentList(request).respond("billing/payments.html")


@page(permission="billing.view")
def payment(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """One payment."""
    found = find_payment(payment_id)
    context = {
        "payment": found,
        "method": METHOD_WORDS[Method(found.method)],
        "parts": [(part.invoice, Money(part.amount, found.currency)) for part in found.parts.all()],
        "open": list(open_invoices(found.customer_id, found.currency)) if found.credit else [],
    }
    return render(request, "billing/payment.html", context)


@page(permission="billing.manage")
def new_payment(request: PageRequest) -> HttpResponse:
    """Record a payment; it goes to what is due first."""
    named = _uuid(request.GET.get("customer"))
    chosen = Customer.objects.filter(pk=named).first() if named else None
    initial = {
        "customer": chosen and chosen.pk,
        "currency": chosen.currency if chosen else "EUR",
        "received_on": today(),
    }
    form = PaymentForm(sent(request), initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            currency = checked_currency(given["currency"])
            amount = parse_money(given.pop("amount"), currency)
            made = record_payment(**{**given, "currency": currency}, amount=amount, acting_user=request.actor)
            return _recorded(request, made)
    text = "It goes to the customer's open invoices in its currency, the one due first before the others."
    context = {"cancel": reverse("billing:payments"), "answer": text, "thing": ""}
    return show_form(request, "billing/payment_form.html", form, context)


@page(permission="billing.manage")
def pay_invoice(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """Record a payment of one invoice."""
    found = find_invoice(invoice_id)
    initial = {"amount": found.balance_money.decimal(), "received_on": today()}
    form = PaymentForm(sent(request), initial=initial, invoice=found)
    if form.is_valid():
        given = form.cleaned_data
        with refusals_on(form, {"invoices[0]": "amount"}):
            amount = parse_money(given.pop("amount"), found.currency)
            part = min(amount, found.balance) if given["keep_credit"] else amount
            made = record_payment(
                **given,
                customer=found.customer,
                currency=found.currency,
                amount=amount,
                parts=[(found, part)],
                acting_user=request.actor,
            )
            return _recorded(request, made)
    context = {
        "cancel": reverse("billing:invoice", args=[invoice_id]),
        "thing": str(found),
        "answer": f"{found.balance_money} is owed on it by {found.customer}.",
    }
    return show_form(request, "billing/payment_form.html", form, context)


@page(permission="billing.manage")
def use(request: PageRequest, payment_id: UUID, invoice_id: UUID) -> HttpResponse:
    """Give credit of a payment to an invoice, as much as fits."""
    found, wanted = find_payment(payment_id), find_invoice(invoice_id)
    part = Money(min(found.credit, wanted.balance), found.currency)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            use_credit(found, parts=[(wanted, part.minor)], acting_user=request.actor)
            messages.success(request, f"{part} went to {wanted}.")
            return redirect("billing:payment", payment_id)
    text = f"{part} of the credit goes to {wanted}, on which {wanted.balance_money} is owed."
    return _step(request, found, form, "Use credit", text)


@page(permission="billing.manage")
def reverse_(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """Say that a payment did not come."""
    found = find_payment(payment_id)
    form = ReverseForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            reverse_payment(found, reason=form.cleaned_data["reason"], acting_user=request.actor)
            messages.success(request, f"{found} is reversed.")
            return redirect("billing:payment", payment_id)
    count = len(found.parts.all())
    text = f"{found.money} did not come, or went back. {count} invoice{'' if count == 1 else 's'} will be owed again."
    return _step(request, found, form, "Reverse payment", text)


def _step(request: PageRequest, found: Payment, form: Form, verb: str, text: str) -> HttpResponse:
    context = {
        "thing": str(found),
        "verb": verb,
        "text": text,
        "danger": verb != "Use credit",
        "list": ("billing:payments", "Payments received"),
        "record": reverse("billing:payment", args=[found.pk]),
    }
    return show_form(request, "billing/step.html", form, context)


def _recorded(request: PageRequest, made: Payment) -> HttpResponse:
    credit = f" {made.credit_money} is kept as credit." if made.credit else ""
    messages.success(request, f"{made} over {made.money} is recorded.{credit}")
    return redirect("billing:payment", made.pk)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
