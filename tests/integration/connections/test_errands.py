"""The thread that reads ahead has database work done where the database is."""

import threading
from collections.abc import Iterator

import pytest

from hangarlink.integration.connections.errands import at_home
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.models import Grant
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.ahead import Abandoned, ahead
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, State
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from tests.integration.conftest import Waits
from tests.integration.connections.partner import Partner


def test_an_errand_is_done_by_the_one_who_asked_for_the_batches() -> None:
    def batches() -> Iterator[tuple[int, int]]:
        for _ in range(3):
            yield threading.get_ident(), at_home(threading.get_ident)

    for reader, home in ahead(batches(), beat=lambda: None):
        assert home == threading.get_ident()
        assert reader != home


def test_what_an_errand_raises_is_raised_where_it_was_asked_for() -> None:
    def batches() -> Iterator[str]:
        try:
            at_home(lambda: 1 / 0)
        except ZeroDivisionError:
            yield "caught"

    assert list(ahead(batches(), beat=lambda: None)) == ["caught"]


def test_a_reader_whose_errand_nobody_does_any_more_ends() -> None:
    ended = threading.Event()
    raised: list[type[BaseException]] = []

    def batches() -> Iterator[int]:
        yield 1
        try:
            at_home(lambda: None)
        except BaseException as error:
            raised.append(type(error))
            raise
        finally:
            ended.set()

    reading = ahead(batches(), beat=lambda: None)
    assert next(reading) == 1
    reading.close()  # type: ignore[attr-defined]
    assert ended.wait(10)
    assert raised == [Abandoned]


def test_without_a_reader_it_is_done_at_once() -> None:
    assert at_home(threading.get_ident) == threading.get_ident()


@pytest.fixture
def flowing(authorised: Connection) -> Connection:
    authorised.streams.filter(flow=Flow.AIRCRAFT).update(is_enabled=True)
    return authorised


def sync(account: Account, connection: Connection, acting_user: Actor) -> SyncRun:
    run = request_run(connection, Flow.AIRCRAFT, acting_user=acting_user, skip_plan=True)
    drain(account, connection.id, Means(Waits()))
    run.refresh_from_db()
    return run


def test_a_token_that_ends_in_mid_run_is_renewed(
    flowing: Connection, acting: Account, acting_user: Actor, partner: Partner
) -> None:
    partner.expire()
    run = sync(acting, flowing, acting_user)
    assert (run.state, run.read) == (State.PARTIAL, 1), "read, though no aircraft here matches"
    assert Grant.objects.get(connection=flowing).serial == 2


def test_a_grant_taken_back_in_mid_run_is_an_incident_until_somebody_authorises(
    flowing: Connection, acting: Account, acting_user: Actor, partner: Partner
) -> None:
    partner.take_back()
    run = sync(acting, flowing, acting_user)
    assert (run.state, run.code) == (State.FAILED, "auth_failed")
    flowing.refresh_from_db()
    assert flowing.alert_code == "auth_failed"
    calls = len(partner.calls)
    assert sync(acting, flowing, acting_user).state == State.FAILED
    assert len(partner.calls) == calls, "nothing is asked with a grant that is gone"
