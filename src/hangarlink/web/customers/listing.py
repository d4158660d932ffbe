"""The list of customers."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.operations.customers.models import Customer
from hangarlink.web.access import PageRequest, page
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, SearchField


class CustomerFilters(Filters):
    status = Chips([("active", "Active"), ("archived", "Archived")])
    q = SearchField("Name, company, e-mail or number")


class CustomerList(Listing[Customer]):
    """Customers, by name."""

    name = "customers"
    noun = ("customer", "customers")
    filters = CustomerFilters
    sort = "name"
    empty = "customers/empty.html"
    columns: tuple[Column[Customer], ...] = (
        Column(
            key="name", label="Customer", value=lambda c: c.name, sort=("name",), under=lambda c: c.company,
            link=lambda c: reverse("customers:customer", args=[c.pk]),
        ),
        Column(key="number", label="No.", value=lambda c: c.number, sort=("number",), numeric=True, phone=False),
        Column(key="city", label="City", value=lambda c: c.city, sort=("city",)),
        Column(key="country", label="Country", value=lambda c: c.country, sort=("country",), phone=False),
        Column(key="email", label="E-mail", value=lambda c: c.email, sort=("email",), phone=False),
        Column(key="phone", label="Phone", value=lambda c: c.phone, phone=False),
        Column(key="currency", label="Currency", value=lambda c: c.currency, sort=("currency",), phone=False),
        Column(
            key="terms", label="Days to pay", value=lambda c: c.payment_days, sort=("payment_days",), numeric=True,
            phone=False, shown=False,
        ),
        Column(key="company", label="Company", value=lambda c: c.company, sheet=True),
        Column(key="archived", label="Archived", value=lambda c: c.archived_at, sort=("archived_at",), shown=False),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Customers by standing and text."""
        return FromQuerySet(self._narrowed(chosen))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """Customers per standing."""
        found = self._narrowed(others).aggregate(
            active=Count("pk", filter=Q(archived_at=None)), archived=Count("pk", filter=~Q(archived_at=None))
        )
        return {key: int(value) for key, value in found.items()}

    def _narrowed(self, chosen: Mapping[str, Any]) -> QuerySet[Customer]:
        found = Customer.objects.all()
        if status := chosen.get("status"):
            found = found.filter(archived_at__isnull=status == "active")
        if text := chosen.get("q"):
            number = Q(number=int(text)) if text.isdecimal() and len(text) < 9 else Q()
            given = Q(name__icontains=text) | Q(company__icontains=text) | Q(email__icontains=text)
            found = found.filter(given | number)
        return found


@page(permission="customers.view")
def customers(request: PageRequest) -> HttpResponseBase:
    """All customers."""
    return CustomerList(request).respond("customers/list.html")
