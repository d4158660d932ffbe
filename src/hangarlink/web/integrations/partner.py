"""A partner's page, the first step of a set-up: what it does, what moves, what it takes; and its connections."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render

from hangarlink.integration.connections.rights import EDIT, VIEW, right
from hangarlink.integration.contract import Area, Directions, Manifest, Tier
from hangarlink.integration.directory.queries import find_entry
from hangarlink.integration.overview import connections_of
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest
from hangarlink.web.integrations.areas import OWN_PAGES, PLACES, area_page, to, to_connection, to_partner
from hangarlink.web.integrations.steps import steps_at
from hangarlink.web.integrations.words import FREQUENCIES, TIERS, dataset_words


@dataclass(frozen=True)
class Reach:
    """What a connector can carry, in words."""

    comes_in: list[str]
    goes_out: list[str]
    frequencies: list[str]
    tier: str
    tier_words: str


@area_page(VIEW)
def partner(request: PageRequest, area: Area, key: str) -> HttpResponse:
    """What connecting this partner means, before anything is asked."""
    entry = find_entry(area, key, acting_user=request.actor)
    if key in OWN_PAGES:
        return redirect(to_partner(area, key))
    if entry.manifest is None or not entry.is_open:
        raise Missing(f"{entry.partner.name} is switched off for this account.")
    found = connections_of(key, acting_user=request.actor)
    in_use = [one for one in found if one.state != "disconnected"]
    context = {
        "entry": entry,
        "partner": entry.partner,
        "manifest": entry.manifest,
        "reach": reach_of(entry.manifest),
        "connections": [(one, to_connection(one)) for one in found],
        "in_use": in_use,
        "asks": asks_of(entry.manifest),
        "setup": [line for line in entry.manifest.setup.split("\n\n") if line.strip()],
        "steps": steps_at("what"),
        "may_edit": request.actor.may(right(area, EDIT)),
        "edit_right": right(area, EDIT),
        "directory_href": to(area, "directory"),
        "directory_title": PLACES[area].title,
        "connect_href": to(area, "connect", key),
    }
    return render(request, "integrations/partner.html", context)


def reach_of(manifest: Manifest) -> Reach:
    ways = manifest.datasets.items()
    return Reach(
        [dataset_words(dataset) for dataset, way in ways if way is not Directions.PUSH],
        [dataset_words(dataset) for dataset, way in ways if way is not Directions.PULL],
        [FREQUENCIES[one.value] for one in manifest.frequencies],
        manifest.tier.value.capitalize(),
        TIERS[Tier(manifest.tier)],
    )


def asks_of(manifest: Manifest) -> list[str]:
    """What a person has to have at hand, by the labels of the form."""
    return [one.label for one in manifest.auth.fields if one.is_required]
