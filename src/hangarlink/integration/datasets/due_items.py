"""Adapter: another system's due list -> items tracked elsewhere. It never touches a requirement of ours."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from hangarlink.integration.connections.models import LinkState
from hangarlink.integration.contract import DueItem, DueStatus, DueTerm
from hangarlink.integration.datasets.linking import Linked, link_aircraft, our_fleet
from hangarlink.integration.datasets.matching import Code, Fleet
from hangarlink.integration.datasets.outcome import Context, Outcome
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.maintenance.tracked import actions as tracked
from hangarlink.maintenance.tracked.actions import Told, TrackedOutcome
from hangarlink.maintenance.tracked.models import TrackedSource
from hangarlink.maintenance.tracked.rules import Measure, TrackedTerm

# So many missing at once, and more than half of all: rather a broken export than as much work done in one day.
FEW, PART = 10, 2
_VERDICTS = {
    tracked.Verdict.CREATED: Verdict.CREATED,
    tracked.Verdict.RETURNED: Verdict.UPDATED,
    tracked.Verdict.UPDATED: Verdict.UPDATED,
    tracked.Verdict.UNCHANGED: Verdict.UNCHANGED,
}
_SHOWN = {"title", "reference", "ata", "serial_number", "status"}


def apply(records: Sequence[DueItem], deleted: Sequence[str], context: Context) -> list[Outcome]:
    """Take a page over. Its aircraft are matched as everywhere; an item of one that is not linked is refused.

    An item that is done is not due: it is kept as gone, and never made.
    """
    source = _source(context)
    aircraft = {one.aircraft.external_id: one.aircraft for one in records}
    linked = link_aircraft(aircraft.values(), context, told_fully=False)
    fleet = our_fleet()
    outcomes: dict[str, Outcome] = {}
    told: dict[str, tuple[DueItem, UUID]] = {}
    for one in records:
        link = linked[one.aircraft.external_id]
        refusal = _refusal(one, link, fleet)
        if refusal is not None:
            outcomes[one.external_id] = refusal
        elif one.status is not DueStatus.DONE and link.link.internal_id is not None:
            told[one.external_id] = (one, link.link.internal_id)
    done = [one.external_id for one in records if one.status is DueStatus.DONE]
    for gone in tracked.withdraw(source, [*done, *deleted], now=context.now, acting_user=context.actor):
        outcomes[gone.external_id] = Outcome(gone.external_id, Verdict.REMOVED, code="done", internal_id=gone.item_id)
    items = [_told(one, aircraft_id) for one, aircraft_id in told.values()]
    for taken in tracked.take_over(source, items, now=context.now, acting_user=context.actor):
        one, aircraft_id = told[taken.external_id]
        subject = f"{fleet.by_id[aircraft_id].registration} {one.reference or one.title}"
        outcomes[taken.external_id] = _outcome(taken, subject, context)
    return list(outcomes.values())


def failed(record: DueItem, reason: str) -> Outcome:
    return Outcome(record.external_id, Verdict.FAILED, _subject(record), code="internal", reason=reason)


def again(payload: Mapping[str, Any]) -> DueItem:
    del payload
    raise LookupError("The next sync reads the whole list again; nothing is kept for another try.")


def absent(seen: set[str], context: Context) -> list[Outcome]:
    """After a complete list: what was not in it is gone, unless so much is gone that the list cannot be right."""
    source = _source(context)
    missing = tracked.missing(source, seen)
    still = source.items.filter(gone_since__isnull=True).count()
    if (len(missing) > FEW and len(missing) * PART > still) or (not seen and missing):
        tracked.doubt(source, seen, now=context.now, acting_user=context.actor)
        said = (
            f"{len(missing)} of {still} items are missing in the partner's list. None was let go; they become unknown "
            "as their last word gets old. Let them go by hand if the list is right."
        )
        return [Outcome("", Verdict.REJECTED, f"{len(missing)} items", code="many_gone", reason=said)]
    names = {row.external_id: str(row) for row in missing}
    return [
        Outcome(
            one.external_id, Verdict.UPDATED, names[one.external_id], code="not_listed",
            reason="The partner no longer lists it.", internal_id=one.item_id, old=one.old, new=one.new,
        )
        for one in tracked.miss(source, seen, now=context.now, acting_user=context.actor)
    ]  # fmt: skip


def _source(context: Context) -> TrackedSource:
    connection = context.connection
    return tracked.track_source(
        connection.source, partner=connection.name, connection_id=connection.id, acting_user=context.actor
    )


def _refusal(one: DueItem, linked: Linked, fleet: Fleet) -> Outcome | None:
    """Why an item cannot be taken over, if it cannot: its aircraft is not linked, or is another by serial number."""
    link = linked.link
    ours = fleet.by_id.get(link.internal_id) if link.internal_id else None
    parent = one.aircraft.external_id
    if link.state != LinkState.LINKED or ours is None:
        verdict = Verdict.SKIPPED if link.state == LinkState.SKIPPED else Verdict.REJECTED
        return Outcome(one.external_id, verdict, _subject(one), link.code, linked.reason, parent_id=parent)
    if one.aircraft.serial_number and not link.is_pinned and (why := fleet.differs(ours, one.aircraft)):
        return Outcome(one.external_id, Verdict.REJECTED, _subject(one), Code.SERIAL, why, parent_id=parent)
    return None


def _told(one: DueItem, aircraft_id: UUID) -> Told:
    return Told(
        external_id=one.external_id,
        aircraft_id=aircraft_id,
        title=one.title[:300],
        terms=tuple(_term(term) for term in one.terms),
        as_of=one.as_of,
        reference=one.reference[:120],
        ata=one.ata[:20],
        serial_number=one.serial_number[:60],
        status="" if one.status is DueStatus.UNKNOWN else one.status.value,
    )


def _term(term: DueTerm) -> TrackedTerm:
    return TrackedTerm(Measure(term.kind.value), term.due_at, term.remaining, term.counter)


def _outcome(taken: TrackedOutcome, subject: str, context: Context) -> Outcome:
    """In a plan with values that a person reads; the terms as one text."""
    old, new = (_shown(taken.old), _shown(taken.new)) if context.explain else (None, None)
    code = "returned" if taken.verdict is tracked.Verdict.RETURNED else ""
    return Outcome(
        taken.external_id, _VERDICTS[taken.verdict], subject, code, internal_id=taken.item_id, old=old or None,
        new=new or None,
    )  # fmt: skip


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in values.items() if name in _SHOWN and value}
    for term in values.get("terms", ()):
        name = f"{term['measure']} {term['counter']}".strip()
        left = "" if term["remaining"] is None else f", left {_amount(term, 'remaining')}"
        shown[name] = f"due {_amount(term, 'due_at')}{left}"
    return shown


def _amount(term: Mapping[str, Any], name: str) -> str:
    value = term[name]
    if value is None or isinstance(value, str):
        return value or "not told"
    if term["measure"] == Measure.HOURS:
        return f"{'-' if value < 0 else ''}{abs(value) // 3600}:{abs(value) // 60 % 60:02} h"
    return f"{value} d" if term["measure"] == Measure.DATE else str(value)


def _subject(one: DueItem) -> str:
    name = one.aircraft.registration or one.aircraft.call_sign or one.aircraft.external_id
    return f"{name} {one.reference or one.title}"[:200]
