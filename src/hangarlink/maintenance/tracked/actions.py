"""Take over what a partner tells, notice what it no longer tells, set how old its word may get."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked import events, rules
from hangarlink.maintenance.tracked.models import TrackedItem, TrackedSource
from hangarlink.maintenance.tracked.rules import TrackedTerm
from hangarlink.platform.audit.actions import changes, entry, record, record_many
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

_SAID = ("title", "reference", "ata", "serial_number", "status", "terms")
_WRITTEN = [
    "aircraft", *_SAID, "told_state", "due_on", "as_of", "content_hash", "told_at", "changed_at",
    "missing_since", "gone_since",
]  # fmt: skip
_TOLD_AGAIN = """
UPDATE tracked_item t SET as_of = w.as_of, told_at = %(now)s, missing_since = NULL,
       due_on = w.due_on, terms = w.terms
FROM unnest(%(ids)s::uuid[], %(moments)s::timestamptz[], %(days)s::date[], %(terms)s::jsonb[])
     AS w (id, as_of, due_on, terms)
WHERE t.id = w.id
"""


class Verdict(StrEnum):
    """What became of an item. RETURNED: it was gone, and is told of again. UNCHANGED: it says the same, perhaps as of a
    later moment and with less remaining up to the same limit."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Told:
    """An item as a partner tells it, on an aircraft of ours. as_of: aware."""

    external_id: str
    aircraft_id: UUID
    title: str
    terms: tuple[TrackedTerm, ...]
    as_of: datetime
    reference: str = ""
    ata: str = ""
    serial_number: str = ""
    status: str = ""

    def values(self) -> dict[str, Any]:
        """What was said, as it is kept; without the moment."""
        return {name: getattr(self, name) for name in _SAID} | {"terms": rules.as_json(self.terms)}


class TrackedOutcome(NamedTuple):
    """old and new hold what differs; empty for an item that is unchanged."""

    external_id: str
    verdict: Verdict
    item_id: UUID
    old: Mapping[str, Any]
    new: Mapping[str, Any]


def track_source(source: str, *, partner: str, connection_id: UUID, acting_user: Actor) -> TrackedSource:
    """The source of this name, made at its first word; its name for people follows the connection's."""
    require(acting_user, "tracked.record")
    found, _ = TrackedSource.objects.get_or_create(
        account=current_account(), source=source, defaults={"partner": partner, "connection_id": connection_id}
    )
    if (found.partner, found.connection_id) != (partner, connection_id):
        found.partner, found.connection_id = partner, connection_id
        found.save(update_fields=["partner", "connection_id"])
    return found


@atomic
def take_over(
    source: TrackedSource, items: Sequence[Told], *, now: datetime, acting_user: Actor
) -> list[TrackedOutcome]:
    """Keep what a page says of each item. Events: tracked_item.appeared, tracked_item.changed.

    Of an item told twice in a page the last word counts, and one outcome is returned. A word that is older than what is
    known changes nothing: a file that arrives late is no news. An as-of moment in the future becomes now. A handful of
    statements, whatever the size of the page.
    """
    require(acting_user, "tracked.record")
    told = {one.external_id: one for one in items}
    known = {row.external_id: row for row in TrackedItem.objects.filter(source=source, external_id__in=list(told))}
    outcomes, written, again = [], [], []
    for one in told.values():
        row = known.get(one.external_id)
        outcome, row = _new(source, one, now) if row is None else _known(row, one, now)
        outcomes.append(outcome)
        if outcome.verdict is not Verdict.UNCHANGED:
            written.append(row)
        elif _moment(one, now) >= row.as_of:
            again.append((row.pk, _moment(one, now), one.terms))
    TrackedItem.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["source", "external_id"], update_fields=_WRITTEN
    )
    _tell_again(again, now)
    _announce(outcomes, written, acting_user)
    return outcomes


@atomic
def miss(source: TrackedSource, seen: Collection[str], *, now: datetime, acting_user: Actor) -> list[TrackedOutcome]:
    """After a complete listing that held these ids only: the others are gone. Events: tracked_item.gone.

    Nothing is deleted. A gone item is not due any more, and can still be looked up with the moment it went.
    """
    require(acting_user, "tracked.record")
    TrackedSource.objects.filter(pk=source.pk).update(listed_at=now)
    return _gone(missing(source, seen), now, acting_user)


@atomic
def withdraw(
    source: TrackedSource, external_ids: Collection[str], *, now: datetime, acting_user: Actor
) -> list[TrackedOutcome]:
    """The partner says that these are done or deleted. Events: tracked_item.gone."""
    require(acting_user, "tracked.record")
    here = TrackedItem.objects.filter(source=source, external_id__in=list(external_ids), gone_since__isnull=True)
    return _gone(list(here), now, acting_user)


@atomic
def doubt(source: TrackedSource, seen: Collection[str], *, now: datetime, acting_user: Actor) -> int:
    """After a complete listing in which too much is missing to believe it: remember what, let nothing go."""
    require(acting_user, "tracked.record")
    ids = [row.pk for row in missing(source, seen)]
    return TrackedItem.objects.filter(pk__in=ids, missing_since__isnull=True).update(missing_since=now)


@atomic
def let_go(source: TrackedSource, *, acting_user: Actor) -> list[TrackedOutcome]:
    """A person agrees that what is missing is gone. Events: tracked_item.gone."""
    require(acting_user, "tracked.manage")
    here = TrackedItem.objects.filter(source=source, missing_since__isnull=False, gone_since__isnull=True)
    return _gone(list(here.select_for_update()), timezone.now(), acting_user)


