"""Pure decisions about OAuth: where the endpoints are, what a link and a state hold, how long a token is good."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from hangarlink.integration.contract import ClientCredentials, Manifest, OAuthCode

# Long enough to sign in at a partner with a second factor, short enough that a forgotten tab is worth nothing.
STATE_LIFE = timedelta(minutes=15)
LONGEST_MARGIN = 300
LONGEST_LIFETIME = 366 * 24 * 3600
# What partners call a grant that is gone for good. invalid_grant: RFC 6749, 5.2; the others are Slack's.
GRANT_GONE = frozenset(
    {
        "invalid_grant",
        "invalid_refresh_token",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "access_denied",
        "invalid_code",
        "code_already_used",
    }
)
_STATE = re.compile(r"([a-z0-9][a-z0-9-]{0,62})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Endpoints:
    authorize: str
    token: str
    revoke: str
    is_partners_own: bool


def endpoints_at(manifest: Manifest, auth: OAuthCode | ClientCredentials, base_url: str) -> Endpoints:
    """Where a connection with this endpoint is authorised.

    At one of the manifest's own endpoints: where the kind declares. At any other (a sandbox, an on-site server) below
    that endpoint, under the declared paths, so that a token never goes to another host than the calls do.
    """
    own = base_url in {manifest.base_url, *manifest.other_urls.values()}
    authorize, revoke = (auth.authorize_url, auth.revoke_url) if isinstance(auth, OAuthCode) else ("", "")

    def at(url: str) -> str:
        if not url:
            return ""
        if own and "://" in url:
            return url
        return base_url.rstrip("/") + "/" + urlsplit(url).path.lstrip("/")

    return Endpoints(at(authorize), at(auth.token_url), at(revoke), own)


def challenge(verifier: str) -> str:
    """PKCE S256. Source: RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def authorize_link(
    auth: OAuthCode, endpoint: str, *, client_id: str, redirect_uri: str, state: str, verifier: str
) -> str:
    """The address of the partner's consent page. It holds no secret."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        **dict(auth.authorize_params),
    }
    if auth.scopes:
        asked["scope"] = auth.scope_separator.join(auth.scopes)
    if auth.pkce:
        asked |= {"code_challenge": challenge(verifier), "code_challenge_method": "S256"}
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def state_for(subdomain: str, nonce: str) -> str:
    """The account is part of the state, because all accounts share one redirect address."""
    return f"{subdomain}.{nonce}"


def subdomain_in(state: str) -> str:
    """Whose authorisation a state says it is; "" for what is no state of ours. It proves nothing yet."""
    match = _STATE.fullmatch(state)
    return match[1] if match else ""


def lifetime(told: Any, default: int | None) -> int | None:
    """Seconds a token lives: what the partner said, if it is a number that makes sense, else the default."""
    if isinstance(told, bool):
        return default
    try:
        seconds = int(told)
    except (TypeError, ValueError, OverflowError):
        return default
    return min(seconds, LONGEST_LIFETIME) if seconds > 0 else default


def margin(seconds: int) -> int:
    """How long before its end a token is renewed: a tenth of its life, at most five minutes."""
    return min(LONGEST_MARGIN, seconds // 10)


def claim(answer: Mapping[str, Any], path: str) -> str:
    """A value of the token answer: "team.id" is answer["team"]["id"]. "" where there is none."""
    value: Any = answer
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return ""
        value = value.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
