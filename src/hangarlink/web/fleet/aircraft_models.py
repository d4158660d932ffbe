"""Aircraft models: the list, a record, its forms."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from hangarlink.fleet.models import AircraftModel
from hangarlink.fleet.vocabulary import CounterKind, Display
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.words import DISPLAY_WORDS
from hangarlink.web.listing import Column, Filters, FromQuerySet, Listing, SearchField


class ModelFilters(Filters):
    q = SearchField("Name or manufacturer")


class ModelList(Listing[AircraftModel]):
    """Aircraft models with how many aircraft there are of each."""

    name = "aircraft-models"
    noun = ("model", "models")
    filters = ModelFilters
    sort = "name"
    empty = "fleet/models_empty.html"
    columns = (
        Column(
            key="name", label="Model", value=lambda m: m.name, sort=("name",),
            link=lambda m: reverse("fleet:model", args=[m.pk]),
        ),
        Column(key="manufacturer", label="Manufacturer", value=lambda m: m.manufacturer, sort=("manufacturer",)),
        Column(key="number", label="Model number", value=lambda m: m.model_number, sort=("model_number",), phone=False),
        Column(
            key="aircraft", label="Aircraft", value=lambda m: m.aircraft_count, sort=("aircraft_count",), numeric=True,
            link=lambda m: f"{reverse('fleet:list')}?model={m.pk}",
        ),
        Column(key="source", label="Data source", value=lambda m: m.external_data_source or "Kept here", phone=False),
        Column(key="updated", label="Changed", value=lambda m: m.updated_at, sort=("updated_at",), phone=False),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Models by name or manufacturer."""
        found = AircraftModel.objects.annotate(aircraft_count=Count("aircraft"))
        if text := chosen.get("q"):
            found = found.filter(Q(name__icontains=text) | Q(manufacturer__icontains=text))
        return FromQuerySet(found)


@page(permission="fleet.view")
def models(request: PageRequest) -> HttpResponseBase:
    """Every aircraft model."""
    return ModelList(request).respond("fleet/models.html")


@page(permission="fleet.view")
def model(request: PageRequest, model_id: UUID) -> HttpResponse:
    """One aircraft model."""
    found = reads.find_model(model_id)
    context = {
        "model": found,
        "expected": [
            (one.name, CounterKind(one.kind).label, DISPLAY_WORDS[Display(one.display)], one.slot)
            for one in found.expected_counters.order_by("id")
        ],
        "aircraft": found.aircraft.order_by("registration"),
    }
    return render(request, "fleet/model.html", context)
