"""One page of flight facts on its way: which are decided, which are still open."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown, Verdict, Why
from hangarlink.fleet.ledger.flights import Recorded
from hangarlink.platform.people.permissions import Actor

Identity = str | tuple[UUID, datetime, datetime]


def identity(fact: FlightFact) -> Identity:
    """What makes two facts of one source the same flight: the external id, or aircraft and times without one."""
    return fact.external_id or (fact.aircraft_id, fact.started_at, fact.ended_at)


class Page:
    """The facts of one call, by their place in it.

    open  places of the facts that are not decided yet, in order of arrival
    """

    def __init__(
        self, facts: Sequence[FlightFact], *, source: str, on_known: OnKnown, now: datetime, acting_user: Actor
    ) -> None:
        self.facts, self.source, self.on_known = facts, source, on_known
        self.now, self.acting_user = now, acting_user
        self._outcomes: dict[int, FlightOutcome] = {}
        self._same_as: dict[int, int] = {}
        self.open = self._without_repeats()

    def _without_repeats(self) -> list[int]:
        """A flight that comes twice in a page counts once: the last telling when it may correct, else the first."""
        winners: dict[Identity, int] = {}
        for place, fact in enumerate(self.facts):
            known = identity(fact)
            if known not in winners:
                winners[known] = place
            elif self.on_known is OnKnown.CORRECT:
                self._same_as[winners[known]] = place
                winners[known] = place
            else:
                self._same_as[place] = winners[known]
        return [place for place in range(len(self.facts)) if place not in self._same_as]

    def decide(
        self, place: int, verdict: Verdict, flight_id: UUID | None, why: Why | None = None, message: str = ""
    ) -> None:
        """Say what becomes of a fact. The caller takes it out of `open`."""
        code = why.value if why else ""
        self._outcomes[place] = FlightOutcome(self.facts[place].external_id, verdict, flight_id, code, message)

    def verdict(self, place: int) -> Verdict | None:
        """What was decided about a fact; None while it is open."""
        outcome = self._outcomes.get(place)
        return outcome.verdict if outcome else None

    def still_open(self) -> None:
        """Drop the decided facts from `open`."""
        self.open = [place for place in self.open if place not in self._outcomes]

    def external_ids(self) -> list[str]:
        """The names of the open facts that have one."""
        return [self.facts[place].external_id for place in self.open if self.facts[place].external_id]

    def outcomes(self) -> list[FlightOutcome]:
        """One outcome per fact, in order. A repeated flight is skipped, or rejected with the telling that counts."""
        for place in self._same_as:
            final = self._same_as[place]
            while final in self._same_as:
                final = self._same_as[final]
            outcome = self._outcomes[final]
            if outcome.verdict is not Verdict.REJECTED:
                later = self.on_known is OnKnown.CORRECT
                why = Why.REPEATED if later else Why.KNOWN
                message = (
                    f"The same flight comes {'again later' if later else 'earlier'} in this delivery; that one counts."
                )
                outcome = FlightOutcome(outcome.external_id, Verdict.SKIPPED, outcome.flight_id, why.value, message)
            self._outcomes[place] = outcome
        return [self._outcomes[place] for place in range(len(self.facts))]


def named(flight: Recorded) -> str:
    """A recorded flight as refusals name it."""
    name = f"{flight.source} {flight.external_id}".strip()
    places = f" {flight.departure or '?'}-{flight.arrival or '?'}" if flight.departure or flight.arrival else ""
    return f"flight {name}{places}"
