"""One item with its explanation: the same rules as the lists, told step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.vocabulary import AircraftStatus
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import Accomplishment, DueItem
from hangarlink.maintenance.programme.queries.plans import Outlook, is_stale, outlooks
from hangarlink.maintenance.programme.records import OnRecord, read_items
from hangarlink.maintenance.programme.rules.alerts import windows
from hangarlink.maintenance.programme.rules.explain import Explanation, explain
from hangarlink.maintenance.programme.rules.forecast import Forecast, forecast
from hangarlink.maintenance.programme.rules.standing import Standing
from hangarlink.maintenance.programme.rules.status import Status, Usage, status
from hangarlink.maintenance.programme.words import CounterWords
from hangarlink.platform.errors import Missing


@dataclass(frozen=True)
class ItemDetail:
    """An item as it stands, why, and what was done under it, latest first.

    counters  of the aircraft, under their ids as text, as the explanation names them
    """

    item: DueItem
    status: Status
    forecast: Forecast
    explanation: Explanation
    counters: dict[str, Counter]
    history: list[Accomplishment]


def item_detail(item_id: UUID, *, as_of: date | None = None) -> ItemDetail:
    """One open item, explained as of a day (default today). Raises Missing."""
    found = read_items([item_id])
    if not found:
        raise Missing("There is no such due item in this account, or nothing demands it any more.")
    (record,) = found
    return detail(record, as_of or today())


def detail(record: OnRecord, as_of: date) -> ItemDetail:
    """What the rules say of an item on record."""
    standing = record.standing()
    expected = expected_use(record, as_of)
    present = present_status(record, standing, as_of, expected)
    plans = {name: one.plan for name, one in expected.items()}
    revision = record.item.revision
    source = ", ".join(part for part in (revision.source, f"revision {revision.number}") if part)
    return ItemDetail(
        item=record.item,
        status=present,
        forecast=forecast(present, plans),
        explanation=explain(present, plans, CounterWords(record.counters), source=source),
        counters=dict(record.counters),
        history=record.history[::-1],
    )


def expected_use(record: OnRecord, as_of: date) -> dict[str, Outlook]:
    """How each counter is expected to go on; a component's goes on as the counter that drives it."""
    driving = record.driving()
    found = outlooks(driving.values(), as_of)
    return {name: found[counter.id] for name, counter in driving.items() if counter.id in found}


def present_status(
    record: OnRecord, standing: Standing, as_of: date, expected: Mapping[str, Outlook] | None = None
) -> Status:
    """A standing against the counters as they are. `expected`, where it was read already, spares reading it again."""
    alerts = windows(standing, record.alert_windows(), record.timed())
    return status(standing, usage_now(record, as_of, expected), as_of, alerts)


def usage_now(record: OnRecord, as_of: date, expected: Mapping[str, Outlook] | None = None) -> dict[str, Usage]:
    """Every counter of the item as it stands."""
    known = expected_use(record, as_of) if expected is None else expected
    aircraft, driving = record.item.aircraft, record.driving()
    found = {}
    for name in record.counters:
        counter, line = driving.get(name), record.line(name)
        if counter is not None and aircraft is not None:
            found[name] = replace(usage_of(counter, aircraft, as_of, known.get(name)), line=line)
        else:
            found[name] = Usage(line.whole if line else None)
    return found


def usage_of(counter: Counter, aircraft: Aircraft, as_of: date, outlook: Outlook | None = None) -> Usage:
    """A counter as it stands. An aircraft that is not in service is not expected to fly, so it never grows stale."""
    old = is_stale(counter.total_at, outlook.parked if outlook else (), as_of)
    return Usage(counter.total, stale=aircraft.status == AircraftStatus.IN_SERVICE and old)


def explanation_json(item_id: UUID, *, as_of: date | None = None) -> dict[str, Any]:
    """The explanation of an item as plain JSON values."""
    return item_detail(item_id, as_of=as_of).explanation.to_json()
