"""Components through the API: list, one with its life, what sits on an aircraft, adding one."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.component_shapes import (
    EXAMPLE_COMPONENT,
    EXAMPLE_COUNTER,
    EXAMPLE_PLACEMENT,
    BreakOut,
    ComponentOut,
    EdgeOut,
    NodeOut,
    PlacementOut,
    StretchOut,
    WorkOut,
    breaks_out,
    component_out,
    nodes_out,
    placement_out,
    stretches_out,
)
from hangarlink.api.v1.fields import Day, Incoming, Moment, Outgoing, Plain
from hangarlink.api.v1.outgoing import EXAMPLE_AIRCRAFT_NAME, AircraftName, Listing, aircraft_name
from hangarlink.fleet.queries import find_aircraft
from hangarlink.fleet.rules.texts import is_storable
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.components.actions import ClockPlan, add_component
from hangarlink.maintenance.components.models import ComponentType
from hangarlink.maintenance.components.queries import find_component, life_of, rows_of, tree_of_aircraft, whereabouts
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing

TAG = "Components"


class ComponentListOut(Listing):
    components: list[ComponentOut]


class LifeRead(Outgoing):
    """A component with its whole life. `is_back_to_birth`: every day since it was made is accounted for."""

    component: ComponentOut
    is_back_to_birth: bool
    breaks: list[BreakOut]
    nodes: list[str] = Field(description="Where it has been, in the order in which it first came there.")
    edges: list[EdgeOut] = Field(description="Its moves from one to the other.")
    stretches: list[StretchOut]
    placements: list[PlacementOut] = Field(description="Ours, latest first.")
    work: list[WorkOut]


class TreeRead(Outgoing):
    aircraft: AircraftName
    positions: list[NodeOut]


class ClockIn(Incoming):
    """A counter it is to have. Without a meter of its own it runs with the counter of what it is installed on."""

    kind: Plain = Field(max_length=20, description="As an aircraft's counter.", examples=["landings"])
    name: Plain = Field("", max_length=60)
    source: Literal["parent", "meter"] = "parent"
    driver_kind: Plain = Field("", max_length=20, description="Kind that drives it; empty: its own.")
    numerator: int = Field(1, ge=1, le=1_000_000, description="What it adds...")
    denominator: int = Field(1, ge=1, le=1_000_000, description="...per so many of the driving counter.")


class ComponentIn(Incoming):
    type: Plain = Field(min_length=1, max_length=120, description="Name of a component type of the account.")
    name: Plain = Field("", max_length=120)
    part_number: Plain = Field("", max_length=60)
    serial_number: Plain = Field("", max_length=60)
    manufacturer: Plain = Field("", max_length=120)
    manufactured_on: Day | None = None
    condition: Plain = Field("unknown", max_length=16)
    certificate: Plain = Field("", max_length=120)
    certified_on: Day | None = None
    since: Moment = Field(description="Since when it is with you.")
    location: Plain = Field("", max_length=120)
    counters: list[ClockIn] = Field(default_factory=list, max_length=20)


class ComponentCreate(Incoming):
    component: ComponentIn


class ComponentAnswer(Outgoing):
    component: ComponentOut


@endpoint(
    "GET",
    "/components",
    scope=Scope.COMPONENTS_READ,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="List components and where they are",
    answers={200: ComponentListOut},
    examples={"response": {"total": 1, "next_cursor": None, "components": [EXAMPLE_COMPONENT]}},
)
def list_components(
    request: ApiRequest,
    place: Literal["aircraft", "component", "stock", "workshop", "sent_on", "scrapped"] | None = None,
    part_number: str | None = None,
    serial_number: str | None = None,
    cursor: str | None = None,
    per_page: PerPage = DEFAULT_SIZE,
) -> Answer:
    """In the order of their ids. Part and serial number must match exactly."""
    rows = whereabouts()
    if place is not None:
        rows = rows.filter(place=place)
    for name, given in (("item__part_number", part_number), ("serial_number", serial_number)):
        if given is not None:
            rows = rows.filter(**{f"component__serialised_item__{name}": given}) if is_storable(given) else rows.none()
    page = page_of(rows, "component", cursor=cursor, size=per_page)
    body = ComponentListOut(
        total=page.total, next_cursor=page.next_cursor, components=[component_out(row) for row in rows_of(page.rows)]
    )
    summary = f"{len(page.rows)} components read."
    return Answer(body, Logged.READ, summary, count=len(page.rows), headers=page.link(request))


@endpoint(
    "GET",
    "/components/{component_id}",
    scope=Scope.COMPONENTS_READ,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="Read a component with its life",
    answers={200: LifeRead},
    examples={
        "response": {
            "component": EXAMPLE_COMPONENT,
            "is_back_to_birth": False,
            "breaks": [
                {
                    "kind": "gap", "since": "2019-11-20", "until": "2020-02-20", "before": "", "after": "",
                    "counter_id": "", "amount": 0,
                }
            ],
            "nodes": ["birth", "Engine 1 of OY-SKA"],
            "edges": [{"on": "2009-03-12", "origin": "birth", "target": "Engine 1 of OY-SKA"}],
            "stretches": [
                {
                    "id": EXAMPLE_PLACEMENT["id"], "node": "Engine 1 of OY-SKA", "since": "2026-06-03", "until": None,
                    "is_ours": True, "begun": {EXAMPLE_COUNTER: 5480}, "ended": {},
                }
            ],
            "placements": [EXAMPLE_PLACEMENT],
            "work": [],
        }
    },
)  # fmt: skip
def read_component(request: ApiRequest, component_id: UUID) -> Answer:  # noqa: ARG001 - every operation takes the request
    """Where it was, what it ran there, what was done, and what its history lacks."""
    found = find_component(component_id)
    life = life_of(found)
    body = LifeRead(
        component=_one(component_id),
        is_back_to_birth=not life.breaks,
        breaks=breaks_out(life),
        nodes=list(life.graph.nodes),
        edges=[EdgeOut(on=e.on, origin=e.origin, target=e.target) for e in life.graph.edges],
        stretches=stretches_out(life),
        placements=[placement_out(period.placement) for period in life.periods],
        work=[
            WorkOut(id=w.id, kind=w.kind, at=w.at, scope=w.scope, certificate=w.certificate, work_order=w.work_order)
            for w in life.work
        ],
    )
    return Answer(body, Logged.READ, "A component with its life read.")


@endpoint(
    "POST",
    "/components",
    scope=Scope.COMPONENTS_WRITE,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="Track a component that is in stock",
    answers={201: ComponentAnswer},
    examples={
        "request": {
            "component": {
                "type": "PT6A-42", "part_number": "PT6A-42", "serial_number": "PCE-PJ0421",
                "condition": "overhauled", "certificate": "F1-2021-118", "since": "2026-06-01T08:00:00Z",
                "counters": [{"kind": "landings", "name": "Cycles"}],
            }
        },
        "response": {"component": EXAMPLE_COMPONENT},
    },
)  # fmt: skip
def create_component(request: ApiRequest, body: ComponentCreate) -> Answer:
    """Its totals are unknown until they are stated. Install it afterwards. One unit is one component: a serial number
    that is tracked already is refused.
    """
    given = body.component.model_dump(exclude={"type", "since", "counters"})
    kind = ComponentType.objects.filter(name=body.component.type).first() if is_storable(body.component.type) else None
    if kind is None:
        raise Missing("component.type: there is no component type of that name in this account.")
    clocks = [ClockPlan(**clock.model_dump()) for clock in body.component.counters]
    made = add_component(
        **given, component_type=kind, clocks=clocks, at=body.component.since, acting_user=request.auth.actor
    )
    return Answer(ComponentAnswer(component=_one(made.id)), Logged.CREATED, "A component is tracked.", status=201)


@endpoint(
    "GET",
    "/aircraft/{call_sign}/components",
    scope=Scope.COMPONENTS_READ,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="Read what sits on an aircraft",
    answers={200: TreeRead},
    examples={
        "response": {
            "aircraft": EXAMPLE_AIRCRAFT_NAME,
            "positions": [
                {
                    "position": "Engine 1", "ata": "72", "depth": 0, "must_not_be_empty": True,
                    "component": EXAMPLE_COMPONENT,
                }
            ],
        }
    },
)  # fmt: skip
def read_components_of_aircraft(request: ApiRequest, call_sign: str) -> Answer:  # noqa: ARG001 - every operation takes it
    """Positions from the top down, each followed by those on what is there. Empty ones that are declared are listed."""
    aircraft = find_aircraft(call_sign)
    body = TreeRead(aircraft=aircraft_name(aircraft), positions=nodes_out(tree_of_aircraft(aircraft)))
    return Answer(body, Logged.READ, f"Components of {aircraft.registration} read.", count=len(body.positions))


def _one(component_id: UUID) -> ComponentOut:
    return component_out(rows_of(list(whereabouts().filter(component_id=component_id)))[0])
