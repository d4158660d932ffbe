"""Cost categories: the list, added, renamed, archived."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.fleet.actions.refusing import existing
from hangarlink.operations.billing.actions import (
    add_category,
    add_usual_categories,
    archive_category,
    change_category,
    restore_category,
)
from hangarlink.operations.billing.models import CostCategory
from hangarlink.operations.billing.rules import CategoryKind
from hangarlink.web.access import PageRequest, page
from hangarlink.web.billing.words import KIND_WORDS
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing


class CategoryFilters(Filters):
    kind = Chips([(CategoryKind.INCOME.value, "Income"), (CategoryKind.COST.value, "Cost")])


class CategoryList(Listing[CostCategory]):
    """Categories, by name."""

    name = "cost categories"
    noun = ("category", "categories")
    filters = CategoryFilters
    sort = "name"
    empty = "billing/categories_empty.html"
    columns: tuple[Column[CostCategory], ...] = (
        Column(
            key="name",
            label="Category",
            value=lambda c: c.name,
            sort=("name",),
            link=lambda c: reverse("billing:edit_category", args=[c.pk]),
            under=lambda c: "archived" if c.archived_at else None,
        ),
        Column(key="kind", label="Kind", value=lambda c: KIND_WORDS[CategoryKind(c.kind)], sort=("kind",)),
        Column(
            key="account",
            label="Ledger account",
            value=lambda c: c.account_number,
            sort=("account_number",),
            phone=False,
        ),
        Column(key="key", label="Key for the API", value=lambda c: c.key, sort=("key",), phone=False),
    )

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Categories by kind."""
        rows = CostCategory.objects.all()
        return FromQuerySet(rows.filter(kind=chosen["kind"]) if "kind" in chosen else rows)

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one filter
        """Categories per kind."""
        return dict(CostCategory.objects.order_by().values_list("kind").annotate(Count("pk")))


class CategoryForm(Form):
    """A new category."""

    name = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=[(kind.value, word) for kind, word in KIND_WORDS.items()])
    key = forms.CharField(max_length=40, help_text="For the API and connections, such as landing_fees. It stays.")
    account_number = forms.CharField(
        max_length=20, required=False, label="Ledger account", help_text="Its number in your own chart of accounts"
    )


class CategoryChangeForm(Form):
    """What may change: not the key, not the kind."""

    name = forms.CharField(max_length=80)
    account_number = forms.CharField(max_length=20, required=False, label="Ledger account")


@page(permission="billing.view")
def all_categories(request: PageRequest) -> HttpResponseBase:
    """All categories."""
    return CategoryList(request).respond("billing/categories.html")


@page(permission="billing.manage")
def new_category(request: PageRequest) -> HttpResponse:
    """Add a category."""
    form = CategoryForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            made = add_category(acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{made} is added.")
            return redirect("billing:categories")
    return show_form(request, "billing/category_form.html", form, {"title": "Add category", "verb": "Add category"})


@page(permission="billing.manage")
def edit_category(request: PageRequest, category_id: UUID) -> HttpResponse:
    """Rename a category, archive or restore it."""
    found = existing(CostCategory.objects.filter(pk=category_id), "category")
    initial = {"name": found.name, "account_number": found.account_number}
    form = CategoryChangeForm(sent(request), initial=initial)
    if form.is_valid():
        with refusals_on(form):
            change_category(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("billing:categories")
    context = {"title": "Edit category", "verb": "Save", "category": found}
    return show_form(request, "billing/category_form.html", form, context)


@page(permission="billing.manage")
def archive(request: PageRequest, category_id: UUID) -> HttpResponse:
    """Stop offering a category, or offer it again."""
    if request.method != "POST":
        return redirect("billing:edit_category", category_id)
    found = existing(CostCategory.objects.filter(pk=category_id), "category")
    (restore_category if found.archived_at else archive_category)(found, acting_user=request.actor)
    messages.success(request, f"{found}: done.")
    return redirect("billing:categories")


@page(permission="billing.manage")
def usual(request: PageRequest) -> HttpResponse:
    """Add the usual categories."""
    if request.method == "POST":
        made = add_usual_categories(acting_user=request.actor)
        messages.success(request, f"{len(made)} categories are added." if made else "All of them are there already.")
    return redirect("billing:categories")
