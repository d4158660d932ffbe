"""A component's life as a line: where it was, and what was done on the way. Drawn on the server; see web/charts.py."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from hangarlink.maintenance.components.queries import LifeView
from hangarlink.maintenance.components.rules.history import Break
from hangarlink.web import formats

SIDE = 1000
_MARKS = 5


@dataclass(frozen=True)
class Segment:
    """A stretch of the line. look: aircraft, component, stock, workshop, sent_on, scrapped, paper or gap."""

    x: int
    width: int
    look: str
    words: str


@dataclass(frozen=True)
class Mark:
    """Something that was done on a day."""

    x: int
    words: str


@dataclass(frozen=True)
class LifeLine:
    """The whole line, and the years under it."""

    title: str
    segments: tuple[Segment, ...]
    marks: tuple[Mark, ...]
    years: tuple[tuple[int, str], ...]

    @property
    def side(self) -> int:
        return SIDE

    @property
    def looks(self) -> list[tuple[str, str]]:
        """What the colours mean, as far as they are drawn."""
        drawn = {segment.look for segment in self.segments}
        return [(look, word) for look, word in _WORDS.items() if look in drawn]


_WORDS = {
    "aircraft": "On an aircraft",
    "component": "On a component",
    "stock": "In stock",
    "workshop": "In a workshop",
    "sent_on": "Sent on",
    "scrapped": "Scrapped",
    "paper": "By its papers",
    "gap": "Nothing on record",
}


def life_line(life: LifeView, now: datetime) -> LifeLine:
    """From manufacture, or from the first record, until today."""
    today = now.astimezone(UTC).date()
    unit = life.component.serialised_item
    made_on = unit.manufactured_on if unit else None
    first = min([s.since for s in life.stretches] + ([made_on] if made_on else []), default=today)
    scale = _Scale(first, today)
    gaps = [
        scale.segment(f.since, f.until, "gap", f"Nothing on record {_days(f.since, f.until)}")
        for f in life.breaks
        if f.kind is Break.GAP and f.since and f.until
    ]
    papers = [scale.segment(p.since, p.until, "paper", f"{p.holder} {_days(p.since, p.until)}") for p in life.past]
    ours = [
        scale.segment(
            p.placement.since.date(), p.placement.until.date() if p.placement.until else today, p.placement.place,
            f"{p.words} {_days(p.placement.since.date(), p.placement.until.date() if p.placement.until else None)}",
        )
        for p in reversed(life.periods)
    ]  # fmt: skip
    marks = tuple(
        Mark(scale.x(w.at.date()), f"{w.get_kind_display()} {formats.day_text(w.at.date())}") for w in life.work
    )
    return LifeLine(f"Life of {life.component.name}", (*gaps, *papers, *ours), marks, scale.years())


def _days(since: date, until: date | None) -> str:
    return f"from {formats.day_text(since)} " + (f"to {formats.day_text(until)}" if until else "until now")


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> int:
        whole = max((self.last - self.first).days, 1)
        return min(max((day - self.first).days * SIDE // whole, 0), SIDE)

    def segment(self, since: date, until: date, look: str, words: str) -> Segment:
        x = self.x(since)
        return Segment(x, max(self.x(until) - x, 2), look, words)

    def years(self) -> tuple[tuple[int, str], ...]:
        """A few first days of years; the beginning itself where there is no such day."""
        span = self.last.year - self.first.year
        step = max(1, -(-span // _MARKS))
        found = [date(year, 1, 1) for year in range(self.first.year + 1, self.last.year + 1, step)]
        return tuple((self.x(day), str(day.year)) for day in found) or ((0, formats.day_text(self.first)),)
