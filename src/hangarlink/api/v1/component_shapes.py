"""How components look in the API."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from hangarlink.api.v1.fields import Outgoing
from hangarlink.fleet.models import Counter
from hangarlink.maintenance.components.lives import PartLife
from hangarlink.maintenance.components.models import Placement
from hangarlink.maintenance.components.queries import ComponentRow, LifeView, Node
from hangarlink.platform.quantities import Unit

EXAMPLE_ID = "0197379e-5f01-7c88-9a11-2b7e6f0d3c21"
EXAMPLE_COUNTER = "0197379e-5f01-7c88-9a11-2b7e6f0d3c22"
EXAMPLE_AIRCRAFT = "0197379e-1b7a-7d10-9f63-0c9a5f1f7a02"
EXAMPLE_PLACEMENT: dict[str, object] = {
    "id": "0197379e-5f01-7c88-9a11-2b7e6f0d3c24",
    "place": "aircraft",
    "aircraft_id": EXAMPLE_AIRCRAFT,
    "component_id": None,
    "position": "Engine 1",
    "ata": "72",
    "location": "",
    "since": "2026-06-03T09:12:00Z",
    "until": None,
    "work_order": "WO-118",
    "reason": "",
    "noted": [],
}
EXAMPLE_COMPONENT: dict[str, object] = {
    "id": EXAMPLE_ID,
    "name": "Engine PCE-PJ0421",
    "type": "PT6A-42",
    "part_number": "PT6A-42",
    "serial_number": "PCE-PJ0421",
    "manufactured_on": "2009-03-12",
    "condition": "overhauled",
    "certificate": "F1-2021-118",
    "placement": EXAMPLE_PLACEMENT,
    "counters": [
        {"id": EXAMPLE_COUNTER, "name": "Cycles", "kind": "landings", "unit": "count", "total": 5480},
    ],
    "lives": [
        {
            "kind": "landings",
            "rating": "",
            "is_known": True,
            "used": "0.274",
            "remaining": {"": 14520},
            "left": 14520,
            "ends_at": 20000,
            "source": "EMM 05-10",
        }
    ],
}


class ComponentCounterOut(Outgoing):
    """A counter of a component. Its total is computed from where it was; null: unknown, never zero."""

    id: UUID
    name: str
    kind: str = Field(examples=["landings"])
    unit: Unit
    total: int | None = Field(description="Exact: whole seconds, or a count, rounded up.")


class NotedOut(Outgoing):
    code: str = Field(examples=["no_certificate"])
    message: str
    source: str


class PlacementOut(Outgoing):
    """A time at one place. `aircraft_id` or `component_id` is what it was installed on."""

    id: UUID
    place: str = Field(description="aircraft, component, stock, workshop, sent_on or scrapped.", examples=["aircraft"])
    aircraft_id: UUID | None
    component_id: UUID | None
    position: str
    ata: str
    location: str
    since: datetime
    until: datetime | None = Field(description="Null: it is there now.")
    work_order: str
    reason: str
    noted: list[NotedOut] = Field(description="What the installation check found and somebody went on in spite of.")


class LifeOut(Outgoing):
    """One life limit. While `is_known` is false nobody can say what is left; that is not zero and not all of it."""

    kind: str
    rating: str = Field(description="The rating it runs at now; empty where none is told.")
    is_known: bool
    used: str | None = Field(description="Share of the life as a decimal number, rounded up.", examples=["0.6"])
    remaining: dict[str, int | None] = Field(description="By rating: what may still run if it all runs at that one.")
    left: int | None = Field(description="At the rating it runs at, else at the most demanding one.")
    ends_at: int | None = Field(description="Total at which it ends if it goes on at that rating.")
    source: str


class ComponentOut(Outgoing):
    id: UUID
    name: str
    type: str
    part_number: str
    serial_number: str
    manufactured_on: date | None
    condition: str = Field(examples=["serviceable"])
    certificate: str
    placement: PlacementOut
    counters: list[ComponentCounterOut]
    lives: list[LifeOut]


class BreakOut(Outgoing):
    """What keeps a history from being back-to-birth."""

    kind: str = Field(description="not_born, gap, overlap, untraced, falls or before_birth.", examples=["gap"])
    since: date | None
    until: date | None
    before: str = Field(description="Id of the stretch before it; empty: birth.")
    after: str = Field(description="Id of the stretch after it; empty: today.")
    counter_id: str
    amount: int


class StretchOut(Outgoing):
    """Some days of a life: a placement of ours, or what a paper says."""

    id: UUID
    node: str
    since: date
    until: date | None
    is_ours: bool
    begun: dict[str, int] = Field(description="Totals at its beginning by counter id.")
    ended: dict[str, int]


class EdgeOut(Outgoing):
    on: date
    origin: str
    target: str


class WorkOut(Outgoing):
    id: UUID
    kind: str = Field(examples=["overhaul"])
    at: datetime
    scope: str
    certificate: str
    work_order: str


class NodeOut(Outgoing):
    """A position of an aircraft and what is there; null: it is empty."""

    position: str
    ata: str
    depth: int = Field(description="0: on the aircraft itself, 1: on what is there, and so on.")
    must_not_be_empty: bool
    component: ComponentOut | None


def component_out(row: ComponentRow) -> ComponentOut:
    one, unit = row.component, row.component.serialised_item
    return ComponentOut(
        id=one.id, name=one.name, type=one.component_type.name,
        part_number=unit.item.part_number if unit else "", serial_number=unit.serial_number if unit else "",
        manufactured_on=unit.manufactured_on if unit else None, condition=one.condition, certificate=one.certificate,
        placement=placement_out(row.placement), counters=[_counter_out(c, total) for c, total in row.totals],
        lives=[_life_out(part) for part in row.lives],
    )  # fmt: skip


def placement_out(row: Placement) -> PlacementOut:
    noted = [NotedOut(code=n["code"], message=n["message"], source=n.get("source", "")) for n in row.noted]
    return PlacementOut(
        id=row.id, place=row.place, aircraft_id=row.aircraft_id, component_id=row.parent_id, position=row.position,
        ata=row.ata, location=row.location, since=row.since, until=row.until, work_order=row.work_order,
        reason=row.reason, noted=noted,
    )  # fmt: skip


def nodes_out(nodes: Iterable[Node]) -> list[NodeOut]:
    return [
        NodeOut(
            position=node.name, ata=node.ata, depth=node.depth,
            must_not_be_empty=node.declared is not None and node.declared.required,
            component=component_out(node.row) if node.row else None,
        )
        for top in nodes
        for node in top.flat()
    ]  # fmt: skip


def breaks_out(life: LifeView) -> list[BreakOut]:
    return [
        BreakOut(kind=b.kind, since=b.since, until=b.until, before=b.before, after=b.after, counter_id=b.counter,
                 amount=b.amount)
        for b in life.breaks
    ]  # fmt: skip


def stretches_out(life: LifeView) -> list[StretchOut]:
    return [
        StretchOut(id=UUID(s.key), node=s.node, since=s.since, until=s.until, is_ours=s.is_ours, begun=dict(s.begun),
                   ended=dict(s.ended))
        for s in life.stretches
    ]  # fmt: skip


def _counter_out(counter: Counter, total: int | None) -> ComponentCounterOut:
    return ComponentCounterOut(
        id=counter.id, name=counter.name, kind=counter.kind, unit=Unit(counter.unit), total=total
    )


def _life_out(part: PartLife) -> LifeOut:
    used = part.life.used
    # Rounded up to the millionth: life used is never told as less than it was.
    shown = None if used is None else f"{-(-used.numerator * 10**6 // used.denominator) / 10**6:.6f}".rstrip("0")
    return LifeOut(
        kind=part.kind, rating=part.life.rating, is_known=used is not None,
        used=shown and shown.rstrip("."), remaining=part.life.remaining, left=part.life.left, ends_at=part.ends_at,
        source=part.source,
    )  # fmt: skip
