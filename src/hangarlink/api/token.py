"""POST /oauth/token: client id and secret in, access token out (RFC 6749, section 4.4)."""

import hashlib
import json
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from oauth2_provider.settings import oauth2_settings
from oauthlib.oauth2 import BackendApplicationServer

from hangarlink.api.errors import ApiError, error_response, invalid_request, not_found
from hangarlink.platform.applications.rates import count_request
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.middleware import subdomain_of
from hangarlink.platform.tenancy.models import Account, Feature

_LARGEST = 16 * 1024
_WRONG_CLIENT = (
    "Unknown client id or wrong secret. Check both, and that this is the subdomain of the application's account."
)


@csrf_exempt
@sensitive_post_parameters("client_secret")
def token(request: HttpRequest) -> HttpResponse:
    """The view. Counted per account and address: nobody can lock an application out by guessing under its name."""
    if request.method != "POST":
        return error_response(405, "method_not_allowed", "Request a token with POST.", {"Allow": "POST"})
    try:
        account = _account(request)
        quota = count_request(_counted_under(request, account), settings.HANGARLINK_TOKEN_REQUESTS_PER_MINUTE)
        if quota.is_spent:
            text = (
                f"Too many token requests. A token is good for an hour; wait {quota.seconds} s, then keep and reuse it."
            )
            raise ApiError(429, "rate_limited", text, quota.headers())
        return _issue(request, account)
    except ApiError as error:
        return error.response()


def _issue(request: HttpRequest, account: Account) -> HttpResponse:
    form = _form(request)
    headers = {"Authorization": request.headers.get("Authorization", "")}
    with acting_in(account):
        told, body, status = _server().create_token_response("/oauth/token", "POST", urlencode(form), headers)
    if status == 401:
        # oauthlib challenges with Bearer; a client that failed to identify itself is asked for Basic (RFC 6749, 5.2).
        told["WWW-Authenticate"] = 'Basic realm="Hangarlink", charset="UTF-8"'
        body = json.dumps({"error": "invalid_client", "error_description": _WRONG_CLIENT})
    elif status >= 400:
        body = json.dumps(_explained(json.loads(body)))
    return HttpResponse(body, status=status, headers={**told, "Content-Type": "application/json"})


@cache
def _server() -> BackendApplicationServer:
    return oauth2_settings.OAUTH2_SERVER_CLASS(
        oauth2_settings.OAUTH2_VALIDATOR_CLASS(), **oauth2_settings.server_kwargs
    )


def _form(request: HttpRequest) -> dict[str, str]:
    """The form's fields, each given once."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise invalid_request("Send the parameters as application/x-www-form-urlencoded, e.g. with curl -d.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > _LARGEST:
        raise ApiError(413, "payload_too_large", f"At most {_LARGEST} bytes are taken.", {"Connection": "close"})
    form = request.POST
    for name, values in form.lists():
        if len(values) > 1:
            raise invalid_request(f"The parameter {name[:40]!r} is given more than once.")
    return {name: str(value) for name, value in form.items() if value}


def _explained(error: dict[str, str]) -> dict[str, str]:
    """oauthlib leaves some descriptions empty."""
    helps = {
        "unsupported_grant_type": "Only grant_type=client_credentials is offered.",
        "invalid_scope": "The application was not granted all of these scopes. Leave scope out to get those it has.",
        "invalid_request": "A parameter is missing or malformed.",
    }
    text = error.get("error_description") or ""
    if error["error"] in {"invalid_scope", "unsupported_grant_type"} or not text:
        text = helps.get(error["error"], "The request was refused.")
    return {"error": error["error"], "error_description": text}


def _account(request: HttpRequest) -> Account:
    subdomain = subdomain_of(request.get_host())
    account = Account.objects.filter(subdomain=subdomain).first() if subdomain else None
    if account is None:
        raise not_found("There is no account under this subdomain. Request the token at your account's own address.")
    if not account.has_feature(Feature.OAUTH_API):
        raise not_found("The OAuth API is switched off for this account. Ask an administrator of the account.")
    return account


def _counted_under(request: HttpRequest, account: Account) -> str:
    """Per account and address; the address itself is not kept."""
    digest = hashlib.sha256(f"{account.id} {_address(request)}".encode()).hexdigest()
    return f"token:{digest[:32]}"


def _address(request: HttpRequest) -> str:
    """Who is calling. Behind a proxy, the last entry of X-Forwarded-For is the one that our own proxy wrote."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
