"""Is it from the partner? Pure: families of signatures, each compared in constant time, before anything is parsed.

What is signed along with a time is refused outside of a window, so that what somebody recorded cannot be played again.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from hangarlink.integration.contract import SignedInbound, Verification

MAX_BODY = 2**20
_MOST_SIGNATURES = 10


class Refusal(StrEnum):
    """Why something was not taken. The sender is told no more than "not verified"."""

    NO_SIGNATURE = "no_signature"
    WRONG_SIGNATURE = "wrong_signature"
    OUTSIDE_WINDOW = "outside_window"
    NO_SECRET = "no_secret"  # noqa: S105 - a code
    TOO_LARGE = "too_large"


class NotVerified(Exception):
    """It cannot be shown to come from the partner."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code


Check = Callable[[SignedInbound, str, Mapping[str, str], bytes, float], None]


def verify(signed: SignedInbound, secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Raise NotVerified unless the body was signed with this secret.

    headers  with lower-case names
    now      seconds since 1970
    """
    if not secret:
        raise NotVerified(Refusal.NO_SECRET)
    _CHECKS[signed.family](signed, secret, headers, body, now)


def _standard(signed: SignedInbound, secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Standard Webhooks. The library signs; comparing is done here: its own `verify` fixes the window."""
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split(" ")[:_MOST_SIGNATURES]
    moment = _moment(stamp, signed, now)
    if not id:
        raise NotVerified(Refusal.NO_SIGNATURE)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotVerified(Refusal.WRONG_SIGNATURE) from None
    try:
        wanted = Webhook(secret).sign(id, datetime.fromtimestamp(moment, UTC), text)
    except (ValueError, EmptyWebhookSecretError):
        raise NotVerified(Refusal.NO_SECRET) from None
    _one_of(given, wanted)


def _hmac_family(encode: Callable[[bytes], str]) -> Check:
    def check(signed: SignedInbound, secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
        given = headers.get(signed.header.lower(), "")
        message = body
        if signed.timestamp_header:
            stamp = headers.get(signed.timestamp_header.lower(), "")
            message = f"{_moment(stamp, signed, now)}.".encode() + body
        if not given or not given.startswith(signed.prefix):
            raise NotVerified(Refusal.NO_SIGNATURE)
        _one_of([given.removeprefix(signed.prefix).strip()], encode(_hmac(secret, message)))

    return check


def _slack(signed: SignedInbound, secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    moment = _moment(headers.get("x-slack-request-timestamp", ""), signed, now)
    given = headers.get("x-slack-signature", "")
    _one_of([given], "v0=" + _hmac(secret, f"v0:{moment}:".encode() + body).hex())


def _stripe(signed: SignedInbound, secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    parts = [part.strip().partition("=") for part in headers.get("stripe-signature", "").split(",")]
    moment = _moment(next((value for name, _, value in parts if name == "t"), ""), signed, now)
    given = [value for name, _, value in parts if name == "v1"][:_MOST_SIGNATURES]
    _one_of(given, _hmac(secret, f"{moment}.".encode() + body).hex())


def _basic(signed: SignedInbound, secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:  # noqa: ARG001
    """The secret is `user:password`."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    wanted = base64.b64encode(secret.encode()).decode("ascii")
    _one_of([given.strip()] if scheme.lower() == "basic" else [], wanted)


def _bearer(signed: SignedInbound, secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:  # noqa: ARG001
    scheme, _, given = headers.get("authorization", "").partition(" ")
    _one_of([given.strip()] if scheme.lower() == "bearer" else [], secret)


def _hex(digest: bytes) -> str:
    return digest.hex()


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")


_CHECKS: dict[Verification, Check] = {
    Verification.STANDARD_WEBHOOKS: _standard,
    Verification.HMAC_SHA256_BASE64: _hmac_family(_base64),
    Verification.HMAC_SHA256_HEX: _hmac_family(_hex),
    Verification.TIMESTAMPED_HEX: _hmac_family(_hex),
    Verification.SLACK: _slack,
    Verification.STRIPE: _stripe,
    Verification.BASIC: _basic,
    Verification.BEARER: _bearer,
}


def _hmac(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def _moment(stamp: str, signed: SignedInbound, now: float) -> int:
    """The signed time, if it is one and near enough."""
    if not stamp:
        raise NotVerified(Refusal.NO_SIGNATURE)
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12 or abs(int(stamp) - now) > signed.tolerance:
        raise NotVerified(Refusal.OUTSIDE_WINDOW)
    return int(stamp)


def _one_of(given: Iterable[str], wanted: str) -> None:
    """Compare every one, whatever the first says, and digests instead of texts: neither length nor place shows."""
    tried = [one for one in given if one]
    if not tried:
        raise NotVerified(Refusal.NO_SIGNATURE)
    expected = hashlib.sha256(wanted.encode()).digest()
    results = [hmac.compare_digest(hashlib.sha256(one.encode("utf-8", "replace")).digest(), expected) for one in tried]
    if not any(results):
        raise NotVerified(Refusal.WRONG_SIGNATURE)


def read_notice(body: bytes) -> Any:
    """The JSON of a verified body, None for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def message_id(family: Verification, headers: Mapping[str, str], notice: Any, body: bytes) -> tuple[str, bool]:
    """What a message is known by, and whether the partner gave it that name.

    Without a name of its own the same body may well be another event: then it only counts as a repetition while the
    first one waits to be looked at.
    """
    named = ""
    if family is Verification.STANDARD_WEBHOOKS:
        named = headers.get("webhook-id", "")
    elif isinstance(notice, dict) and family in {Verification.SLACK, Verification.STRIPE}:
        named = _text(notice.get("event_id" if family is Verification.SLACK else "id"))
    else:
        named = _cloud_events(notice)
    if named:
        return f"id:{hashlib.sha256(named.encode('utf-8', 'replace')).hexdigest()}", True
    return f"body:{hashlib.sha256(body).hexdigest()}", False


def _cloud_events(notice: Any) -> str:
    """The ids of one CloudEvent or a batch of them, in no order: a batch may be sent again in another one."""
    events = notice if isinstance(notice, list) else [notice]
    if not events or not all(isinstance(event, dict) and "specversion" in event for event in events):
        return ""
    names = [_text(event.get("source")) + " " + _text(event.get("id")) for event in events]
    return "\n".join(sorted(names)) if all(event.get("id") for event in events) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
