"""Defects across the fleet, and of one aircraft."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.defects.rules import Status
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.tabs import tabs_of
from hangarlink.web.fleet.words import source_words
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, ModelChoiceFilter, SearchField

STATUS_WORDS = {
    Status.OPEN: "Open",
    Status.DEFERRED: "Deferred",
    Status.RECTIFIED: "Rectified",
    Status.CLOSED: "Closed",
}


class DefectFilters(Filters):
    status = Chips([(status.value, word) for status, word in STATUS_WORDS.items()])
    q = SearchField("Number, text or reporter")
    aircraft = ModelChoiceFilter(Aircraft, every="Every aircraft", order="registration")


class DefectList(Listing[Defect]):
    """Defects, latest report first."""

    name = "defects"
    noun = ("defect", "defects")
    filters = DefectFilters
    sort = "-reported"
    cards = True
    empty = "defects/empty.html"
    columns: tuple[Column[Defect], ...] = (
        Column(
            key="number", label="Defect", value=lambda d: d.number, sort=("number",),
            link=lambda d: reverse("defects:defect", args=[d.pk]),
        ),
        Column(
            key="aircraft", label="Aircraft", value=lambda d: d.aircraft.registration, sort=("aircraft__registration",),
            link=lambda d: reverse("fleet:aircraft", args=[d.aircraft_id]),
        ),
        Column(key="description", label="What was found", value=lambda d: d.description),
        Column(key="status", label="Status", value=lambda d: STATUS_WORDS[Status(d.status)], sort=("status",)),
        Column(key="reported", label="Reported", value=lambda d: d.reported_at, sort=("reported_at",)),
        Column(key="due", label="Rectify by", value=lambda d: d.due_date, sort=("due_date",), phone=False),
        Column(key="by", label="Reported by", value=lambda d: d.reported_by, phone=False, shown=False),
        Column(key="ata", label="ATA", value=lambda d: d.ata, sort=("ata",), phone=False),
        Column(key="source", label="Told by", value=lambda d: source_words(d.source), phone=False, shown=False),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Defects by status, text and aircraft."""
        return FromQuerySet(self._narrowed(chosen).select_related("aircraft"))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """Defects per status."""
        return dict(self._narrowed(others).order_by().values_list("status").annotate(Count("pk")))

    def _narrowed(self, chosen: Mapping[str, Any]) -> QuerySet[Defect]:
        found = Defect.objects.all()
        if status := chosen.get("status"):
            found = found.filter(status=status)
        if aircraft := chosen.get("aircraft"):
            found = found.filter(aircraft=aircraft)
        if text := chosen.get("q"):
            number = Q(number=int(text)) if text.isdecimal() and len(text) < 9 else Q()
            found = found.filter(Q(description__icontains=text) | Q(reported_by__icontains=text) | number)
        return found


class AircraftDefectList(DefectList):
    """Defects of one aircraft."""

    def __init__(self, request: PageRequest, aircraft: Aircraft) -> None:
        self.aircraft = aircraft
        super().__init__(request)
        self.form.fields.pop("aircraft", None)
        self.columns = tuple(column for column in DefectList.columns if column.key != "aircraft")

    def _narrowed(self, chosen: Mapping[str, Any]) -> QuerySet[Defect]:
        return super()._narrowed(chosen).filter(aircraft=self.aircraft)


@page(permission="defects.view")
def defects(request: PageRequest) -> HttpResponseBase:
    """Defects of the whole fleet."""
    return DefectList(request).respond("defects/list.html")


@page(permission="defects.view")
def of_aircraft(request: PageRequest, aircraft_id: UUID) -> HttpResponseBase:
    """Defects of one aircraft."""
    aircraft = reads.find_aircraft(aircraft_id)
    context = {"aircraft": aircraft, "tabs": tabs_of(request, aircraft, "defects")}
    return AircraftDefectList(request, aircraft).respond("defects/of_aircraft.html", context)
