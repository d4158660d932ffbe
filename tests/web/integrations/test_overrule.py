"""Sending once what our own brake holds back, from the page of refused records."""

import pytest
from django.test import Client

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.integrations.conftest import address
from tests.web.integrations.test_connection import ran


@pytest.fixture
def lower(account: Account, wired: Connection) -> SyncRecord:
    run = ran(account, wired)
    with acting_in(account):
        return SyncRecord.objects.create(
            account=account, run=run, connection_id=wired.pk, dataset="counter_totals", verdict="rejected",
            subject="OY-HLE", code="objection", reason="Lower than before", is_open=True,
        )  # fmt: skip


def test_it_takes_one_record_and_is_offered_only_where_something_is_held_back(
    browser: Client, account: Account, wired: Connection, lower: SyncRecord
) -> None:
    assert "Send the ticked one all the same" in browser.get(address(wired, "refused/")).text
    for sent, said in (
        ({}, "Tick exactly one record"),
        ({"record": str(lower.pk)}, "Say why"),
        ({"record": str(lower.pk), "reason": "Read wrongly"}, "Nothing of ours holds this record back"),
    ):
        answer = browser.post(address(wired, "refused/decide/"), {"verb": "overrule", **sent}, follow=True)
        assert said in answer.text, sent
    with acting_in(account):
        SyncRecord.objects.update(code="rejected")
    assert "Send the ticked one all the same" not in browser.get(address(wired, "refused/")).text


def test_it_takes_the_right_to_manage(account: Account, wired: Connection, lower: SyncRecord) -> None:
    editor = sign_in(make_member(account, "safety_integrations.view", "safety_integrations.edit"))
    assert "Send the ticked one all the same" not in editor.get(address(wired, "refused/")).text
    sent = {"verb": "overrule", "record": str(lower.pk), "reason": "Read wrongly"}
    assert editor.post(address(wired, "refused/decide/"), sent).status_code == 403
