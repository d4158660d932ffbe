"""The list of aircraft."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.fleet.vocabulary import AircraftStatus
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet.words import STATUS_WORDS
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, ModelChoiceFilter, SearchField


class AircraftFilters(Filters):
    q = SearchField("Registration, call sign, serial no.")
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
            key="serial", label="Serial number", value=lambda a: a.serial_number, sort=("serial_number",), phone=False
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
        return dict(_narrowed(others).order_by().values_list("status").annotate(Count("pk")))


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
def register(request: PageRequest) -> HttpResponseBase:
    """Every aircraft."""
    return AircraftList(request).respond("fleet/aircraft_list.html")
