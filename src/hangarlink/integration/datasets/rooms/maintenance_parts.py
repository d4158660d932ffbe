"""Due items of aircraft, out, as maintenance parts of FlightLogger. Off by default; only what somebody mapped.

Items of components are left out: FlightLogger knows aircraft. So is what does not fit into a part; the plan says so.
"""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from hangarlink.integration.connections.models import Connection, Link, LinkState
from hangarlink.integration.contract import Dataset, MaintenancePart, Ref
from hangarlink.integration.datasets.models import CounterMapping
from hangarlink.integration.datasets.parts import OPTION, Fits, Limit, Types, fitting, types_in
from hangarlink.integration.datasets.ports import Ours, Room
from hangarlink.integration.datasets.rooms.identity import hashed, joined
from hangarlink.maintenance.programme.models import DueItem, DueTerm


class MaintenanceParts(Room):
    dataset = Dataset.MAINTENANCE_PARTS
    points_at = (Dataset.AIRCRAFT,)
    announced = ("accomplishment.", "baseline.", "variation.", "requirement.")
    needs = frozenset({"fleet.view"})

    def rows(self) -> QuerySet[Any]:
        """Open items of aircraft. The version is a hash of their limits: other limits are another version."""
        told = joined(":", "clause", "path", "counter_id", "limit_value", "limit_date", "unknown_reason", "awaits")
        terms = DueTerm.objects.filter(item=OuterRef("pk")).order_by().values("item")
        limits = terms.annotate(all=StringAgg(told, ",", ordering=("clause", "path"))).values("all")
        rows: QuerySet[Any] = DueItem.objects.filter(component__isnull=True, closed_at__isnull=True, ended=False)
        rows = rows.annotate(version=hashed(Subquery(limits)))
        return rows.filter(version__isnull=False)

    def rows_for(self, connection: Connection) -> QuerySet[Any]:
        return self.rows().filter(pk__in=[id for id, fits in _weighed(connection).items() if isinstance(fits, Fits)])

    def read_for(self, connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Ours[MaintenancePart]]:
        fits, types = _weighed(connection, ids), _types(connection)
        rows = self.rows().filter(pk__in=ids).select_related("requirement", "revision", "aircraft")
        return {
            row.pk: _ours(row, found, types)
            for row in rows
            if isinstance(found := fits.get(row.pk), Fits)
        }  # fmt: skip

    def left_out(self, connection: Connection) -> list[tuple[str, str]]:
        """Requirements that are not mapped, with how many items each, and items that do not fit."""
        types = _types(connection)
        rows = _items(connection).values_list(
            "requirement_id", "revision__mandatory_class", "requirement__reference", "revision__title"
        )
        unmapped = Tally(f"{reference} {title}" for id, kind, reference, title in rows if not types.of(id, kind))
        told = [
            (name, f"Not mapped to a maintenance type: nothing is sent of its {count} due items.")
            for name, count in sorted(unmapped.items())
        ]
        refused = {id: fits for id, fits in _weighed(connection).items() if isinstance(fits, str)}
        named = DueItem.objects.filter(pk__in=list(refused)).select_related("requirement", "aircraft")
        return told + [
            (f"{row.craft.registration}, {row.requirement.reference}", f"Not sent: {refused[row.pk]}.")
            for row in named.order_by("aircraft__registration", "requirement__reference")
        ]


def _types(connection: Connection) -> Types:
    return types_in(connection.options.get(OPTION))


def _items(connection: Connection) -> QuerySet[DueItem]:
    """Open items of aircraft that are linked there."""
    links = Link.objects.filter(
        connection=connection, dataset=Dataset.AIRCRAFT, state=LinkState.LINKED, internal_id=OuterRef("aircraft_id")
    )
    return DueItem.objects.filter(Exists(links), component__isnull=True, closed_at__isnull=True, ended=False)


def _weighed(connection: Connection, ids: Sequence[UUID] | None = None) -> dict[UUID, Fits | str]:
    """Every item that is mapped, and what of it fits: three queries, whatever their number."""
    types = _types(connection)
    if not types.classes and not types.requirements:
        return {}
    rows = _items(connection) if ids is None else _items(connection).filter(pk__in=ids)
    told = rows.values_list("pk", "requirement_id", "revision__mandatory_class")
    mapped = [pk for pk, requirement, kind in told if types.of(requirement, kind)]
    fed = CounterMapping.objects.filter(link__connection=connection).values_list("counter_id", flat=True)
    counters = {counter for counter in fed if counter is not None}
    limits: defaultdict[UUID, list[Limit]] = defaultdict(list)
    terms = DueTerm.objects.filter(item__in=mapped).annotate(kind=F("counter__kind")).order_by("clause", "path")
    for term in terms:
        is_known = term.limit_date is not None or (term.limit_value is not None and term.counter_id is not None)
        limits[term.item_id].append(
            Limit(term.clause, term.counter_id, term.kind or "", term.limit_value, term.limit_date, is_known)
        )
    return {pk: fitting(limits[pk], counters) for pk in mapped}


def _ours(row: DueItem, fits: Fits, types: Types) -> Ours[MaintenancePart]:
    requirement, aircraft, version = row.requirement, row.craft, row.version  # type: ignore[attr-defined]
    record = MaintenancePart(
        "",
        aircraft=Ref(internal_id=str(aircraft.pk), label=aircraft.registration),
        requirement=Ref(types.of(requirement.pk, row.revision.mandatory_class), label=row.revision.title),
        description=row.revision.title,
        reference=requirement.reference,
        expires_on=fits.day,
        expires_at_cycles=fits.cycles,
        expires_at_seconds=fits.seconds,
        expires_on_log=fits.log,
    )
    return Ours(row.pk, version, None, record, f"{aircraft.registration}, {requirement.reference}")
