"""What one page of changes does to each counter, before the totals are settled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hangarlink.fleet.ledger.entries import Flown


@dataclass(slots=True)
class Touched:
    """One counter.

    since, until  earliest and latest moment of what changed
    amount        what the flights that changed add, less what they added before
    anchored      an opening, reading or replacement changed too
    corrected     something that stood before was changed, not only added
    """

    since: datetime
    until: datetime
    amount: int = 0
    anchored: bool = False
    corrected: bool = False

    def widen(self, at: datetime) -> None:
        self.since = min(self.since, at)
        self.until = max(self.until, at)


class Movements:
    """Collects the changes of a page."""

    def __init__(self) -> None:
        self.touched: dict[UUID, Touched] = {}

    def flew(self, flown: Iterable[Flown]) -> None:
        """Amounts of flights that count from now on."""
        for _, counter_id, at, amount in flown:
            self._touch(counter_id, at).amount += amount

    def took_back(self, flown: Iterable[Flown]) -> None:
        """Amounts of flights that no longer count."""
        for _, counter_id, at, amount in flown:
            touched = self._touch(counter_id, at)
            touched.amount -= amount
            touched.corrected = True

    def anchored(self, counter_id: UUID, *moments: datetime, corrected: bool = False) -> None:
        """An opening, reading or replacement came, went or changed at these moments."""
        for at in moments:
            touched = self._touch(counter_id, at)
            touched.anchored = True
            touched.corrected = touched.corrected or corrected

    def _touch(self, counter_id: UUID, at: datetime) -> Touched:
        touched = self.touched.get(counter_id)
        if touched is None:
            touched = self.touched[counter_id] = Touched(at, at)
        else:
            touched.widen(at)
        return touched
