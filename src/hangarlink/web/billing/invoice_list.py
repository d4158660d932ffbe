"""The list of invoices."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.operations.billing.actions.checks import today
from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.billing.queries import owed
from hangarlink.operations.billing.rules import Status
from hangarlink.operations.customers.models import Customer
from hangarlink.web.access import PageRequest, page
from hangarlink.web.billing.words import status_word
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, ModelChoiceFilter, SearchField


class InvoiceFilters(Filters):
    status = Chips([("draft", "Draft"), ("open", "Open"), ("overdue", "Overdue"), ("paid", "Paid"), ("void", "Void")])
    q = SearchField("Number, customer or memo")
    customer = ModelChoiceFilter(Customer, every="Every customer")


class InvoiceList(Listing[Invoice]):
    """Invoices, latest first; drafts have no number yet."""

    name = "invoices"
    noun = ("invoice", "invoices")
    filters = InvoiceFilters
    sort = "-made"
    empty = "billing/invoices_empty.html"

    def __init__(self, request: PageRequest) -> None:
        self.today = today()
        super().__init__(request)
        self.columns: tuple[Column[Invoice], ...] = (
            Column(
                key="number",
                label="Invoice",
                value=lambda i: i.number or "Draft",
                sort=("number",),
                link=lambda i: reverse("billing:invoice", args=[i.pk]),
            ),
            Column(
                key="customer",
                label="Customer",
                value=lambda i: i.customer.name,
                sort=("customer__name",),
                link=lambda i: reverse("customers:customer", args=[i.customer_id]),
            ),
            Column(key="status", label="Status", value=lambda i: status_word(i, self.today), sort=("status",)),
            Column(key="issued", label="Issued", value=lambda i: i.issued_on, sort=("issued_on",), phone=False),
            Column(key="due", label="Due", value=lambda i: i.due_on, sort=("due_on",), phone=False),
            Column(key="total", label="Total", value=lambda i: i.total_money, sort=("total",), numeric=True),
            Column(
                key="owed",
                label="Owed",
                value=lambda i: i.balance_money if i.balance else None,
                sort=("left",),
                numeric=True,
                phone=False,
            ),
            Column(
                key="trip",
                label="Trip",
                value=lambda i: i.trip and i.trip.number,
                sort=("trip__number",),
                numeric=True,
                phone=False,
                shown=False,
                link=lambda i: reverse("trips:trip", args=[i.trip_id]) if i.trip_id else "",
            ),
            Column(key="currency", label="Currency", value=lambda i: i.currency, sort=("currency",), sheet=True),
            Column(key="made", label="Drafted", value=lambda i: i.created_at, sort=("created_at",), shown=False),
        )

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Invoices by status, text and customer."""
        rows = self._narrowed(chosen).select_related("customer", "trip")
        return FromQuerySet(rows.annotate(left=F("total") - F("paid")))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """Invoices per status."""
        counts = {key: Count("pk", filter=self._is(key)) for key in ("draft", "open", "overdue", "paid", "void")}
        return {key: int(value) for key, value in self._narrowed(others).aggregate(**counts).items()}

    def _narrowed(self, chosen: Mapping[str, Any]) -> QuerySet[Invoice]:
        found = Invoice.objects.all()
        if status := chosen.get("status"):
            found = found.filter(self._is(status))
        if customer := chosen.get("customer"):
            found = found.filter(customer=customer)
        if text := chosen.get("q"):
            number = Q(number=int(text)) if text.isdecimal() and len(text) < 9 else Q()
            found = found.filter(number | Q(customer__name__icontains=text) | Q(memo__icontains=text))
        return found

    def _is(self, status: str) -> Q:
        late = Q(status=Status.ISSUED, due_on__lt=self.today)
        if status == "overdue":
            return late
        return Q(status=Status.ISSUED) & ~late if status == "open" else Q(status=status)


@page(permission="billing.view")
def invoices(request: PageRequest) -> HttpResponseBase:
    """All invoices."""
    return InvoiceList(request).respond("billing/invoices.html", {"owed": owed(today())})
