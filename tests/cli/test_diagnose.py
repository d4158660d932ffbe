"""`hangarlink diagnose`: every kind of question, for people and for programs, with an exit status to build on."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from hangarlink.cli.diagnose import KINDS, command
from hangarlink.integration.connections.models import Stream
from hangarlink.integration.synclog.actions import log_call
from hangarlink.integration.synclog.vocabulary import Direction, Flow, Verdict
from hangarlink.integration.webhooks.actions import create_endpoint
from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.platform.applications.actions import create_application
from hangarlink.platform.people.permissions import SYSTEM, Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.integration.conftest import Hub, add_ours, connection, hub, serving

__all__ = ["connection", "hub", "serving"]
URL = "http://127.0.0.1:9009/hook"


def diagnose(*arguments: str) -> tuple[int, str]:
    """Exit status, and what was printed with its line breaks taken out."""
    done = CliRunner().invoke(command, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, " ".join(done.output.split())


def read(*arguments: str) -> tuple[int, Any]:
    done = CliRunner().invoke(command, [*arguments, "--json"])
    return done.exit_code, json.loads(done.output)


@pytest.fixture
def everything(hub: Hub) -> Hub:
    """One thing of each kind, by the names in NAMES."""
    actor = hub.acting_user
    aircraft = add_ours(actor, "OY-SKB")
    report_defect(aircraft, description="Left brake drags", reported_at=timezone.now(), acting_user=actor)
    application = create_application(name="Dispatch", scopes=["aircraft_read"], acting_user=actor).application
    program = Actor(ActorKind.APPLICATION, application.pk, application.name, frozenset())
    log_call(
        flow=Flow.HOURS_CYCLES, direction=Direction.IN, acting_user=program, verdict=Verdict.REJECTED,
        summary="This needs the scope hours_cycles_write.", code="insufficient_scope", technical="POST /hours_cycles",
    )  # fmt: skip
    create_endpoint(url=URL, description="Dispatch room", event_types=["defect.reported"], acting_user=SYSTEM)
    return hub


NAMES = {
    "connection": "FlightLogger",
    "aircraft": "OY-SKB",
    "status": "OY-SKB",
    "defect": "1",
    "application": "Dispatch",
    "member": "ADMIN@example.com",
    "webhook": "Dispatch room",
}


def test_there_is_a_name_for_each_kind() -> None:
    assert set(NAMES) == set(KINDS)


@pytest.mark.parametrize("kind", NAMES)
def test_each_kind_answers_and_its_exit_status_says_whether_a_check_failed(everything: Hub, kind: str) -> None:
    name = everything.connection.name if kind == "connection" else NAMES[kind]
    status, told = read(kind, name)
    results = {check["result"] for check in told["checks"]}
    assert told["kind"] == kind
    assert status == (1 if "failed" in results else 0)
    assert told["account"] == "Skyline Flight School (demo)"
    assert all("technical" not in check for check in told["checks"])
    again, printed = diagnose(kind, name)
    assert again == status
    assert " ".join(told["answer"].split()) in printed
    assert " ".join(told["checks"][0]["question"].split()) in printed


def test_both_exit_statuses_happen(everything: Hub) -> None:
    """Otherwise the test above would prove little."""
    assert read("member", NAMES["member"])[0] == 0
    assert read("aircraft", "OY-SKB")[0] == 1


def test_technical_detail_is_shown_only_when_asked_for(everything: Hub) -> None:
    assert "POST /hours_cycles" not in diagnose("application", "Dispatch")[1]
    assert "POST /hours_cycles" in diagnose("application", "Dispatch", "--technical")[1]
    _, told = read("application", "Dispatch", "--technical")
    assert "POST /hours_cycles" in {check["technical"] for check in told["checks"]}


@pytest.mark.parametrize("kind", NAMES)
def test_an_unknown_name_is_said_to_be_unknown(account: Account, kind: str) -> None:
    status, printed = diagnose(kind, "Nobody")
    assert status == 1
    assert "Nobody" in printed
    assert printed.startswith("Error:")


def test_an_unknown_account_names_those_there_are(account: Account) -> None:
    status, printed = diagnose("aircraft", "OY-SKA", "--account", "nowhere")
    assert status == 1
    assert "no account 'nowhere'. Accounts: demo" in printed


def test_a_webhook_is_found_by_its_address_too(everything: Hub) -> None:
    assert read("webhook", URL)[1]["subject"] == read("webhook", "Dispatch room")[1]["subject"]


def test_nothing_of_another_account_is_found(account: Account, other_account: Account) -> None:
    make_member(account, email="admin@example.com", role="Administrator")
    with acting_in(account):
        aircraft = add_ours(SYSTEM, "OY-SKB")
        report_defect(aircraft, description="Left brake drags", reported_at=timezone.now(), acting_user=SYSTEM)
        create_application(name="Dispatch", scopes=["aircraft_read"], acting_user=SYSTEM)
        create_endpoint(url=URL, description="Dispatch room", event_types=["defect.reported"], acting_user=SYSTEM)
    for kind in NAMES.keys() - {"connection"}:
        assert read(kind, NAMES[kind])[1]["kind"] == kind
    # Found there, and not here.
    for kind in NAMES.keys() - {"connection"}:
        status, printed = diagnose(kind, NAMES[kind], "--account", "other")
        assert (status, printed[:6]) == (1, "Error:")


def test_before_the_first_sync_it_says_to_run_what_is_connected(hub: Hub) -> None:
    status, printed = diagnose("aircraft", "OY-SKA")
    assert status == 1
    assert f"{hub.connection.name} has shown no aircraft yet." in printed
    assert "Run it: look at its dry run, then sync aircraft." in printed
    assert "No connection brings" not in printed


def test_a_connection_with_everything_off_brings_nothing_in(hub: Hub) -> None:
    Stream.objects.update(is_enabled=False)
    printed = diagnose("aircraft", "OY-SKA")[1]
    assert "No connection brings aircraft or hours in" in printed
    assert "has shown no aircraft yet" not in printed
