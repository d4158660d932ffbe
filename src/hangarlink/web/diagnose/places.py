"""Where each page that a diagnosis names is found."""

from collections.abc import Callable

from django.urls import reverse

from hangarlink.integration.diagnose import Page, Place


def address(place: Place) -> str:
    """The URL of a place."""
    return _ADDRESSES[place.page](*place.ids)


def _named(name: str) -> Callable[..., str]:
    return lambda *ids: reverse(name, args=ids)


def _due_list(aircraft_id: str = "") -> str:
    return reverse("due:list") + (f"?aircraft={aircraft_id}" if aircraft_id else "")


_ADDRESSES: dict[Page, Callable[..., str]] = {
    Page.ACCOUNT: _named("account:settings"),
    Page.AIRCRAFT: _named("fleet:aircraft"),
    Page.AIRCRAFT_EDIT: _named("fleet:edit"),
    Page.APPLICATION: _named("applications:application"),
    Page.CONNECTION: _named("connections:connection"),
    Page.CONNECTIONS: _named("ops_integrations:directory"),
    Page.CONNECTION_SETTINGS: _named("connections:settings"),
    Page.DEFECT: _named("defects:defect"),
    Page.DEFECTS: _named("defects:of_aircraft"),
    Page.DELIVERY: _named("webhooks:delivery"),
    Page.DRY_RUN: _named("connections:plan"),
    Page.DUE_ITEM: _named("due:item"),
    Page.DUE_LIST: _due_list,
    Page.EVENTS: _named("webhooks:events"),
    Page.MATCHING: _named("connections:aircraft"),
    Page.REFUSED: _named("connections:refused"),
    Page.REQUIREMENTS: _named("requirements:list"),
    Page.ROLES: _named("people:roles"),
    Page.SYNC_LOG: _named("synclog:list"),
    Page.SYNC_RUN: _named("synclog:run"),
    Page.WEBHOOK: _named("webhooks:endpoint"),
}
