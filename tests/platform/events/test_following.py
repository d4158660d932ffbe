"""News of committed events, and of no others, reach every follower; a bell starts one job for many rings."""

import asyncio
import threading
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from hangarlink.platform.events.actions import announce, announce_many
from hangarlink.platform.events.following import follow, take, unfollow
from hangarlink.platform.events.models import News
from hangarlink.platform.jobs import bells, queue
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.events.test_outbox import FACT

TASK = "test.follow"
if TASK not in queue.TASKS:
    queue.task(TASK, rung=True)(lambda account, subject_id="": None)


def test_nobody_follows_and_nothing_is_kept(acting: Account) -> None:
    announce(FACT)
    assert not News.objects.exists()


def test_a_follower_takes_each_event_once(acting: Account) -> None:
    follow(TASK)
    announce_many([FACT, FACT, FACT])
    first = take(TASK, limit=2)
    rest = take(TASK, limit=10)
    assert len({told.id for told in first + rest}) == 3
    assert [told.id for told in first + rest] == sorted(told.id for told in first + rest)
    assert first[0].data["thing_id"] == str(UUID(int=7))
    assert take(TASK, limit=10) == []


def test_what_was_taken_comes_again_when_the_work_fails(acting: Account) -> None:
    follow(TASK)
    announce(FACT)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert take(TASK, limit=10)
        _ = 1 / 0
    assert len(take(TASK, limit=10)) == 1


def test_unfollowing_drops_what_was_kept(acting: Account) -> None:
    follow(TASK)
    announce(FACT)
    unfollow(TASK)
    announce(FACT)
    assert take(TASK, limit=10) == []
    assert not Schedule.objects.filter(task=TASK).exists()


def test_events_of_a_slow_transaction_are_not_passed_by(committed: None) -> None:
    """The older event commits after the newer one was taken: a position in the log would have lost it."""
    account = Account.objects.create(subdomain="demo", name="Demo")
    with acting_in(account):
        follow(TASK)
    announced, finish = threading.Event(), threading.Event()

    def slowly() -> None:
        with acting_in(account):
            announce(FACT)
            announced.set()
            finish.wait(10)
        connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    announced.wait(10)
    with acting_in(account):
        announce(FACT)
    with acting_in(account):
        newer = take(TASK, limit=10)
    finish.set()
    slow.join()
    with acting_in(account):
        older = take(TASK, limit=10)
    assert (len(newer), len(older)) == (1, 1)
    assert older[0].id < newer[0].id


def test_bells_ring_at_the_commit_and_many_rings_are_one_job(committed: None) -> None:
    account = Account.objects.create(subdomain="demo", name="Demo")
    with acting_in(account):
        follow(TASK)
    with psycopg.connect(**{**bells.connector_params(), "autocommit": True}) as listener:
        listener.execute(f"LISTEN {bells.CHANNEL}")
        with pytest.raises(ZeroDivisionError), acting_in(account):
            announce(FACT)
            _ = 1 / 0
        with acting_in(account):
            announce_many([FACT] * 3)
            announce(FACT)
        heard = [note.payload for note in listener.notifies(timeout=1)]
    assert heard == [f"{TASK} {account.id}"]
    for _ in range(3):
        bells._start(set(heard))
    jobs = ProcrastinateJob.objects.filter(task_name=TASK)
    assert [job.args["account_id"] for job in jobs] == [str(account.id)]


def test_the_worker_rings_for_everybody_when_it_begins_to_listen(committed: None) -> None:
    account = Account.objects.create(subdomain="demo", name="Demo")
    with acting_in(account):
        follow(TASK)
        announce(FACT)  # nobody listens

    async def listen_a_moment() -> None:
        listening = asyncio.create_task(bells.answer_bells())
        for _ in range(100):
            await asyncio.sleep(0.05)
            if await asyncio.to_thread(ProcrastinateJob.objects.filter(task_name=TASK).exists):
                break
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

    asyncio.run(listen_a_moment())
    assert ProcrastinateJob.objects.filter(task_name=TASK).count() == 1
