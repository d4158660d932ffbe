"""Addresses of the hub: the same pages once for each settings area."""

from django.urls import URLPattern, URLResolver, include, path

from hangarlink.integration.contract import Area
from hangarlink.web.integrations import directory
from hangarlink.web.integrations.areas import PLACES, namespace


def pages_of(area: Area) -> list[URLPattern]:
    """One area's pages."""
    return [
        path("", directory.directory[area], name="directory"),
    ]


urlpatterns: list[URLResolver] = [
    path(place.path, include((pages_of(area), "integrations"), namespace=namespace(area)))
    for area, place in PLACES.items()
]