def missing(source: TrackedSource, seen: Collection[str]) -> list[TrackedItem]:
    """Items that are not gone yet and not among these ids."""
    here = TrackedItem.objects.filter(source=source, gone_since__isnull=True)
    return [row for row in here.order_by("external_id") if row.external_id not in seen]


@atomic
def set_stale_after(source: TrackedSource, *, hours: int, acting_user: Actor) -> TrackedSource:
    """How old the partner's word may get before nobody can tell from it."""
    require(acting_user, "tracked.manage")
    least, most = rules.SHORTEST_AGE // timedelta(hours=1), rules.LONGEST_AGE // timedelta(hours=1)
    if not least <= hours <= most:
        raise RuleBroken(f"{hours} hours: give {least} to {most} hours.", field="hours")
    held = TrackedSource.objects.select_for_update().get(pk=source.pk)
    old, new = changes(held, {"stale_after": timedelta(hours=hours)})
    if new:
        held.stale_after = new["stale_after"]
        held.save(update_fields=["stale_after"])
        was = int(old["stale_after"] / timedelta(hours=1))
        record(acting_user, held, "changed", old={"stale_after_hours": was}, new={"stale_after_hours": hours})
    return held


def _gone(rows: Sequence[TrackedItem], now: datetime, acting_user: Actor) -> list[TrackedOutcome]:
    TrackedItem.objects.filter(pk__in=[row.pk for row in rows]).update(gone_since=now)
    record_many(entry(acting_user, row, "gone", old={"listed": True}, new={"listed": False}) for row in rows)
    announce_many(events.TrackedItemGone(row.pk, row.aircraft_id, row.source_id) for row in rows)
    return [
        TrackedOutcome(row.external_id, Verdict.UPDATED, row.pk, {"listed": True}, {"listed": False}) for row in rows
    ]


def _new(source: TrackedSource, one: Told, now: datetime) -> tuple[TrackedOutcome, TrackedItem]:
    row = TrackedItem(account=current_account(), source=source, external_id=one.external_id, first_told_at=now)
    _write(row, one, now)
    return TrackedOutcome(one.external_id, Verdict.CREATED, row.pk, {}, one.values()), row


def _known(row: TrackedItem, one: Told, now: datetime) -> tuple[TrackedOutcome, TrackedItem]:
    was_gone = row.gone_since is not None
    moment = _moment(one, now)
    is_state = row.told_state == rules.told_state(one.terms, one.status, moment)
    same = bytes(row.content_hash) == _hash(one) and row.aircraft_id == one.aircraft_id and is_state and not was_gone
    is_late = moment < row.as_of
    if same or is_late:
        return TrackedOutcome(one.external_id, Verdict.UNCHANGED, row.pk, {}, {}), row
    old, new = changes(row, one.values() | {"aircraft_id": one.aircraft_id})
    _write(row, one, now)
    return TrackedOutcome(one.external_id, Verdict.RETURNED if was_gone else Verdict.UPDATED, row.pk, old, new), row


def _write(row: TrackedItem, one: Told, now: datetime) -> None:
    for name, value in one.values().items():
        setattr(row, name, value)
    row.aircraft_id, row.as_of = one.aircraft_id, _moment(one, now)
    row.told_state = rules.told_state(one.terms, one.status, row.as_of)
    row.due_on = rules.first_day(one.terms, row.as_of)
    row.content_hash, row.told_at, row.changed_at = _hash(one), now, now
    row.missing_since = row.gone_since = None


def _moment(one: Told, now: datetime) -> datetime:
    """A partner whose clock runs ahead must not make its word hold for longer."""
    return min(one.as_of, now)


def _tell_again(again: Sequence[tuple[UUID, datetime, tuple[TrackedTerm, ...]]], now: datetime) -> None:
    """The same words as of a later moment: most of every sync, hence one lean statement and no event."""
    if not again:
        return
    parameters: dict[str, Any] = {
        "ids": [item for item, _, _ in again],
        "moments": [moment for _, moment, _ in again],
        "days": [rules.first_day(terms, moment) for _, moment, terms in again],
        "terms": [json.dumps(rules.as_json(terms)) for _, _, terms in again],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOLD_AGAIN, parameters)


def _announce(outcomes: Sequence[TrackedOutcome], written: Sequence[TrackedItem], acting_user: Actor) -> None:
    rows = {row.external_id: row for row in written}
    told = [(outcome, rows[outcome.external_id]) for outcome in outcomes if outcome.external_id in rows]
    record_many(
        entry(acting_user, row, outcome.verdict.value, old=_plain(outcome.old), new=_plain(outcome.new))
        for outcome, row in told
    )
    announce_many(
        (events.TrackedItemChanged if outcome.verdict is Verdict.UPDATED else events.TrackedItemAppeared)(
            row.pk, row.aircraft_id, row.source_id, State(row.told_state).code
        )
        for outcome, row in told
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}


def _hash(one: Told) -> bytes:
    """Of what makes it another item. What remains up to a known limit is not: every flight takes some of it."""
    values = one.values()
    values["terms"] = [{**term, "remaining": None} if term["due_at"] is not None else term for term in values["terms"]]
    return hashlib.blake2b(json.dumps(values, sort_keys=True).encode(), digest_size=16).digest()
