"""Terms written to the database: the one place where absolute limits come from."""

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from hangarlink.maintenance.components.clocks import Frame
from hangarlink.maintenance.programme.days import start_of
from hangarlink.maintenance.programme.models import DueTerm
from hangarlink.maintenance.programme.records import OnRecord, read_items
from hangarlink.maintenance.programme.rules.alerts import windows
from hangarlink.maintenance.programme.rules.basis import Base
from hangarlink.maintenance.programme.rules.dues import (
    AtCount,
    Awaiting,
    Due,
    OnDate,
    Reason,
    StartPoint,
    Unknown,
)
from hangarlink.maintenance.programme.rules.standing import Standing
from hangarlink.maintenance.programme.rules.status import alert_line
from hangarlink.maintenance.programme.rules.terms import Term
from hangarlink.maintenance.programme.watching import note_items

_BATCH = 2_000
_SETTLE = """
UPDATE due_item i SET done = w.done, ended = w.ended, binding = w.binding
FROM unnest(%s::uuid[], %s::int[], %s::bool[], %s::jsonb[]) AS w (id, done, ended, binding)
WHERE i.id = w.id
"""

# Of state and forecast, FIRST of single limits asks only the lowest limit and the lowest alert line of each axis.
_SUM_UP = """
UPDATE due_item i
SET is_plain = coalesce(s.is_plain, false), first_counter = s.counter_id, first_limit = s.limit_value,
    first_alert = s.alert_value, first_date = s.limit_date, first_alert_date = s.alert_date
FROM due_item w LEFT JOIN (
  SELECT t.item_id,
         count(*) = count(DISTINCT t.clause) AND count(DISTINCT t.counter_id) <= 1
         AND bool_and(t.unknown_reason = '' AND t.awaits = '' AND t.held_at IS NULL) AS is_plain,
         (array_agg(t.counter_id) FILTER (WHERE t.counter_id IS NOT NULL))[1] AS counter_id,
         min(t.limit_value) AS limit_value, min(t.alert_value) AS alert_value,
         min(t.limit_date) AS limit_date, min(t.alert_date) AS alert_date
  FROM due_term t WHERE t.item_id = ANY(%(items)s) GROUP BY t.item_id) s ON s.item_id = w.id
WHERE i.id = w.id AND w.id = ANY(%(items)s)
"""


def rewrite_terms(item_ids: Collection[UUID]) -> None:
    """Work out these items anew from what is on record and write their terms. Closed items have none."""
    note_items(item_ids)
    records = read_items(item_ids, lock=True)
    DueTerm.objects.filter(item_id__in=item_ids).delete()
    write_terms(records)


def write_terms(records: Iterable[OnRecord]) -> None:
    """Write the terms of items that have none."""
    settled = [(record, record.standing()) for record in records]
    rows = (row for record, found in settled for row in _rows(record, found))
    DueTerm.objects.bulk_create(rows, batch_size=_BATCH)
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            [
                [record.item.id for record, _ in settled],
                [found.done for _, found in settled],
                [found.ended for _, found in settled],
                [json.dumps(record.binding) for record, _ in settled],
            ],
        )
        cursor.execute(_SUM_UP, {"items": [record.item.id for record, _ in settled]})


def _rows(record: OnRecord, found: Standing) -> Iterable[DueTerm]:
    terms = {term.path: term for term in found.terms}
    alerts = windows(found, record.alert_windows(), record.timed())
    for number, paths in enumerate(found.clauses()):
        for path in paths:
            yield _row(record, terms[path], number, alerts[path])


def _row(record: OnRecord, term: Term, clause: int, window: int) -> DueTerm:
    row = DueTerm(account_id=record.item.account_id, item_id=record.item.id, clause=clause, path=term.path)
    counter = record.counters.get(term.measure)
    row.counter_id = counter.id if counter else None
    row.variation = term.extension
    due = _known(term, on_board=counter is not None)
    if isinstance(due, Unknown):
        row.unknown_reason, row.variation = due.reason, 0
    elif isinstance(due, Awaiting):
        row.awaits, row.counter_id = due.event, None
    elif isinstance(due, AtCount) and record.facts:
        _frame(row, record, due, window)
        row.amount = term.amount
    elif isinstance(due, AtCount):
        row.limit_value, row.amount = due.value, term.amount
        row.alert_value = alert_line(due, window).place
    else:
        row.limit_date, row.anchor, row.amount = due.on, due.anchor, _days(term)
        row.alert_date = date.fromordinal(alert_line(due, window).place)
    return row


def _frame(row: DueTerm, record: OnRecord, due: AtCount, window: int) -> None:
    """A component's limit, where it lies on the aircraft's counter that drives it: so flights rewrite no term.

    One that nothing drives stands still, and its total is kept beside its limit.
    """
    line = record.line(due.counter)
    row.own_counter_id, row.own_limit, row.counter_id = UUID(due.counter), due.value, None
    alert = alert_line(due, window).place
    if line is not None and line.is_driven:
        row.counter_id, row.framed_at = line.driver_id, _framed_at(record, line)
        row.limit_value, row.alert_value = line.to_driver(due.value), line.to_driver(alert)
    elif line is not None and line.whole is not None:
        row.held_at, row.limit_value, row.alert_value = line.whole, due.value, alert
    if row.limit_value is None:
        row.unknown_reason, row.variation, row.counter_id = Reason.NO_TOTAL, 0, None


def _framed_at(record: OnRecord, line: Frame) -> datetime | None:
    """The latest moment whose totals the limit rests on: usage recorded for a later one cannot move it."""
    effective = record.item.revision.effective_on
    latest = record.facts.latest if record.facts else None
    moments = [line.at, latest, start_of(effective) if effective else None]
    return max((at for at in moments if at), default=None)


def _known(term: Term, *, on_board: bool) -> Due:
    """The limit with its approved variation, on a counter the aircraft has."""
    if isinstance(term.due, AtCount) and not on_board:
        return Unknown(Reason.NO_COUNTER, term.due.counter)
    return term.effective


def _days(term: Term) -> int:
    """The length of a calendar interval in days, for bars only."""
    since = term.base.point if isinstance(term.base, Base) else term.base
    if isinstance(since, OnDate | StartPoint) and since.on and isinstance(term.due, OnDate):
        return (term.due.on - since.on).days
    return 0
