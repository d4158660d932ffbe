"""Why does this connection not sync? Each fault is made on a real socket and must be found, and nothing else."""

import json

import pytest

from hangarlink.integration.connections.actions import pause_connection
from hangarlink.integration.diagnose import Check, Report, Result, Step, diagnose_connection
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.errors import Missing, NotPermitted
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.models import new_id
from tests.integration.conftest import Hub, add_ours


def asked(hub: Hub, actor: Actor | None = None) -> Report:
    return diagnose_connection(hub.connection.pk, acting_user=actor or hub.acting_user)


def failing(report: Report) -> list[str]:
    return [check.question for check in report.failed]


def check(report: Report, words: str) -> Check:
    return next(one for one in report.checks if words in one.question)


def complete(hub: Hub) -> None:
    """Everything that the school flies is on the books, so nothing is left to mend."""
    for registration in ("OY-SKB", "OY-RNT"):
        add_ours(hub.acting_user, registration)
    hub.fly()
    hub.sync(Flow.AIRCRAFT)
    hub.sync()


def test_a_connection_that_works_passes_every_check(hub: Hub) -> None:
    complete(hub)
    report = asked(hub)
    assert failing(report) == []
    assert "All" in report.answer
    assert [step for step in Step if any(one.step is step for one in report.checks)] == list(
        dict.fromkeys(one.step for one in report.checks)
    ), "the recommended order"


def test_before_the_first_run_it_leads_to_the_dry_run(hub: Hub) -> None:
    report = asked(hub)
    assert report.failed[0].place is not None
    assert report.failed[0].place.words == "Dry run"


def test_a_paused_connection(hub: Hub) -> None:
    complete(hub)
    pause_connection(hub.connection, acting_user=hub.acting_user)
    assert "Is the connection active?" in failing(asked(hub))


@pytest.mark.parametrize("kind", ["expired_key", "unauthorized"])
def test_a_refused_key_is_found_and_technical_detail_is_for_administrators(hub: Hub, kind: str) -> None:
    complete(hub)
    hub.serving.faults.add(kind, times=None)
    hub.sync()
    report = asked(hub)
    found = check(report, "accept them and answer")
    assert found.result is Result.FAILED
    assert "credentials" in found.mend
    assert found.technical
    assert found.technical not in json.dumps(report.as_dict())
    assert report.as_dict(technical=True)["checks"] != report.as_dict()["checks"]
    reader = Actor(ActorKind.PERSON, new_id(), "Reader", frozenset({"integrations.view"}))
    assert check(asked(hub, reader), "accept them and answer").technical == ""


def test_an_aircraft_that_does_not_match_is_named(hub: Hub) -> None:
    hub.fly("OY-SKB")
    hub.sync(Flow.AIRCRAFT)
    hub.sync()
    report = asked(hub)
    assert "OY-SKB" in check(report, "aircraft match ours").evidence
    assert "refused" in check(report, "Were all records taken").evidence


def test_a_reader_learns_that_the_right_is_missing(hub: Hub) -> None:
    reader = Actor(ActorKind.PERSON, new_id(), "Reader", frozenset({"integrations.view"}))
    found = check(asked(hub, reader), "May you start")
    assert found.result is Result.FAILED
    assert "integrations.manage_sync" in found.evidence


def test_who_may_not_see_connections_learns_nothing(hub: Hub) -> None:
    nobody = Actor(ActorKind.PERSON, new_id(), "Nobody", frozenset({"fleet.view", "safety_integrations.view"}))
    with pytest.raises(NotPermitted):
        asked(hub, nobody)


def test_what_does_not_exist_here_is_missing(hub: Hub) -> None:
    with pytest.raises(Missing):
        diagnose_connection(new_id(), acting_user=hub.acting_user)


def test_no_secret_is_in_any_report(hub: Hub) -> None:
    complete(hub)
    hub.serving.faults.add("unauthorized", times=None)
    hub.sync()
    assert "demo-skyline" not in json.dumps(asked(hub).as_dict(technical=True))


def test_the_cost_does_not_grow_with_the_log(hub: Hub, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    complete(hub)
    for _ in range(5):
        hub.sync()
    with django_assert_max_num_queries(32):
        asked(hub)
