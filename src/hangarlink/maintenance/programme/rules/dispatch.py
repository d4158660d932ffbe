"""The dispatch question: may it fly the next flight, of so many hours and cycles, landing on a day?

Source: domain rule 1.6. For each mandatory limit, what is used and what the flight adds must stay within it; exactly at
the limit is within. What nobody can tell is no yes. The system advises; it certifies nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness, Ground, worst


class Answer(StrEnum):
    """UNKNOWN is not a yes: something has to be found out first."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Decision:
    """The answer with everything that speaks against it, worst first, and what to mind although it may fly.

    remarks  restrictions, and work that is used up or due soon after the flight
    """

    answer: Answer
    reasons: tuple[Ground, ...]
    remarks: tuple[Ground, ...]


def decide(grounds: Iterable[Ground]) -> Decision:
    """The answer from every reason as it would stand after the flight."""
    state, ordered = worst(grounds)
    answer = {Airworthiness.GROUNDED: Answer.NO, Airworthiness.UNKNOWN: Answer.UNKNOWN}.get(state, Answer.YES)
    against = tuple(ground for ground in ordered if ground.state >= Airworthiness.UNKNOWN)
    return Decision(answer, against, ordered[len(against) :])
