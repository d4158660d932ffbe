"""A counter's page: where it stands, why, and what moved it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.fleet.models import Correction, Counter, Discrepancy, UsageEntry
from hangarlink.fleet.vocabulary import CounterKind, EntryKind
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.usage_chart import usage_chart
from hangarlink.web.fleet.words import ENTRY_WORDS, added, per_day, quantity, source_words
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing


def _href(entry: UsageEntry) -> str:
    if entry.flight_id:
        return reverse("fleet:flight", args=[entry.counter.aircraft_id, entry.flight_id])
    if entry.kind == EntryKind.OPENING:
        return reverse("fleet:opening", args=[entry.counter.aircraft_id, entry.counter_id])
    return reverse("fleet:correct_entry", args=[entry.counter.aircraft_id, entry.counter_id, entry.pk])


class EntryFilters(Filters):
    kind = Chips([(kind.value, word) for kind, word in ENTRY_WORDS.items()])


class EntryList(Listing[UsageEntry]):
    """What moved a counter, latest first. Superseded entries are in the corrections."""

    name = "usage"
    noun = ("entry", "entries")
    filters = EntryFilters
    sort = "-at"
    empty = "fleet/entries_empty.html"
    columns = (
        Column(
            key="at", label="Moment", value=lambda e: e.at, sort=("at", "sequence"),
            link=_href, html=lambda e: formats.moment(e.at, beside=False),
        ),
        Column(key="kind", label="What", value=lambda e: ENTRY_WORDS[EntryKind(e.kind)]),
        Column(key="added", label="Added", value=added, numeric=True),
        Column(
            key="shown", label="Instrument showed", value=lambda e: quantity(e, e.reading), numeric=True, phone=False
        ),
        Column(key="total", label="Total then", value=lambda e: quantity(e, e.total_after), numeric=True),
        Column(key="source", label="Told by", value=lambda e: source_words(e.source), phone=False),
        Column(key="recorded", label="Recorded", value=lambda e: e.recorded_at, shown=False),
    )  # fmt: skip

    def __init__(self, request: PageRequest, counter: Counter) -> None:
        self.counter = counter
        if not request.actor.may("fleet.correct_usage"):
            self.columns = (replace(self.columns[0], link=None), *self.columns[1:])
        super().__init__(request)

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """The entries that count, by kind."""
        found: QuerySet[UsageEntry] = UsageEntry.objects.filter(counter=self.counter, superseded_at=None)
        if kind := chosen.get("kind"):
            found = found.filter(kind=kind)
        return FromQuerySet(found.select_related("counter"))


@page(permission="fleet.view")
def counter(request: PageRequest, aircraft_id: UUID, counter_id: UUID) -> HttpResponseBase:
    """One counter."""
    found = reads.find_counter(aircraft_id, counter_id)
    context = {
        "counter": found,
        "aircraft": found.aircraft,
        "kind": CounterKind(found.kind).label,
        "chart": usage_chart(found),
        "per_day": per_day(found),
        "corrections": Correction.objects.filter(entry__counter=found)
        .select_related("entry")
        .order_by("-made_at")[:50],
        "discrepancies": Discrepancy.objects.filter(counter=found, settled_at=None).order_by("-raised_at"),
    }
    return EntryList(request, found).respond("fleet/counter.html", context)
