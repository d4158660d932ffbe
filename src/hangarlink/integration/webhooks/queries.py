"""Endpoints, deliveries and attempts as pages and API need them. Everything here needs webhooks.view."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from hangarlink.integration.webhooks.actions import VIEW
from hangarlink.integration.webhooks.models import Attempt, Delivery, Endpoint
from hangarlink.integration.webhooks.rules import body_of
from hangarlink.integration.webhooks.vocabulary import DeliveryState
from hangarlink.platform.errors import Missing
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@dataclass(frozen=True)
class EndpointRow:
    """An endpoint with how many of its deliveries wait and failed."""

    endpoint: Endpoint
    waiting: int
    failed: int


@dataclass(frozen=True)
class DeliveryDetail:
    """A delivery with its message, as JSON, and its attempts, newest first. `body` is "" when the event is gone."""

    delivery: Delivery
    body: str
    attempts: list[Attempt]


def endpoints(*, acting_user: Actor, application_id: UUID | None = None) -> list[EndpointRow]:
    """All endpoints of the account, or of one application, oldest first. Two statements."""
    require(acting_user, VIEW)
    rows = Endpoint.objects.select_related("application").order_by("created_at", "id")
    found = list(rows.filter(application_id=application_id) if application_id else rows)
    counts = {
        row["endpoint_id"]: row
        for row in Delivery.objects.filter(endpoint__in=found)
        .exclude(state=DeliveryState.DELIVERED)
        .values("endpoint_id")
        .annotate(
            waiting=Count("pk", filter=Q(state=DeliveryState.PENDING)),
            failed=Count("pk", filter=Q(state=DeliveryState.FAILED)),
        )
    }
    none = {"waiting": 0, "failed": 0}
    return [EndpointRow(one, counts.get(one.id, none)["waiting"], counts.get(one.id, none)["failed"]) for one in found]


def find_endpoint(endpoint_id: UUID, *, acting_user: Actor) -> Endpoint:
    """One endpoint. Raises Missing."""
    require(acting_user, VIEW)
    found = Endpoint.objects.select_related("application").filter(pk=endpoint_id).first()
    if found is None:
        raise Missing("There is no such webhook endpoint in this account.")
    return found


def deliveries(
    endpoint: Endpoint, *, state: str | None = None, event_type: str | None = None, acting_user: Actor
) -> QuerySet[Delivery]:
    """The log of an endpoint; order and slice it."""
    require(acting_user, VIEW)
    rows = Delivery.objects.filter(endpoint=endpoint)
    if state:
        rows = rows.filter(state=state)
    return rows.filter(event_type=event_type) if event_type else rows


def delivery_detail(delivery_id: UUID, *, acting_user: Actor) -> DeliveryDetail:
    """One delivery, its message and its attempts. Raises Missing."""
    require(acting_user, VIEW)
    found = Delivery.objects.select_related("endpoint__application").filter(pk=delivery_id).first()
    if found is None:
        raise Missing("There is no such delivery in this account. Old ones are deleted after a while.")
    attempts = list(Attempt.objects.filter(delivery=found).order_by("-at", "-id"))
    event = OutboxEvent.objects.filter(pk=found.event_id).first()
    return DeliveryDetail(found, _pretty(event) if event else "", attempts)


def counts_by_state(endpoint: Endpoint) -> dict[str, int]:
    rows = Delivery.objects.filter(endpoint=endpoint).order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def missed_count(endpoint: Endpoint) -> int:
    """About how many deliveries resuming would send: those that wait or failed, and what happened since."""
    if endpoint.missed_since is None:
        return 0
    waiting = Delivery.objects.filter(endpoint=endpoint, state__in=("pending", "failed"))
    since = OutboxEvent.objects.filter(at__gte=endpoint.missed_since)
    if endpoint.event_types:
        since = since.filter(type__in=endpoint.event_types)
    known = waiting.filter(event_at__gte=endpoint.missed_since).count()
    return max(since.count(), known)


def last_event_at() -> datetime | None:
    return OutboxEvent.objects.order_by("-at").values_list("at", flat=True).first()


def _pretty(event: OutboxEvent) -> str:
    body: Any = json.loads(body_of(event.id, event.type, current_account().id, event.at, json.dumps(event.data)))
    return json.dumps(body, indent=2)
