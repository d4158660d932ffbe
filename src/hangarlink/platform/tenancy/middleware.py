"""The account comes from the subdomain; the whole request runs inside its wall."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_scopes import scope

from hangarlink.platform.tenancy import outside
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account


def subdomain_of(host: str) -> str:
    """ "demo" for demo.localhost:8000; "" for the bare domain or a host that is not ours."""
    name = host.split(":", maxsplit=1)[0].lower().rstrip(".")
    suffix = "." + settings.HANGARLINK_DOMAIN
    return name.removesuffix(suffix) if name.endswith(suffix) else ""


class AccountMiddleware:
    """Finds `request.account` and wraps the request in `acting_in`. A 5xx answer leaves nothing behind.

    A page that needs something from outside (`outside`) leaves the transaction, and is asked again afterwards.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.account = None  # type: ignore[attr-defined]
        if request.path.startswith(settings.HANGARLINK_ACCOUNTLESS_PATHS):
            return self.get_response(request)
        subdomain = subdomain_of(request.get_host())
        account = Account.objects.filter(subdomain=subdomain).first() if subdomain else None
        if account is None:
            return self._no_account(request, subdomain)
        request.account = account  # type: ignore[attr-defined]
        while True:
            with acting_in(account):
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
            if not isinstance(response, outside.Left):
                return response
            # It may know for whom it works, but without a transaction it sees no row of anybody.
            with scope(account=account):
                outside.run(request, response)

    def _no_account(self, request: HttpRequest, subdomain: str) -> HttpResponse:
        context = {"subdomain": subdomain, "domain": settings.HANGARLINK_DOMAIN}
        return render(request, "tenancy/no_account.html", context, status=404)
