"""What a piece of work would do to what is due, told before it is done: it is done, looked at and undone.

The same code does the work later, so the preview cannot differ from it. Only items that the work touched are looked at
(`watching`), so the cost follows the work and not the fleet.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import DueItem, ValueDiscrepancy
from hangarlink.maintenance.programme.queries.rows import DueRow, TermRow, item_rows
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.watching import Touched, watching
from hangarlink.platform.people.permissions import Actor


class Change(StrEnum):
    """What happens to an item, worst first: the first that is true of it."""

    BECOMES_OVERDUE = "becomes_overdue"
    WORSE = "worse"
    APPEARS = "appears"
    ENDS = "ends"
    BETTER = "better"
    DUE_MOVES = "due_moves"
    FORECAST_MOVES = "forecast_moves"
    REMAINING_MOVES = "remaining_moves"


@dataclass(frozen=True)
class TermMoved:
    """One limit before and after; None on the side where it is not open."""

    path: str
    before: TermRow | None
    after: TermRow | None

    @property
    def due_moves(self) -> bool:
        """Whether the due point itself is another one, also from or to unknown."""
        return _point(self.before) != _point(self.after)


@dataclass(frozen=True)
class Moved:
    """One item before and after. None: nothing is due under it then, because nothing demands it or it has ended.

    row    the item afterwards, or as it was when it ends: for its names
    terms  the limits whose due point, remaining or state differ
    """

    item_id: UUID
    change: Change
    row: DueRow
    before: DueRow | None
    after: DueRow | None
    terms: tuple[TermMoved, ...]


@dataclass(frozen=True)
class TotalMoved:
    """The total of a counter before and after; None: unknown."""

    counter: Counter
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Dispute:
    """A value that a person read at an accomplishment and that usage would contradict. The value stays."""

    item_id: UUID
    on: date
    counter: Counter
    value: int
    expected: int


@dataclass(frozen=True)
class Impact:
    """Everything that would move, worst first.

    moved      empty for somebody who may not see the programme (`sees_due`)
    looked_at  items that were compared
    """

    as_of: date
    sees_due: bool
    looked_at: int
    totals: tuple[TotalMoved, ...]
    moved: tuple[Moved, ...]
    disputes: tuple[Dispute, ...]

    def of(self, *changes: Change) -> tuple[Moved, ...]:
        """The items to which one of these happens."""
        return tuple(one for one in self.moved if one.change in changes)

    @property
    def becomes_overdue(self) -> tuple[Moved, ...]:
        """What an aircraft could not fly with afterwards, and could before."""
        return self.of(Change.BECOMES_OVERDUE)


def impact_of(
    work: Callable[[], object], *, acting_user: Actor, aircraft_ids: Collection[UUID] = (), as_of: date | None = None
) -> Impact:
    """Do the work, see what it moved, undo it. Nothing is kept, not even an audit row or an event.

    work          calls actions; what it raises goes through, and nothing is kept then either. Model objects it changed
                  are not as the database has them afterwards: read them again
    aircraft_ids  look at these too: for work that changes neither usage nor terms, such as a planned rate of use
    as_of         the day to compare on, by default today
    """
    day = as_of or today()
    with transaction.atomic():
        with watching() as touched:
            work()
        touched.aircraft |= set(aircraft_ids)
        after = _look(touched, day)
        transaction.set_rollback(True)
    before = _look(_same(touched, after), day)
    sees_due = acting_user.may("programme.view")
    moved = _moved(before.rows, after.rows) if sees_due else ()
    return Impact(day, sees_due, len(after.items), _totals(before, after), moved, _disputes(before, after))


@dataclass(frozen=True)
class _Look:
    items: Collection[UUID]
    rows: Mapping[UUID, DueRow]
    counters: Mapping[UUID, Counter]
    disputes: Mapping[UUID, Dispute]


def _look(touched: Touched, day: date) -> _Look:
    """Items, counters and open disputes of what was touched: a fixed number of statements."""
    found = DueItem.objects.filter(Q(id__in=touched.items) | Q(aircraft_id__in=touched.aircraft))
    items = list(found.values_list("id", flat=True))
    counters = Counter.objects.filter(aircraft_id__in=touched.aircraft).order_by("aircraft_id", "position", "name")
    return _Look(
        items,
        {row.item_id: row for row in item_rows(items, day)},
        {counter.pk: counter for counter in counters},
        _open_disputes(items),
    )


def _same(touched: Touched, after: _Look) -> Touched:
    """What to look at before the work: the same items, wherever they were then."""
    return Touched(touched.items | set(after.items), touched.aircraft)


def _open_disputes(item_ids: Collection[UUID]) -> dict[UUID, Dispute]:
    rows = ValueDiscrepancy.objects.filter(
        settled_at__isnull=True,
        value__accomplishment__item_id__in=item_ids,
        value__accomplishment__superseded_at__isnull=True,
    ).select_related("value__accomplishment", "value__counter")
    return {
        one.value_id: Dispute(
            one.value.accomplishment.item_id,
            one.value.accomplishment.on,
            one.value.counter,
            one.value.value,
            one.expected,
        )
        for one in rows
    }


def _disputes(before: _Look, after: _Look) -> tuple[Dispute, ...]:
    """Those that are new, or of another amount."""
    return tuple(
        one
        for value, one in after.disputes.items()
        if value not in before.disputes or before.disputes[value].expected != one.expected
    )


def _totals(before: _Look, after: _Look) -> tuple[TotalMoved, ...]:
    earlier = {key: counter.total for key, counter in before.counters.items()}
    return tuple(
        TotalMoved(counter, earlier.get(key), counter.total)
        for key, counter in after.counters.items()
        if earlier.get(key) != counter.total
    )


def _moved(before: Mapping[UUID, DueRow], after: Mapping[UUID, DueRow]) -> tuple[Moved, ...]:
    found = [_item(key, before.get(key), after.get(key)) for key in before.keys() | after.keys()]
    order = list(Change)
    return tuple(sorted((one for one in found if one), key=lambda one: (order.index(one.change), _place(one))))


def _place(one: Moved) -> tuple[str, date, str, UUID]:
    return one.row.registration, one.row.forecast or date.max, one.row.reference, one.item_id


def _item(key: UUID, before: DueRow | None, after: DueRow | None) -> Moved | None:
    terms, row = _terms(before, after), after or before
    change = _change(before, after, terms)
    return Moved(key, change, row, before, after, terms) if change and row else None


def _terms(before: DueRow | None, after: DueRow | None) -> tuple[TermMoved, ...]:
    old = {term.path: term for term in before.terms} if before else {}
    new = {term.path: term for term in after.terms} if after else {}
    pairs = (TermMoved(path, old.get(path), new.get(path)) for path in {**old, **new})
    return tuple(one for one in pairs if one.before != one.after)


def _change(before: DueRow | None, after: DueRow | None, terms: Collection[TermMoved]) -> Change | None:
    if after is None:
        return Change.ENDS
    if after.state is State.OVERDUE and (before is None or before.state is not State.OVERDUE):
        return Change.BECOMES_OVERDUE
    if before is None:
        return Change.APPEARS
    if after.state is not before.state:
        return Change.WORSE if after.state > before.state else Change.BETTER
    return _within_its_state(before, after, terms)


def _within_its_state(before: DueRow, after: DueRow, terms: Collection[TermMoved]) -> Change | None:
    if any(one.due_moves for one in terms):
        return Change.DUE_MOVES
    if (after.forecast, after.never) != (before.forecast, before.never):
        return Change.FORECAST_MOVES
    return Change.REMAINING_MOVES if terms else None


def _point(term: TermRow | None) -> tuple[UUID | None, int | date | None] | None:
    return None if term is None else (term.counter_id, term.limit)
