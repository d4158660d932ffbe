"""Items tracked elsewhere as lists and pages read them. States are worked out when read, set-wise."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, ExpressionWrapper, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.models import TrackedItem, TrackedSource
from hangarlink.maintenance.tracked.rules import SOON_DAYS, TrackedTerm, from_json, is_stale
from hangarlink.platform.errors import Missing

MOST_ROWS = 1_000
# Items with `state` and `place`, which no type of the model has.
Annotated = QuerySet[Any, Any]


class Sort(StrEnum):
    """What comes first; within one aircraft or reference: what is due first."""

    DUE = "due"
    AIRCRAFT = "aircraft"
    REFERENCE = "reference"


@dataclass(frozen=True)
class Narrow:
    """Which items a list shows; what is empty narrows nothing.

    text     part of a reference, title or registration, in any case
    is_gone  only those that a complete listing no longer held; else only those that are still told of
    """

    aircraft_id: UUID | None = None
    aircraft_model_id: UUID | None = None
    source_id: UUID | None = None
    states: Collection[State] = ()
    text: str = ""
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class TrackedRow:
    """One item now.

    due_on    its earliest calendar limit
    is_stale  too old to rely on, so UNKNOWN unless over
    is_near   nearly used up by what was told, whatever the calendar says
    """

    item_id: UUID
    state: State
    aircraft_id: UUID
    registration: str
    source_id: UUID
    partner: str
    external_id: str
    title: str
    reference: str
    ata: str
    serial_number: str
    status: str
    terms: tuple[TrackedTerm, ...]
    due_on: date | None
    as_of: datetime
    is_stale: bool
    is_near: bool
    gone_since: datetime | None


_ORDER = {
    Sort.DUE: (),
    Sort.AIRCRAFT: ("aircraft__registration",),
    Sort.REFERENCE: ("reference",),
}


def tracked_list(
    narrow: Narrow = Narrow(),
    *,
    sort: Sort = Sort.DUE,
    offset: int = 0,
    limit: int = 50,
    now: datetime | None = None,
) -> list[TrackedRow]:
    """A page: what is over first, then what nobody can tell, then by day, then what has no day. One statement."""
    now = now or timezone.now()
    order: tuple[Any, ...] = (*_ORDER[sort], "place", F("due_on").asc(nulls_last=True), "reference", "id")
    found = _chosen(narrow, now).select_related("source", "aircraft").order_by(*order)
    return [_row(item, now) for item in found[offset : offset + max(1, min(limit, MOST_ROWS))]]


def tracked_count(narrow: Narrow = Narrow(), *, now: datetime | None = None) -> int:
    return _chosen(narrow, now or timezone.now()).count()


def tracked_states(narrow: Narrow = Narrow(), *, now: datetime | None = None) -> dict[State, int]:
    """Items by state; every state is present. One statement."""
    rows = _chosen(narrow, now or timezone.now()).order_by().values_list("state").annotate(number=Count("id"))
    found = dict(rows)
    return {state: found.get(int(state), 0) for state in State}


def tracked_states_of(aircraft_ids: Sequence[UUID], *, now: datetime | None = None) -> dict[UUID, dict[State, int]]:
    """The same for each of these aircraft; those without items are left out. One statement."""
    here = _chosen(Narrow(), now or timezone.now()).filter(aircraft_id__in=list(aircraft_ids))
    found: defaultdict[UUID, dict[State, int]] = defaultdict(lambda: dict.fromkeys(State, 0))
    for aircraft_id, state, number in here.order_by().values_list("aircraft_id", "state").annotate(n=Count("id")):
        found[aircraft_id][State(state)] = number
    return dict(found)


def tracked_item(item_id: UUID) -> TrackedRow:
    """One item, gone or not. Raises Missing."""
    now = timezone.now()
    item = _with_states(now).select_related("source", "aircraft").filter(pk=item_id).first()
    if item is None:
        raise Missing("There is no such item tracked elsewhere.")
    return _row(item, now)


def find_source(source_id: UUID) -> TrackedSource:
    """Raises Missing."""
    found = TrackedSource.objects.filter(pk=source_id).first()
    if found is None:
        raise Missing("There is no such system in this account.")
    return found


def missing_count(source: TrackedSource) -> int:
    """Items that a listing did not hold in which too much was missing to believe it."""
    return TrackedItem.objects.filter(source=source, missing_since__isnull=False, gone_since__isnull=True).count()


def tracked_sources() -> list[TrackedSource]:
    """Every system that ever told of items, by name."""
    return list(TrackedSource.objects.order_by("partner", "source"))


def _chosen(narrow: Narrow, now: datetime) -> Annotated:
    found = _with_states(now).filter(gone_since__isnull=not narrow.is_gone)
    if narrow.aircraft_id:
        found = found.filter(aircraft_id=narrow.aircraft_id)
    if narrow.aircraft_model_id:
        found = found.filter(aircraft__aircraft_model_id=narrow.aircraft_model_id)
    if narrow.source_id:
        found = found.filter(source_id=narrow.source_id)
    if narrow.states:
        found = found.filter(state__in=[int(state) for state in narrow.states])
    if narrow.text:
        text = narrow.text
        like = Q(reference__icontains=text) | Q(title__icontains=text) | Q(aircraft__registration__icontains=text)
        found = found.filter(like)
    return found


def _with_states(now: datetime) -> Annotated:
    """rules.state_on as SQL: `state`, and `place` in the order of what comes first."""
    today = now.date()
    by_day = Case(
        When(due_on__lt=today, then=Value(int(State.OVERDUE))),
        When(due_on=today, then=Value(int(State.DUE))),
        When(due_on__lte=today + timedelta(days=SOON_DAYS), then=Value(int(State.DUE_SOON))),
        default=Value(int(State.OK)),
        output_field=IntegerField(),
    )
    fresh_until = ExpressionWrapper(F("as_of") + F("source__stale_after"), output_field=DateTimeField())
    state = Case(
        When(worst=int(State.OVERDUE), then=F("worst")),
        When(fresh_until__lt=now, then=Value(int(State.UNKNOWN))),
        default=F("worst"),
        output_field=IntegerField(),
    )
    # Without a day, what is nearly used up stands where today stands; what is far off comes last.
    place = Case(
        When(state=int(State.OVERDUE), then=Value(0)),
        When(state=int(State.UNKNOWN), then=Value(1)),
        When(told_state__in=[int(State.DUE_SOON), int(State.DUE)], then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    found: Annotated = TrackedItem.objects.annotate(worst=Greatest("told_state", by_day, output_field=IntegerField()))
    found = found.annotate(fresh_until=fresh_until).annotate(state=state)
    return cast(Annotated, found.annotate(place=place))


def _row(item: Any, now: datetime) -> TrackedRow:
    return TrackedRow(
        item_id=item.pk,
        state=State(item.state),
        aircraft_id=item.aircraft_id,
        registration=item.aircraft.registration,
        source_id=item.source_id,
        partner=item.source.partner,
        external_id=item.external_id,
        title=item.title,
        reference=item.reference,
        ata=item.ata,
        serial_number=item.serial_number,
        status=item.status,
        terms=from_json(item.terms),
        due_on=item.due_on,
        as_of=item.as_of,
        is_stale=is_stale(item.as_of, item.source.stale_after, now),
        is_near=item.told_state in {State.DUE_SOON, State.DUE},
        gone_since=item.gone_since,
    )
