"""Types, their positions, positions of aircraft models, and life limits of part numbers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hangarlink.fleet.models import AircraftModel
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.maintenance.components.actions import add_component_type, add_position, remove_position, set_life_limit
from hangarlink.maintenance.components.models import ComponentType, Item, LifeLimit, Position
from hangarlink.maintenance.components.vocabulary import ComponentKind
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.quantities import BadQuantity, parse_quantity
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.components.forms import LimitForm, PositionForm, TypeForm
from hangarlink.web.fleet import reads
from hangarlink.web.forms import refusals_on, sent, show_form
from hangarlink.web.listing import Column, Filters, FromQuerySet, Listing, SearchField


class TypeFilters(Filters):
    q = SearchField("Name")


class TypeList(Listing[ComponentType]):
    """Component types by name."""

    name = "component-types"
    noun = ("type", "types")
    filters = TypeFilters
    sort = "name"
    empty = "components/types_empty.html"
    columns: tuple[Column[Any], ...] = (
        Column(
            key="name", label="Type", value=lambda t: t.name, sort=("name",),
            link=lambda t: reverse("components:type", args=[t.pk]),
        ),
        Column(key="kind", label="Kind", value=lambda t: ComponentKind(t.kind).label, sort=("kind",)),
        Column(key="ata", label="ATA", value=lambda t: t.ata, sort=("ata",)),
        Column(key="units", label="Components", value=lambda t: t.units, sort=("units",), numeric=True),
        Column(key="positions", label="Positions", value=lambda t: t.places, numeric=True, phone=False),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Types by name."""
        rows: QuerySet[Any] = ComponentType.objects.annotate(
            units=Count("components", distinct=True), places=Count("positions", distinct=True)
        )
        return FromQuerySet(rows.filter(name__icontains=chosen["q"]) if "q" in chosen else rows)


@page(permission="components.view")
def types(request: PageRequest) -> HttpResponseBase:
    """Types of components."""
    return TypeList(request).respond("components/types.html")


@page(permission="components.edit")
def new_type(request: PageRequest) -> HttpResponse:
    """Add a type."""
    form = TypeForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            made = add_component_type(acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{made} is added.")
            return redirect("components:type", made.pk)
    context = {"title": "Add component type", "verb": "Add type", "cancel": reverse("components:types")}
    return show_form(request, "components/plain_form.html", form, context)


@page(permission="components.view")
def one_type(request: PageRequest, type_id: UUID) -> HttpResponse:
    """A type with its positions and the part numbers that are of it."""
    found = _type(type_id)
    items = Item.objects.filter(units__component__component_type=found).distinct().order_by("part_number")
    context = {
        "type": found,
        "kind": ComponentKind(found.kind).label,
        "positions": found.positions.select_related("accepts").order_by("order", "name"),
        "items": [(item, [_limit_words(one) for one in item.life_limits.all()])
                  for item in items.prefetch_related("life_limits")],
    }  # fmt: skip
    return render(request, "components/type.html", context)


@page(permission="components.view")
def of_model(request: PageRequest, model_id: UUID) -> HttpResponse:
    """The positions of aircraft of a model."""
    model = reads.find_model(model_id)
    positions = Position.objects.filter(aircraft_model=model).select_related("accepts").order_by("order", "name")
    return render(request, "components/of_model.html", {"model": model, "positions": positions})


@page(permission="components.edit")
def new_position(request: PageRequest, type_id: UUID) -> HttpResponse:
    """Add a position to a type."""
    found = _type(type_id)
    return _position(request, found, reverse("components:type", args=[type_id]))


@page(permission="components.edit")
def new_position_of_model(request: PageRequest, model_id: UUID) -> HttpResponse:
    """Add a position to an aircraft model."""
    model = reads.find_model(model_id)
    return _position(request, model, reverse("components:of_model", args=[model_id]))


def _position(request: PageRequest, on: AircraftModel | ComponentType, back: str) -> HttpResponse:
    form = PositionForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            made = add_position(on, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{made} is added.")
            return redirect(back)
    context = {"title": f"Add position to {on}", "verb": "Add position", "cancel": back}
    return show_form(request, "components/plain_form.html", form, context)


@page(permission="components.edit")
@require_POST
def drop_position(request: PageRequest, position_id: UUID) -> HttpResponse:
    """Take a position off the list."""
    found = Position.objects.filter(pk=position_id).first()
    if found is None:
        raise Missing("There is no such position in this account.")
    back = (
        ("components:type", found.component_type_id)
        if found.component_type_id
        else ("components:of_model", found.aircraft_model_id)
    )
    remove_position(found, acting_user=request.actor)
    messages.success(request, f"{found} is taken off the list.")
    return redirect(*back)


@page(permission="components.edit")
def limit(request: PageRequest, item_id: UUID) -> HttpResponse:
    """Set a life limit of a part number."""
    item = Item.objects.filter(pk=item_id).first()
    if item is None:
        raise Missing("There is no such part number in this account.")
    form = LimitForm(sent(request))
    if form.is_valid():
        with refusals_on(form, {"limit": "amount"}):
            said = form.cleaned_data
            set_life_limit(item, kind=said["kind"], rating=said["rating"], source=said["source"],
                           limit=_amount(said["kind"], said["amount"]), acting_user=request.actor)  # fmt: skip
            messages.success(request, f"The life limit of {item} is set.")
            return redirect("components:types")
    stands = [_limit_words(one) for one in item.life_limits.order_by("kind", "rating")]
    text = f"Now: {'; '.join(stands)}." if stands else "It has none yet."
    context = {
        "title": f"Life limit of {item}",
        "text": text,
        "verb": "Set limit",
        "cancel": reverse("components:types"),
    }
    return show_form(request, "components/plain_form.html", form, context)


def _amount(kind: str, typed: str) -> int:
    try:
        return parse_quantity(typed, CounterKind(kind).unit, field="amount")
    except BadQuantity as bad:
        raise RuleBroken(str(bad), field="amount") from bad


def _limit_words(one: LifeLimit) -> str:
    kind = CounterKind(one.kind)
    shown = str(formats.Quantity(one.limit, kind.unit))
    rating = f" at {one.rating}" if one.rating else ""
    return f"{shown} {'h ' if kind.unit.value == 'seconds' else ''}{kind.label.lower()}{rating}"


def _type(type_id: UUID) -> ComponentType:
    found = ComponentType.objects.filter(pk=type_id).first()
    if found is None:
        raise Missing("There is no such component type in this account.")
    return found
