"""Links between the partner's aircraft and ours: made, kept and re-made, a page at a time."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hangarlink.fleet.models import Aircraft as OurAircraft
from hangarlink.integration.connections.models import Link, LinkState
from hangarlink.integration.contract import Aircraft, AircraftLog, Dataset, LogKind, LogSlot, Measure
from hangarlink.integration.datasets.matching import Code, Fleet, Known, Match
from hangarlink.integration.datasets.outcome import Context
from hangarlink.integration.synclog.vocabulary import Verdict

SKIPPED_CODES = frozenset({Code.SIMULATOR, Code.DISABLED, Code.IGNORED})


@dataclass(frozen=True)
class Linked:
    """A link and what this page did to it."""

    link: Link
    verdict: Verdict
    reason: str = ""
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None


def our_fleet() -> Fleet:
    """All our aircraft, in one query."""
    rows = OurAircraft.objects.values_list("id", "registration", "call_sign", "serial_number")
    return Fleet(Known(*row) for row in rows)


def link_aircraft(aircraft: Iterable[Aircraft], context: Context, *, told_fully: bool) -> dict[str, Linked]:
    """Link each of the partner's aircraft, by its external id. Three queries and two writes at most.

    told_fully  these are entries of the partner's fleet list, so what they say replaces what was known of them; else
                they came along with other records and only show that the aircraft exists
    """
    theirs = {one.external_id: one for one in aircraft}
    rows = Link.objects.filter(connection=context.connection, dataset=Dataset.AIRCRAFT)
    links = {link.external_id: link for link in rows.filter(external_id__in=list(theirs))}
    matches = _matches([one for key, one in theirs.items() if _is_open(links.get(key))], context)
    result, new, changed = {}, [], []
    for key, one in theirs.items():
        link = links.get(key)
        if link is None:
            link = _new_link(one, matches[key], context)
            new.append(link)
            result[key] = _linked(link, matches[key], is_news=True)
            continue
        before = (link.state, link.code, link.is_listed, link.content_hash and bytes(link.content_hash))
        old, said = _take_facts(link, one) if told_fully else ({}, {})
        is_news = key in matches and _take_match(link, matches[key])
        if before != (link.state, link.code, link.is_listed, link.content_hash):
            link.changed_at = context.now
            changed.append(link)
        result[key] = _linked(link, matches.get(key), is_news=is_news, old=old, new=said)
    Link.objects.bulk_create(new)
    Link.objects.bulk_update(
        changed,
        ["state", "code", "internal_id", "label", "facts", "content_hash", "is_listed", "changed_at"],
        batch_size=500,
    )
    return result


def facts_of(aircraft: Aircraft) -> dict[str, Any]:
    """What a link remembers of an aircraft. Totals are left out: they change with every flight."""
    logs = aircraft.logs
    return {
        "call_sign": aircraft.call_sign,
        "registration": aircraft.registration,
        "model": aircraft.model,
        "is_simulator": aircraft.is_simulator,
        "is_disabled": aircraft.is_disabled,
        "logs": None if logs is None else [[log.kind, log.slot, log.measure] for log in logs],
        # Only where it is told: what is remembered of other partners' aircraft stays as it was.
        **({"serial_number": aircraft.serial_number} if aircraft.serial_number else {}),
    }


def logs_of(link: Link) -> list[AircraftLog]:
    """The logs that the partner keeps for a linked aircraft, as last told; without totals."""
    return [
        AircraftLog(LogKind(kind), LogSlot(slot), Measure(measure), 0)
        for kind, slot, measure in link.facts.get("logs") or []
    ]


def aircraft_of(link: Link) -> Aircraft:
    """The partner's aircraft as the link remembers it."""
    facts = link.facts
    return Aircraft(
        external_id=link.external_id,
        call_sign=facts.get("call_sign") or link.label,
        registration=facts.get("registration", ""),
        model=facts.get("model", ""),
        is_simulator=bool(facts.get("is_simulator")),
        is_disabled=bool(facts.get("is_disabled")),
        serial_number=facts.get("serial_number", ""),
    )


def _is_open(link: Link | None) -> bool:
    """Whether matching has a say. A link that holds stays, whatever the names became; so does a person's choice."""
    return link is None or (link.state != LinkState.LINKED and not link.is_pinned)


def _matches(aircraft: Sequence[Aircraft], context: Context) -> dict[str, Match]:
    """A match for each, where one of ours is linked to one of theirs at most."""
    if not aircraft:
        return {}
    fleet = our_fleet()
    rows = Link.objects.filter(connection=context.connection, dataset=Dataset.AIRCRAFT, state=LinkState.LINKED)
    taken: dict[UUID | None, str] = dict(rows.values_list("internal_id", "label"))
    matches = {}
    for one in aircraft:
        match = fleet.match(one)
        if match.aircraft_id is not None and match.aircraft_id in taken:
            ours = fleet.by_id[match.aircraft_id].registration
            said = f"{ours} is linked already, to the partner's {taken[match.aircraft_id]}. Undo one of the two links."
            match = Match(None, Code.TAKEN, said)
        elif match.aircraft_id is not None:
            taken[match.aircraft_id] = one.call_sign or one.registration
        matches[one.external_id] = match
    return matches


def _new_link(aircraft: Aircraft, match: Match, context: Context) -> Link:
    facts = facts_of(aircraft)
    link = Link(
        account=context.connection.account,
        connection=context.connection,
        dataset=Dataset.AIRCRAFT,
        external_id=aircraft.external_id,
        label=(aircraft.call_sign or aircraft.registration)[:120],
        facts=facts,
        content_hash=_hash(facts),
        changed_at=context.now,
    )
    _take_match(link, match)
    return link


def _take_match(link: Link, match: Match) -> bool:
    """Set the link's end on our side; whether that is a new pair."""
    link.internal_id, link.code = match.aircraft_id, match.code
    if match.aircraft_id is not None:
        link.state = LinkState.LINKED
    else:
        link.state = LinkState.SKIPPED if match.code in SKIPPED_CODES else LinkState.UNMATCHED
    return match.aircraft_id is not None


def _take_facts(link: Link, aircraft: Aircraft) -> tuple[dict[str, Any], dict[str, Any]]:
    """Remember what the partner says now; old and new of what differs."""
    link.is_listed = True
    said = facts_of(aircraft)
    digest = _hash(said)
    if link.content_hash is not None and bytes(link.content_hash) == digest:
        return {}, {}
    was = link.facts
    differing = [name for name in said if was.get(name) != json.loads(json.dumps(said[name]))]
    link.facts = {**was, **said}
    link.content_hash = digest
    link.label = (aircraft.call_sign or aircraft.registration)[:120]
    return {name: was.get(name) for name in differing}, {name: said[name] for name in differing}


def _linked(
    link: Link,
    match: Match | None,
    *,
    is_news: bool,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> Linked:
    if link.state != LinkState.LINKED:
        verdict = Verdict.SKIPPED if link.state == LinkState.SKIPPED else Verdict.REJECTED
        return Linked(link, verdict, match.reason if match else f"{link.label} is ignored: somebody chose so.")
    if is_news and link.internal_id is not None:
        return Linked(link, Verdict.CREATED)
    return Linked(link, Verdict.UPDATED if new else Verdict.UNCHANGED, "", old or None, new or None)


def _hash(facts: Mapping[str, Any]) -> bytes:
    return hashlib.blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=16).digest()
