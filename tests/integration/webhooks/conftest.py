"""Endpoints of a receiver that listens for real, and events to send there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from hangarlink.integration.webhooks.actions import IssuedSecret, create_endpoint
from hangarlink.integration.webhooks.delivery.pump import Pump
from hangarlink.integration.webhooks.models import Delivery, Endpoint
from hangarlink.maintenance.defects.events import DefectReported
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account
from tests.integration.webhooks.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def hook(acting: Account, receiver: Receiver) -> IssuedSecret:
    """An endpoint of the account that wants everything."""
    return add_hook(receiver)


def add_hook(receiver: Receiver, path: str = "/hook", **options: Any) -> IssuedSecret:
    """An endpoint, and the event of its own creation out of the way."""
    options.setdefault("event_types", ["defect.reported"])
    return create_endpoint(url=receiver.url(path), acting_user=SYSTEM, **options)


def report_defects(count: int = 1) -> list[DefectReported]:
    facts = [DefectReported(uuid4(), uuid4()) for _ in range(count)]
    announce_many(facts)
    return facts


def pump(account: Account) -> datetime | None:
    with Pump(account) as one:
        return one.run()


def make_due(seconds: float = 8000) -> None:
    """Let time pass for whatever waits: everything moves into the past together."""
    past = timedelta(seconds=seconds)
    for delivery in Delivery.objects.filter(state="pending"):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=delivery.due_at - past)
    for endpoint in Endpoint.objects.all():
        moved = {
            name: getattr(endpoint, name) - past
            for name in ("held_until", "failing_since", "last_success_at")
            if getattr(endpoint, name)
        }
        if moved:
            Endpoint.objects.filter(pk=endpoint.pk).update(**moved)


def the(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.get(pk=endpoint.pk)


def states(endpoint: Endpoint) -> list[str]:
    return list(Delivery.objects.filter(endpoint=endpoint).order_by("event_id").values_list("state", flat=True))


def id_of(delivery: Delivery) -> UUID:
    return delivery.event_id


def now() -> datetime:
    return timezone.now()
