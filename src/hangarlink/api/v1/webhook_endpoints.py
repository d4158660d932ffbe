"""An application's own webhook endpoints: where it is told of events, and what became of each message.

Others' are not there for it: neither those of another application nor the account's own.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Incoming, Moment, Outgoing, Plain
from hangarlink.api.v1.outgoing import Listing
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.integration.webhooks import actions
from hangarlink.integration.webhooks.models import Attempt, Delivery, Endpoint
from hangarlink.integration.webhooks.queries import deliveries, delivery_detail
from hangarlink.platform.applications.queries import find_application
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.outbound import UrlRefused

TAG = "Webhook endpoints"
# The account shares its 500: one program must not use them up.
MOST_OF_ONE = 20
# Not the room's own enums: their names are taken in the document.
HookState = Literal["active", "paused", "stopped"]
MessageState = Literal["pending", "delivered", "failed", "skipped"]
_ID = "0198f2c4-7b1e-7c3a-9d52-3f0b6a1e4c01"
_EXAMPLE = {
    "id": _ID,
    "url": "https://dispatch.example.com/hangarlink",
    "description": "Dispatch",
    "event_types": ["defect.reported", "aircraft.changed"],
    "changed_fields": {"aircraft.changed": ["status"]},
    "strict_order": False,
    "state": "active",
    "stop_code": "",
    "failures": 0,
    "last_success_at": None,
    "secret_set_at": "2026-06-04T09:12:00Z",
    "previous_until": None,
    "created_at": "2026-06-04T09:12:00Z",
}
_SECRET = "whsec_c2VjcmV0LXRoYXQtaXMtc2hvd24tb25jZS1hbmQta2VwdA=="  # noqa: S105 - an example of the documentation
_ATTEMPT = {"number": 1, "at": "2026-06-04T09:13:00Z", "outcome": "refused", "status": 500, "milliseconds": 41}
_MESSAGE = {
    "id": "0198f2c4-7b1e-7c3a-9d52-3f0b6a1e4c02",
    "event_id": "0198f2c4-7b1e-7c3a-9d52-3f0b6a1e4c77",
    "event_type": "defect.reported",
    "event_at": "2026-06-04T09:13:00Z",
    "state": "pending",
    "due_at": "2026-06-04T09:14:00Z",
    "attempts": 1,
    "replays": 0,
}


class HookChanges(Incoming):
    """For PATCH: what is left out stays."""

    url: Plain | None = Field(None, min_length=1, max_length=2048, description="A public http or https address.")
    description: Plain | None = Field(None, max_length=200)
    event_types: list[Plain] | None = Field(
        None, max_length=200, description="Types of the event catalogue; none means all that your scopes let you read."
    )
    changed_fields: dict[str, list[Plain]] | None = Field(
        None, max_length=200, description="For a type: send it only when one of these fields changed."
    )
    strict_order: bool | None = Field(None, description="One at a time, in order; one that fails stops the endpoint.")
    state: Literal["active", "paused"] | None = Field(
        None, description="`active` resumes and sends what was missed; `paused` sends nothing."
    )


class HookWhole(HookChanges):
    """For POST. A new endpoint is active."""

    url: Plain = Field(min_length=1, max_length=2048, description="A public http or https address.")
    state: Literal["active"] | None = None


class HookReport(Incoming):
    webhook_endpoint: HookWhole


class HookPatch(Incoming):
    webhook_endpoint: HookChanges


class Nothing(Incoming):
    """An empty object: {}."""


class Rotation(Incoming):
    keep_old_hours: int = Field(
        24, ge=0, le=168, description="How long messages carry a second signature with the old secret. 0: it leaked."
    )


class Since(Incoming):
    since: Moment = Field(description="Everything that happened from here on.")
    undelivered_only: bool = Field(True, description="false sends also what was taken before, with the same ids.")


class HookOut(Outgoing):
    id: UUID
    url: str
    description: str
    event_types: list[str]
    changed_fields: dict[str, list[str]]
    strict_order: bool
    state: HookState
    stop_code: str = Field(description="Why we stopped sending: dead, gone or blocked.")
    failures: int = Field(description="Failed attempts since the last good one.")
    last_success_at: datetime | None
    secret_set_at: datetime
    previous_until: datetime | None = Field(description="Until then messages are also signed with the old secret.")
    created_at: datetime


class HookList(Listing):
    webhook_endpoints: list[HookOut]


class HookRead(Outgoing):
    webhook_endpoint: HookOut


class HookAnswer(Outgoing):
    result: Literal["updated", "unchanged", "deleted", "sent"]
    webhook_endpoint: HookOut


class HookSecret(Outgoing):
    result: Literal["created", "updated"]
    webhook_endpoint: HookOut
    secret: str | None = Field(
        description="The signing secret. Shown this once: a repetition with the same Idempotency-Key gets null."
    )


class MessageOut(Outgoing):
    id: UUID
    event_id: UUID = Field(description="The message's webhook-id.")
    event_type: str
    event_at: datetime
    state: MessageState
    due_at: datetime
    attempts: int
    replays: int


class MessageList(Listing):
    deliveries: list[MessageOut]


class AttemptOut(Outgoing):
    number: int
    at: datetime
    outcome: str
    status: int | None = Field(description="What your server answered.")
    milliseconds: int


class MessageRead(Outgoing):
    delivery: MessageOut
    body: dict[str, Any] | None = Field(description="The message as it is sent; null when the event is no longer kept.")
    tries: list[AttemptOut]


class MessageAnswer(Outgoing):
    result: Literal["sent"]
    delivery: MessageOut


class SentAgain(Outgoing):
    result: Literal["sent"]
    count: int = Field(description="How many messages go again.")


@endpoint(
    "GET",
    "/webhook_endpoints",
    scope=Scope.WEBHOOKS_READ,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="List your webhook endpoints",
    answers={200: HookList},
    examples={"response": {"total": 1, "next_cursor": None, "webhook_endpoints": [_EXAMPLE]}},
)
def list_webhook_endpoints(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """The endpoints of the application that asks, oldest first. Secrets are never shown again."""
    page = page_of(_own(request), "created_at", "id", cursor=cursor, size=per_page)
    rows = [_out(row) for row in page.rows]
    body = HookList(total=page.total, next_cursor=page.next_cursor, webhook_endpoints=rows)
    return Answer(body, Logged.READ, f"{len(rows)} endpoints read.", count=len(rows), headers=page.link(request))


@endpoint(
    "POST",
    "/webhook_endpoints",
    scope=Scope.WEBHOOKS_WRITE,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="Add a webhook endpoint",
    answers={201: HookSecret},
    examples={
        "request": {
            "webhook_endpoint": {
                "url": "https://dispatch.example.com/hangarlink",
                "event_types": ["defect.reported", "aircraft.changed"],
                "changed_fields": {"aircraft.changed": ["status"]},
            }
        },
        "response": {"result": "created", "webhook_endpoint": _EXAMPLE, "secret": _SECRET},
    },
)
def create_webhook_endpoint(request: ApiRequest, body: HookReport) -> Answer:
    """Tells the address of what happens from now on, as far as your scopes let you read it. Keep the secret."""
    own = _own(request)
    if own.count() >= MOST_OF_ONE:
        raise RuleBroken(f"This application has {MOST_OF_ONE} endpoints. Delete one that is not needed.")
    with _named():
        issued = actions.create_endpoint(
            application=find_application(request.auth.caller.application_id),
            acting_user=request.auth.actor,
            **_given(body.webhook_endpoint),
        )
    made = _out(own.get(pk=issued.endpoint.pk))
    return Answer(
        HookSecret(result="created", webhook_endpoint=made, secret=issued.secret),
        Logged.CREATED,
        "A webhook endpoint created.",
        status=201,
        kept=HookSecret(result="created", webhook_endpoint=made, secret=None),
    )


@endpoint(
    "GET",
    "/webhook_endpoints/{id}",
    scope=Scope.WEBHOOKS_READ,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="Read a webhook endpoint",
    answers={200: HookRead},
    examples={"response": {"webhook_endpoint": _EXAMPLE}},
)
def read_webhook_endpoint(request: ApiRequest, id: UUID) -> Answer:
    """One of your endpoints."""
    return Answer(HookRead(webhook_endpoint=_out(_find(request, id))), Logged.READ, "A webhook endpoint read.")


@endpoint(
    "PATCH",
    "/webhook_endpoints/{id}",
    scope=Scope.WEBHOOKS_WRITE,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="Change, pause or resume a webhook endpoint",
    answers={200: HookAnswer},
    examples={
        "request": {"webhook_endpoint": {"state": "paused"}},
        "response": {"result": "updated", "webhook_endpoint": {**_EXAMPLE, "state": "paused"}},
    },
)
def change_webhook_endpoint(request: ApiRequest, id: UUID, body: HookPatch) -> Answer:
    """Sets what is given. What already waits for the endpoint still goes there."""
    found, given, actor = _find(request, id), body.webhook_endpoint, request.auth.actor
    before = _out(found)
    with _named():
        actions.change_endpoint(found, acting_user=actor, **_given(given))
        if given.state == "paused":
            actions.pause_endpoint(found, acting_user=actor)
        elif given.state == "active":
            actions.resume_endpoint(found, acting_user=actor)
    after = _out(_find(request, id))
    same = after == before
    result: Literal["unchanged", "updated"] = "unchanged" if same else "updated"
    verdict = Logged.UNCHANGED if same else Logged.UPDATED
    return Answer(HookAnswer(result=result, webhook_endpoint=after), verdict, f"A webhook endpoint {result}.")


@endpoint(
    "DELETE",
    "/webhook_endpoints/{id}",
    scope=Scope.WEBHOOKS_WRITE,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="Delete a webhook endpoint",
    answers={200: HookAnswer},
    examples={"response": {"result": "deleted", "webhook_endpoint": _EXAMPLE}},
)
def delete_webhook_endpoint(request: ApiRequest, id: UUID) -> Answer:
    """Deletes it with its log and its secret. What waits for it is not sent any more."""
    found = _find(request, id)
    last = _out(found)
    actions.delete_endpoint(found, acting_user=request.auth.actor)
    body = HookAnswer(result="deleted", webhook_endpoint=last)
    return Answer(body, Logged.REMOVED, "A webhook endpoint deleted.")


@endpoint(
    "POST",
    "/webhook_endpoints/{id}/rotate_secret",
    scope=Scope.WEBHOOKS_WRITE,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="Get a new signing secret",
    answers={200: HookSecret},
    examples={
        "request": {"keep_old_hours": 24},
        "response": {"result": "updated", "webhook_endpoint": _EXAMPLE, "secret": _SECRET},
    },
)
def rotate_webhook_secret(request: ApiRequest, id: UUID, body: Rotation) -> Answer:
    """Shows the new secret once. Until the old one ends messages carry both signatures."""
    issued = actions.rotate_secret(
        _find(request, id), keep_old_for=timedelta(hours=body.keep_old_hours), acting_user=request.auth.actor
    )
    after = _out(issued.endpoint)
    return Answer(
        HookSecret(result="updated", webhook_endpoint=after, secret=issued.secret),
        Logged.UPDATED,
        "A signing secret replaced.",
        kept=HookSecret(result="updated", webhook_endpoint=after, secret=None),
    )


@endpoint(
    "POST",
    "/webhook_endpoints/{id}/test",
    scope=Scope.WEBHOOKS_WRITE,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="Send a test message",
    answers={200: HookAnswer},
    examples={"request": {}, "response": {"result": "sent", "webhook_endpoint": _EXAMPLE}},
)
def test_webhook_endpoint(request: ApiRequest, id: UUID, body: Nothing) -> Answer:  # noqa: ARG001 - must be an object
    """Sends `webhook_endpoint.tested` to it at once. Look at its deliveries for what your server answered."""
    found = _find(request, id)
    actions.send_test(found, acting_user=request.auth.actor)
    answer = HookAnswer(result="sent", webhook_endpoint=_out(_find(request, id)))
    return Answer(answer, Logged.CREATED, "A test message requested.")


@endpoint(
    "POST",
    "/webhook_endpoints/{id}/replay",
    scope=Scope.WEBHOOKS_WRITE,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="Send everything since a moment again",
    answers={200: SentAgain},
    examples={"request": {"since": "2026-06-04T00:00:00Z"}, "response": {"result": "sent", "count": 17}},
)
def replay_since(request: ApiRequest, id: UUID, body: Since) -> Answer:
    """Oldest first and with the same ids, so that what you have already can be told."""
    count = actions.replay_since(
        _find(request, id), body.since, undelivered_only=body.undelivered_only, acting_user=request.auth.actor
    )
    return Answer(SentAgain(result="sent", count=count), Logged.UPDATED, f"{count} messages sent again.")


@endpoint(
    "GET",
    "/webhook_endpoints/{id}/deliveries",
    scope=Scope.WEBHOOKS_READ,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="List the messages of a webhook endpoint",
    answers={200: MessageList},
    examples={"response": {"total": 1, "next_cursor": None, "deliveries": [_MESSAGE]}},
)
def list_deliveries(
    request: ApiRequest,
    id: UUID,
    state: MessageState | None = None,
    event_type: str | None = None,
    cursor: str | None = None,
    per_page: PerPage = DEFAULT_SIZE,
) -> Answer:
    """Newest event first. Finished ones are kept for a while (30 days unless the operator says otherwise)."""
    rows = deliveries(_find(request, id), state=state, event_type=event_type, acting_user=request.auth.actor)
    page = page_of(rows, "-event_at", "-id", cursor=cursor, size=per_page)
    shown = [_message(row) for row in page.rows]
    body = MessageList(total=page.total, next_cursor=page.next_cursor, deliveries=shown)
    return Answer(body, Logged.READ, f"{len(shown)} messages read.", count=len(shown), headers=page.link(request))


@endpoint(
    "GET",
    "/webhook_endpoints/{id}/deliveries/{delivery_id}",
    scope=Scope.WEBHOOKS_READ,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="Read one message and its attempts",
    answers={200: MessageRead},
    examples={
        "response": {
            "delivery": _MESSAGE,
            "body": {"id": _MESSAGE["event_id"], "type": "defect.reported", "data": {}},
            "tries": [_ATTEMPT],
        }
    },
)
def read_delivery(request: ApiRequest, id: UUID, delivery_id: UUID) -> Answer:
    """What is sent, and each attempt with what your server answered, newest first."""
    found = _delivery(_find(request, id), delivery_id)
    detail = delivery_detail(found.pk, acting_user=request.auth.actor)
    body = MessageRead(
        delivery=_message(found),
        body=json.loads(detail.body) if detail.body else None,
        tries=[_attempt(one) for one in detail.attempts],
    )
    return Answer(body, Logged.READ, "A message read.")


@endpoint(
    "POST",
    "/webhook_endpoints/{id}/deliveries/{delivery_id}/replay",
    scope=Scope.WEBHOOKS_WRITE,
    flow=Flow.WEBHOOKS,
    tag=TAG,
    summary="Send one message again",
    answers={200: MessageAnswer},
    examples={"request": {}, "response": {"result": "sent", "delivery": {**_MESSAGE, "attempts": 0, "replays": 1}}},
)
def replay_delivery(request: ApiRequest, id: UUID, delivery_id: UUID, body: Nothing) -> Answer:  # noqa: ARG001 - must be an object
    """With the same id as before. Refused while the endpoint is not active."""
    again = actions.replay(_delivery(_find(request, id), delivery_id), acting_user=request.auth.actor)
    return Answer(MessageAnswer(result="sent", delivery=_message(again)), Logged.UPDATED, "A message sent again.")


def _own(request: ApiRequest) -> Any:
    """The endpoints of the application that asks."""
    return Endpoint.objects.select_related("application").filter(application_id=request.auth.caller.application_id)


def _find(request: ApiRequest, id: UUID) -> Endpoint:
    found: Endpoint | None = _own(request).filter(pk=id).first()
    if found is None:
        raise Missing("This application has no such webhook endpoint.")
    return found


def _delivery(hook: Endpoint, delivery_id: UUID) -> Delivery:
    found = Delivery.objects.select_related("endpoint").filter(endpoint=hook, pk=delivery_id).first()
    if found is None:
        raise Missing("This endpoint has no such delivery. Old ones are deleted after a while.")
    return found


def _given(given: HookChanges) -> dict[str, Any]:
    """What was sent, but for the state, which is a step of its own."""
    told: Mapping[str, Any] = given.model_dump(exclude={"state"}, exclude_unset=True)
    for name, value in told.items():
        if value is None:
            raise RuleBroken("cannot be null. Leave it out to keep it.", field=name)
    return dict(told)


@contextmanager
def _named() -> Iterator[None]:
    """Refusals name their field by its place in the body, that of the address too."""
    try:
        with under("webhook_endpoint"):
            yield
    except UrlRefused as refusal:
        raise UrlRefused("webhook_endpoint.url", refusal.origin, refusal.reason, refusal.remedy) from None


def _out(row: Endpoint) -> HookOut:
    return HookOut(**{name: getattr(row, name) for name in HookOut.model_fields})


def _message(row: Delivery) -> MessageOut:
    return MessageOut(**{name: getattr(row, name) for name in MessageOut.model_fields})


def _attempt(row: Attempt) -> AttemptOut:
    return AttemptOut(number=row.number, at=row.at, outcome=row.outcome, status=row.status, milliseconds=row.ms)
