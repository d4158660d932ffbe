"""An aircraft's page: the answer first, then what is due, identity, counters, what was flown, what is wrong."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.queries import discrepancies
from hangarlink.fleet.vocabulary import AircraftStatus, Unit
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.defects.rules import UNRECTIFIED
from hangarlink.maintenance.programme.queries import Narrow, board, due_list
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.queries import Narrow as TrackedNarrow
from hangarlink.maintenance.tracked.queries import tracked_list, tracked_states
from hangarlink.maintenance.visits.queries import upcoming
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.reasons import reason_page, reason_words
from hangarlink.web.fleet.tabs import tabs_of
from hangarlink.web.fleet.usage_chart import usage_chart
from hangarlink.web.fleet.words import STATUS_WORDS, per_day
from hangarlink.web.tracked.words import counts_text

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
        "visits": upcoming(found, timezone.now())[:LATEST],
    }
    if request.actor.may("programme.view"):
        context |= _programme(request, found) | _tracked(found)
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
        "reasons": [
            (reason_words(ground, row, request.account), reason_page(ground.code, ground.subject))
            for ground in row.grounds[:4]
        ],
        "more_reasons": max(0, len(row.grounds) - 4),
        "rows": due.rows,
        "has_more_due": due.has_more,
        "items": sum(row.counts.values()),
    }


def _tracked(found: Aircraft) -> dict[str, object]:
    """What other systems say is due on it: shown beside its state, never part of it."""
    counts = tracked_states(TrackedNarrow(aircraft_id=found.pk))
    return {
        "tracked_total": sum(counts.values()),
        "tracked_counts": counts_text(counts),
        "tracked_over": counts[State.OVERDUE],
        "tracked_rows": tracked_list(TrackedNarrow(aircraft_id=found.pk), limit=NEXT_DUE)
        if any(counts.values())
        else [],
    }


def _open_defects(found: Aircraft) -> list[Defect]:
    rows = Defect.objects.filter(aircraft=found, status__in=[status.value for status in UNRECTIFIED])
    return list(rows.order_by("-reported_at")[:NEXT_DUE])
