"""The tabs of an aircraft's pages."""

from dataclasses import dataclass

from django.urls import reverse

from hangarlink.fleet.models import Aircraft
from hangarlink.web.access import PageRequest


@dataclass(frozen=True)
class Tab:
    """One tab as drawn."""

    label: str
    href: str
    current: bool
    count: int | None = None


# key, label, URL, permission
_TABS = (
    ("overview", "Overview", "fleet:aircraft", "fleet.view"),
    ("flights", "Flights", "fleet:flights", "fleet.view"),
    ("dispatch", "May it fly?", "forecast:dispatch", "programme.view"),
    ("planning", "Planning", "forecast:planning", "fleet.view"),
    ("events", "Events", "due:events", "programme.view"),
    ("defects", "Defects", "defects:of_aircraft", "defects.view"),
    ("components", "Components", "components:of_aircraft", "components.view"),
    ("directives", "Directives", "compliance:report", "compliance.view"),
)


def tabs_of(request: PageRequest, aircraft: Aircraft, current: str) -> list[Tab]:
    """The tabs this member may open."""
    return [
        Tab(label, reverse(url, args=[aircraft.pk]), key == current)
        for key, label, url, permission in _TABS
        if request.actor.may(permission)
    ]
