"""When a difference between the partner's total and ours is a discrepancy. Pure.

Flights are entered at the partner after they were flown, while its meters may have moved already: so the partner is
often a little ahead, and that alone means nothing for a while. We are never rightly ahead, but two readings are taken
at two moments: one of it may be chance.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

PATIENCE = timedelta(hours=48)


@dataclass(frozen=True)
class Judgement:
    """since: when the difference of this sign was first seen, None for no difference."""

    gap: int
    since: datetime | None
    is_discrepancy: bool


def judge(*, ours: int, theirs: int, was: int | None, since: datetime | None, now: datetime) -> Judgement:
    """ours, theirs: totals in the counter's unit. was, since: the last judgement's gap and since."""
    gap = theirs - ours
    if gap == 0:
        return Judgement(0, None, is_discrepancy=False)
    persists = was is not None and since is not None and (was < 0) == (gap < 0)
    began = since if persists and since is not None else now
    if gap < 0:
        return Judgement(gap, began, is_discrepancy=persists)
    return Judgement(gap, began, is_discrepancy=now - began >= PATIENCE)
