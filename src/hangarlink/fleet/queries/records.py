"""What was corrected, what disagrees, what somebody typed."""

from django.db.models import Q, QuerySet

from hangarlink.fleet.models import Aircraft, Correction, Counter, Discrepancy, UsageEntry
from hangarlink.fleet.vocabulary import EntryKind


def corrections(aircraft: Aircraft) -> QuerySet[Correction]:
    """Everything corrected on an aircraft, newest first; flight, entry and its counter are loaded."""
    of_aircraft = Q(flight__aircraft=aircraft) | Q(entry__counter__aircraft=aircraft)
    return Correction.objects.filter(of_aircraft).select_related("flight", "entry__counter").order_by("-made_at", "-id")


def discrepancies(aircraft: Aircraft | None = None, *, with_settled: bool = False) -> QuerySet[Discrepancy]:
    """Discrepancies of the account or of one aircraft, newest first; entry, counter and aircraft are loaded."""
    rows = Discrepancy.objects.select_related("entry", "counter__aircraft").order_by("-raised_at", "-id")
    if aircraft is not None:
        rows = rows.filter(counter__aircraft=aircraft)
    return rows if with_settled else rows.filter(settled_at=None)


def entries(counter: Counter, *, with_superseded: bool = False) -> QuerySet[UsageEntry]:
    """Openings, readings and instrument changes of a counter, newest first."""
    rows = UsageEntry.objects.filter(counter=counter).exclude(kind=EntryKind.FLIGHT).order_by("-at", "-sequence", "-id")
    return rows if with_superseded else rows.filter(superseded_at=None)
