"""Who is asking, and as a member of which account."""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from hangarlink.platform.people import queries
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.models import Account

# Which account a session was opened for: a cookie carried to another subdomain opens nothing there.
ACCOUNT_KEY = "account"


class MembershipMiddleware:
    """Sets `request.membership` and `request.actor`, both None for anybody but an active member of `request.account`.

    Read anew with each request, so that a changed role or a deactivation works at once. Whoever is signed in somewhere
    else is anonymous here. Stands after Django's AuthenticationMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = _membership(request)
        if membership is None:
            request.user = AnonymousUser()
        request.membership = membership  # type: ignore[attr-defined]
        request.actor = membership.actor() if membership else None  # type: ignore[attr-defined]
        return self.get_response(request)


def _membership(request: HttpRequest) -> Membership | None:
    account: Account | None = request.account  # type: ignore[attr-defined]
    if account is None or SESSION_KEY not in request.session:
        return None
    if request.session.get(ACCOUNT_KEY) != str(account.id) or not request.user.is_authenticated:
        return None
    return queries.active_membership(request.user.pk)
