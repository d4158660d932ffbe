"""What becomes of a flight that is recorded already and is told again."""

from collections.abc import Container, Mapping
from uuid import UUID

from hangarlink.fleet.actions.page import Page
from hangarlink.fleet.facts import FlightFact, OnKnown, Verdict, Why
from hangarlink.fleet.ledger.entries import Flown
from hangarlink.fleet.ledger.flights import Recorded, Told
from hangarlink.fleet.rules.flights import PLACE_LENGTH

_CANCELLED = "This flight was cancelled here. It stays cancelled until somebody reinstates it."
_KNOWN = "This flight is recorded already; it was neither added again nor changed."
_RACED = "Another delivery was moving this flight to another aircraft at the same moment. Send it again."
_DECIDED = "A person {what} this flight here, and {source} now says something else. Open the flight and decide."


def decide_known(page: Page, known: Mapping[str, Recorded | Told], *, locked: Container[UUID] | None) -> None:
    """Decide the named facts that need no closer look: create-only ones, and those whose source says the same again.

    locked  the aircraft that are locked; None before they are
    """
    for place in page.open:
        fact = page.facts[place]
        was = known.get(fact.external_id) if fact.external_id else None
        if was is None:
            continue
        if page.on_known is OnKnown.SKIP:
            skip_known(page, place, was)
        elif (
            fact.content_hash is not None
            and fact.content_hash == was.content_hash
            and fact.aircraft_id == was.aircraft_id
        ):
            if was.cancelled_at is None:
                page.decide(place, Verdict.UNCHANGED, was.id)
            elif was.decided_here:
                page.decide(place, Verdict.SKIPPED, was.id, Why.CANCELLED, _CANCELLED)
        elif locked is not None and was.aircraft_id not in locked:
            page.decide(place, Verdict.REJECTED, was.id, Why.RACED, _RACED)
    page.still_open()


def skip_known(page: Page, place: int, was: Recorded | Told) -> None:
    """Create-only: the flight is there already."""
    if was.cancelled_at is None:
        page.decide(place, Verdict.SKIPPED, was.id, Why.KNOWN, _KNOWN)
    else:
        page.decide(place, Verdict.SKIPPED, was.id, Why.CANCELLED, _CANCELLED)


def is_to_change(page: Page, place: int, was: Recorded, flown: Mapping[UUID, Flown]) -> bool:
    """Whether the recorded flight is to take the fact's values. If not, the fact is decided.

    What a person decided here is not overruled by a source: that is rejected for a person to look at.
    """
    fact = page.facts[place]
    if was.cancelled_at is None and not differs(fact, was, flown):
        page.decide(place, Verdict.UNCHANGED, was.id)
        return False
    if not was.decided_here:
        return True
    if fact.content_hash is None:
        # Without a hash nobody knows whether the source changed its mind, so the person's word simply stands.
        why = Why.CANCELLED if was.cancelled_at else Why.DECIDED_HERE
        page.decide(place, Verdict.SKIPPED, was.id, why, _CANCELLED if was.cancelled_at else _KNOWN)
    else:
        message = _DECIDED.format(what="cancelled" if was.cancelled_at else "corrected", source=page.source)
        page.decide(place, Verdict.REJECTED, was.id, Why.DECIDED_HERE, message)
    return False


def differs(fact: FlightFact, was: Recorded, flown: Mapping[UUID, Flown]) -> bool:
    """Whether a fact says anything else than what is recorded."""
    said = (
        fact.aircraft_id,
        fact.started_at,
        fact.ended_at,
        fact.departure[:PLACE_LENGTH],
        fact.arrival[:PLACE_LENGTH],
    )
    recorded = (was.aircraft_id, was.started_at, was.ended_at, was.departure, was.arrival)
    return said != recorded or dict(fact.amounts) != {counter_id: f.amount for counter_id, f in flown.items()}
