"""Components across the account."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.components.models import ComponentType, Placement
from hangarlink.maintenance.components.queries import ComponentRow, rows_of, whereabouts
from hangarlink.maintenance.components.queries.rows import where_words
from hangarlink.maintenance.components.vocabulary import PLACES, Condition, Place
from hangarlink.web.access import PageRequest, page
from hangarlink.web.components.words import amount, life_state, life_words
from hangarlink.web.listing import Chips, Column, Filters, Listing, ModelChoiceFilter, SearchField


class ComponentFilters(Filters):
    place = Chips([(place.value, word) for place, word in PLACES.items()])
    q = SearchField("Name, part or serial number")
    type = ModelChoiceFilter(ComponentType, every="Every type", order="name")
    aircraft = ModelChoiceFilter(Aircraft, every="Every aircraft", order="registration")


class Components:
    """Placements as a source; totals and lives are asked for the rows that are shown."""

    def __init__(self, rows: QuerySet[Placement]) -> None:
        self._rows = rows

    def count(self) -> int:
        return self._rows.count()

    def rows(self, order: Sequence[str], start: int, stop: int | None) -> Iterable[ComponentRow]:
        keys = [F(k.removeprefix("-")).desc(nulls_last=True) if k.startswith("-") else F(k).asc(nulls_last=True)
                for k in order]  # fmt: skip
        return rows_of(list(self._rows.order_by(*keys, "pk")[start:stop]))


def _totals(row: ComponentRow) -> str:
    return "; ".join(f"{counter.name} {amount(counter, total)}" for counter, total in row.totals) or ""


class ComponentList(Listing[ComponentRow]):
    """Components by name."""

    name = "components"
    noun = ("component", "components")
    filters = ComponentFilters
    sort = "name"
    cards = True
    empty = "components/empty.html"
    columns: tuple[Column[ComponentRow], ...] = (
        Column(
            key="name", label="Component", value=lambda r: r.component.name, sort=("component__name",),
            link=lambda r: reverse("components:component", args=[r.component.pk]),
            under=lambda r: r.component.component_type.name,
        ),
        Column(
            key="part", label="Part number", sort=("component__serialised_item__item__part_number",),
            value=lambda r: r.component.serialised_item.item.part_number if r.component.serialised_item else "",
        ),
        Column(
            key="serial", label="Serial number", sort=("component__serialised_item__serial_number",),
            value=lambda r: r.component.serialised_item.serial_number if r.component.serialised_item else "",
        ),
        Column(key="where", label="Where", value=lambda r: where_words(r.placement), sort=("place", "position")),
        Column(key="since", label="Since", value=lambda r: r.placement.since, sort=("since",), phone=False),
        Column(key="totals", label="Since new", value=_totals),
        Column(
            key="life", label="Life", value=lambda r: life_state(r.shortest),
            under=lambda r: life_words(r.shortest) if r.shortest else "",
        ),
        Column(
            key="condition", label="Condition", value=lambda r: Condition(r.component.condition).label, phone=False,
            sort=("component__condition",),
        ),
        Column(key="ata", label="ATA", value=lambda r: r.placement.ata or r.component.component_type.ata, phone=False,
               shown=False),
        Column(key="certificate", label="Certificate", value=lambda r: r.component.certificate, phone=False,
               shown=False),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> Components:
        """Components by place, type, aircraft and text."""
        return Components(self._narrowed(chosen))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """Components per place."""
        return dict(self._narrowed(others).order_by().values_list("place").annotate(Count("pk")))

    def _narrowed(self, chosen: Mapping[str, Any]) -> QuerySet[Placement]:
        found = whereabouts()
        if place := chosen.get("place"):
            found = found.filter(place=Place(place))
        if kind := chosen.get("type"):
            found = found.filter(component__component_type=kind)
        if aircraft := chosen.get("aircraft"):
            found = found.filter(aircraft=aircraft)
        if text := chosen.get("q"):
            unit = Q(component__serialised_item__serial_number__icontains=text)
            part = Q(component__serialised_item__item__part_number__icontains=text)
            found = found.filter(Q(component__name__icontains=text) | unit | part)
        return found


@page(permission="components.view")
def components(request: PageRequest) -> HttpResponseBase:
    """Components of the whole account."""
    return ComponentList(request).respond("components/list.html")
