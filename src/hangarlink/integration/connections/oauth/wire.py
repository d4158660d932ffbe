"""The calls of a token endpoint. What they return is secret; what they raise is not."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeGuard
from urllib.parse import quote_plus

from hangarlink.integration.connections.classifying import classified, sent_through
from hangarlink.integration.connections.oauth.rules import GRANT_GONE, lifetime, margin
from hangarlink.integration.contract import (
    AuthFailed,
    ClientAuth,
    ClientCredentials,
    Malformed,
    OAuthCode,
    PartnerError,
    Response,
    ServerTrouble,
    redact,
)
from hangarlink.platform import outbound
from hangarlink.platform.vault import Secret

DEADLINE = 15.0
MAX_BYTES = 64 * 1024
LONGEST_TOKEN = 16_384


@dataclass(frozen=True)
class App:
    """The app that stands for us at the partner."""

    client_id: str
    client_secret: Secret


@dataclass(frozen=True)
class Tokens:
    """A pair as it was received.

    renew_at   when the access token is to be renewed, some time before it ends; None: when it is refused
    claims     the rest of the answer, without the tokens
    """

    access: Secret
    refresh: Secret | None
    renew_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


def exchange_code(
    auth: OAuthCode, endpoint: str, app: App, *, code: Secret, verifier: str, redirect_uri: str, now: datetime
) -> Tokens:
    """Buy the first pair. Source: RFC 6749, 4.1.3; RFC 7636, 4.5."""
    asked = {"grant_type": "authorization_code", "code": code.reveal(), "redirect_uri": redirect_uri}
    if auth.pkce:
        asked["code_verifier"] = verifier
    return _tokens(_ask(auth, endpoint, app, asked, [code.reveal(), verifier]), auth, now)


def refresh(auth: OAuthCode, endpoint: str, app: App, *, token: Secret, now: datetime) -> Tokens:
    """Buy the next pair. The partner may answer with a new refresh token and forget the old one at once."""
    asked = {"grant_type": "refresh_token", "refresh_token": token.reveal()}
    return _tokens(_ask(auth, endpoint, app, asked, [token.reveal()]), auth, now)


def client_credentials(auth: ClientCredentials, endpoint: str, app: App, *, now: datetime) -> Tokens:
    """Buy a token with the connection's own id and secret. Source: RFC 6749, 4.4."""
    asked = {"grant_type": "client_credentials", **dict(auth.token_params)}
    if auth.scopes:
        asked["scope"] = auth.scope_separator.join(auth.scopes)
    return _tokens(_ask(auth, endpoint, app, asked, []), auth, now)


def revoke_itself(endpoint: str, *, token: Secret) -> None:
    """Let a token end itself. One that the partner does not know any more is no error."""
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token.reveal()}"}
    try:
        response = _sent(endpoint, headers, {})
        answer = response.json()
        if not isinstance(answer, Mapping):
            raise Malformed("The partner's answer is no JSON object.")
        # Slack says no with 200.
        if error := _error_of(answer):
            raise _refusal(error, answer)
    except GrantGone:
        return
    except PartnerError as error:
        error.detail, error.args = redact(error.detail, [token.reveal()]), (redact(str(error), [token.reveal()]),)
        raise


def revoke(auth: OAuthCode, endpoint: str, app: App, *, token: Secret) -> None:
    """Tell the partner to forget a token. Source: RFC 7009. One that it does not know is no error."""
    asked = {"token": token.reveal()}
    body = {"json": asked} if auth.revokes_with_json else {"data": asked}
    _post(auth, endpoint, app, body, [token.reveal()])


def _ask(
    auth: OAuthCode | ClientCredentials, endpoint: str, app: App, asked: Mapping[str, str], secrets: list[str]
) -> Mapping[str, Any]:
    response = _post(auth, endpoint, app, {"data": dict(asked)}, secrets)
    answer = response.json()
    if not isinstance(answer, Mapping):
        raise Malformed("The partner's token answer is no JSON object.")
    if error := _error_of(answer):
        raise _refusal(error, answer)
    return answer


