"""The address over HTTP: who may, what happens, what is refused; what a hint leads to."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.inbound import actions
from hangarlink.integration.inbound.actions import IssuedHook
from hangarlink.integration.inbound.models import Hook, Received
from hangarlink.integration.inbound.tasks import run_process, run_tidy
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, State
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault.models import VaultEntry


def make_connection(account: Account) -> Connection:
    """A connection as if it had been set up: aircraft and hours switched on and planned."""
    with acting_in(account):
        made = Connection.objects.create(
            account=account, connector="flightlogger", name="FlightLogger", identity_key="skyline",
            identity_name="Skyline", base_url="https://example.com/graphql",
        )  # fmt: skip
        for flow, is_enabled in ((Flow.AIRCRAFT, True), (Flow.HOURS_CYCLES, False)):
            Stream.objects.create(
                account=account, connection=made, flow=flow, direction=Direction.IN, is_enabled=is_enabled,
                planned_at=timezone.now(),
            )  # fmt: skip
        return made


@pytest.fixture
def connection(account: Account) -> Connection:
    return make_connection(account)


@pytest.fixture
def issued(account: Account, connection: Connection) -> IssuedHook:
    with acting_in(account):
        return actions.issue_secret(connection, acting_user=SYSTEM)


def signed(secret: str, body: bytes, *, id: str = "", at: datetime | None = None) -> dict[str, str]:
    id, at = id or f"msg_{uuid4()}", at or datetime.now(UTC)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, at, body.decode()),
    }


def post(key: str, body: bytes, headers: dict[str, str], host: str = "demo.localhost") -> Any:
    client = Client(headers={"host": host}, enforce_csrf_checks=True)
    return client.post(f"/hooks/{key}", body, content_type="application/json", headers=headers)


def runs(account: Account) -> list[tuple[str, str]]:
    with acting_in(account):
        return list(SyncRun.objects.values_list("flow", "trigger").order_by("flow"))


def waiting(account: Account) -> int:
    with acting_in(account):
        return Received.objects.filter(processed_at=None).count()


def work(account: Account, hook: Hook) -> None:
    run_process(account, str(hook.id))


BODY = b'{"changed": true}'


def test_a_hint_asks_for_a_run_of_what_is_switched_on(account: Account, issued: IssuedHook) -> None:
    answer = post(issued.hook.key, BODY, signed(issued.secret, BODY))
    assert (answer.status_code, answer.content) == (200, b"")
    assert runs(account) == [], "acknowledged first; the queue does the rest"
    work(account, issued.hook)
    assert runs(account) == [("aircraft", "webhook")]
    with acting_in(account):
        message = Received.objects.get()
        assert message.processed_at is not None
        assert message.body is None, "kept until it was looked at, and not a moment longer"
        assert message.asked_for == "aircraft"


def test_the_same_message_again_is_taken_and_does_nothing(account: Account, issued: IssuedHook) -> None:
    headers = signed(issued.secret, BODY, id="msg_1")
    for _ in range(3):
        assert post(issued.hook.key, BODY, headers).status_code == 200
    work(account, issued.hook)
    with acting_in(account):
        SyncRun.objects.update(state=State.SUCCEEDED)
    assert post(issued.hook.key, BODY, headers).status_code == 200
    work(account, issued.hook)
    assert len(runs(account)) == 1
    with acting_in(account):
        assert Received.objects.get().repetitions == 3


def test_many_hints_are_one_run(account: Account, issued: IssuedHook) -> None:
    for _ in range(5):
        post(issued.hook.key, BODY, signed(issued.secret, BODY))
    work(account, issued.hook)
    assert len(runs(account)) == 1
    assert waiting(account) == 0


def test_a_hint_that_came_during_a_run_asks_again_after_it(account: Account, issued: IssuedHook) -> None:
    with acting_in(account):
        SyncRun.objects.create(
            account=account, connection_id=issued.hook.connection_id, flow=Flow.AIRCRAFT, direction=Direction.IN,
            kind="run", trigger="schedule", state=State.RUNNING, started_at=timezone.now() - timedelta(seconds=5),
        )  # fmt: skip
    post(issued.hook.key, BODY, signed(issued.secret, BODY))
    work(account, issued.hook)
    assert waiting(account) == 1, "the run may have read past it"
    with acting_in(account):
        SyncRun.objects.update(state=State.SUCCEEDED, finished_at=timezone.now())
    work(account, issued.hook)
    assert waiting(account) == 0
    assert len(runs(account)) == 2


@pytest.mark.parametrize("trouble", ["paused", "unplanned", "off"])
def test_a_hint_overrules_nobody(account: Account, issued: IssuedHook, trouble: str) -> None:
    with acting_in(account):
        if trouble == "paused":
            Connection.objects.update(state="paused")
        elif trouble == "unplanned":
            Stream.objects.update(planned_at=None)
        else:
            Stream.objects.update(is_enabled=False)
    assert post(issued.hook.key, BODY, signed(issued.secret, BODY)).status_code == 200
    work(account, issued.hook)
    assert runs(account) == []
    assert waiting(account) == 0


def test_forged_old_and_unsigned_messages_leave_nothing(account: Account, issued: IssuedHook) -> None:
    other = "whsec_" + "A" * 43 + "="
    old = datetime.now(UTC) - timedelta(minutes=6)
    for headers in (signed(other, BODY), signed(issued.secret, BODY, at=old), {}):
        answer = post(issued.hook.key, BODY, headers)
        assert (answer.status_code, answer.content) == (401, b"Not verified.")
    assert post(issued.hook.key, BODY + b" ", signed(issued.secret, BODY)).status_code == 401
    with acting_in(account):
        assert not Received.objects.exists()
        assert Hook.objects.get().last_refusal == "wrong_signature"


def test_nothing_is_parsed_before_it_is_verified(
    account: Account, issued: IssuedHook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(actions, "read_notice", refuse)
    assert post(issued.hook.key, b"[" * 100_000, {}).status_code == 401


def test_without_a_secret_nothing_is_taken(account: Account, connection: Connection) -> None:
    with acting_in(account):
        hook = actions.open_hook(connection, acting_user=SYSTEM)
    assert post(hook.key, BODY, signed("whsec_" + "A" * 43 + "=", BODY)).status_code == 401


def test_a_huge_body_is_not_read(account: Account, issued: IssuedHook) -> None:
    class Bomb:
        def read(self, *args: int) -> bytes:
            raise AssertionError("read")

        readline = read

    client, path = Client(headers={"host": "demo.localhost"}), f"/hooks/{issued.hook.key}"
    unread: dict[str, Any] = {"wsgi.input": Bomb()}
    assert client.generic("POST", path, b"x", CONTENT_LENGTH=str(3 * 10**8), **unread).status_code == 413
    assert client.generic("POST", path, b"x", CONTENT_LENGTH="", **unread).status_code == 411


def test_the_address_of_another_account_does_not_exist(
    account: Account, other_account: Account, issued: IssuedHook
) -> None:
    headers = signed(issued.secret, BODY)
    assert post(issued.hook.key, BODY, headers, host="other.localhost").status_code == 404
    assert post(issued.hook.key, BODY, headers, host="localhost").status_code == 404
    assert post("x" * 32, BODY, headers).status_code == 404
    assert post("%00", BODY, headers).status_code == 404
    assert waiting(account) == 0


def test_a_disconnected_or_renewed_address_is_gone(account: Account, issued: IssuedHook) -> None:
    with acting_in(account):
        renewed = actions.renew_address(issued.hook, acting_user=SYSTEM)
    assert post(issued.hook.key, BODY, signed(issued.secret, BODY)).status_code == 404
    assert post(renewed.key, BODY, signed(issued.secret, BODY)).status_code == 200
    with acting_in(account):
        Connection.objects.update(state="disconnected")
    assert post(renewed.key, BODY, signed(issued.secret, BODY)).status_code == 404


def test_only_posts_and_not_too_many(account: Account, issued: IssuedHook, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(headers={"host": "demo.localhost"})
    assert client.get(f"/hooks/{issued.hook.key}").status_code == 405
    from hangarlink.web.inbound import receiving

    monkeypatch.setattr(receiving, "PER_MINUTE", 3)
    answers = [post(issued.hook.key, BODY, {}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_the_secret_is_nowhere_but_in_the_vault(account: Account, issued: IssuedHook) -> None:
    with acting_in(account):
        stored = str(list(VaultEntry.objects.values())) + str(list(AuditEntry.objects.values()))
        stored += str(list(Hook.objects.values())) + str(list(Connection.objects.values()))
    assert issued.secret not in stored
    assert issued.secret not in repr(issued)


def test_what_was_done_long_ago_is_forgotten(account: Account, issued: IssuedHook) -> None:
    post(issued.hook.key, BODY, signed(issued.secret, BODY))
    work(account, issued.hook)
    with acting_in(account):
        Received.objects.update(received_at=timezone.now() - timedelta(days=8))
    run_tidy(account)
    with acting_in(account):
        assert not Received.objects.exists()


def test_slacks_question_is_answered(account: Account, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    from hangarlink.integration.contract import SignedInbound, Verification
    from tests.integration.inbound.test_rules import headers_for

    monkeypatch.setattr(actions, "signed_by", lambda manifest: SignedInbound(family=Verification.SLACK))
    with acting_in(account):
        hook = actions.open_hook(connection, acting_user=SYSTEM)
        actions.set_secret(connection, actions.Secret("slack-signing-secret"), acting_user=SYSTEM)
    body = b'{"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}'
    headers = headers_for(Verification.SLACK, secret="slack-signing-secret", body=body, at=int(time.time()))
    answer = post(hook.key, body, headers)
    assert answer.content == b"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"


def test_quickbooks_cloud_events_are_taken_in_any_order_once(account: Account) -> None:
    """Signed as Intuit signs: base64 in intuit-signature, no time. The batch comes again in another order."""
    verifier = "verifier-token-of-the-app"
    with acting_in(account):
        connection = Connection.objects.create(
            account=account, connector="quickbooks", name="Books", identity_key="9130", identity_name="Books",
            base_url="https://quickbooks.api.intuit.com",
        )  # fmt: skip
        Stream.objects.create(
            account=account, connection=connection, flow=Flow.PAYMENTS, direction=Direction.IN, is_enabled=True,
            planned_at=timezone.now(),
        )  # fmt: skip
        hook = actions.open_hook(connection, acting_user=SYSTEM)
        actions.set_secret(connection, Secret(verifier), acting_user=SYSTEM)
    events = [
        {"specversion": "1.0", "id": f"88cd52aa-{number}", "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58=",
         "type": "qbo.payment.created.v1", "intuitentityid": "1234", "intuitaccountid": "9130"}
        for number in range(3)
    ]  # fmt: skip
    for batch in (events, events[::-1]):
        body = json.dumps(batch).encode()
        signature = base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()
        assert post(hook.key, body, {"intuit-signature": signature}).status_code == 200
        assert post(hook.key, body + b" ", {"intuit-signature": signature}).status_code == 401
    work(account, hook)
    assert runs(account) == [("payments", "webhook")]
    with acting_in(account):
        assert Received.objects.get().repetitions == 1
