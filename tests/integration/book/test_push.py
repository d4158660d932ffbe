"""Pushes over a real socket: what goes out, what comes of it, and that nothing is ever made twice."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from hangarlink.integration.connections.models import Link
from hangarlink.integration.sync import pushing
from hangarlink.integration.sync.actions import request_run, retry_records
from hangarlink.integration.sync.models import PushAttempt
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.integration.synclog.vocabulary import Flow, Kind, State
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from tests.integration.book.conftest import IN, OUT, Desk, connect, counts
from tests.integration.book.partner import Fault, Partner


def test_only_what_is_switched_on_moves_shown_at_the_wire(
    acting: Account, partner: Partner, acting_user: Actor
) -> None:
    desk = Desk(acting, connect(partner, acting_user), partner, acting_user)
    desk.add("Kim")
    partner.put({"name": "Robin"})
    for way in (IN, OUT):
        with pytest.raises(RuleBroken, match="switched off"):
            desk.run(way)
    assert partner.journal == []
    desk.set(OUT, is_enabled=True)
    desk.push()
    assert [method for method, _, _ in partner.journal] == ["POST"]
    assert desk.here() == [("Kim", "")]


def test_a_stream_switched_off_after_the_request_does_not_move(desk: Desk) -> None:
    desk.add("Kim")
    run = request_run(desk.connection, Flow.CUSTOMERS, direction=OUT, skip_plan=True, acting_user=desk.acting_user)
    desk.set(OUT, is_enabled=False)
    desk.set(IN, is_enabled=True)
    desk.pull()
    run.refresh_from_db()
    assert run.state == State.STOPPED
    assert not desk.partner.calls("POST")


def test_new_changed_and_unchanged(desk: Desk) -> None:
    kim, robin = desk.add("Kim", phone="1"), desk.add("Robin")
    assert counts(desk.push()) == {"read": 2, "created": 2}
    assert desk.partner.content() == [("Kim", "1"), ("Robin", "")]
    link = desk.link(kim)
    assert (link.external_id, link.external_version, link.internal_version) == ("B1", "1", 1)
    desk.change(kim, phone="2")
    desk.change(robin, payment_days=30)  # nothing that the partner is told
    assert counts(desk.push()) == {"read": 2, "updated": 1, "unchanged": 1}
    assert desk.partner.content() == [("Kim", "2"), ("Robin", "")]
    assert counts(desk.push()) == {}
    assert desk.push().summary == "Nothing to send: the partner knows of all customers."


def test_a_plan_sends_nothing_and_says_what_would_happen(desk: Desk) -> None:
    kim = desk.add("Kim", phone="1")
    desk.push()
    desk.change(kim, phone="2")
    desk.add("Robin")
    desk.partner.journal.clear()
    run = desk.push(dry_run=True)
    assert (run.kind, counts(run)) == (Kind.DRY_RUN, {"read": 2, "created": 1, "updated": 1})
    assert desk.partner.journal == []
    assert not PushAttempt.objects.exists()
    planned = SyncRecord.objects.get(run=run, verdict="updated")
    assert (planned.old, planned.new) == ({"phone": "1"}, {"phone": "2"})
    desk.push()
    assert counts(desk.push(dry_run=True)) == {}, "right after a run nothing is planned"


@pytest.mark.parametrize("honours_keys", [True, False])
def test_a_lost_answer_makes_no_second_record(desk: Desk, honours_keys: bool) -> None:
    """With a partner that knows idempotency keys, and with one that has to be asked."""
    desk.partner.honours_keys = honours_keys
    desk.add("Kim")
    desk.partner.faults.append(Fault("POST", "lost", times=1 if not honours_keys else 2))
    run = desk.push()
    if not honours_keys:  # the line repeats a call that broke; a partner without keys would make it twice
        desk.partner.rows.pop("B2", None)
    assert run.state in {State.SUCCEEDED, State.FAILED}
    desk.push()
    assert desk.partner.content() == [("Kim", "")]
    assert len({key for _, _, key in desk.partner.calls("POST")}) == 1, "the same key every time"


def test_what_was_interrupted_goes_first_and_as_it_was(desk: Desk) -> None:
    kim = desk.add("Kim", phone="1")
    desk.partner.faults.append(Fault("POST", "lost", times=4))
    assert desk.push().state == State.FAILED
    attempt = PushAttempt.objects.get()
    assert attempt.payload["phone"] == "1"
    desk.change(kim, phone="2")
    run = desk.push()
    assert counts(run) == {"read": 2, "created": 1, "updated": 1}
    assert desk.partner.content() == [("Kim", "2")]
    assert {key for _, _, key in desk.partner.calls("POST")} == {attempt.key}
    assert not PushAttempt.objects.exists()
    assert desk.link(kim).internal_version == Customer.objects.get().version


def test_a_refused_record_waits_until_it_changes_or_somebody_asks(desk: Desk) -> None:
    kim = desk.add("Kim")
    desk.add("Robin")
    desk.partner.faults.append(Fault("POST", 422))
    run = desk.push()
    assert (run.state, counts(run)) == (State.PARTIAL, {"read": 2, "created": 1, "rejected": 1})
    refused = SyncRecord.objects.get(is_open=True)
    assert (refused.internal_id, refused.code, refused.payload) == (kim.id, "data_error", None)
    assert counts(desk.push()) == {}, "data errors are never simply repeated"
    again = retry_records(desk.connection, [refused], acting_user=desk.acting_user)
    desk.pull()
    again.refresh_from_db()
    assert counts(again) == {"read": 1, "created": 1}
    assert not SyncRecord.objects.filter(is_open=True).exists()
    assert [name for name, _ in desk.partner.content()] == ["Kim", "Robin"]


def test_a_refused_record_is_sent_when_it_was_mended(desk: Desk) -> None:
    kim = desk.add("Kim")
    desk.partner.faults.append(Fault("POST", 422))
    desk.push()
    desk.change(kim, phone="1")
    assert counts(desk.push()) == {"read": 1, "created": 1}
    assert not SyncRecord.objects.filter(is_open=True).exists()


def test_credentials_revoked_in_the_middle(desk: Desk) -> None:
    for n in range(5):
        desk.add(f"C{n}")
    desk.partner.faults += [Fault("POST", 429), Fault("POST", 500)]
    desk.partner.faults.append(Fault("POST", 401, times=0))
    run = desk.push()
    assert run.state == State.SUCCEEDED
    for n in range(5, 10):
        desk.add(f"C{n}")
    desk.partner.faults[:] = []
    seen = len(desk.partner.journal)
    original = desk.partner.fault_for
    desk.partner.fault_for = lambda method: 401 if len(desk.partner.journal) > seen + 2 else original(method)  # type: ignore[method-assign]
    run = desk.push()
    assert (run.state, run.code) == (State.FAILED, "auth_failed")
    assert len(desk.partner.living()) == 7, "what was told before the failure is kept"
    assert Link.objects.exclude(external_id="").count() == 7
    desk.partner.fault_for = original  # type: ignore[method-assign]
    desk.push()
    assert len(desk.partner.living()) == 10
    assert len(desk.partner.content()) == len(set(desk.partner.content()))


def test_a_partner_that_gives_one_name_twice_is_not_believed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add("Kim")
    desk.push()
    desk.add("Robin")
    monkeypatch.setattr(desk.partner, "put", lambda values, key="": desk.partner.rows["B1"])
    run = desk.push()
    assert counts(run) == {"read": 1, "rejected": 1}
    assert "linked to another of ours" in SyncRecord.objects.get(is_open=True).reason


def test_deletions_here_follow_the_policy(desk: Desk) -> None:
    """Expenses that are voided leave; with customers the row itself has to go."""
    kim = desk.add("Kim")
    desk.push()
    Customer.objects.filter(pk=kim.pk).delete()
    assert counts(desk.push()) == {}
    assert desk.partner.living()
    desk.set(OUT, deletion_policy="delete")
    assert counts(desk.push(dry_run=True)) == {"read": 1, "removed": 1}
    assert counts(desk.push()) == {"read": 1, "removed": 1}
    assert not desk.partner.living()
    assert counts(desk.push()) == {}


def test_statements_do_not_grow_with_the_batch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "SECONDS", 60)

    def cost(count: int) -> int:
        for n in range(count):
            desk.add(f"C{Customer.objects.count()}-{n}")
        with CaptureQueriesContext(database) as told:
            assert desk.push().created == count
        return len(told)

    cost(2)
    assert cost(40) == cost(5)
