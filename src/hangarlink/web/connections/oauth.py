"""The way to a partner's consent page and back: leaving, the one redirect address, and the return to the account.

Partners want every redirect address registered, so there is one for all accounts: `callback`. It finds the account in
the state and sends the browser on to `finish` there, where the person is signed in and the state is checked.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from hangarlink.integration import overview
from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.authorising import (
    begin_authorisation,
    finish_authorisation,
    refused_authorisation,
)
from hangarlink.integration.connections.oauth.rules import subdomain_in
from hangarlink.integration.connections.rights import area_of
from hangarlink.platform.errors import NotPermitted, Refused
from hangarlink.platform.outbound import origin
from hangarlink.platform.tenancy.addresses import account_url
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.tenancy.outside import outside
from hangarlink.platform.vault import Secret
from hangarlink.web.access import PageRequest, page, public
from hangarlink.web.integrations.areas import to, to_connection

FINISH = "/integrations/oauth/finish"
LONGEST = 8_000


def leave_for(request: PageRequest, link: str, *, connector: str) -> HttpResponse:
    """A page that says where the browser goes next, with the way there.

    Not a redirect: the page that posted allows its forms to lead to this site only (form-action), and so it should.
    """
    context = {"link": link, "manifest": manifest_of(connector), "where": origin(link)}
    answer = render(request, "connections/leaving.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@page(permission=None)
@require_POST
def authorise_again(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Send somebody to the consent page of a connection that lost its authorisation."""
    found = _find(request, connection_id)
    link = begin_authorisation(connector=found.connector, connection=found, acting_user=request.actor)
    return leave_for(request, link, connector=found.connector)


@public
@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponseBase:
    """The one redirect address: on to the account that the state names. Nothing is decided or stored here."""
    subdomain = subdomain_in(request.GET.get("state", ""))
    account = Account.objects.filter(subdomain=subdomain).first() if subdomain else None
    query = request.META.get("QUERY_STRING", "")
    if account is None or len(query) > LONGEST:
        return HttpResponse(
            "This authorisation was not started here. Start again from the connection's page.",
            status=400,
            content_type="text/plain",
        )
    answer = redirect(f"{account_url(account, FINISH)}?{query}")
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@page(permission=None)
@require_GET
@never_cache
@sensitive_variables("code")
def finish(request: PageRequest) -> HttpResponse:
    """Back from the partner: connected, or told why not. The tokens are bought outside of any transaction."""
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    given: dict[str, Any] = {"state": state, "acting_user": request.actor}
    params = {name: str(value) for name, value in request.GET.items() if name not in {"state", "code"}}
    account = request.account
    try:
        if not code:
            error = request.GET.get("error", "")
            messages.error(request, outside(request, lambda: refused_authorisation(account, error=error, **given)))
            return redirect("/")
        made = outside(request, lambda: finish_authorisation(account, code=Secret(code), params=params, **given))
    except NotPermitted:
        raise
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("/")
    messages.success(request, f"{made.identity_name} is authorised.")
    return redirect(_next(made))


def _next(connection: Connection) -> str:
    """What moves is chosen next, where nothing was chosen yet."""
    if connection.streams.filter(is_enabled=True).exists():
        return to_connection(connection)
    return to(area_of(connection.connector), "data", connection.pk)


def _find(request: PageRequest, connection_id: UUID) -> Connection:
    """Raises Missing, and NotPermitted for one of an area that this person may not see."""
    found = Connection.objects.filter(pk=connection_id).values_list("connector", flat=True).first()
    return overview.connection_of_area(connection_id, area_of(found or ""), acting_user=request.actor)
