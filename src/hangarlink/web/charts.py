"""Charts drawn on the server: they print, need no script, and say their figures to who cannot see them.

Whole numbers throughout; shapes are cut into a box of 1,000 by 1,000 that the page stretches.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

SIDE = 1000
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """One bar: where it stands, how high it is, what it says."""

    label: str
    words: str
    x: int
    width: int
    y: int
    height: int


@dataclass(frozen=True)
class BarChart:
    """Bars from left to right over a scale; `scale` is read from the top down."""

    title: str
    bars: tuple[Bar, ...]
    scale: tuple[str, ...]
    lines: tuple[int, ...]

    @property
    def side(self) -> int:
        """Of the box the shapes are cut into."""
        return SIDE


def bar_chart(
    title: str,
    points: Sequence[tuple[str, int]],
    *,
    words: Callable[[int], str],
    mark: Callable[[int], str],
    unit: int = 1,
) -> BarChart:
    """A chart of label and amount pairs.

    words  an amount as the bar says it ("41.3 h"); mark  as the scale writes it ("40")
    unit   what a round number is made of: 3600 when amounts are seconds and the scale is in hours
    """
    top = round_up(max((amount for _, amount in points), default=0), unit)
    pitch = SIDE // max(len(points), 1)
    gap = pitch // 5
    heights = [amount * SIDE // top for _, amount in points]
    bars = tuple(
        Bar(label, words(amount), place * pitch + gap, pitch - 2 * gap, SIDE - height, height)
        for place, ((label, amount), height) in enumerate(zip(points, heights, strict=True))
    )
    return BarChart(title, bars, tuple(mark(top * part // 2) for part in (2, 1, 0)), (0, SIDE // 2, SIDE))


def round_up(amount: int, unit: int = 1) -> int:
    """The next round number that holds the amount and can be halved: 1, 2 or 5 times a power of ten, times the unit."""
    power = 2 * unit
    while True:
        for step in _STEPS:
            if amount <= step * power:
                return step * power
        power *= 10
