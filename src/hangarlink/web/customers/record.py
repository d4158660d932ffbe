"""A customer: added, changed, archived."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.operations.billing.actions.checks import today
from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.billing.queries import credit_of, owed
from hangarlink.operations.customers.actions import (
    add_customer,
    archive_customer,
    change_customer,
    restore_customer,
)
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.customers.queries import find_customer
from hangarlink.operations.trips.queries import trips
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, refusals_on, sent, show_form

LATEST = 8


class CustomerForm(Form):
    """Who it is, where, and how they pay."""

    name = forms.CharField(max_length=120, help_text="A person or an organisation, as on the invoice")
    company = forms.CharField(max_length=120, required=False)
    email = forms.CharField(max_length=254, required=False, label="E-mail")
    phone = forms.CharField(max_length=40, required=False)
    street = forms.CharField(max_length=200, required=False)
    postal_code = forms.CharField(max_length=20, required=False)
    city = forms.CharField(max_length=120, required=False)
    region = forms.CharField(max_length=120, required=False)
    country = forms.CharField(max_length=2, required=False, help_text="Two letters, such as DK")
    tax_number = forms.CharField(max_length=40, required=False, label="Tax number")
    currency = forms.CharField(max_length=3, initial="EUR", help_text="Of their invoices, such as EUR")
    payment_days = forms.IntegerField(initial=14, label="Days to pay")
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(self, *args: Any, customer: Customer | None = None, **kwargs: Any) -> None:
        if customer is not None:
            kwargs["initial"] = {name: getattr(customer, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)


@page(permission="customers.view")
def customer(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """One customer, with what they fly and owe as far as the member may see it."""
    found = find_customer(customer_id)
    context: dict[str, object] = {"customer": found}
    if request.actor.may("trips.view"):
        context["trips"] = list(trips().filter(customer=found).order_by("-departs_at", "-id")[:LATEST])
    if request.actor.may("billing.view"):
        context |= {
            "owed": owed(today(), found.pk),
            "credit": credit_of(found.pk),
            "invoices": list(Invoice.objects.filter(customer=found).order_by("-created_at")[:LATEST]),
            "today": today(),
        }
    return render(request, "customers/customer.html", context)


@page(permission="customers.manage")
def new(request: PageRequest) -> HttpResponse:
    """Add a customer."""
    form = CustomerForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            made = add_customer(acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{made} is added.")
            return redirect("customers:customer", made.pk)
    context = {"title": "Add customer", "verb": "Add customer", "cancel": reverse("customers:list")}
    return show_form(request, "customers/form.html", form, context)


@page(permission="customers.manage")
def edit(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Change a customer."""
    found = find_customer(customer_id)
    form = CustomerForm(sent(request), customer=found)
    if form.is_valid():
        with refusals_on(form):
            change_customer(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("customers:customer", customer_id)
    context = {
        "title": "Edit customer",
        "verb": "Save",
        "cancel": reverse("customers:customer", args=[customer_id]),
        "customer": found,
    }
    return show_form(request, "customers/form.html", form, context)


@page(permission="customers.manage")
def archive(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Stop offering a customer, or offer it again."""
    found = find_customer(customer_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            (archive_customer if found.is_active else restore_customer)(found, acting_user=request.actor)
            messages.success(request, f"{found}: done.")
            return redirect("customers:customer", customer_id)
    return show_form(request, "customers/archive.html", form, {"customer": found})
