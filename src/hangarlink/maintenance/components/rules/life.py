"""Life-limited parts: what is used, what is left, and which part limits its engine. Source: domain/maintenance.md 1.4.

    used = sum over ratings of ran_r / limit_r        remaining_r = (1 - used) * limit_r

Linear pro rata is the common method; the engine manual prevails. Life used is exact, life left rounds down.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Generic, TypeVar

K = TypeVar("K")


class WhyUnknown(StrEnum):
    """Why nobody can say how much life is left.

    TOTAL    the total itself is unknown: no opening, or it ran where nobody told us
    RATING   it ran at a rating that has no limit, or nobody said at which
    """

    TOTAL = "total"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Life:
    """The life of one part on one counter.

    limits     by rating; "" when there is only one
    used       share of the life, exact; None: unknown, and `why` says why. Above 1 the limit is passed
    remaining  by rating: what may still run if it all runs at that rating; negative once passed
    rating     the rating it runs at now, as far as a limit is given for it
    """

    limits: Mapping[str, int]
    used: Fraction | None
    rating: str
    why: WhyUnknown | None = None

    @property
    def remaining(self) -> dict[str, int | None]:
        return {name: self._left(limit) for name, limit in self.limits.items()}

    @property
    def left(self) -> int | None:
        """What is left at the rating it runs at; at the most demanding one where that is not said."""
        limit = self.limits.get(self.rating)
        return self._left(min(self.limits.values()) if limit is None else limit)

    @property
    def is_used_up(self) -> bool:
        return self.used is not None and self.used >= 1

    def _left(self, limit: int) -> int | None:
        return None if self.used is None else floor((1 - self.used) * limit)


def life(limits: Mapping[str, int], by_rating: Mapping[str, Fraction] | None, rating: str = "") -> Life:
    """The life used of a part that ran so much at each rating.

    limits     at least one; a single limit without a rating holds whatever rating it ran at
    by_rating  None: the total is unknown
    """
    if by_rating is None:
        return Life(limits, None, rating, WhyUnknown.TOTAL)
    used = Fraction(0)
    for name, ran in by_rating.items():
        limit = limits.get(name, limits.get("") if len(limits) == 1 else None)
        if limit is None and ran:
            return Life(limits, None, rating, WhyUnknown.RATING)
        used += ran / limit if limit else 0
    return Life(limits, used, rating)


@dataclass(frozen=True, slots=True)
class Limiter(Generic[K]):
    """The part that ends an engine's run first.

    part     None where no part has a known life
    left     what the engine may still run; None: unknown
    unknown  parts of which nobody knows; while there are any, `left` is only an upper bound
    """

    part: K | None
    left: int | None
    unknown: tuple[K, ...] = ()

    @property
    def is_certain(self) -> bool:
        return self.left is not None and not self.unknown


def limiter(parts: Iterable[tuple[K, int | None]]) -> Limiter[K]:
    """The smallest remaining of the parts. The first one wins among equals."""
    listed = list(parts)
    known = [(left, place) for place, (_, left) in enumerate(listed) if left is not None]
    unknown = tuple(part for part, left in listed if left is None)
    if not known:
        return Limiter(None, None, unknown)
    left, place = min(known)
    return Limiter(listed[place][0], left, unknown)
