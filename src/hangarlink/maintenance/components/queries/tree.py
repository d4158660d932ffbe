"""What sits on an aircraft or on a component, and which positions are empty."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.components.models import Component, Position
from hangarlink.maintenance.components.queries.rows import ComponentRow, rows_of, whereabouts
from hangarlink.maintenance.components.structure import carried, on_aircraft


@dataclass(frozen=True)
class Node:
    """One position of the tree.

    name      of the position
    row       what is there; None: it is empty
    declared  as the model or the type declares it; None: somebody installed something where nothing is declared
    """

    name: str
    ata: str
    row: ComponentRow | None
    declared: Position | None
    depth: int
    nodes: tuple["Node", ...] = ()

    @property
    def is_missing(self) -> bool:
        """A position that must not be empty, and is."""
        return self.row is None and self.declared is not None and self.declared.required

    def flat(self) -> Iterable["Node"]:
        """This node and all below it, from the top down."""
        yield self
        for node in self.nodes:
            yield from node.flat()


def tree_of_aircraft(aircraft: Aircraft) -> list[Node]:
    """The positions of an aircraft, with what they carry."""
    ids = on_aircraft([aircraft.id])[aircraft.id]
    declared = Position.objects.filter(aircraft_model_id=aircraft.aircraft_model_id)
    return _Tree(ids, [*declared.select_related("accepts").order_by("order", "name")]).below(aircraft.id)


def tree_of_component(component: Component) -> list[Node]:
    """The positions of a component, with what they carry."""
    ids = carried([component.id]) - {component.id}
    declared = Position.objects.filter(component_type_id=component.component_type_id)
    return _Tree(ids, [*declared.select_related("accepts").order_by("order", "name")]).below(component.id)


class _Tree:
    def __init__(self, ids: Iterable[UUID], top: Sequence[Position]) -> None:
        rows = rows_of(list(whereabouts().filter(component_id__in=list(ids)).order_by("position")))
        self._on: defaultdict[UUID | None, list[ComponentRow]] = defaultdict(list)
        for row in rows:
            self._on[row.placement.aircraft_id or row.placement.parent_id].append(row)
        self._top = top
        types = {row.component.component_type_id for row in rows}
        self._of_type: defaultdict[UUID | None, list[Position]] = defaultdict(list)
        declared = Position.objects.filter(component_type_id__in=types).select_related("accepts")
        for position in declared.order_by("order", "name"):
            self._of_type[position.component_type_id].append(position)

    def below(self, carrier: UUID, positions: Sequence[Position] | None = None, depth: int = 0) -> list[Node]:
        declared = self._top if positions is None else positions
        there = {row.placement.position.casefold(): row for row in self._on[carrier]}
        named: Mapping[str, Position] = {position.name.casefold(): position for position in declared}
        nodes = [self._node(p.name, p.ata, there.get(key), p, depth) for key, p in named.items()]
        extra = [row for key, row in there.items() if key not in named]
        return nodes + [self._node(r.placement.position, r.placement.ata, r, None, depth) for r in extra]

    def _node(self, name: str, ata: str, row: ComponentRow | None, declared: Position | None, depth: int) -> Node:
        if row is None:
            return Node(name, ata, None, declared, depth)
        component = row.component
        inner = self.below(component.id, self._of_type[component.component_type_id], depth + 1)
        return Node(name, row.placement.ata or ata, row, declared, depth, tuple(inner))
