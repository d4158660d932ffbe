"""What every template may use."""

from typing import Any

from django.http import HttpRequest

from hangarlink.web.access import actor_of
from hangarlink.web.navigation import menu_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """`account`, `actor` and `menu`; empty where nobody is signed in, so that error pages stay plain."""
    actor = actor_of(request)
    account = getattr(request, "account", None)
    if actor is None or account is None:
        return {"account": account, "actor": None, "menu": []}
    return {"account": account, "actor": actor, "menu": menu_for(actor, account, request.path)}
