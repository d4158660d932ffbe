"""Components with where they are, what they ran and what life is left."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.components.clocks import totals_at
from hangarlink.maintenance.components.lives import PartLife, lives
from hangarlink.maintenance.components.models import Component, Placement
from hangarlink.maintenance.components.vocabulary import Place
from hangarlink.platform.errors import Missing


@dataclass(frozen=True)
class ComponentRow:
    """One component in a list.

    placement  where it is now; component, type, unit, item, aircraft and parent are loaded
    totals     its counters in their order, each with its total; None: unknown
    lives      its life limits
    """

    placement: Placement
    totals: tuple[tuple[Counter, int | None], ...] = ()
    lives: tuple[PartLife, ...] = ()

    @property
    def component(self) -> Component:
        return self.placement.component

    @property
    def shortest(self) -> PartLife | None:
        """The life that matters most: an unknown one, else the one of which the largest share is used."""
        return max(self.lives, key=lambda p: (p.life.used is None, p.life.used or 0), default=None)


def find_component(component_id: UUID) -> Component:
    """One component with type, unit and item. Raises Missing."""
    rows = Component.objects.select_related("component_type", "serialised_item__item")
    found = rows.filter(pk=component_id).first()
    if found is None:
        raise Missing("There is no such component in this account.")
    return found


def whereabouts() -> QuerySet[Placement]:
    """Where every component of the account is now, one row each, with all that a list shows."""
    return Placement.objects.filter(until__isnull=True, superseded_at__isnull=True).select_related(
        "component__component_type", "component__serialised_item__item", "aircraft", "parent"
    )


def rows_of(placements: Sequence[Placement], *, at: datetime | None = None) -> list[ComponentRow]:
    """These placements with totals and lives, in their order. A fixed number of statements."""
    moment = at or timezone.now()
    ids = [placement.component_id for placement in placements]
    counters: defaultdict[UUID | None, list[Counter]] = defaultdict(list)
    for counter in Counter.objects.filter(component_id__in=ids).order_by("position", "name"):
        counters[counter.component_id].append(counter)
    asked = [(counter.id, moment) for own in counters.values() for counter in own]
    totals = totals_at(asked) if asked else {}
    lived = lives(ids, at=moment) if ids else {}
    return [
        ComponentRow(
            placement,
            tuple((counter, totals[counter.id, moment]) for counter in counters[placement.component_id]),
            tuple(lived.get(placement.component_id, ())),
        )
        for placement in placements
    ]


def where_words(placement: Placement) -> str:
    """Where it is, in words: "Engine 1 of OY-HLA", "In stock, shelf 4"."""
    place = Place(placement.place)
    if place.is_installed:
        return f"{placement.position} of {placement.aircraft or placement.parent}"
    return f"{place.label}, {placement.location}" if placement.location else place.label
