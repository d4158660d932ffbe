"""QuickBooks' CloudEvents at the address of a connection: signed as Intuit signs, kept once, a hint and no more."""

import json

import pytest
from django.test import Client

from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.streams import make_streams
from hangarlink.integration.inbound.actions import open_hook, process, set_secret
from hangarlink.integration.inbound.models import Hook, Received
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.quickbooks import VERIFIER_TOKEN, Company, fill, signature
from hangarlink.sandbox.quickbooks.webhooks import as_event
from tests.web.conftest import HOST


@pytest.fixture
def hook(account: Account, admin: Membership) -> Hook:
    """A connection whose payments and customers are read; invoices are off."""
    with acting_in(account):
        made = Connection.objects.create(
            account=account, connector="quickbooks", name="Books", identity_key="1", identity_name="Skyline"
        )
        make_streams(made, manifest_of("quickbooks"))
        read = Stream.objects.filter(connection=made, flow__in=["payments", "customers"], direction="in")
        read.update(is_enabled=True, planned_at="2026-11-01T00:00:00Z")
        set_secret(made, Secret(VERIFIER_TOKEN), acting_user=admin.actor())
        return open_hook(made, acting_user=admin.actor())


def paid() -> bytes:
    """A payment for an invoice, as QuickBooks tells of it."""
    company = Company(recipe=fill)
    company.pay(company.find("Invoice", DocNumber="1001")["Id"], "100")
    return json.dumps([as_event(company, change) for change in company.changes[-2:]]).encode()


def post(hook: Hook, body: bytes, signed: str) -> int:
    browser = Client(headers={"host": HOST}, enforce_csrf_checks=True)
    kind = "application/cloudevents-batch+json"
    return browser.post(f"/hooks/{hook.key}", body, content_type=kind, headers={"intuit-signature": signed}).status_code


def test_a_signed_batch_asks_for_what_is_switched_on_and_once(account: Account, hook: Hook) -> None:
    body = paid()
    assert [post(hook, body, signature(VERIFIER_TOKEN, body)) for _ in range(3)] == [200, 200, 200]
    with acting_in(account):
        assert Received.objects.count() == 1
        process(hook)
        assert list(SyncRun.objects.values_list("flow", "trigger")) == [("payments", "webhook")]


@pytest.mark.parametrize("wrong", ["", "AAAA", "not base64 at all", "other body", "other secret"])
def test_anything_else_is_refused_and_nothing_is_kept(account: Account, hook: Hook, wrong: str) -> None:
    body = paid()
    signed = {
        "other body": signature(VERIFIER_TOKEN, body + b" "),
        "other secret": signature("guess", body),
    }.get(wrong, wrong)
    assert post(hook, body, signed) == 401
    with acting_in(account):
        assert Received.objects.count() == 0
