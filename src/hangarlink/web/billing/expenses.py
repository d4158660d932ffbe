"""Expenses: the list, one of them, recorded, changed, withdrawn."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.fleet.models import Aircraft
from hangarlink.operations.billing.actions import ExpenseLineValues, change_expense, record_expense, void_expense
from hangarlink.operations.billing.actions.checks import today
from hangarlink.operations.billing.models import CostCategory, Expense, ExpenseLine
from hangarlink.operations.billing.queries import categories, find_expense
from hangarlink.operations.billing.rules import CategoryKind
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.money import Money, checked_currency, parse_money
from hangarlink.web.access import PageRequest, page
from hangarlink.web.billing.fields import MoneyField
from hangarlink.web.choices import LongChoiceField, offer
from hangarlink.web.forms import DayField, Form, ReasonField, refusals_on, sent, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, ModelChoiceFilter, SearchField

FEWEST_ROWS = 4


class ExpenseFilters(Filters):
    status = Chips([("standing", "Recorded"), ("void", "Withdrawn")])
    q = SearchField("Number, vendor or reference")
    aircraft = ModelChoiceFilter(Aircraft, every="Every aircraft", order="registration")
    category = ModelChoiceFilter(CostCategory, every="Every category")


class ExpenseList(Listing[Expense]):
    """Expenses, latest first."""

    name = "expenses"
    noun = ("expense", "expenses")
    filters = ExpenseFilters
    sort = "-spent"
    empty = "billing/expenses_empty.html"
    columns: tuple[Column[Expense], ...] = (
        Column(
            key="number",
            label="Expense",
            value=lambda e: e.number,
            sort=("number",),
            link=lambda e: reverse("billing:expense", args=[e.pk]),
        ),
        Column(
            key="vendor",
            label="Paid to",
            value=lambda e: e.vendor,
            sort=("vendor",),
            under=lambda e: "withdrawn" if e.is_void else None,
        ),
        Column(key="spent", label="Spent on", value=lambda e: e.spent_on, sort=("spent_on",), phone=False),
        Column(
            key="for",
            label="For",
            phone=False,
            value=lambda e: ", ".join(dict.fromkeys(line.category.name for line in e.lines.all())),
        ),
        Column(
            key="aircraft",
            label="Aircraft",
            value=lambda e: e.aircraft and e.aircraft.registration,
            sort=("aircraft__registration",),
            phone=False,
            link=lambda e: reverse("fleet:aircraft", args=[e.aircraft_id]) if e.aircraft_id else "",
        ),
        Column(
            key="trip",
            label="Trip",
            value=lambda e: e.trip and e.trip.number,
            sort=("trip__number",),
            numeric=True,
            phone=False,
            link=lambda e: reverse("trips:trip", args=[e.trip_id]) if e.trip_id else "",
        ),
        Column(key="reference", label="Reference", value=lambda e: e.reference, phone=False, shown=False),
        Column(key="total", label="Total", value=lambda e: e.money, sort=("total",), numeric=True),
        Column(key="currency", label="Currency", value=lambda e: e.currency, sheet=True),
    )

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Expenses by standing, text, aircraft and category."""
        lines = ExpenseLine.objects.select_related("category").order_by("position")
        rows = self._narrowed(chosen).select_related("aircraft", "trip")
        return FromQuerySet(rows.prefetch_related(Prefetch("lines", lines)))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """Expenses per standing."""
        found = self._narrowed(others).aggregate(
            standing=Count("pk", filter=Q(voided_at=None)), void=Count("pk", filter=~Q(voided_at=None))
        )
        return {key: int(value) for key, value in found.items()}

    def _narrowed(self, chosen: Mapping[str, Any]) -> QuerySet[Expense]:
        found = Expense.objects.all()
        if status := chosen.get("status"):
            found = found.filter(voided_at__isnull=status == "standing")
        if aircraft := chosen.get("aircraft"):
            found = found.filter(aircraft=aircraft)
        if category := chosen.get("category"):
            found = found.filter(pk__in=ExpenseLine.objects.filter(category=category).values("expense"))
        if text := chosen.get("q"):
            number = Q(number=int(text)) if text.isdecimal() and len(text) < 9 else Q()
            found = found.filter(number | Q(vendor__icontains=text) | Q(reference__icontains=text))
        return found


