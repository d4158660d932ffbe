"""An application's own webhook endpoints through the API: the whole life of one, and what it must never reach."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.webhooks.actions import create_endpoint
from hangarlink.integration.webhooks.models import Delivery, Endpoint
from hangarlink.platform.applications.models import KeptAnswer
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, make_application, refused, told
from tests.integration.webhooks.conftest import pump, report_defects
from tests.integration.webhooks.receiver import Answer, Receiver

HOOKS = "/webhook_endpoints"
NOBODY = "0197379e-0a5e-7b61-8c32-9d1f2e3a4b55"
ADDRESS = "http://127.0.0.1:9009/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.stop()


def body(url: str = ADDRESS, **more: Any) -> dict[str, Any]:
    return {"webhook_endpoint": {"url": url, **more}}


def add(api: Api, url: str = ADDRESS, **more: Any) -> tuple[str, str]:
    """A new endpoint's id and secret."""
    response = api.post(HOOKS, body(url, **more))
    assert response.status_code == 201, response.content
    answer = told(response)
    return answer["webhook_endpoint"]["id"], answer["secret"]


def delete(api: Api, path: str) -> Any:
    return api.call("DELETE", f"/api/v1{path}")


def test_one_from_the_first_to_the_last_day(api: Api, account: Account, receiver: Receiver) -> None:
    given = {"event_types": ["defect.reported"], "description": "Dispatch"}
    response = api.post(HOOKS, body(receiver.url(), **given))
    made = told(response)
    hook = made["webhook_endpoint"]
    assert (response.status_code, made["result"], hook["state"], hook["event_types"]) == (
        201, "created", "active", ["defect.reported"],
    )  # fmt: skip
    assert told(api.get(HOOKS)) == {"total": 1, "next_cursor": None, "webhook_endpoints": [hook]}
    with acting_in(account):
        (fact,) = report_defects()
    pump(account)
    (message,) = receiver.messages
    assert Webhook(made["secret"]).verify(message.raw, message.headers)["data"]["defect_id"] == str(fact.defect_id)
    (row,) = told(api.get(f"{HOOKS}/{hook['id']}/deliveries"))["deliveries"]
    assert (row["state"], row["event_type"], row["attempts"], row["event_id"]) == (
        "delivered", "defect.reported", 1, message.id,
    )  # fmt: skip
    detail = told(api.get(f"{HOOKS}/{hook['id']}/deliveries/{row['id']}"))
    assert detail["body"] == message.body
    assert [(one["outcome"], one["status"]) for one in detail["tries"]] == [("delivered", 200)]
    again = told(api.post(f"{HOOKS}/{hook['id']}/deliveries/{row['id']}/replay", {}))
    assert (again["result"], again["delivery"]["state"], again["delivery"]["replays"]) == ("sent", "pending", 1)
    pump(account)
    assert [one.id for one in receiver.messages] == [message.id, message.id]
    last = told(delete(api, f"{HOOKS}/{hook['id']}"))
    assert (last["result"], last["webhook_endpoint"]["id"]) == ("deleted", hook["id"])
    refused(api.get(f"{HOOKS}/{hook['id']}"), 404, "not_found")
    with acting_in(account):
        assert not Delivery.objects.exists()
        calls = SyncRun.objects.filter(flow="webhooks")
        assert calls.filter(direction="in").count() == 3
        assert {run.partner for run in calls} == {"Flight school"}


def test_a_test_message_and_what_the_receiver_said(api: Api, account: Account, receiver: Receiver) -> None:
    receiver.behave = lambda message: Answer(500, b"no room")
    hook, _ = add(api, receiver.url())
    assert told(api.post(f"{HOOKS}/{hook}/test", {}))["result"] == "sent"
    pump(account)
    assert [message.body["type"] for message in receiver.messages] == ["webhook_endpoint.tested"]
    (row,) = told(api.get(f"{HOOKS}/{hook}/deliveries?state=pending"))["deliveries"]
    detail = told(api.get(f"{HOOKS}/{hook}/deliveries/{row['id']}"))
    assert [(one["outcome"], one["status"]) for one in detail["tries"]] == [("refused", 500)]
    assert told(api.get(f"{HOOKS}/{hook}/deliveries?state=delivered"))["total"] == 0


