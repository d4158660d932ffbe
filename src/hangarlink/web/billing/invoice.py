"""An invoice: drafted, its lines, issued, voided, printed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.operations.billing.actions import (
    add_line,
    change_invoice,
    change_line,
    draft_invoice,
    draft_invoice_of_trip,
    issue_invoice,
    remove_line,
    void_invoice,
)
from hangarlink.operations.billing.actions.checks import today
from hangarlink.operations.billing.models import CostCategory, Invoice, InvoiceLine, PaymentPart
from hangarlink.operations.billing.queries import categories, find_invoice, find_line
from hangarlink.operations.billing.rules import CategoryKind, Status
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.customers.queries import active_customers
from hangarlink.operations.trips.queries import find_trip
from hangarlink.platform.money import Money, checked_currency, parse_money
from hangarlink.web.access import PageRequest, page
from hangarlink.web.billing.fields import MoneyField
from hangarlink.web.billing.words import status_word
from hangarlink.web.choices import LongChoiceField, offer
from hangarlink.web.forms import DayField, Form, ReasonField, refusals_on, sent, show_form


class InvoiceForm(Form):
    """To whom and on which terms."""

    customer = LongChoiceField(empty_label="Choose a customer")
    currency = forms.CharField(max_length=3, required=False, help_text="Empty takes the customer's")
    payment_days = forms.IntegerField(required=False, label="Days to pay", help_text="Empty takes the customer's")
    memo = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), required=False, help_text="Printed below the lines"
    )

    def __init__(self, *args: Any, invoice: Invoice | None = None, **kwargs: Any) -> None:
        if invoice is not None:
            kwargs["initial"] = {name: getattr(invoice, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        offered = active_customers()
        if invoice is not None:
            offered = offered | Customer.objects.filter(pk=invoice.customer_id)
            # Its prices are in it.
            self.fields.pop("currency")
        offer(self, "customer", offered, "name", "id")


class LineForm(Form):
    """What is billed."""

    description = forms.CharField(max_length=300)
    quantity = forms.DecimalField(
        initial=1, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
    )
    unit_price = MoneyField(label="Price of one", help_text="A negative price is a discount")
    category: "forms.ModelChoiceField[CostCategory]" = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="None"
    )

    def __init__(self, *args: Any, line: InvoiceLine | None = None, currency: str, **kwargs: Any) -> None:
        if line is not None:
            kwargs["initial"] = {
                "description": line.description,
                "quantity": f"{line.quantity.normalize():f}",
                "category": line.category_id,
                "unit_price": Money(line.unit_price, currency).decimal(),
            }
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories(CategoryKind.INCOME)  # type: ignore[attr-defined]
        self.fields["unit_price"].unit_label = currency  # type: ignore[attr-defined]


class IssueForm(Form):
    """When."""

    issued_on = DayField(label="Date of the invoice")


class VoidForm(Form):
    """Why it is withdrawn."""

    reason = ReasonField(help_text="Kept with the invoice.")


class TripInvoiceForm(Form):
    """The rate."""

    hourly_rate = MoneyField(label="Rate of a block hour")
    currency = forms.CharField(max_length=3)
    category: "forms.ModelChoiceField[CostCategory]" = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="None"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories(CategoryKind.INCOME)  # type: ignore[attr-defined]


@page(permission="billing.view")
def invoice(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice."""
    found = find_invoice(invoice_id)
    parts = PaymentPart.objects.filter(invoice=found).select_related("payment").order_by("id")
    context = {
        "invoice": found,
        "status": status_word(found, today()),
        "lines": _shown(found),
        "parts": [(part.payment, Money(part.amount, found.currency)) for part in parts],
        "is_draft": found.status == Status.DRAFT,
    }
    return render(request, "billing/invoice.html", context)


