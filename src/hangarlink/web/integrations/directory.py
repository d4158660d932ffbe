"""The directory: every partner of a settings area, what moves, and how the account stands with it."""

from collections import Counter as Tally
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import EDIT, VIEW, right
from hangarlink.integration.contract import Area, Tier
from hangarlink.integration.directory.queries import Entry, Standing, entries
from hangarlink.web.access import PageRequest
from hangarlink.web.formats import State
from hangarlink.web.integrations.areas import PLACES, area_page, to, to_connection, to_partner
from hangarlink.web.integrations.review import open_of
from hangarlink.web.integrations.words import TIERS, moves
from hangarlink.web.listing import Chips, Filters, SearchField
from hangarlink.web.listing.filters import chips_of

# Standing -> state of the page language, or none: not to be connected is no state of anything.
STATES = {
    Standing.ATTENTION: State("grounded", "Needs attention"),
    Standing.CONNECTED: State("ok", "Connected"),
    Standing.PAUSED: State("unknown", "Paused"),
}
WORDS = {
    Standing.NOT_CONNECTED: "Not connected",
    Standing.OFF: "Switched off for this account",
    Standing.UNAVAILABLE: "Not available yet",
}
CHIPS = {
    Standing.ATTENTION: "Needs attention",
    Standing.CONNECTED: "Connected",
    Standing.PAUSED: "Paused",
    Standing.NOT_CONNECTED: "Not connected",
    Standing.UNAVAILABLE: "Not available yet",
}


@dataclass(frozen=True)
class Row:
    """A partner as drawn."""

    entry: Entry
    href: str
    state: State | None
    word: str
    moves_in: str
    moves_out: str
    tier: str
    tier_words: str
    connections: list[tuple[Connection, str]]


class DirectoryFilters(Filters):
    q = SearchField("Partner or what moves")
    standing = Chips([(standing.value, word) for standing, word in CHIPS.items()])


@area_page(VIEW)
def directory(request: PageRequest, area: Area) -> HttpResponse:
    """Every partner of this area by category, narrowed by a search and by how the account stands."""
    everything = [_row(entry, area) for entry in entries(area, acting_user=request.actor)]
    form = DirectoryFilters(request.GET)
    chosen = form.chosen()
    found = [row for row in everything if _speaks_of(row, chosen.get("q", ""))]
    shown = [row for row in found if row.entry.standing == chosen.get("standing", row.entry.standing)]
    standings = Tally(row.entry.standing for row in everything)
    context = {
        "area": area,
        "place": PLACES[area],
        "categories": _by_category(shown),
        "shown": shown,
        "chips": chips_of(form["standing"], Tally(row.entry.standing.value for row in found)),
        "q": form["q"],
        "narrowed": bool(chosen),
        "connected": standings[Standing.CONNECTED] + standings[Standing.ATTENTION] + standings[Standing.PAUSED],
        "attention": standings[Standing.ATTENTION],
        "unavailable": standings[Standing.UNAVAILABLE],
        "whole": len(everything),
        "may_edit": request.actor.may(right(area, EDIT)),
        "waiting": open_of(area, request.actor).count(),
        "queue_href": to(area, "queue"),
    }
    return render(request, "integrations/partners.html" if request.htmx else "integrations/directory.html", context)


def _row(entry: Entry, area: Area) -> Row:
    partner, manifest = entry.partner, entry.manifest
    moves_in, moves_out = moves(manifest) if manifest else (partner.moves_in, partner.moves_out)
    return Row(
        entry,
        to_partner(area, partner.key) if entry.is_open else "",
        STATES.get(entry.standing),
        WORDS.get(entry.standing, ""),
        moves_in,
        moves_out,
        manifest.tier.value.capitalize() if manifest else "",
        TIERS[Tier(manifest.tier)] if manifest else "",
        [(connection, to_connection(connection)) for connection in entry.connections],
    )


def _speaks_of(row: Row, text: str) -> bool:
    partner = row.entry.partner
    said = (partner.name, partner.category.value, partner.about, row.moves_in, row.moves_out)
    return all(word in " ".join(said).lower() for word in text.lower().split())


def _by_category(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    categories = dict.fromkeys(row.entry.partner.category.value for row in rows)
    return [(name, [row for row in rows if row.entry.partner.category.value == name]) for name in categories]