def test_a_new_secret_signs_beside_the_old_one(api: Api, account: Account, receiver: Receiver) -> None:
    hook, old = add(api, receiver.url(), event_types=["defect.reported"])
    new = told(api.post(f"{HOOKS}/{hook}/rotate_secret", {"keep_old_hours": 1}))["secret"]
    with acting_in(account):
        report_defects()
    pump(account)
    (message,) = receiver.messages
    for secret in (old, new):
        assert Webhook(secret).verify(message.raw, message.headers)
    leaked = told(api.post(f"{HOOKS}/{hook}/rotate_secret", {"keep_old_hours": 0}))
    assert leaked["webhook_endpoint"]["previous_until"] is None
    assert len({old, new, leaked["secret"]}) == 3


def test_pausing_and_resuming_sends_what_was_missed(api: Api, account: Account, receiver: Receiver) -> None:
    hook, _ = add(api, receiver.url(), event_types=["defect.reported"])
    paused = told(api.patch(f"{HOOKS}/{hook}", {"webhook_endpoint": {"state": "paused"}}))
    assert (paused["result"], paused["webhook_endpoint"]["state"]) == ("updated", "paused")
    assert "Resume it first" in refused(api.post(f"{HOOKS}/{hook}/test", {}), 422, "sync_failed")
    with acting_in(account):
        report_defects(2)
    pump(account)
    assert receiver.messages == []
    assert told(api.patch(f"{HOOKS}/{hook}", {"webhook_endpoint": {"state": "active"}}))["result"] == "updated"
    pump(account)
    assert len(receiver.messages) == 2
    since = told(api.post(f"{HOOKS}/{hook}/replay", {"since": "2020-01-01T00:00:00Z", "undelivered_only": False}))
    assert since == {"result": "sent", "count": 2}
    assert "past" in refused(api.post(f"{HOOKS}/{hook}/replay", {"since": "2999-01-01T00:00:00Z"}), 422, "sync_failed")


def test_what_is_left_out_of_a_change_stays(api: Api) -> None:
    hook, _ = add(api, event_types=["aircraft.changed"], changed_fields={"aircraft.changed": ["status"]})
    path = f"{HOOKS}/{hook}"
    changed = told(api.patch(path, {"webhook_endpoint": {"description": "New", "strict_order": True}}))
    assert changed["result"] == "updated"
    assert changed["webhook_endpoint"]["changed_fields"] == {"aircraft.changed": ["status"]}
    assert told(api.patch(path, {"webhook_endpoint": {"description": "New"}}))["result"] == "unchanged"
    assert "webhook_endpoint.url" in refused(api.patch(path, {"webhook_endpoint": {"url": None}}), 422, "sync_failed")


