"""What is logged, and who may read how much of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.integration.synclog.actions import log_call
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.queries import recent_runs, run_detail
from hangarlink.integration.synclog.vocabulary import Direction, Flow, State, Verdict
from hangarlink.platform.errors import Missing, NotPermitted
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, new_id

APPLICATION = Actor(ActorKind.APPLICATION, new_id(), "Dispatch board", frozenset())


def viewer(*permissions: str) -> Actor:
    return Actor(ActorKind.PERSON, new_id(), "Kim", frozenset(permissions))


def a_call(**given: object) -> SyncRun:
    values = {
        "flow": Flow.HOURS_CYCLES,
        "direction": Direction.IN,
        "acting_user": APPLICATION,
        "verdict": Verdict.CREATED,
        "summary": "Flight F-1 of OY-SKA created.",
        "technical": "POST /api/v1/aircraft/OY-SKA/hours_cycles",
    }
    return log_call(**(values | given))  # type: ignore[arg-type]


def test_a_call_is_one_insert(acting: Account) -> None:
    with CaptureQueriesContext(connection) as queries:
        run = a_call()
    assert len(queries) == 1
    run.refresh_from_db()
    assert (run.created, run.skipped, run.state) == (1, 0, State.SUCCEEDED)
    assert (run.application_id, run.connection_id, run.partner) == (APPLICATION.id, None, "Dispatch board")
    assert run.is_finished


def test_a_refused_call_is_a_failure_with_its_code(acting: Account) -> None:
    run = a_call(verdict=Verdict.REJECTED, code="not_found", summary="No aircraft OY-XXX.")
    assert (run.state, run.rejected, run.code) == (State.FAILED, 1, "not_found")


def test_the_log_shows_the_newest_first_and_narrows(acting: Account) -> None:
    first, second = a_call(), a_call(flow=Flow.DEFECTS)
    reader = viewer("integrations.view")
    assert list(recent_runs(acting_user=reader)) == [second, first]
    assert list(recent_runs(acting_user=reader, flow=Flow.DEFECTS)) == [second]
    assert list(recent_runs(acting_user=reader, application_id=new_id())) == []


def test_technical_detail_needs_its_own_permission(acting: Account) -> None:
    run = a_call()
    assert run_detail(run.id, acting_user=viewer("integrations.view")).technical is None
    both = viewer("integrations.view", "integrations.view_technical")
    assert run_detail(run.id, acting_user=both).technical == "POST /api/v1/aircraft/OY-SKA/hours_cycles"
    with pytest.raises(NotPermitted):
        recent_runs(acting_user=viewer("fleet.view"))
    with pytest.raises(NotPermitted):
        run_detail(run.id, acting_user=viewer("integrations.view_technical"))


def test_another_account_sees_nothing(account: Account, other_account: Account) -> None:
    with acting_in(account):
        run = a_call()
        SyncRecord.objects.create(account=account, run=run, verdict=Verdict.REJECTED, reason="x")
    with acting_in(other_account):
        reader = viewer("integrations.view")
        assert not recent_runs(acting_user=reader).exists()
        with pytest.raises(Missing):
            run_detail(run.id, acting_user=reader)
