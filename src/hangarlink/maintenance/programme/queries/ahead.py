"""The dues of one item to come, if it is done each time when it falls due."""

from collections.abc import Mapping
from datetime import date
from math import ceil
from uuid import UUID

from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries.item import expected_use, usage_now
from hangarlink.maintenance.programme.records import OnRecord, as_rule, read_items
from hangarlink.maintenance.programme.rules.ahead import Ahead, ahead
from hangarlink.maintenance.programme.rules.status import Usage


def next_dues(item_id: UUID, *, count: int = 5, as_of: date | None = None) -> tuple[OnRecord, list[Ahead]] | None:
    """The next dues of an open item with its record, for words about its counters; None when there is no such item."""
    found = read_items([item_id])
    if not found:
        return None
    (record,) = found
    as_of = as_of or today()
    expected = expected_use(record, as_of)
    totals = _own_totals(record, usage_now(record, as_of, expected))
    uses = {name: one.plan for name, one in expected.items()}
    history = [as_rule(one) for one in record.history]
    return record, ahead(record.stood, history, totals, uses, as_of, count=count)


def _own_totals(record: OnRecord, usage: Mapping[str, Usage]) -> dict[str, int | None]:
    """Where the item's own counters stand: of a component's, what its driver's total means for it."""
    found: dict[str, int | None] = {}
    for name, use in usage.items():
        line = record.line(name)
        own = line.to_own(use.total) if line and line.is_driven and use.total is not None else use.total
        found[name] = None if own is None else ceil(own)
    return found