def test_a_secret_is_shown_once_and_kept_nowhere(api: Api, account: Account) -> None:
    first = api.post(HOOKS, body(ADDRESS + "?key=very-secret"), **{"Idempotency-Key": "k-1"})
    repeated = api.post(HOOKS, body(ADDRESS + "?key=very-secret"), **{"Idempotency-Key": "k-1"})
    secret = told(first)["secret"]
    assert secret.startswith("whsec_")
    assert told(repeated) == {**told(first), "secret": None}
    assert repeated.headers["Idempotent-Replayed"] == "true"
    hook = told(first)["webhook_endpoint"]["id"]
    rotated = api.post(f"{HOOKS}/{hook}/rotate_secret", {}, **{"Idempotency-Key": "k-2"})
    second = told(rotated)["secret"]
    again = api.post(f"{HOOKS}/{hook}/rotate_secret", {}, **{"Idempotency-Key": "k-2"})
    assert told(again)["secret"] is None
    for path in (HOOKS, f"{HOOKS}/{hook}"):
        assert secret not in api.get(path).text
        assert second not in api.get(path).text
    with acting_in(account):
        assert Endpoint.objects.count() == 1
        for model in (KeptAnswer, AuditEntry, OutboxEvent, SyncRun):
            written = str(list(model.objects.values()))
            assert secret not in written
            assert second not in written
        for model in (AuditEntry, OutboxEvent, SyncRun):
            assert "very-secret" not in str(list(model.objects.values()))


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/hook", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://2130706433/",
        "file:///etc/passwd", "ftp://example.com/", "http://user:pass@127.0.0.1:9009/", "http://127.0.0.1:22/", "x",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_called_is_refused(api: Api, account: Account, url: str) -> None:
    assert "webhook_endpoint.url" in refused(api.post(HOOKS, body(url)), 422, "sync_failed")
    hook, _ = add(api)
    assert "url" in refused(api.patch(f"{HOOKS}/{hook}", body(url)), 422, "sync_failed")
    with acting_in(account):
        assert list(Endpoint.objects.values_list("url", flat=True)) == [ADDRESS]


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"event_types": ["nothing.happened"]}, "webhook_endpoint.event_types"),
        ({"changed_fields": {"nothing.happened": ["x"]}}, "webhook_endpoint.changed_fields"),
        ({"changed_fields": {"defect.reported": ["x"]}}, "webhook_endpoint.changed_fields"),
        ({"event_types": "defect.reported"}, "webhook_endpoint.event_types"),
        ({"description": "x" * 201}, "webhook_endpoint.description"),
        ({"application": NOBODY}, "webhook_endpoint.application"),
        ({"secret": "whsec_mine"}, "webhook_endpoint.secret"),
        ({"state": "paused"}, "webhook_endpoint.state"),
        ({"strict_order": "maybe"}, "webhook_endpoint.strict_order"),
    ],
)
def test_what_makes_no_sense_is_named(api: Api, account: Account, more: dict[str, Any], named: str) -> None:
    assert named in refused(api.post(HOOKS, body(**more)), 422, "sync_failed")
    with acting_in(account):
        assert not Endpoint.objects.exists()


def test_a_program_is_told_of_nothing_that_it_may_not_read(
    api_with: Callable[..., Api], account: Account, receiver: Receiver
) -> None:
    api = api_with("webhooks_write", "webhooks_read", "aircraft_read")
    for type in ("defect.reported", "role.created", "connection.created"):
        assert "may not read" in refused(api.post(HOOKS, body(event_types=[type])), 422, "sync_failed")
    add(api, receiver.url())
    with acting_in(account):
        report_defects()
    pump(account)
    assert receiver.messages == []


@pytest.mark.parametrize("scopes", [["webhooks_read"], ["webhooks_write"], ["defects_read"]])
def test_each_call_needs_its_scope(api: Api, account: Account, scopes: list[str]) -> None:
    hook, _ = add(api)
    weak = make_application(account, *scopes, name="Weak")
    path = f"{HOOKS}/{hook}"
    calls = {
        "webhooks_read": [("GET", HOOKS, None), ("GET", path, None), ("GET", f"{path}/deliveries", None),
                          ("GET", f"{path}/deliveries/{NOBODY}", None)],
        "webhooks_write": [("POST", HOOKS, body()), ("PATCH", path, {"webhook_endpoint": {}}), ("DELETE", path, None),
                           ("POST", f"{path}/test", {}), ("POST", f"{path}/rotate_secret", {}),
                           ("POST", f"{path}/replay", {"since": "2026-01-01T00:00:00Z"}),
                           ("POST", f"{path}/deliveries/{NOBODY}/replay", {})],
    }  # fmt: skip
    for scope, those in calls.items():
        if scope not in scopes:
            for method, where, sent in those:
                refused(weak.call(method, f"/api/v1{where}", sent), 403, "insufficient_scope")
    assert told(api.get(HOOKS))["total"] == 1


