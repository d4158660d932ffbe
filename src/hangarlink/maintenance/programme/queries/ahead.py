"""The dues of one item to come, if it is done each time when it falls due."""

from datetime import date
from uuid import UUID

from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries.plans import outlooks
from hangarlink.maintenance.programme.records import OnRecord, as_rule, read_items
from hangarlink.maintenance.programme.rules.ahead import Ahead, ahead
from hangarlink.maintenance.programme.rules.standing import standing


def next_dues(item_id: UUID, *, count: int = 5, as_of: date | None = None) -> tuple[OnRecord, list[Ahead]] | None:
    """The next dues of an open item with its record, for words about its counters; None when there is no such item."""
    found = read_items([item_id])
    if not found:
        return None
    (record,) = found
    schedule, starts = record.schedule(), record.starts()
    totals = {name: counter.total for name, counter in record.counters.items()}
    day = as_of or today()
    uses = {str(counter): one.plan for counter, one in outlooks(record.counters.values(), day).items()}
    history = [as_rule(one) for one in record.history]
    return record, ahead(lambda done: standing(schedule, done, starts), history, totals, uses, day, count=count)
