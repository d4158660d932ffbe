"""A component's page, and what sits on an aircraft."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.components.queries import (
    LifeView,
    find_component,
    life_of,
    tree_of_aircraft,
    tree_of_component,
)
from hangarlink.maintenance.components.queries.rows import where_words
from hangarlink.maintenance.components.vocabulary import Condition, Place
from hangarlink.maintenance.programme.queries.rows import due_of_component
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.components.timeline import life_line
from hangarlink.web.components.words import amount, break_words, disagreeing_words, life_state, life_words
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.tabs import tabs_of


@page(permission="components.view")
def component(request: PageRequest, component_id: UUID) -> HttpResponse:
    """One component with its life."""
    found = find_component(component_id)
    life = life_of(found)
    place = Place(life.here.place)
    names = {str(stretch.key): stretch.node for stretch in life.stretches}
    counters = {str(view.counter.id): view.counter for view in life.counters}
    context = {
        "component": found,
        "life": life,
        "where": where_words(life.here),
        "place": place,
        "condition": Condition(found.condition).label,
        "line": life_line(life, timezone.now()),
        "lives": [(part, life_state(part), life_words(part)) for part in life.lives],
        "limits": _limits(life, found),
        "due": due_of_component(found.id),
        "nodes": [inner for node in tree_of_component(found) for inner in node.flat()],
        "disagreeing": [disagreeing_words(view, one) for view in life.counters for one in view.contradictions],
        "breaks": [break_words(one, names, counters) for one in life.breaks],
    }
    return render(request, "components/component.html", context)


@page(permission="components.view")
def of_aircraft(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """What sits on one aircraft, and which positions are empty."""
    aircraft = reads.find_aircraft(aircraft_id)
    nodes = [inner for node in tree_of_aircraft(aircraft) for inner in node.flat()]
    context = {
        "aircraft": aircraft,
        "tabs": tabs_of(request, aircraft, "components"),
        "nodes": nodes,
        "missing": sum(node.is_missing for node in nodes),
        "installed": sum(node.row is not None for node in nodes),
    }
    return render(request, "components/of_aircraft.html", context)


def _limits(life: LifeView, component: Component) -> list[dict[str, object]]:
    """Which part inside ends its run first, in words; only where something inside is limited."""
    found: list[dict[str, object]] = []
    for bound in life.bounds:
        if bound.part is None and not bound.limiter.unknown:
            continue
        is_own = bound.part is not None and bound.part.component_id == component.id
        others = bound.limiter.unknown
        if is_own and not others:
            continue
        own = next((view.counter for view in life.counters if view.counter.kind == bound.kind), None)
        counter = own or (bound.part.counter if bound.part else None)
        left = amount(counter, bound.limiter.left, left=True) if counter is not None else "unknown"
        found.append({
            "part": find_component(bound.part.component_id) if bound.part else None,
            "left": left,
            "unknown": len(others),
            "state": formats.State("unknown") if others else life_state(bound.part),
        })  # fmt: skip
    return found
