"""Every row of the retry table through QuickBooks' switches, in and out. Source: requirements/3, "Error handling"."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.sync.models import PushAttempt
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, State
from hangarlink.platform.events.models import OutboxEvent
from tests.integration.quickbooks.conftest import Office

THERE = {"operation": "create", "entity": "Invoice"}


def connection(office: Office) -> Connection:
    return Connection.objects.get(pk=office.connection.pk)


@pytest.fixture
def waiting(office: Office) -> Office:
    """An invoice is about to go."""
    office.invoice()
    office.send(Flow.CUSTOMERS)
    office.waits.seconds.clear()
    return office


def made(office: Office) -> int:
    return len(office.company.books["Invoice"]) - 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "dropped"},
        {"kind": "lost_response"},
        {"kind": "error_after_effect", "status": 504},
        {"kind": "server_error", "status": 500},
        {"kind": "server_error", "status": 503},
        {"kind": "fault_in_200"},
        {"kind": "html"},
        {"kind": "malformed_json"},
    ],
    ids=str,
)
def test_out_three_retries_after_one_two_and_four_seconds_and_one_invoice(
    waiting: Office, fault: dict[str, Any]
) -> None:
    waiting.app.faults.add(**fault, **THERE, times=3)
    run = waiting.send()
    assert (run.state, waiting.retries, made(waiting)) == (State.SUCCEEDED, [1, 2, 4], 1), run.technical


@pytest.mark.parametrize("kind", ["dropped", "lost_response", "server_error", "html", "malformed_json"])
def test_in_three_retries_after_one_two_and_four_seconds(office: Office, kind: str) -> None:
    office.waits.seconds.clear()
    office.app.faults.add(kind, operation="query", entity="Customer", times=3)
    run = office.read(Flow.CUSTOMERS)
    assert (run.state, run.created, office.retries) == (State.SUCCEEDED, 4, [1, 2, 4])


@pytest.mark.parametrize(
    ("fault", "code", "alerts"),
    [
        ({"kind": "dropped"}, "unreachable", False),
        ({"kind": "lost_response"}, "unreachable", False),
        ({"kind": "server_error", "status": 502}, "server_trouble", True),
        ({"kind": "error_after_effect", "status": 500}, "server_trouble", True),
        ({"kind": "malformed_json"}, "malformed", True),
    ],
    ids=str,
)
def test_the_fourth_failure_ends_the_run_and_the_next_makes_one_invoice(
    waiting: Office, fault: dict[str, Any], code: str, alerts: bool
) -> None:
    waiting.app.faults.add(**fault, **THERE, times=4)
    run = waiting.send()
    assert (run.state, run.code) == (State.FAILED, code)
    assert bool(connection(waiting).alert_code) is alerts
    assert PushAttempt.objects.count() == 1, "it is known that the answer is missing"
    run = waiting.send()
    assert (run.state, made(waiting), PushAttempt.objects.count()) == (State.SUCCEEDED, 1, 0)
    assert connection(waiting).alert_code == ""


def test_an_expired_token_is_renewed_once_without_waiting(waiting: Office) -> None:
    waiting.app.faults.add("expired_token", **THERE)
    run = waiting.send()
    assert (run.state, made(waiting), waiting.retries) == (State.SUCCEEDED, 1, [])


@pytest.mark.parametrize("again", [False, True], ids=["refresh refused", "401 after the refresh"])
def test_a_refresh_that_does_not_help_alerts_once_and_asks_for_a_person(waiting: Office, again: bool) -> None:
    if again:
        waiting.app.faults.add("unauthorized", times=None)
    else:
        waiting.app.tokens.expire_access()
        waiting.app.faults.add("refused_refresh", times=None)
    for _ in range(2):
        run = waiting.send()
        assert (run.state, run.code, waiting.retries) == (State.FAILED, "auth_failed", [])
    assert connection(waiting).alert_code == "auth_failed"
    assert OutboxEvent.objects.filter(type="connection.alerted").count() == 1


def test_throttled_without_a_word_the_run_waits_a_minute_and_goes_on(waiting: Office) -> None:
    waiting.app.faults.add("rate_limited", **THERE)
    run = waiting.send()
    assert (run.state, made(waiting), waiting.retries) == (State.WAITING, 0, [])
    assert run.not_before is not None
    assert abs((run.not_before - timezone.now()).total_seconds() - 60) < 5
    assert connection(waiting).alert_code == "", "being asked to wait is no incident"
    with time_machine.travel(run.not_before + timedelta(seconds=1)):
        waiting.drain()
    run.refresh_from_db()
    assert (run.state, made(waiting)) == (State.SUCCEEDED, 1)


def test_a_short_retry_after_is_waited_out(waiting: Office) -> None:
    waiting.app.faults.add("rate_limited", **THERE, retry_after=7, times=2)
    assert waiting.send().state == State.SUCCEEDED
    assert waiting.retries.count(7.0) == 2


def test_ten_calls_a_second_are_kept_without_being_told(waiting: Office) -> None:
    for _ in range(20):
        waiting.invoice(100)
    assert waiting.send().created == 21
    assert waiting.waits.seconds, "paced here, before QuickBooks says anything"
    assert {entry["status"] for entry in waiting.app.journal.entries()} == {200}


def test_bad_data_is_not_sent_again_and_does_not_hold_up_the_others(waiting: Office) -> None:
    waiting.invoice(100)
    waiting.app.faults.add("server_error", **THERE, status=422)
    run = waiting.send()
    assert (run.created, run.rejected, waiting.retries) == (1, 1, [])
    assert waiting.send().created == 0, "until somebody asks"


def test_an_ended_subscription_says_so(office: Office) -> None:
    office.company.subscribed = False
    run = office.read(Flow.CUSTOMERS)
    assert (run.state, run.code) == (State.FAILED, "not_ready")
    assert "no active subscription" in run.summary


@pytest.mark.parametrize(("kind", "code"), [("redirect", "permanent"), ("oversized", "data_error")])
def test_hostile_answers_end_the_run(office: Office, kind: str, code: str) -> None:
    office.app.faults.add(kind, operation="query", entity="Customer", megabytes=11)
    run = office.read(Flow.CUSTOMERS)
    assert (run.state, run.code) == (State.FAILED, code)


@pytest.mark.parametrize("kind", ["duplicates", "disorder"])
def test_order_and_repetition_do_not_matter(office: Office, kind: str) -> None:
    office.app.faults.add(kind, operation="query", entity="Customer", times=None)
    assert office.read(Flow.CUSTOMERS).created == 4
    assert office.read(Flow.CUSTOMERS, full=True).created == 0


def test_somebody_else_saving_at_the_same_moment_is_no_loss(waiting: Office) -> None:
    waiting.send()
    from hangarlink.operations.billing.actions.invoices import void_invoice
    from hangarlink.operations.billing.models import Invoice

    void_invoice(Invoice.objects.get(), reason="Flown by another", acting_user=waiting.acting_user)
    waiting.app.faults.add("somebody_else", operation="void")
    run = waiting.send()
    assert (run.state, run.conflicted) == (State.SUCCEEDED, 0), "a note is no other invoice"
    waiting.send()
    assert [one["TotalAmt"] for number, one in waiting.there().items() if number != "1001"] == [0]
    assert waiting.there()["HL-1"]["PrivateNote"] == "Voided"


def test_every_run_is_logged(waiting: Office) -> None:
    waiting.app.faults.add("server_error", **THERE, times=4)
    waiting.send()
    run = SyncRun.objects.order_by("-requested_at").first()
    assert run is not None
    assert (run.flow, run.direction, run.state) == ("invoices", "out", State.FAILED)
    assert run.summary
    assert "10000" in run.technical
