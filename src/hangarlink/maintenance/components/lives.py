"""Lives of life-limited parts and the limiter of what carries them, for any number of components at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import floor
from uuid import UUID

from django.utils import timezone

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.components.clocks import Frame, frames, standings_at
from hangarlink.maintenance.components.facts import read_facts
from hangarlink.maintenance.components.models import Component, LifeLimit
from hangarlink.maintenance.components.rules.clock import rating_at
from hangarlink.maintenance.components.rules.life import Life, Limiter, life, limiter
from hangarlink.maintenance.components.structure import carried


@dataclass(frozen=True, slots=True)
class PartLife:
    """One life limit of one component.

    counter  that is limited; None: the component has no counter of that kind, so its life is unknown
    total    seconds or counts so far; None: unknown
    ends_at  the total at which the life is over if it goes on at the rating it runs at; None: unknown
    source   what the limit stands in
    """

    component_id: UUID
    kind: str
    counter: Counter | None
    total: int | None
    life: Life
    source: str

    @property
    def ends_at(self) -> int | None:
        return None if self.total is None or self.life.left is None else self.total + self.life.left


def lives(component_ids: Collection[UUID], *, at: datetime | None = None) -> dict[UUID, list[PartLife]]:
    """The life limits of these components, by component. A fixed number of statements."""
    moment = at or timezone.now()
    rows = Component.objects.filter(id__in=list(component_ids), serialised_item__isnull=False)
    pairs = rows.values_list("id", "serialised_item__item_id")
    item_of = {component_id: item_id for component_id, item_id in pairs if item_id is not None}
    limits: defaultdict[UUID, defaultdict[str, list[LifeLimit]]] = defaultdict(lambda: defaultdict(list))
    for limit in LifeLimit.objects.filter(item_id__in=set(item_of.values())).order_by("kind", "rating"):
        limits[limit.item_id][limit.kind].append(limit)
    limited = [one for one, item in item_of.items() if item in limits]
    counters: dict[tuple[UUID | None, str], Counter] = {}
    for counter in Counter.objects.filter(component_id__in=limited).order_by("position", "name"):
        counters.setdefault((counter.component_id, counter.kind), counter)
    found = standings_at([(counter.id, moment) for counter in counters.values()]) if counters else {}
    turns = read_facts(limited).turns if limited else {}
    lived: dict[UUID, list[PartLife]] = {}
    for component_id in limited:
        rating = rating_at(turns.get(component_id, ()), moment)
        lived[component_id] = []
        for kind, given in limits[item_of[component_id]].items():
            own = counters.get((component_id, kind))
            stands = found[own.id, moment] if own is not None else None
            ran = stands.by_rating if stands is not None and stands.total is not None else None
            known = life({one.rating: one.limit for one in given}, ran, rating)
            source = "; ".join(dict.fromkeys(one.source for one in given if one.source))
            lived[component_id].append(
                PartLife(component_id, kind, own, stands.whole if stands else None, known, source)
            )
    return lived


@dataclass(frozen=True, slots=True)
class Bound:
    """How long a component may still run before a part of it, or itself, ends its life.

    kind     of the counters compared
    limiter  whose `left` is in units of the component's own counter of that kind
    part     the life that limits
    """

    kind: str
    limiter: Limiter[UUID]
    part: PartLife | None


def bounds(component_id: UUID, *, at: datetime | None = None) -> list[Bound]:
    """Per kind of counter, the limiter among the life-limited parts in this component, itself included.

    What a part has left is turned into the component's own counter by the ratios between them; a part that stands
    still on it cannot limit it. Source: domain/maintenance.md 1.4, worked example E25.
    """
    moment = at or timezone.now()
    inside = carried([component_id])
    lived = lives(inside, at=moment)
    if not lived:
        return []
    by_kind: defaultdict[str, list[PartLife]] = defaultdict(list)
    for parts in lived.values():
        for part in parts:
            by_kind[part.kind].append(part)
    lines = frames(inside, now=moment)
    own = {c.kind: c for c in Counter.objects.filter(component_id=component_id).order_by("-position", "-name")}
    found = []
    for kind, parts in by_kind.items():
        lefts = [(part.component_id, _left(part, lines, own.get(kind))) for part in parts]
        limits = limiter(lefts)
        found.append(Bound(kind, limits, next((p for p in parts if p.component_id == limits.part), None)))
    return found


def _left(part: PartLife, lines: Mapping[UUID, Frame], own: Counter | None) -> int | None:
    """What is left of the part, in units of the carrier's counter."""
    left = part.life.left
    if left is None or part.counter is None or own is None or part.counter.id == own.id:
        return left
    mine, theirs = lines.get(part.counter.id), lines.get(own.id)
    if mine is None or theirs is None or mine.driver_id is None or mine.driver_id != theirs.driver_id:
        return left
    return floor(Fraction(left) / (mine.ratio / theirs.ratio))
