"""Adapter: flights -> facts of the fleet, through the counter mapping. A fixed number of queries a page."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hangarlink.fleet.actions import cancel_flights, hold_aircraft, record_flights
from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown, Why
from hangarlink.fleet.facts import Verdict as FleetVerdict
from hangarlink.integration.connections.models import LinkState
from hangarlink.integration.contract import FlightTimes, LogAmount, by_source
from hangarlink.integration.datasets.feeding import ByLink, Openings, mappings_of, propose_mappings
from hangarlink.integration.datasets.linking import Linked, link_aircraft
from hangarlink.integration.datasets.mapping import Refusal, amounts_of
from hangarlink.integration.datasets.outcome import Context, Outcome
from hangarlink.integration.datasets.payload import as_payload, from_payload
from hangarlink.integration.datasets.values import Explained
from hangarlink.integration.synclog.vocabulary import Verdict

VERDICTS = {
    FleetVerdict.CREATED: Verdict.CREATED,
    FleetVerdict.CORRECTED: Verdict.UPDATED,
    FleetVerdict.UNCHANGED: Verdict.UNCHANGED,
    FleetVerdict.SKIPPED: Verdict.SKIPPED,
    FleetVerdict.REJECTED: Verdict.REJECTED,
}


def apply(records: Sequence[FlightTimes], deleted: Sequence[str], context: Context) -> list[Outcome]:
    """Cancel what the partner deleted, then record and correct a page of flights; one outcome per record."""
    linked = link_aircraft((flight.aircraft for flight in records), context, told_fully=False)
    if deleted and records:
        _lock(records, deleted, linked, context)
    outcomes = _cancel(deleted, context) if deleted else []
    return outcomes + _record(records, linked, context) if records else outcomes


def _lock(
    records: Sequence[FlightTimes], deleted: Sequence[str], linked: Mapping[str, Linked], context: Context
) -> None:
    """Two verbs follow in this transaction, and each locks: all their aircraft now, or two syncs block each other."""
    hold_aircraft(
        [one.link.internal_id for one in linked.values() if one.link.internal_id],
        source=context.connection.source,
        external_ids=[*deleted, *(flight.external_id for flight in records)],
    )


def absent(seen: set[str], context: Context) -> list[Outcome]:
    """Never: flights that left are told as deletions, and a list of flights is never known to be whole."""
    del seen, context
    return []


def failed(record: FlightTimes, reason: str) -> Outcome:
    """A flight that could not be stored, for no reason of its own."""
    return _refused(record, Verdict.FAILED, "internal", reason)


def again(payload: Mapping[str, Any]) -> FlightTimes:
    return from_payload(payload)


def _record(records: Sequence[FlightTimes], linked: Mapping[str, Linked], context: Context) -> list[Outcome]:
    mapped = _mapped(records, linked, context)
    openings = Openings(mapped)
    found = [_fact(flight, linked[flight.aircraft.external_id], mapped, openings) for flight in records]
    facts = [one for one in found if isinstance(one, FlightFact)]
    told = iter(_tell(facts, context))
    explained = next(told)
    return [
        _outcome(flight, one, next(told), explained) if isinstance(one, FlightFact) else one
        for flight, one in zip(records, found, strict=True)
    ]


def _mapped(records: Sequence[FlightTimes], linked: Mapping[str, Linked], context: Context) -> ByLink:
    """The mappings of the page's aircraft; with proposals at the start of a run and for logs that are new."""
    links = {one.link.id: one.link for one in linked.values() if one.link.state == LinkState.LINKED}
    mapped = mappings_of(links.values())
    logs: dict[UUID, dict[str, LogAmount]] = {link_id: {} for link_id in links} if context.is_first else {}
    for flight in records:
        link_id = linked[flight.aircraft.external_id].link.id
        known = mapped.get(link_id)
        if known is not None and any(log.kind not in known for log in flight.logs):
            logs.setdefault(link_id, {}).update(by_source(flight.logs))
    if logs:
        propose_mappings(logs, links, mapped)
    return mapped


