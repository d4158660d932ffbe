"""An aircraft's page: the answer first, then what is due, identity, counters, what was flown, what is wrong."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.queries import discrepancies
from hangarlink.fleet.vocabulary import AircraftStatus, Unit
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.defects.rules import UNRECTIFIED
from hangarlink.maintenance.programme.queries import Narrow, board, due_list
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.reasons import reason_words
from hangarlink.web.fleet.tabs import tabs_of
from hangarlink.web.fleet.usage_chart import usage_chart
from hangarlink.web.fleet.words import STATUS_WORDS, per_day

LATEST = 6
NEXT_DUE = 10


@page(permission="fleet.view")
def aircraft(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """One aircraft."""
    found = reads.find_aircraft(aircraft_id)
    counters = reads.counters_of(aircraft_id)
    main = main_counter(counters)
    context = {
        "aircraft": found,
        "status": STATUS_WORDS[AircraftStatus(found.status)],
        "tabs": tabs_of(request, found, "overview"),
        "counters": [(counter, per_day(counter)) for counter in counters],
        "chart": usage_chart(main) if main else None,
        "main": main,
        "flights": reads.flights_of(aircraft_id).filter(cancelled_at=None).order_by("-ended_at")[:LATEST],
        "discrepancies": discrepancies(found),
    }
    if request.actor.may("programme.view"):
        context |= _programme(request, found)
    if request.actor.may("defects.view"):
        context["defects"] = _open_defects(found)
    return render(request, "fleet/aircraft.html", context)


def main_counter(counters: Sequence[Counter]) -> Counter | None:
    """The one that stands for the aircraft's total time: the first that counts hours."""
    return next((counter for counter in counters if counter.unit == Unit.SECONDS), None)


def _programme(request: PageRequest, found: Aircraft) -> dict[str, object]:
    row = board([found.pk])[found.pk]
    due = due_list(Narrow(aircraft_id=found.pk), limit=NEXT_DUE)
    return {
        "state": row.state.code,
        "reasons": [reason_words(ground, row, request.account) for ground in row.grounds[:4]],
        "more_reasons": max(0, len(row.grounds) - 4),
        "rows": due.rows,
        "has_more_due": due.has_more,
        "items": sum(row.counts.values()),
    }


def _open_defects(found: Aircraft) -> list[Defect]:
    rows = Defect.objects.filter(aircraft=found, status__in=[status.value for status in UNRECTIFIED])
    return list(rows.order_by("-reported_at")[:NEXT_DUE])
