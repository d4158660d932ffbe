"""Which steps a trip may take, and which legs make one. Pure. Source of the words: contracts/planeconnection.md 7.2."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from hangarlink.platform.errors import RuleBroken

MOST_LEGS = 40
MOST_PASSENGERS = 999
LONGEST_LEG = timedelta(hours=24)


class Kind(StrEnum):
    CHARTER = "charter"
    TRAINING = "training"
    OWNER = "owner"
    POSITIONING = "positioning"
    MAINTENANCE = "maintenance"


class Status(StrEnum):
    """PLANNED: being put together. CONFIRMED: its aircraft is booked. COMPLETED: flown. CANCELLED: will not be."""

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


# While a trip is one of these, its legs may change.
OPEN = (Status.PLANNED, Status.CONFIRMED)

STEPS: dict[tuple[Status, str], Status] = {
    (Status.PLANNED, "confirm"): Status.CONFIRMED,
    (Status.PLANNED, "complete"): Status.COMPLETED,
    (Status.CONFIRMED, "complete"): Status.COMPLETED,
    (Status.PLANNED, "cancel"): Status.CANCELLED,
    (Status.CONFIRMED, "cancel"): Status.CANCELLED,
    (Status.CANCELLED, "reopen"): Status.PLANNED,
}


def step(status: Status, action: str) -> Status:
    """The status after the action. Raises RuleBroken where the table has no such step."""
    following = STEPS.get((status, action))
    if following is None:
        possible = " or ".join(sorted(name for state, name in STEPS if state is status)) or "nothing more"
        raise RuleBroken(
            f"A trip that is {status} cannot take the step {action}; possible: {possible}.", field="status"
        )
    return following


def check_open(status: Status) -> None:
    """Whether the trip and its legs may change."""
    if status not in OPEN:
        raise RuleBroken(f"The trip is {status}: it stays as it is.", field="status")


@dataclass(frozen=True, slots=True)
class LegTimes:
    """Off block to on block, aware."""

    off_at: datetime
    on_at: datetime

    @property
    def block_seconds(self) -> int:
        return int((self.on_at - self.off_at).total_seconds())


def check_leg(times: LegTimes, passengers: int) -> None:
    """One leg by itself."""
    if times.on_at <= times.off_at:
        raise RuleBroken(
            f"On block {_shown(times.on_at)} is not after off block {_shown(times.off_at)}. Check both, in UTC.",
            field="on_at",
        )
    if times.on_at - times.off_at > LONGEST_LEG:
        raise RuleBroken(
            f"From {_shown(times.off_at)} to {_shown(times.on_at)} are more than {LONGEST_LEG // timedelta(hours=1)} "
            "hours on one leg. Check the dates.",
            field="on_at",
        )
    if not 0 <= passengers <= MOST_PASSENGERS:
        raise RuleBroken(f"{passengers} passengers are not possible; 0 to {MOST_PASSENGERS}.", field="passengers")


def check_legs(legs: Sequence[LegTimes]) -> None:
    """All legs together: one aircraft flies them, so none begins before the one before it ends."""
    if len(legs) > MOST_LEGS:
        raise RuleBroken(f"These are {len(legs)} legs; a trip has at most {MOST_LEGS}.", field="legs")
    ordered = sorted(legs, key=lambda leg: (leg.off_at, leg.on_at))
    for before, after in pairwise(ordered):
        if after.off_at < before.on_at:
            raise RuleBroken(
                f"The leg off block {_shown(after.off_at)} begins before the one before it is on block, "
                f"{_shown(before.on_at)}.",
                field="off_at",
            )


def check_flown(legs: Sequence[LegTimes], now: datetime) -> None:
    """Whether a trip can be completed at this moment."""
    if not legs:
        raise RuleBroken("The trip has no legs. Add what was flown, then complete it.", field="legs")
    last = max(leg.on_at for leg in legs)
    if last > now:
        raise RuleBroken(
            f"The last leg is on block {_shown(last)}, in the future. Correct the leg first.", field="legs"
        )


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z"
