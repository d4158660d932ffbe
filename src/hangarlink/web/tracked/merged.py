"""Our due items and those tracked elsewhere in one list: two ordered streams, merged by the page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import TypeAlias

from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.programme.queries import DueRow
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.queries import Narrow, Sort, TrackedRow, tracked_list
from hangarlink.web.listing.sources import Source

Row: TypeAlias = DueRow | TrackedRow
_SORTS = {"forecast": Sort.DUE, "aircraft": Sort.AIRCRAFT, "requirement": Sort.REFERENCE}
_WINDOW = 500
_FAR = date.max.toordinal()


class TrackedOnly:
    """Items tracked elsewhere as a list's source."""

    def __init__(self, narrow: Narrow, total: int | None) -> None:
        self._narrow, self._total = narrow, total

    def count(self) -> int | None:
        return self._total

    def rows(self, order: Sequence[str], start: int, stop: int | None) -> Iterator[TrackedRow]:
        """A window, read in pieces."""
        sort, now = _SORTS[order[0]], timezone.now()
        while stop is None or start < stop:
            size = _WINDOW if stop is None else min(_WINDOW, stop - start)
            found = tracked_list(self._narrow, sort=sort, offset=start, limit=size, now=now)
            yield from found
            start += len(found)
            if len(found) < size:
                return


class Merged:
    """Both. By requirement ours come first, then the others; else each stands where it falls due."""

    def __init__(self, ours: Source[DueRow], theirs: TrackedOnly) -> None:
        self._ours, self._theirs = ours, theirs

    def count(self) -> int | None:
        counts = (self._ours.count(), self._theirs.count())
        return None if None in counts else sum(count for count in counts if count is not None)

    def rows(self, order: Sequence[str], start: int, stop: int | None) -> Iterable[Row]:
        ours: Iterable[Row] = self._ours.rows(order, 0, stop)
        theirs: Iterable[Row] = self._theirs.rows(order, 0, stop)
        if order[0] == "requirement":
            return islice((row for rows in (ours, theirs) for row in rows), start, stop)
        by_aircraft = order[0] == "aircraft"
        return islice(merge(ours, theirs, key=lambda row: self._place(row, by_aircraft=by_aircraft)), start, stop)

    def _place(self, row: Row, *, by_aircraft: bool) -> tuple[int, int, int]:
        aircraft = self._ranks.get(row.registration, 0) if by_aircraft else 0
        return (aircraft, *(_place_of_tracked(row) if isinstance(row, TrackedRow) else _place_of_ours(row)))

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        """Registrations in the database's own order, which both streams come in."""
        names = Aircraft.objects.order_by("registration").values_list("registration", flat=True)
        return {name: rank for rank, name in enumerate(names)}


def _place_of_ours(row: DueRow) -> tuple[int, int]:
    """Passed limits by day, what nobody can tell, what lies ahead by day, what is never reached: as it is read."""
    if row.forecast is None:
        return (4, _FAR) if row.never else (1, 0)
    return (0 if row.forecast < _today() else 3, row.forecast.toordinal())


def _place_of_tracked(row: TrackedRow) -> tuple[int, int]:
    """The same order; what is nearly used up and has no day stands right before what lies ahead."""
    day = _FAR if row.due_on is None else row.due_on.toordinal()
    if row.state is State.OVERDUE:
        return (0, day)
    if row.state is State.UNKNOWN:
        return (1, day)
    return (2 if row.is_near else 4 if row.due_on is None else 3, day)


def _today() -> date:
    return timezone.now().astimezone(UTC).date()