def _post(
    auth: OAuthCode | ClientCredentials, endpoint: str, app: App, body: Mapping[str, Any], secrets: list[str]
) -> Response:
    """One call. A refusal by the partner's own words comes before what its status would mean."""
    signed, extra = _as_app(auth, app)
    if "data" in body:
        body = {"data": {**body["data"], **extra}}
    headers = {"Accept": "application/json", **dict(getattr(auth, "token_headers", ())), **signed}
    try:
        response = _sent(endpoint, headers, body)
    except PartnerError as error:
        texts = [*secrets, app.client_secret.reveal()]
        error.detail, error.args = redact(error.detail, texts), (redact(str(error), texts),)
        raise
    return response


def _sent(endpoint: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Response:
    with outbound.client(deadline=DEADLINE, max_bytes=MAX_BYTES) as client:
        response = sent_through(client, "POST", endpoint, {"headers": headers, **body})
    if response.status >= 400:
        raise _refused(response)
    return response


def _as_app(auth: OAuthCode | ClientCredentials, app: App) -> tuple[dict[str, str], dict[str, str]]:
    """(headers, form fields) that show who we are. In Basic, both parts are form-encoded first: RFC 6749, 2.3.1."""
    if auth.client_auth is ClientAuth.BODY:
        return {}, {"client_id": app.client_id, "client_secret": app.client_secret.reveal()}
    pair = f"{quote_plus(app.client_id)}:{quote_plus(app.client_secret.reveal())}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}, {}


def _refused(response: Response) -> PartnerError:
    """What a status of 400 and more means here: the `error` of RFC 6749, 5.2, where there is one."""
    try:
        answer = response.json()
    except Malformed:
        answer = None
    if (
        response.status < 500
        and response.status != 429
        and isinstance(answer, Mapping)
        and (error := _error_of(answer))
    ):
        return _refusal(error, answer)
    return classified(response)


def _error_of(answer: Mapping[str, Any]) -> str:
    error = answer.get("error")
    return error[:60] if isinstance(error, str) else ""


class GrantGone(AuthFailed):
    """The partner took the grant back. `error` is its own word for it."""

    def __init__(self, message: str, *, error: str, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.error = error


def _refusal(error: str, answer: Mapping[str, Any]) -> PartnerError:
    detail = f"{error}: {str(answer.get('error_description', ''))[:300]}"
    if error in GRANT_GONE:
        return GrantGone(
            "The partner does not accept the authorisation any more. Authorise again.", error=error, detail=detail
        )
    if error in {"temporarily_unavailable", "server_error"}:
        return ServerTrouble("The partner's sign-in service is not available.", detail=detail)
    return AuthFailed(
        "The partner refuses the app: check its client ID, its secret and the redirect address registered there.",
        detail=detail,
    )


def _tokens(answer: Mapping[str, Any], auth: OAuthCode | ClientCredentials, now: datetime) -> Tokens:
    access, refreshing = answer.get("access_token"), answer.get("refresh_token")
    if not _is_token(access):
        raise Malformed("The partner's token answer holds no usable access token.")
    if refreshing is not None and not _is_token(refreshing):
        raise Malformed("The partner's token answer holds a refresh token that cannot be used.")
    kind = answer.get("token_type", "Bearer")
    if not isinstance(kind, str) or kind.lower() not in {"bearer", "bot"}:
        raise Malformed("The partner's token is of a kind that cannot be used.")
    seconds = lifetime(answer.get("expires_in"), auth.default_lifetime)
    rest = {name: value for name, value in answer.items() if name not in {"access_token", "refresh_token", "id_token"}}
    return Tokens(
        Secret(access),
        Secret(refreshing) if refreshing else None,
        None if seconds is None else now + timedelta(seconds=seconds - margin(seconds)),
        _refresh_end(answer, now),
        rest,
    )


def _refresh_end(answer: Mapping[str, Any], now: datetime) -> datetime | None:
    """The earliest end that the partner names: rolling, and hard (Intuit's five years)."""
    named = ("x_refresh_token_expires_in", "x_refresh_token_hard_expires_in", "refresh_token_expires_in")
    ends = [seconds for name in named if (seconds := lifetime(answer.get(name), None))]
    return now + timedelta(seconds=min(ends)) if ends else None


def _is_token(value: Any) -> TypeGuard[str]:
    """Visible ASCII only: anything else would be refused, or repeated in an error, by the HTTP library."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TOKEN and all("!" <= one <= "~" for one in value)
