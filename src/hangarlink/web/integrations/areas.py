"""The three settings areas: where their pages are, and what each takes. One view serves all three.

Source: requirements/3, "settings locations". The area is part of the address, so that who has the rights of one area
only is refused at the others' addresses before anything is looked up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import area_of, right
from hangarlink.integration.contract import Area
from hangarlink.web.access import PageRequest, page

P = ParamSpec("P")
AreaView = Callable[Concatenate[PageRequest, Area, P], HttpResponseBase]
Page = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Place:
    """Where an area's pages are.

    path   its address, relative to the root
    title  its entry in the menu and the title of its directory
    """

    path: str
    title: str
    about: str


PLACES = {
    Area.OPS: Place(
        "ops/settings/integrations/",
        "Integrations",
        "Flight operations and planning, accounting, maintenance, fuel, communications, CRM and charter.",
    ),
    Area.SAFETY: Place(
        "safety/settings/integrations/", "Safety integrations", "Where safety events go. Set up by the safety manager."
    ),
    Area.BILLING: Place(
        "settings/billing/integrations/", "Billing integrations", "Payments. Set up by the owner or an administrator."
    ),
}
# FlightLogger's set-up and pages are its own; the directory leads there.
OWN_PAGES = {"flightlogger": ("connections:flightlogger", "connections:connection")}


def namespace(area: Area) -> str:
    return f"{area.value}_integrations"


def to(area: Area, name: str, *args: Any) -> str:
    """The address of a page of an area: to(Area.OPS, "directory")."""
    return reverse(f"{namespace(area)}:{name}", args=args)


def to_partner(area: Area, key: str) -> str:
    """A partner's page."""
    return reverse(OWN_PAGES[key][0]) if key in OWN_PAGES else to(area, "partner", key)


def to_connection(connection: Connection) -> str:
    """A connection's page."""
    if connection.connector in OWN_PAGES:
        return reverse(OWN_PAGES[connection.connector][1], args=[connection.pk])
    return to(area_of(connection.connector), "connection", connection.pk)


def area_page(verb: str) -> Callable[[AreaView[P]], dict[Area, Page]]:
    """Declare a page of every area: `{area: view}`. The view gets its area; the area's right for `verb` opens it."""

    def declare(view: AreaView[P]) -> dict[Area, Page]:
        return {area: page(permission=right(area, verb))(_for(view, area)) for area in Area}

    return declare


def _for(view: AreaView[P], area: Area) -> Callable[Concatenate[PageRequest, P], HttpResponseBase]:
    @wraps(view)
    def of_area(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, area, *args, **kwargs)

    return of_area


def is_of(request: HttpRequest, area: Area) -> bool:
    """Whether the address belongs to this area."""
    return request.path.startswith("/" + PLACES[area].path)
