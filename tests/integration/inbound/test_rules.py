"""Families of signatures, forged in every way we could think of. Known answers were made with openssl or come from the
partners' own documentation."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from hangarlink.integration.contract import SignedInbound, Verification
from hangarlink.integration.inbound.rules import NotVerified, Refusal, message_id, read_notice, verify

NOW = 1_531_420_618
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = b'{"type":"event_callback","event_id":"Ev1"}'


def digest(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def headers_for(family: Verification, *, secret: str = SECRET, body: bytes = BODY, at: int = NOW) -> dict[str, str]:  # noqa: PLR0911
    """What an honest partner of a family sends."""
    match family:
        case Verification.STANDARD_WEBHOOKS:
            signature = Webhook(secret).sign("msg_1", datetime.fromtimestamp(at, UTC), body.decode())
            return {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": signature}
        case Verification.HMAC_SHA256_BASE64:
            return {"x-sign": base64.b64encode(digest(secret, body)).decode()}
        case Verification.HMAC_SHA256_HEX:
            return {"x-sign": "sha256=" + digest(secret, body).hex()}
        case Verification.TIMESTAMPED_HEX:
            return {"x-sign": digest(secret, f"{at}.".encode() + body).hex(), "x-time": str(at)}
        case Verification.SLACK:
            signed = "v0=" + digest(secret, f"v0:{at}:".encode() + body).hex()
            return {"x-slack-request-timestamp": str(at), "x-slack-signature": signed}
        case Verification.STRIPE:
            return {
                "stripe-signature": f"t={at},v1={'0' * 64},v1={digest(secret, f'{at}.'.encode() + body).hex()},v0=x"
            }
        case Verification.BASIC:
            return {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
        case Verification.BEARER:
            return {"authorization": f"Bearer {secret}"}


def signed(family: Verification) -> SignedInbound:
    return SignedInbound(
        family=family,
        header="X-Sign",
        prefix="sha256=" if family is Verification.HMAC_SHA256_HEX else "",
        timestamp_header="X-Time" if family is Verification.TIMESTAMPED_HEX else "",
    )


def secret_of(family: Verification) -> str:
    return {
        Verification.STANDARD_WEBHOOKS: "whsec_" + base64.b64encode(b"x" * 32).decode(),
        Verification.BASIC: "hangarlink:correct horse",
    }.get(family, SECRET)


def refusal(family: Verification, headers: dict[str, str], body: bytes = BODY, now: float = NOW) -> Refusal | None:
    try:
        verify(signed(family), secret_of(family), headers, body, now)
    except NotVerified as error:
        return error.code
    return None


FAMILIES = list(Verification)
TIMED = [Verification.STANDARD_WEBHOOKS, Verification.TIMESTAMPED_HEX, Verification.SLACK, Verification.STRIPE]
SIGNING_THE_BODY = [f for f in FAMILIES if f not in (Verification.BASIC, Verification.BEARER)]


@pytest.mark.parametrize("family", FAMILIES)
def test_an_honest_message_passes(family: Verification) -> None:
    assert refusal(family, headers_for(family, secret=secret_of(family))) is None


def test_slacks_own_example_passes() -> None:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
        b"foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        b"hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id="
        b"398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    assert refusal(Verification.SLACK, headers, body) is None


@pytest.mark.parametrize("family", FAMILIES)
def test_no_signature_and_a_foreign_one_are_refused(family: Verification) -> None:
    assert refusal(family, {}) is Refusal.NO_SIGNATURE
    other = secret_of(family)[:-6] + "zzzzz="
    assert refusal(family, headers_for(family, secret=other)) is Refusal.WRONG_SIGNATURE


@pytest.mark.parametrize("family", SIGNING_THE_BODY)
def test_a_changed_body_is_refused(family: Verification) -> None:
    headers = headers_for(family, secret=secret_of(family))
    assert refusal(family, headers, BODY + b" ") is Refusal.WRONG_SIGNATURE
    assert refusal(family, headers, b"\xff\xfe") is Refusal.WRONG_SIGNATURE


@pytest.mark.parametrize("family", TIMED)
@pytest.mark.parametrize("late", [301, -301, 10**6])
def test_outside_of_the_window_it_is_refused(family: Verification, late: int) -> None:
    headers = headers_for(family, secret=secret_of(family))
    assert refusal(family, headers, now=NOW + late) is Refusal.OUTSIDE_WINDOW
    assert refusal(family, headers, now=NOW + (late > 0) * 299) is None


@pytest.mark.parametrize("family", TIMED)
@pytest.mark.parametrize("stamp", ["1531420618.0", "-1531420618", "1" * 40, "٣", "nan", "1e9", " 1531420618"])
def test_a_strange_time_is_refused(family: Verification, stamp: str) -> None:
    headers = headers_for(family, secret=secret_of(family))
    text = {name: value.replace(str(NOW), stamp) for name, value in headers.items()}
    assert refusal(family, text) in {Refusal.OUTSIDE_WINDOW, Refusal.NO_SIGNATURE} or stamp.strip() == str(NOW)


@pytest.mark.parametrize("family", FAMILIES)
def test_without_a_secret_nothing_passes(family: Verification) -> None:
    with pytest.raises(NotVerified):
        verify(signed(family), "", headers_for(family, secret=secret_of(family)), BODY, NOW)


def test_a_secret_that_is_no_base64_is_no_secret() -> None:
    headers = headers_for(Verification.STANDARD_WEBHOOKS, secret=secret_of(Verification.STANDARD_WEBHOOKS))
    with pytest.raises(NotVerified):
        verify(signed(Verification.STANDARD_WEBHOOKS), "whsec_é", headers, BODY, NOW)


TEXTS = st.text(max_size=60)
NAMES = st.sampled_from(
    ["webhook-id", "webhook-timestamp", "webhook-signature", "x-sign", "x-time", "stripe-signature", "authorization",
     "x-slack-request-timestamp", "x-slack-signature"]
)  # fmt: skip


@given(st.sampled_from(FAMILIES), st.dictionaries(NAMES, TEXTS | st.just(str(NOW)), max_size=9), st.binary(max_size=80))
def test_whatever_comes_is_refused_and_nothing_breaks(
    family: Verification, headers: dict[str, str], body: bytes
) -> None:
    assert refusal(family, headers, body) is not None


@given(st.binary(max_size=200))
def test_reading_a_notice_never_raises(body: bytes) -> None:
    read_notice(body)


def test_a_deeply_nested_notice_is_none() -> None:
    assert read_notice(b"[" * 100_000) is None


def test_messages_are_known_by_the_partners_own_id() -> None:
    events = [{"specversion": "1.0", "id": str(n), "source": "intuit.x"} for n in range(3)]
    one = message_id(Verification.HMAC_SHA256_BASE64, {}, events, json.dumps(events).encode())
    again = message_id(Verification.HMAC_SHA256_BASE64, {}, events[::-1], json.dumps(events[::-1]).encode())
    assert one == again
    assert one[1]
    slack = message_id(Verification.SLACK, {}, json.loads(BODY), BODY)
    assert slack[1]
    assert message_id(Verification.BASIC, {}, {"id": "arfq-1"}, b"{}") == (
        "body:" + hashlib.sha256(b"{}").hexdigest(),
        False,
    )
