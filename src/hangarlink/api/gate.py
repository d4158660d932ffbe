"""The gate before every endpoint: a good token of this account, the scope, the rate limit; then the body is read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase

from hangarlink.api.errors import ApiError, insufficient_scope, invalid_token, not_found
from hangarlink.api.payload import read_payload
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.platform.applications.admission import Caller, TokenFault, admit
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.middleware import subdomain_of
from hangarlink.platform.tenancy.models import Feature

_WITH_BODY = {"POST", "PUT", "PATCH"}


@dataclass
class Call:
    """One request that came through the gate.

    payload  the parsed JSON body; None for requests without one
    """

    caller: Caller
    flow: Flow
    direction: Direction
    started_at: datetime
    payload: dict[str, Any] | None = None
    actor: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.actor = self.caller.actor()


class ApiRequest(HttpRequest):
    """What endpoints get; `auth` is set by the gate."""

    auth: Call


class Gate(AuthBase):
    """ninja's `auth` of one endpoint. Raises ApiError; the order is 401, 404, 403, 429, then the body's 4xx."""

    openapi_name = "oauth2"
    openapi_type = "oauth2"

    def __init__(self, scope: Scope, flow: Flow) -> None:
        self.scope = scope
        self.flow = flow
        self.direction = Direction.OUT if scope.value.endswith("_read") else Direction.IN
        super().__init__()

    def __call__(self, request: HttpRequest) -> Call:
        caller = _admitted(request)
        call = Call(caller, self.flow, self.direction, timezone.now())
        # From here on a refusal is logged under the application's name.
        request.call = call  # type: ignore[attr-defined]
        if not caller.account.has_feature(Feature.OAUTH_API):
            raise not_found("The OAuth API is switched off for this account. Ask an administrator of the account.")
        if self.scope not in caller.scopes:
            raise insufficient_scope(self.scope, caller.scopes)
        if caller.quota.is_spent:
            text = f"{caller.quota.limit} requests a minute are allowed. Wait {caller.quota.seconds} s, then go on."
            raise ApiError(429, "rate_limited", text)
        if request.method in _WITH_BODY:
            call.payload = read_payload(request)
        return call


def _admitted(request: HttpRequest) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise invalid_token("Send an access token in the Authorization header: Bearer TOKEN. Get one at /oauth/token.")
    caller = admit(subdomain_of(request.get_host()), token.strip())
    if caller is TokenFault.NO_ACCOUNT:
        raise not_found(caller.value)
    if isinstance(caller, TokenFault):
        raise invalid_token(caller.value)
    return caller
