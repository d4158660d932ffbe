"""The list of trips."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.fleet.models import Aircraft
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.models import Trip
from hangarlink.operations.trips.queries import route_of, trips
from hangarlink.operations.trips.rules import Kind, Status
from hangarlink.web.access import PageRequest, page
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, ModelChoiceFilter, SearchField
from hangarlink.web.trips.words import KIND_WORDS, STATUS_WORDS, block


class TripFilters(Filters):
    status = Chips([(status.value, word) for status, word in STATUS_WORDS.items()])
    q = SearchField("Number, place or customer")
    aircraft = ModelChoiceFilter(Aircraft, every="Every aircraft", order="registration")
    customer = ModelChoiceFilter(Customer, every="Every customer")


class TripList(Listing[Trip]):
    """Trips, latest departure first."""

    name = "trips"
    noun = ("trip", "trips")
    filters = TripFilters
    sort = "-departs"
    empty = "trips/empty.html"
    columns: tuple[Column[Trip], ...] = (
        Column(
            key="number", label="Trip", value=lambda t: t.number, sort=("number",),
            link=lambda t: reverse("trips:trip", args=[t.pk]),
        ),
        Column(key="route", label="Route", value=route_of),
        Column(key="status", label="Status", value=lambda t: STATUS_WORDS[Status(t.status)], sort=("status",)),
        Column(key="departs", label="Departs", value=lambda t: t.departs_at, sort=("departs_at",), phone=False),
        Column(key="block", label="Block", value=block, numeric=True, phone=False),
        Column(
            key="aircraft", label="Aircraft", value=lambda t: t.aircraft and t.aircraft.registration,
            sort=("aircraft__registration",), phone=False,
            link=lambda t: reverse("fleet:aircraft", args=[t.aircraft_id]) if t.aircraft_id else "",
        ),
        Column(
            key="customer", label="Customer", value=lambda t: t.customer and t.customer.name, sort=("customer__name",),
            phone=False,
            link=lambda t: reverse("customers:customer", args=[t.customer_id]) if t.customer_id else "",
        ),
        Column(
            key="kind", label="Kind", value=lambda t: KIND_WORDS[Kind(t.kind)], sort=("kind",), phone=False,
        ),
        Column(key="arrives", label="Arrives", value=lambda t: t.arrives_at, sort=("arrives_at",), shown=False),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Trips by status, text, aircraft and customer."""
        return FromQuerySet(self._narrowed(chosen, trips()))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """Trips per status."""
        rows = self._narrowed(others, Trip.objects.all()).order_by()
        return dict(rows.values_list("status").annotate(Count("pk", distinct=True)))

    def _narrowed(self, chosen: Mapping[str, Any], found: QuerySet[Trip]) -> QuerySet[Trip]:
        for name in ("status", "aircraft", "customer"):
            if value := chosen.get(name):
                found = found.filter(**{name: value})
        if text := chosen.get("q"):
            number = Q(number=int(text)) if text.isdecimal() and len(text) < 9 else Q()
            flown = Trip.objects.filter(Q(legs__departure__icontains=text) | Q(legs__arrival__icontains=text))
            found = found.filter(number | Q(customer__name__icontains=text) | Q(pk__in=flown.values("pk")))
        return found


@page(permission="trips.view")
def all_trips(request: PageRequest) -> HttpResponseBase:
    """All trips."""
    return TripList(request).respond("trips/list.html")
