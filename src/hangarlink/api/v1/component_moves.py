"""What is done to components through the API: install, remove, move, exchange, record work, tell of counters."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.component_shapes import (
    EXAMPLE_COUNTER,
    EXAMPLE_ID,
    EXAMPLE_PLACEMENT,
    PlacementOut,
    placement_out,
)
from hangarlink.api.v1.fields import Incoming, Moment, Outgoing, Plain, Quantity
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.queries import find_aircraft
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.components.actions import (
    exchange,
    install,
    move,
    read_meter,
    record_bench_time,
    record_work,
    remove,
    state_total,
)
from hangarlink.maintenance.components.clocks import totals_at
from hangarlink.maintenance.components.models import Component, Placement
from hangarlink.maintenance.components.queries import find_component
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.quantities import Unit, parse_quantity

TAG = "Components"
Away = Literal["stock", "workshop", "sent_on", "scrapped"]
_EXAMPLE = {"placement": EXAMPLE_PLACEMENT}


class PlacementAnswer(Outgoing):
    """Where it is from then on."""

    placement: PlacementOut


class InstallIn(Incoming):
    """Give `aircraft` or `component_id`: what it goes on."""

    aircraft: Plain = Field("", max_length=60, description="Call sign, registration or id of the aircraft.")
    component_id: UUID | None = Field(None, description="Or the component that carries it.")
    position: Plain = Field(min_length=1, max_length=60)
    at: Moment
    ata: Plain = Field("", max_length=8)
    work_order: Plain = Field("", max_length=60)
    reason: Plain = Field("", max_length=300)
    drivers: dict[UUID, UUID | None] = Field(
        default_factory=dict,
        description="Which counter there drives which of its own, where the kinds do not say; null: it stands still.",
    )


class Installation(Incoming):
    installation: InstallIn


class AwayIn(Incoming):
    at: Moment
    to: Away = "stock"
    location: Plain = Field("", max_length=120)
    work_order: Plain = Field("", max_length=60)
    reason: Plain = Field("", max_length=300)


class RemoveIn(AwayIn):
    condition: Plain = Field("as_removed", max_length=16)
    cascade: bool = Field(False, description="What sits on it comes off too.")


class Removal(Incoming):
    removal: RemoveIn


class Moving(Incoming):
    move: AwayIn


class ExchangeIn(AwayIn):
    component_id: UUID = Field(description="What is installed instead.")
    condition: Plain = Field("as_removed", max_length=16)
    drivers: dict[UUID, UUID | None] = Field(default_factory=dict)


class Exchange(Incoming):
    exchange: ExchangeIn


class WorkIn(Incoming):
    kind: Literal["overhaul", "repair", "inspection", "modification", "test", "shop_visit"]
    at: Moment = Field(description="Its release.")
    scope: Plain = Field("", max_length=300)
    certificate: Plain = Field("", max_length=120)
    work_order: Plain = Field("", max_length=60)
    totals: dict[UUID, Quantity] = Field(
        default_factory=dict,
        description="By counter, by the papers. What is left out follows from the clock.",
    )


class WorkDone(Incoming):
    work: WorkIn


class WorkAnswer(Outgoing):
    id: UUID


class EntryIn(Incoming):
    """total: since new, by its papers. bench: what a test run added. reading: what its own meter showed."""

    kind: Literal["total", "bench", "reading"]
    value: Quantity
    at: Moment
    by_rating: dict[str, Quantity] = Field(default_factory=dict, description="total: what of it ran at which rating.")
    source: Plain = Field("", max_length=200)


class Entry(Incoming):
    entry: EntryIn


class EntryAnswer(Outgoing):
    id: UUID
    total: int | None = Field(description="The counter's total at that moment; null: unknown.")


@endpoint(
    "POST",
    "/components/{component_id}/installations",
    scope=Scope.COMPONENTS_INSTALL,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="Install a component",
    answers={201: PlacementAnswer},
    examples={
        "request": {
            "installation": {"aircraft": "SKA", "position": "Engine 1", "at": "2026-06-03T09:12:00Z",
                             "work_order": "WO-118"}
        },
        "response": _EXAMPLE,
    },
)  # fmt: skip
def install_component(request: ApiRequest, component_id: UUID, body: Installation) -> Answer:
    """Refused when the position is taken, the component is installed elsewhere, its papers, condition or life do not
    allow it, an airworthiness directive stands against it, or nothing would drive one of its counters.
    """
    found, given = find_component(component_id), body.installation
    row = install(
        found, on=_on(given.aircraft, given.component_id), position=given.position, at=given.at, ata=given.ata,
        work_order=given.work_order, reason=given.reason, drivers=given.drivers, acting_user=request.auth.actor,
    )  # fmt: skip
    return _placed(row, "A component is installed.", Logged.CREATED)


@endpoint(
    "POST",
    "/components/{component_id}/removals",
    scope=Scope.COMPONENTS_INSTALL,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="Remove a component",
    answers={201: PlacementAnswer},
    examples={
        "request": {"removal": {"at": "2026-06-03T09:12:00Z", "to": "workshop", "reason": "Vibration"}},
        "response": _EXAMPLE,
    },
)
def remove_component(request: ApiRequest, component_id: UUID, body: Removal) -> Answer:
    """What sits on it stays on it, unless `cascade` is true."""
    row = remove(find_component(component_id), acting_user=request.auth.actor, **body.removal.model_dump())
    return _placed(row, "A component is removed.", Logged.CREATED)


@endpoint(
    "POST",
    "/components/{component_id}/moves",
    scope=Scope.COMPONENTS_INSTALL,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="Bring a component that is not installed to another place",
    answers={201: PlacementAnswer},
    examples={
        "request": {"move": {"at": "2026-06-03T09:12:00Z", "to": "sent_on", "location": "Exchange pool"}},
        "response": _EXAMPLE,
    },
)
def move_component(request: ApiRequest, component_id: UUID, body: Moving) -> Answer:
    """What was sent on and comes back ran where nobody told us: its totals are unknown until they are stated."""
    row = move(find_component(component_id), acting_user=request.auth.actor, **body.move.model_dump())
    return _placed(row, "A component is moved.", Logged.CREATED)


@endpoint(
    "POST",
    "/components/{component_id}/exchanges",
    scope=Scope.COMPONENTS_INSTALL,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="Exchange an installed component for another one",
    answers={201: PlacementAnswer},
    examples={
        "request": {"exchange": {"component_id": EXAMPLE_ID, "at": "2026-06-03T09:12:00Z", "to": "workshop"}},
        "response": _EXAMPLE,
    },
)
def exchange_component(request: ApiRequest, component_id: UUID, body: Exchange) -> Answer:
    """Removal and installation at the same moment and in one act: both, or neither. Answers where the new one is."""
    given = body.exchange.model_dump(exclude={"component_id"})
    instead = find_component(body.exchange.component_id)
    row = exchange(find_component(component_id), instead, acting_user=request.auth.actor, **given)
    return _placed(row, "A component is exchanged.", Logged.CREATED)


@endpoint(
    "POST",
    "/components/{component_id}/work",
    scope=Scope.COMPONENTS_RECORD,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="Record an overhaul, a repair or other shop work",
    answers={201: WorkAnswer},
    examples={
        "request": {"work": {"kind": "overhaul", "at": "2026-06-03T09:12:00Z", "certificate": "F1-2026-7"}},
        "response": {"id": EXAMPLE_ID},
    },
)
def record_component_work(request: ApiRequest, component_id: UUID, body: WorkDone) -> Answer:
    """Time since overhaul counts from an overhaul only. Time since new goes on whatever is done."""
    found, given = find_component(component_id), body.work
    units = dict(Counter.objects.filter(component_id=found.id).values_list("id", "unit"))
    totals = {
        counter: _quantity(value, Unit(units.get(counter, Unit.COUNT)), f"work.totals.{counter}")
        for counter, value in given.totals.items()
    }
    row = record_work(found, values=totals, acting_user=request.auth.actor, **given.model_dump(exclude={"totals"}))
    return Answer(WorkAnswer(id=row.id), Logged.CREATED, f"Component: {given.kind} recorded.", status=201)


@endpoint(
    "POST",
    "/components/{component_id}/counters/{counter_id}/entries",
    scope=Scope.COMPONENTS_RECORD,
    flow=Flow.COMPONENTS,
    tag=TAG,
    summary="Tell of a component's counter: its total, bench time, a meter reading",
    answers={201: EntryAnswer},
    examples={
        "request": {"entry": {"kind": "total", "value": 5480, "at": "2026-06-03T09:12:00Z", "source": "Log card"}},
        "response": {"id": EXAMPLE_COUNTER, "total": 5480},
    },
)
def tell_of_component(request: ApiRequest, component_id: UUID, counter_id: UUID, body: Entry) -> Answer:
    """Hours as 1.4 or "1:24", counts as whole numbers. A total below what ran by then is refused: it never falls."""
    counter = Counter.objects.filter(id=counter_id, component_id=find_component(component_id).id).first()
    if counter is None:
        raise Missing("This component has no such counter.")
    given, unit = body.entry, Unit(counter.unit)
    if given.by_rating and given.kind != "total":
        raise RuleBroken("entry.by_rating: only a total divides over ratings.", field="by_rating")
    value = _quantity(given.value, unit, "entry.value")
    said: dict[str, Any] = {"at": given.at, "source": given.source, "acting_user": request.auth.actor}
    if given.kind == "total":
        shares = {name: _quantity(v, unit, f"entry.by_rating.{name}") for name, v in given.by_rating.items()}
        row = state_total(counter, total=value, by_rating=shares, **said)
    elif given.kind == "bench":
        row = record_bench_time(counter, amount=value, **said)
    else:
        row = read_meter(counter, reading=value, **said)
    asked = (counter.id, given.at)
    body_out = EntryAnswer(id=row.id, total=totals_at([asked])[asked])
    return Answer(body_out, Logged.CREATED, f"Component: {given.kind} recorded.", status=201)


def _on(aircraft: str, component_id: UUID | None) -> Aircraft | Component:
    if bool(aircraft) == (component_id is not None):
        raise RuleBroken("installation: give either aircraft or component_id: what it goes on.", field="installation")
    return find_component(component_id) if component_id is not None else find_aircraft(aircraft)


def _quantity(value: int | Decimal | str, unit: Unit, field: str) -> int:
    return parse_quantity(value, unit, field=field)


def _placed(row: Placement, summary: str, verdict: Logged) -> Answer:
    return Answer(PlacementAnswer(placement=placement_out(row)), verdict, summary, status=201)
