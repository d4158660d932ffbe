"""Back to birth: whether the life of a part is told without holes. Source: domain/maintenance.md 1.4.

A life is a graph: where the part was are its nodes, its moves are its edges. What our own records cover has no gaps and
no overlaps, because the database refuses them; what papers say of the time before or without us can. So the stretches
of both are laid side by side from the day it was made until today.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise


class Break(StrEnum):
    """What is wrong with a history.

    NOT_BORN     nobody knows when it was made
    GAP          days that nothing covers
    OVERLAP      two stretches claim the same days
    UNTRACED     a total begins where the stretch before did not end: something ran that nobody wrote down
    FALLS        a total begins below where the stretch before ended
    BEFORE_BIRTH  a stretch begins before the part was made
    """

    NOT_BORN = "not_born"
    GAP = "gap"
    OVERLAP = "overlap"
    UNTRACED = "untraced"
    FALLS = "falls"
    BEFORE_BIRTH = "before_birth"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days of a life.

    key           what it is known by
    until         its last day; None: it lasts
    node          where the part was
    is_ours       our own record; else what a paper says
    begun, ended  totals at both ends by counter, where known
    """

    key: str
    since: date
    until: date | None
    node: str
    is_ours: bool = True
    begun: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One break of a history.

    before, after  keys of the stretches on both sides; "" for birth and today
    since, until   the days it concerns
    counter        UNTRACED, FALLS: which, and by how much
    """

    kind: Break
    since: date | None
    until: date | None
    before: str = ""
    after: str = ""
    counter: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """A move from one node to another."""

    on: date
    origin: str
    target: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order in which the part first came there, and the moves between them."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]


BIRTH = "birth"


def graph(stretches: Sequence[Stretch], made_on: date | None) -> Graph:
    """The life as a graph, beginning at birth where that is known."""
    told = sorted(stretches, key=_order)
    nodes = dict.fromkeys([*([BIRTH] if made_on else []), *(s.node for s in told)])
    edges = [Edge(made_on, BIRTH, told[0].node)] if made_on and told else []
    edges += [Edge(b.since, a.node, b.node) for a, b in pairwise(told)]
    return Graph(tuple(nodes), tuple(edges))


def breaks(stretches: Sequence[Stretch], made_on: date | None, today: date) -> list[Finding]:
    """Everything that keeps the history from being back-to-birth, in the order of time. None: it is whole."""
    found: list[Finding] = []
    told = sorted(stretches, key=_order)
    if made_on is None:
        found.append(Finding(Break.NOT_BORN, None, told[0].since if told else None))
    else:
        early = [s for s in told if s.since < made_on]
        found += [Finding(Break.BEFORE_BIRTH, s.since, made_on, after=s.key) for s in early]
    covered, before = made_on, ""
    for stretch in told:
        if covered is not None and (stretch.since - covered).days > (1 if before else 0):
            found.append(Finding(Break.GAP, covered, stretch.since, before, stretch.key))
        end = stretch.until or today
        if covered is None or end > covered:
            covered, before = end, stretch.key
    if covered is not None and (today - covered).days > 1:
        found.append(Finding(Break.GAP, covered, today, before))
    return [*found, *_overlaps(told), *_jumps(told)]


def _order(stretch: Stretch) -> tuple[date, date, str]:
    return stretch.since, stretch.until or date.max, stretch.key


def _overlaps(told: Sequence[Stretch]) -> Iterable[Finding]:
    """Stretches that share more than the day on which one ends and the next begins."""
    for place, one in enumerate(told):
        for other in told[place + 1 :]:
            end = min(one.until or date.max, other.until or date.max)
            if other.since < end and not (one.is_ours and other.is_ours):
                yield Finding(Break.OVERLAP, other.since, None if end == date.max else end, one.key, other.key)


def _jumps(told: Sequence[Stretch]) -> Iterable[Finding]:
    """Totals that do not go on where they ended. Each counter is followed past stretches that do not name it."""
    ended: dict[str, tuple[int, Stretch]] = {}
    for stretch in told:
        for counter, begun in stretch.begun.items():
            if counter in ended and (amount := begun - ended[counter][0]):
                kind = Break.UNTRACED if amount > 0 else Break.FALLS
                last = ended[counter][1]
                yield Finding(kind, last.until, stretch.since, last.key, stretch.key, counter, abs(amount))
            elif counter not in ended and begun:
                yield Finding(Break.UNTRACED, None, stretch.since, "", stretch.key, counter, begun)
        ended.update({counter: (total, stretch) for counter, total in stretch.ended.items()})
