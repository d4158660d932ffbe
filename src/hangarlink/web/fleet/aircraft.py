"""An aircraft's page: the answer first, then identity, counters, what is due, what was flown, what is wrong."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from hangarlink.fleet.models import Counter
from hangarlink.fleet.vocabulary import AircraftStatus, Unit
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.tabs import tabs_of
from hangarlink.web.fleet.usage_chart import usage_chart
from hangarlink.web.fleet.words import STATUS_WORDS, per_day

LATEST = 6


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
    }
    return render(request, "fleet/aircraft.html", context)


def main_counter(counters: list[Counter]) -> Counter | None:
    """The one that stands for the aircraft's total time: the first that counts hours."""
    return next((counter for counter in counters if counter.unit == Unit.SECONDS), None)
