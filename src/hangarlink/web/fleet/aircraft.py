"""The list of aircraft, and an aircraft's page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.fleet.vocabulary import AircraftStatus
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, ModelChoiceFilter, SearchField

STATUS_WORDS = {
    AircraftStatus.IN_SERVICE: "In service",
    AircraftStatus.MAINTENANCE: "Maintenance",
    AircraftStatus.OUT_OF_SERVICE: "Out of service",
}


class AircraftFilters(Filters):
    q = SearchField("Registration, call sign or serial number")
    status = Chips([(status.value, word) for status, word in STATUS_WORDS.items()])
    model = ModelChoiceFilter(AircraftModel, every="Every model")


class AircraftList(Listing[Aircraft]):
    """The register: every aircraft, also those out of service."""

    name = "aircraft"
    noun = ("aircraft", "aircraft")
    filters = AircraftFilters
    sort = "registration"
    empty = "fleet/board_empty.html"
    columns = (
        Column(
            key="registration", label="Aircraft", value=lambda a: a.registration, sort=("registration",),
            link=lambda a: reverse("fleet:aircraft", args=[a.pk]),
        ),
        Column(key="call_sign", label="Call sign", value=lambda a: a.call_sign, sort=("call_sign",), phone=False),
        Column(key="model", label="Model", value=lambda a: a.aircraft_model.name, sort=("aircraft_model__name",)),
        Column(
            key="serial", label="Serial number", value=lambda a: a.serial_number, sort=("serial_number",), phone=False,
        ),
        Column(key="status", label="Status", value=lambda a: STATUS_WORDS[AircraftStatus(a.status)], sort=("status",)),
        Column(key="location", label="Location", value=lambda a: a.location, sort=("location",), phone=False),
        Column(key="changed", label="Changed", value=lambda a: a.updated_at, sort=("updated_at",), shown=False),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Aircraft by text, status and model."""
        return FromQuerySet(_narrowed(chosen).select_related("aircraft_model"))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """Aircraft per status."""
        rows = _narrowed(others).order_by().values_list("status").annotate(Count("pk"))
        return dict(rows)


def _narrowed(chosen: Mapping[str, Any]) -> QuerySet[Aircraft]:
    found = Aircraft.objects.all()
    if text := chosen.get("q"):
        found = found.filter(
            Q(registration__icontains=text) | Q(call_sign__icontains=text) | Q(serial_number__icontains=text)
        )
    if status := chosen.get("status"):
        found = found.filter(status=status)
    if model := chosen.get("model"):
        found = found.filter(aircraft_model=model)
    return found


@page(permission="fleet.view")
def aircraft_list(request: PageRequest) -> HttpResponseBase:
    """Every aircraft."""
    return AircraftList(request).respond("fleet/aircraft_list.html")


@page(permission="fleet.view")
def aircraft(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """One aircraft."""
    found = Aircraft.objects.select_related("aircraft_model").filter(pk=aircraft_id).first()
    if found is None:
        raise Missing("This aircraft does not exist in this account.")
    return render(
        request, "fleet/aircraft.html", {"aircraft": found, "status": STATUS_WORDS[AircraftStatus(found.status)]}
    )