class ExpenseForm(Form):
    """To whom, when, and a row per category; rows without an amount are left out."""

    vendor = forms.CharField(max_length=120, label="Paid to")
    spent_on = DayField(label="Spent on")
    currency = forms.CharField(max_length=3)
    reference = forms.CharField(max_length=120, required=False, help_text="Number of the receipt or bill")
    aircraft: "forms.ModelChoiceField[Aircraft]" = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="None"
    )
    trip = LongChoiceField(required=False, empty_label="None")

    def __init__(self, *args: Any, expense: Expense | None = None, **kwargs: Any) -> None:
        lines = list(expense.lines.all()) if expense is not None else []
        if expense is not None:
            kwargs["initial"] = {name: getattr(expense, name) for name in self.base_fields}
            for number, line in enumerate(lines):
                kwargs["initial"] |= {
                    f"category_{number}": line.category_id,
                    f"description_{number}": line.description,
                    f"amount_{number}": Money(line.amount, expense.currency).decimal(),
                }
        super().__init__(*args, **kwargs)
        self.names: dict[str, str] = {}
        self.fields["aircraft"].queryset = Aircraft.objects.order_by("registration")  # type: ignore[attr-defined]
        offer(self, "trip", Trip.objects.all(), "-number")
        self.rows = range(max(FEWEST_ROWS, len(lines) + 1))
        offered = categories(CategoryKind.COST)
        if lines:
            offered = offered | CostCategory.objects.filter(pk__in=[line.category_id for line in lines])
        for number in self.rows:
            self.fields[f"category_{number}"] = forms.ModelChoiceField(
                offered, required=False, empty_label="Category", label=f"Category of line {number + 1}"
            )
            self.fields[f"description_{number}"] = forms.CharField(
                max_length=300, required=False, label=f"Description of line {number + 1}"
            )
            self.fields[f"amount_{number}"] = MoneyField(required=False, label=f"Amount of line {number + 1}")

    def line_fields(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The rows as drawn."""
        return [(self[f"category_{n}"], self[f"description_{n}"], self[f"amount_{n}"]) for n in self.rows]

    def values(self) -> dict[str, Any]:
        """What the actions want. `names` then says where refusals of lines belong. Raises RuleBroken."""
        given = self.cleaned_data
        currency = checked_currency(given["currency"])
        told = [n for n in self.rows if given[f"amount_{n}"] or given[f"category_{n}"] or given[f"description_{n}"]]
        for place, n in enumerate(told):
            self.names |= {f"lines[{place}].{name}": f"{name}_{n}" for name in ("category", "description", "amount")}
        lines = [
            ExpenseLineValues(
                category=given[f"category_{n}"],
                description=given[f"description_{n}"],
                amount=parse_money(given[f"amount_{n}"] or "0", currency, field=f"amount_{n}"),
            )
            for n in told
        ]
        head = {name: given[name] for name in self.base_fields}
        return {**head, "currency": currency, "lines": lines}


class VoidForm(Form):
    """Why it is withdrawn."""

    reason = ReasonField(help_text="Kept with the expense.")


@page(permission="billing.view")
def all_expenses(request: PageRequest) -> HttpResponseBase:
    """All expenses."""
    return ExpenseList(request).respond("billing/expenses.html")


@page(permission="billing.view")
def expense(request: PageRequest, expense_id: UUID) -> HttpResponse:
    """One expense."""
    found = find_expense(expense_id)
    lines = [(line, Money(line.amount, found.currency)) for line in found.lines.all()]
    return render(request, "billing/expense.html", {"expense": found, "lines": lines})


@page(permission="billing.manage")
def new_expense(request: PageRequest) -> HttpResponse:
    """Record an expense."""
    initial = {
        "spent_on": today(),
        "currency": "EUR",
        "aircraft": request.GET.get("aircraft"),
        "trip": request.GET.get("trip"),
    }
    form = ExpenseForm(sent(request), initial=initial)
    if form.is_valid():
        with refusals_on(form, form.names):
            made = record_expense(acting_user=request.actor, **form.values())
            messages.success(request, f"{made} over {made.money} is recorded.")
            return redirect("billing:expense", made.pk)
    context = {"title": "Record expense", "verb": "Record expense", "cancel": reverse("billing:expenses")}
    return show_form(request, "billing/expense_form.html", form, context)


@page(permission="billing.manage")
def edit_expense(request: PageRequest, expense_id: UUID) -> HttpResponse:
    """Change an expense."""
    found = find_expense(expense_id)
    form = ExpenseForm(sent(request), expense=found)
    if form.is_valid():
        with refusals_on(form, form.names):
            change_expense(found, acting_user=request.actor, **form.values())
            messages.success(request, "Saved.")
            return redirect("billing:expense", expense_id)
    cancel = reverse("billing:expense", args=[expense_id])
    context = {"title": "Edit expense", "verb": "Save", "cancel": cancel, "expense": found}
    return show_form(request, "billing/expense_form.html", form, context)


@page(permission="billing.manage")
def void(request: PageRequest, expense_id: UUID) -> HttpResponse:
    """Withdraw an expense."""
    found = find_expense(expense_id)
    form = VoidForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            void_expense(found, reason=form.cleaned_data["reason"], acting_user=request.actor)
            messages.success(request, f"{found} is withdrawn.")
            return redirect("billing:expense", expense_id)
    text = f"{found.money} to {found.vendor} was not spent after all. It stays readable; this cannot be undone."
    context = {
        "thing": str(found),
        "verb": "Withdraw expense",
        "text": text,
        "danger": True,
        "list": ("billing:expenses", "Expenses"),
        "record": reverse("billing:expense", args=[expense_id]),
    }
    return show_form(request, "billing/step.html", form, context)