def strangers(account: Account, other_account: Account) -> dict[str, Api]:
    return {
        "of another program": make_application(account, name="Another program"),
        "of another account": make_application(other_account, name="Elsewhere"),
    }


def test_others_endpoints_are_not_there(api: Api, account: Account, other_account: Account) -> None:
    hook, _ = add(api)
    with acting_in(account):
        report_defects()
        accounts_own = create_endpoint(url=ADDRESS, acting_user=SYSTEM).endpoint
    pump(account)
    (row,) = told(api.get(f"{HOOKS}/{hook}/deliveries?event_type=defect.reported"))["deliveries"]
    everyone = strangers(account, other_account)
    targets = [(stranger, hook) for stranger in everyone.values()] + [(api, str(accounts_own.pk))]
    for stranger, wanted in targets:
        path = f"{HOOKS}/{wanted}"
        for method, where, sent in (
            ("GET", path, None), ("PATCH", path, body("http://127.0.0.1:1234/")), ("DELETE", path, None),
            ("GET", f"{path}/deliveries", None), ("GET", f"{path}/deliveries/{row['id']}", None),
            ("POST", f"{path}/deliveries/{row['id']}/replay", {}), ("POST", f"{path}/test", {}),
            ("POST", f"{path}/rotate_secret", {}), ("POST", f"{path}/replay", {"since": "2026-01-01T00:00:00Z"}),
        ):  # fmt: skip
            refused(stranger.call(method, f"/api/v1{where}", sent), 404, "not_found")
    for stranger in everyone.values():
        assert told(stranger.get(HOOKS))["total"] == 0
        # Not through an endpoint of their own either.
        mine, _ = add(stranger)
        refused(stranger.get(f"{HOOKS}/{mine}/deliveries/{row['id']}"), 404, "not_found")
        refused(stranger.post(f"{HOOKS}/{mine}/deliveries/{row['id']}/replay", {}), 404, "not_found")
    assert told(api.get(f"{HOOKS}/{hook}"))["webhook_endpoint"]["url"] == ADDRESS


def test_one_program_cannot_use_up_the_accounts_endpoints(api: Api, account: Account) -> None:
    for _ in range(20):
        add(api)
    assert "20 endpoints" in refused(api.post(HOOKS, body()), 422, "sync_failed")
    page = told(api.get(f"{HOOKS}?per_page=15"))
    rest = told(api.get(f"{HOOKS}?per_page=15&cursor={page['next_cursor']}"))
    assert len({row["id"] for row in (*page["webhook_endpoints"], *rest["webhook_endpoints"])}) == 20


def test_a_list_asks_the_same_number_of_questions_whatever_its_length(
    api: Api, django_assert_max_num_queries: Any, account: Account
) -> None:
    hook, _ = add(api, event_types=["defect.reported"])
    with acting_in(account):
        report_defects(30)
    pump(account)
    with django_assert_max_num_queries(16):
        found = api.get(f"{HOOKS}/{hook}/deliveries")
    assert told(found)["total"] == 30
    assert json.loads(found.content)["next_cursor"] is None


def test_an_endpoint_without_a_secret_is_not_resumed_before_it_has_one(api: Api, account: Account) -> None:
    """As the migration of former addresses leaves them."""
    from hangarlink.platform.vault import actions as vault

    hook, _ = add(api)
    api.patch(f"{HOOKS}/{hook}", {"webhook_endpoint": {"state": "paused"}})
    with acting_in(account):
        vault.forget(Endpoint.objects.get(pk=hook), acting_user=SYSTEM)
    resume = {"webhook_endpoint": {"state": "active"}}
    assert "New secret" in refused(api.patch(f"{HOOKS}/{hook}", resume), 422, "sync_failed")
    assert told(api.post(f"{HOOKS}/{hook}/rotate_secret", {}))["secret"].startswith("whsec_")
    assert told(api.patch(f"{HOOKS}/{hook}", resume))["webhook_endpoint"]["state"] == "active"
