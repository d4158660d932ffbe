"""Aircraft Model Sync: data sources, the models that follow them, recent errors; preview and apply."""

from django.http import HttpResponse
from django.shortcuts import render

from hangarlink.integration import model_sync as room
from hangarlink.integration.connections.rights import EDIT, VIEW, area_of, right
from hangarlink.integration.contract import Area
from hangarlink.web.access import PageRequest, page
from hangarlink.web.integrations.areas import to, to_partner
from hangarlink.web.synclog.counts import state_of


@page(permission=right(Area.OPS, VIEW))
def overview(request: PageRequest) -> HttpResponse:
    """What follows what, and what went wrong. Previewing and applying take both rights."""
    found = room.model_sync(acting_user=request.actor)
    area = area_of(room.CONNECTOR)
    context = {
        "sources": [(one, state_of(one.last) if one.last else None) for one in found.sources],
        "following": found.following,
        "lost": sum(not one.is_followed for one in found.following),
        "errors": found.errors,
        "may_sync": room.may_sync(request.actor),
        "may_edit": request.actor.may(right(area, EDIT)),
        "connect_href": to(area, "connect", room.CONNECTOR),
        "partner_href": to_partner(area, room.CONNECTOR),
    }
    return render(request, "integrations/model_sync.html", context)
