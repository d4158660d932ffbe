"""Real workers, killed as by a power cut: a committed event always arrives, one that rolled back never does."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import transaction

from hangarlink.integration.webhooks.actions import create_endpoint
from hangarlink.integration.webhooks.models import Delivery
from hangarlink.maintenance.defects.events import DefectReported
from hangarlink.platform.events.actions import announce, announce_many
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.integration.sync.workers import Nursery
from tests.integration.webhooks.receiver import Answer, Receiver

EVENTS = 240


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def account(committed: None) -> Account:
    return Account.objects.create(subdomain="demo", name="Skyline Flight School")


def told_and_rolled_back(account: Account) -> tuple[set[str], set[str]]:
    """Events in many transactions, some of which fail; ids of what is committed and defects of what is not."""
    lost = set()
    for number in range(24):
        facts = [DefectReported(uuid4(), uuid4()) for _ in range(EVENTS // 20)]
        try:
            with acting_in(account):
                announce_many(facts)
                if number % 6 == 5:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            lost |= {str(fact.defect_id) for fact in facts}
    with acting_in(account):
        kept = OutboxEvent.objects.filter(type="defect.reported").values_list("id", flat=True)
        return {str(one) for one in kept}, lost


def wait_until(done: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def undelivered(account: Account) -> int:
    with acting_in(account):
        return Delivery.objects.exclude(state="delivered").count()


@pytest.mark.parametrize("seed", range(2))
def test_killed_workers_lose_nothing(account: Account, receiver: Receiver, seed: int) -> None:
    dice = random.Random(seed)
    receiver.behave = lambda message: (time.sleep(0.005), Answer())[1]
    with acting_in(account):
        for path in ("/free", "/strict"):
            create_endpoint(
                url=receiver.url(path), event_types=["defect.reported"], strict_order=path == "/strict",
                acting_user=SYSTEM,
            )  # fmt: skip
    with Nursery() as nursery:
        worker = nursery.start()
        kept, lost = told_and_rolled_back(account)
        for _ in range(2):
            enough = min(len(receiver.messages) + dice.randrange(5, 40), 2 * EVENTS)
            wait_until(lambda enough=enough: len(receiver.messages) >= enough)  # type: ignore[misc]
            nursery.kill(worker)
            worker = nursery.start()
        wait_until(lambda: set(receiver.ids("/free")) >= kept and set(receiver.ids("/strict")) >= kept)
        wait_until(lambda: not undelivered(account))
    for path in ("/free", "/strict"):
        assert set(receiver.ids(path)) == kept
        assert not lost & {message.body["data"]["defect_id"] for message in receiver.on(path)}
    # Repetitions after a kill may go back a little; what is new never overtakes.
    first_seen = list(dict.fromkeys(receiver.ids("/strict")))
    assert first_seen == sorted(first_seen, key=lambda id: order_of(account)[id])


def order_of(account: Account) -> dict[str, int]:
    with acting_in(account):
        rows = OutboxEvent.objects.order_by("at", "id").values_list("id", flat=True)
        return {str(id): place for place, id in enumerate(rows)}


def test_an_event_arrives_within_moments_of_its_commit(account: Account, receiver: Receiver) -> None:
    """No schedule, no polling: the commit itself wakes the worker."""
    with acting_in(account):
        create_endpoint(url=receiver.url(), event_types=["defect.reported"], acting_user=SYSTEM)
    with Nursery() as nursery:
        nursery.start()
        with acting_in(account):
            announce(DefectReported(uuid4(), uuid4()))
        wait_until(lambda: receiver.messages, 30)
        for _ in range(3):
            before = len(receiver.messages)
            with acting_in(account), transaction.atomic():
                announce(DefectReported(uuid4(), uuid4()))
            wait_until(lambda before=before: len(receiver.messages) > before, 20)  # type: ignore[misc]


def test_what_was_announced_while_no_worker_ran_is_sent_when_one_starts(account: Account, receiver: Receiver) -> None:
    with acting_in(account):
        create_endpoint(url=receiver.url(), event_types=["defect.reported"], acting_user=SYSTEM)
    with acting_in(account):
        announce(DefectReported(uuid4(), uuid4()))
    with Nursery() as nursery:
        nursery.start()
        wait_until(lambda: receiver.messages, 30)


def test_the_worker_command_ends_when_it_is_told_to(account: Account, receiver: Receiver) -> None:
    with acting_in(account):
        create_endpoint(url=receiver.url(), event_types=["defect.reported"], acting_user=SYSTEM)
        announce(DefectReported(uuid4(), uuid4()))
    program = (
        "import asyncio, django; django.setup(); from hangarlink.platform.jobs.worker import work; asyncio.run(work())"
    )
    worker = subprocess.Popen([sys.executable, "-c", program], env=os.environ)
    try:
        wait_until(lambda: receiver.messages, 30)
        worker.terminate()
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.wait()


def test_once_delivers_and_ends(account: Account, receiver: Receiver) -> None:
    from hangarlink.platform.jobs.worker import work

    with acting_in(account):
        create_endpoint(url=receiver.url(), event_types=["defect.reported"], acting_user=SYSTEM)
        announce(DefectReported(uuid4(), uuid4()))
        from hangarlink.platform.jobs.models import Schedule

        Schedule.objects.update(next_run_at="2020-01-01T00:00Z")
    asyncio.run(work(once=True))
    assert len(receiver.messages) == 1