def _fact(flight: FlightTimes, linked: Linked, mapped: ByLink, openings: Openings) -> FlightFact | Outcome:
    link = linked.link
    if link.internal_id is None:
        return _refused(flight, linked.verdict, link.code, linked.reason)
    amounts = amounts_of(flight, mapped[link.id], counts_from=openings)
    if isinstance(amounts, Refusal):
        return _refused(flight, Verdict.REJECTED, amounts.code, amounts.reason)
    return FlightFact(
        aircraft_id=link.internal_id,
        external_id=flight.external_id,
        started_at=flight.started_at,
        ended_at=flight.ended_at,
        departure=flight.departure,
        arrival=flight.arrival,
        amounts=amounts,
        content_hash=_hash(link.internal_id, flight, amounts),
    )


def _tell(facts: Sequence[FlightFact], context: Context) -> Iterator[Any]:
    """Tell the fleet. First what was recorded before, where somebody wants to read it; then an outcome per fact."""
    yield Explained(facts, context) if context.explain else None
    if facts:
        yield from record_flights(
            facts, source=context.connection.source, acting_user=context.actor, on_known=OnKnown.CORRECT
        )


def _outcome(flight: FlightTimes, fact: FlightFact, told: FlightOutcome, explained: Explained | None) -> Outcome:
    verdict = VERDICTS[told.verdict]
    if verdict is Verdict.REJECTED:
        return _refused(flight, verdict, told.code, told.message, told.flight_id)
    if explained is None:
        return Outcome(flight.external_id, verdict, "", told.code, "", told.flight_id)
    return Outcome(
        flight.external_id,
        verdict,
        subject=subject_of(flight),
        code=told.code,
        reason=told.message,
        internal_id=told.flight_id,
        old=explained.old(fact) if verdict is Verdict.UPDATED else None,
        new=explained.new(fact) if verdict in {Verdict.CREATED, Verdict.UPDATED} else None,
    )


def _cancel(deleted: Sequence[str], context: Context) -> list[Outcome]:
    """What was never recorded here needs no cancelling and is not mentioned."""
    told = cancel_flights(
        deleted,
        source=context.connection.source,
        reason=f"Deleted at {context.connection.name}.",
        acting_user=context.actor,
    )
    return [
        Outcome(
            one.external_id,
            Verdict.REMOVED if one.verdict is FleetVerdict.CORRECTED else VERDICTS[one.verdict],
            subject=f"Flight {one.external_id}, deleted at the partner",
            code=one.code,
            reason=one.message,
            internal_id=one.flight_id,
        )
        for one in told
        if one.code != Why.NOT_RECORDED
    ]


def _refused(flight: FlightTimes, verdict: Verdict, code: str, reason: str, flight_id: UUID | None = None) -> Outcome:
    return Outcome(
        flight.external_id,
        verdict,
        subject=subject_of(flight),
        code=code,
        reason=reason,
        internal_id=flight_id,
        payload=as_payload(flight),
        parent_id=flight.aircraft.external_id,
    )


def subject_of(flight: FlightTimes) -> str:
    """How people name a flight."""
    return f"{flight.aircraft.call_sign}, {_day(flight.started_at)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y %H:%MZ}"


def _hash(aircraft_id: UUID, flight: FlightTimes, amounts: Mapping[UUID, int]) -> bytes:
    """Of everything that decides the fact, the mapping included: a changed one shows when the flight is told again."""
    told = sorted([(counter.int, amount) for counter, amount in amounts.items()])
    moments = flight.started_at.timestamp(), flight.ended_at.timestamp()
    said = (aircraft_id.int, moments, flight.departure, flight.arrival, told)
    return hashlib.blake2b(repr(said).encode(), digest_size=16).digest()