@page(permission="billing.view")
def paper(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """The invoice as it is sent: on paper, without furniture."""
    found = find_invoice(invoice_id)
    return render(request, "billing/paper.html", {"invoice": found, "lines": _shown(found)})


@page(permission="billing.manage")
def new_invoice(request: PageRequest) -> HttpResponse:
    """Draft an invoice."""
    form = InvoiceForm(sent(request), initial={"customer": request.GET.get("customer")})
    if form.is_valid():
        with refusals_on(form):
            made = draft_invoice(acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "The draft is there. Next: add its lines.")
            return redirect("billing:invoice", made.pk)
    context = {"title": "Draft invoice", "verb": "Draft invoice", "cancel": reverse("billing:invoices")}
    return show_form(request, "billing/invoice_form.html", form, context)


@page(permission="billing.manage")
def edit_invoice(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """Change a draft."""
    found = find_invoice(invoice_id)
    form = InvoiceForm(sent(request), invoice=found)
    if form.is_valid():
        with refusals_on(form):
            change_invoice(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("billing:invoice", invoice_id)
    cancel = reverse("billing:invoice", args=[invoice_id])
    context = {"title": "Edit draft", "verb": "Save", "cancel": cancel, "invoice": found}
    return show_form(request, "billing/invoice_form.html", form, context)


@page(permission="billing.manage")
def invoice_trip(request: PageRequest, trip_id: UUID) -> HttpResponse:
    """Draft an invoice of a trip: block hours times a rate."""
    trip = find_trip(trip_id)
    initial = {"currency": trip.customer.currency if trip.customer else ""}
    form = TripInvoiceForm(sent(request), initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        with refusals_on(form, {"customer": ""}):
            currency = checked_currency(given["currency"])
            rate = parse_money(given["hourly_rate"], currency, field="hourly_rate")
            made = draft_invoice_of_trip(
                trip, hourly_rate=rate, currency=currency, category=given["category"], acting_user=request.actor
            )
            messages.success(request, "The draft has a line per leg. Check it, then issue it.")
            return redirect("billing:invoice", made.pk)
    return show_form(request, "billing/invoice_trip.html", form, {"trip": trip})


@page(permission="billing.manage")
def new_line(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """Add a line to a draft."""
    found = find_invoice(invoice_id)
    form = LineForm(sent(request), currency=found.currency)
    if form.is_valid():
        with refusals_on(form):
            add_line(found, acting_user=request.actor, **_line_values(form, found))
            return redirect("billing:invoice", invoice_id)
    return show_form(request, "billing/line.html", form, {"invoice": found, "verb": "Add line"})


@page(permission="billing.manage")
def edit_line(request: PageRequest, invoice_id: UUID, line_id: UUID) -> HttpResponse:
    """Change a line of a draft."""
    found = find_invoice(invoice_id)
    line = find_line(found, line_id)
    form = LineForm(sent(request), line=line, currency=found.currency)
    if form.is_valid():
        with refusals_on(form):
            change_line(line, acting_user=request.actor, **_line_values(form, found))
            return redirect("billing:invoice", invoice_id)
    return show_form(request, "billing/line.html", form, {"invoice": found, "verb": "Save line"})


@page(permission="billing.manage")
def delete_line(request: PageRequest, invoice_id: UUID, line_id: UUID) -> HttpResponse:
    """Take a line out of a draft."""
    found = find_invoice(invoice_id)
    line = find_line(found, line_id)
    text = f"“{line}” is taken out of the draft. The audit trail keeps it."
    return _step(
        request, found, Form(sent(request)), lambda: remove_line(line, acting_user=request.actor), "Remove line", text
    )


@page(permission="billing.issue")
def issue(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """Give a draft its number."""
    found = find_invoice(invoice_id)
    form = IssueForm(sent(request), initial={"issued_on": today()})
    text = (
        f"{found.total_money} to be paid within {found.payment_days} days. It gets the next number, and its lines stay "
        "as they are from then on."
    )
    return _step(
        request,
        found,
        form,
        lambda: issue_invoice(found, issued_on=form.cleaned_data["issued_on"], acting_user=request.actor),
        "Issue invoice",
        text,
    )


@page(permission="billing.manage")
def void(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """Withdraw an invoice."""
    found = find_invoice(invoice_id)
    form = VoidForm(sent(request))
    text = "Nothing is owed on it any more. It keeps its number, and stays readable; this cannot be undone."
    return _step(
        request,
        found,
        form,
        lambda: void_invoice(found, reason=form.cleaned_data["reason"], acting_user=request.actor),
        "Void invoice",
        text,
        danger=True,
    )


def _shown(found: Invoice) -> list[tuple[InvoiceLine, str, Money, Money]]:
    """Each line with its quantity without idle zeros, its price and its amount."""
    return [
        (
            line,
            f"{line.quantity.normalize():f}",
            Money(line.unit_price, found.currency),
            Money(line.amount, found.currency),
        )
        for line in found.lines.all()
    ]


def _line_values(form: LineForm, found: Invoice) -> Any:
    given = form.cleaned_data
    return {**given, "unit_price": parse_money(given["unit_price"], found.currency, field="unit_price")}


def _step(
    request: PageRequest,
    found: Invoice,
    form: Form,
    act: Callable[[], object],
    verb: str,
    text: str,
    *,
    danger: bool = False,
) -> HttpResponse:
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, f"{verb}: done.")
            return redirect("billing:invoice", found.pk)
    context = {
        "thing": str(found),
        "verb": verb,
        "text": text,
        "danger": danger,
        "list": ("billing:invoices", "Invoices"),
        "record": reverse("billing:invoice", args=[found.pk]),
    }
    return show_form(request, "billing/step.html", form, context)
