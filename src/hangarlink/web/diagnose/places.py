"""Where each page that a diagnosis names is found."""

from collections.abc import Callable

from django.urls import reverse

from hangarlink.integration.connections.rights import area_of
from hangarlink.integration.diagnose import Page, Place
from hangarlink.web.fleet.reasons import reason_page
from hangarlink.web.integrations.areas import OWN_PAGES, to


def address(place: Place) -> str:
    """The URL of a place."""
    return _ADDRESSES[place.page](*place.ids)


def _named(name: str) -> Callable[..., str]:
    return lambda *ids: reverse(name, args=ids)


def _of_connection(own: str, name: str) -> Callable[..., str]:
    """A page of a connection: FlightLogger has its own, the others those of their settings area."""

    def found(connection_id: str, connector: str) -> str:
        if connector in OWN_PAGES:
            return reverse(f"connections:{own}", args=[connection_id])
        return to(area_of(connector), name, connection_id)

    return found


def _due_list(aircraft_id: str = "") -> str:
    return reverse("due:list") + (f"?aircraft={aircraft_id}" if aircraft_id else "")


_ADDRESSES: dict[Page, Callable[..., str]] = {
    Page.ACCOUNT: _named("account:settings"),
    Page.AIRCRAFT: _named("fleet:aircraft"),
    Page.AIRCRAFT_EDIT: _named("fleet:edit"),
    Page.APPLICATION: _named("applications:application"),
    Page.CONNECTION: _of_connection("connection", "connection"),
    Page.CONNECTIONS: _named("ops_integrations:directory"),
    Page.CONNECTION_SETTINGS: _of_connection("settings", "settings"),
    Page.DEFECT: _named("defects:defect"),
    Page.DEFECTS: _named("defects:of_aircraft"),
    Page.DELIVERY: _named("webhooks:delivery"),
    Page.DRY_RUN: _of_connection("plan", "plan"),
    Page.DUE_ITEM: _named("due:item"),
    Page.DUE_LIST: _due_list,
    Page.EVENTS: _named("webhooks:events"),
    Page.GROUND: reason_page,
    Page.MATCHING: _of_connection("aircraft", "connection"),
    Page.REFUSED: _of_connection("refused", "refused"),
    Page.REQUIREMENTS: _named("requirements:list"),
    Page.ROLES: _named("people:roles"),
    Page.SYNC_LOG: _named("synclog:list"),
    Page.SYNC_RUN: _named("synclog:run"),
    Page.WEBHOOK: _named("webhooks:endpoint"),
}
