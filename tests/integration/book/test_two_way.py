"""Both ways at once: no echo, no ping-pong, and where both sides changed, the rule or a person decides."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from hangarlink.integration.conflicts.actions import decide_review
from hangarlink.integration.conflicts.models import ReviewKind, ReviewState
from hangarlink.integration.conflicts.queries import open_reviews, past_reviews, side_by_side
from hangarlink.integration.connections.models import Link
from hangarlink.integration.contract import Cursor, Page
from hangarlink.integration.contract import Customer as Told
from hangarlink.integration.sync import engine, paging
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.integration.synclog.vocabulary import State
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.models import new_id
from tests.integration.book.conftest import IN, OUT, Desk, counts
from tests.integration.book.partner import Fault


def test_what_we_sent_does_not_come_back_and_what_came_is_not_sent(desk: Desk) -> None:
    desk.add("Kim", phone="1")
    desk.partner.put({"name": "Robin", "phone": "2"})
    assert counts(desk.push()) == {"read": 1, "created": 1}
    assert counts(desk.pull()) == {"read": 2, "created": 1, "unchanged": 1}
    assert counts(desk.push()) == {}
    assert counts(desk.pull(full=True)) == {"read": 2, "unchanged": 2}
    assert desk.here() == desk.partner.content() == [("Kim", "1"), ("Robin", "2")]
    assert Customer.objects.get(name="Kim").version == 1


def test_no_echo_from_a_partner_without_versions(desk: Desk) -> None:
    desk.partner.has_versions = False
    kim = desk.add("Kim", phone="1")
    desk.push()
    assert counts(desk.pull()) == {"read": 1, "unchanged": 1}
    desk.partner.put({"id": "B1", "phone": "2"})
    assert counts(desk.pull()) == {"read": 1, "updated": 1}
    kim.refresh_from_db()
    assert kim.phone == "2"
    assert counts(desk.push()) == {}
    assert counts(desk.pull(full=True)) == {"read": 1, "unchanged": 1}


def test_a_plan_of_a_pull_writes_nothing_and_is_what_then_happens(desk: Desk) -> None:
    kim = desk.add("Kim", phone="1")
    desk.push()
    desk.partner.put({"id": "B1", "phone": "2"})
    desk.partner.put({"name": "Robin"})
    plan = desk.pull(dry_run=True)
    assert counts(plan) == {"read": 2, "created": 1, "updated": 1}
    changed = SyncRecord.objects.get(run=plan, verdict="updated")
    assert (changed.old, changed.new) == ({"phone": "1"}, {"phone": "2"})
    assert desk.here() == [("Kim", "1")]
    assert counts(desk.pull()) == counts(plan)
    assert counts(desk.pull(dry_run=True, full=True)) == {"read": 2, "unchanged": 2}
    entry = AuditEntry.objects.filter(object_id=kim.id).latest("at")
    assert (entry.actor_kind, entry.actor_label) == (ActorKind.CONNECTION, "The Books")


def both_change(desk: Desk) -> Customer:
    kim = desk.add("Kim", phone="1", city="Roskilde")
    desk.push()
    desk.partner.put({"id": "B1", "phone": "2"})
    return desk.change(kim, city="Odense")


def test_the_last_write_wins_and_both_versions_are_kept(desk: Desk) -> None:
    kim = both_change(desk)  # ours is the later one
    assert counts(desk.pull()) == {"read": 1, "skipped": 1}
    (settled,) = desk.reviews()
    assert (settled.state, settled.choice, settled.rule) == (ReviewState.SETTLED, "ours", "last_write_wins")
    assert (settled.ours["phone"], settled.theirs["phone"], settled.base["phone"]) == ("1", "2", "1")
    assert counts(desk.push()) == {"read": 1, "updated": 1}
    assert desk.partner.rows["B1"]["phone"] == "1"
    desk.partner.ahead = timedelta(seconds=60)
    desk.change(kim, phone="3")
    desk.partner.put({"id": "B1", "phone": "4"})  # theirs is the later one
    assert counts(desk.pull()) == {"read": 1, "updated": 1}
    assert desk.here() == [("Kim", "4")]
    assert desk.reviews()[-1].choice == "theirs"
    assert desk.reviews()[-1].ours["phone"] == "3"
    assert counts(desk.push()) == {}
    assert not open_reviews(acting_user=desk.acting_user)


def test_a_clock_that_is_far_ahead_decides_nothing(desk: Desk) -> None:
    desk.partner.ahead = timedelta(hours=5)
    both_change(desk)
    assert counts(desk.pull()) == {"read": 1, "conflicted": 1}


def test_the_same_change_on_both_sides_is_no_conflict(desk: Desk) -> None:
    kim = desk.add("Kim", phone="1")
    desk.push()
    desk.partner.put({"id": "B1", "phone": "2"})
    desk.change(kim, phone="2")
    link = desk.link(kim)
    assert link.internal_version == 1
    run = desk.pull()
    assert run.conflicted == 0
    assert desk.push().updated + desk.pull().updated <= 1


def test_a_push_that_meets_a_newer_version_is_a_conflict(desk: Desk) -> None:
    desk.set(IN, conflict_rule="manual_review")
    kim = both_change(desk)
    run = desk.push()
    assert counts(run) == {"read": 1, "conflicted": 1}
    assert desk.partner.rows["B1"]["phone"] == "2", "nothing was overwritten there"
    assert desk.partner.rows["B1"].get("city") != "Odense"
    (review,) = open_reviews(acting_user=desk.acting_user)
    assert (review.internal_id, review.external_id, review.kind) == (kim.id, "B1", ReviewKind.CONFLICT)


@pytest.fixture
def disputed(desk: Desk) -> Desk:
    for way in (IN, OUT):
        desk.set(way, conflict_rule="manual_review")
    both_change(desk)
    assert counts(desk.pull()) == {"read": 1, "conflicted": 1}
    return desk


def test_nothing_moves_while_a_question_is_open(disputed: Desk) -> None:
    assert counts(disputed.push()) == {}
    assert counts(disputed.pull(full=True)) == {"read": 1, "skipped": 1}
    (review,) = open_reviews(acting_user=disputed.acting_user)
    pairs = {pair.name: pair for pair in side_by_side(review) if pair.differs}
    assert set(pairs) == {"phone", "city"}
    assert pairs["phone"].changed_there
    assert not pairs["phone"].changed_here
    assert pairs["city"].changed_here


@pytest.mark.parametrize(
    ("choice", "fields", "phone", "city"),
    [("ours", (), "1", "Odense"), ("theirs", (), "2", "Roskilde"), ("merge", ("phone",), "2", "Odense")],
)
def test_a_person_decides(disputed: Desk, choice: str, fields: tuple[str, ...], phone: str, city: str) -> None:
    (review,) = open_reviews(acting_user=disputed.acting_user)
    decided = decide_review(review, choice, fields=fields, acting_user=disputed.acting_user)
    assert (decided.state, decided.choice, decided.decided_by_label) == ("decided", choice, "Kim Larsen")
    disputed.push()
    disputed.pull()
    kim = Customer.objects.get()
    assert (kim.phone, kim.city) == (phone, city)
    assert (disputed.partner.rows["B1"]["phone"], disputed.partner.rows["B1"]["city"]) == (phone, city)
    assert counts(disputed.push()) == {}
    assert counts(disputed.pull(full=True)) == {"read": 1, "unchanged": 1}
    with pytest.raises(RuleBroken, match="decided by Kim Larsen already"):
        decide_review(review, "ours", acting_user=disputed.acting_user)
    assert list(past_reviews(acting_user=disputed.acting_user)) == [decided]


def test_what_a_person_takes_over_bears_their_name(disputed: Desk) -> None:
    (review,) = open_reviews(acting_user=disputed.acting_user)
    decide_review(review, "theirs", acting_user=disputed.acting_user)
    entry = AuditEntry.objects.filter(object_id=Customer.objects.get().id).latest("at")
    assert (entry.actor_label, entry.new) == ("Kim Larsen", {"phone": "2", "city": "Roskilde"})


def test_a_decision_about_something_that_changed_meanwhile_is_refused(disputed: Desk) -> None:
    (review,) = open_reviews(acting_user=disputed.acting_user)
    disputed.change(Customer.objects.get(), phone="9")
    with pytest.raises(RuleBroken, match="changed here since"):
        decide_review(review, "ours", acting_user=disputed.acting_user)
    disputed.partner.put({"id": "B1", "phone": "8"})
    disputed.pull()
    (newer,) = open_reviews(acting_user=disputed.acting_user)
    assert (newer.ours["phone"], newer.theirs["phone"]) == ("9", "8")
    review.refresh_from_db()
    assert review.state == ReviewState.SUPERSEDED
    decide_review(newer, "ours", acting_user=disputed.acting_user)


def test_who_may_decide(disputed: Desk) -> None:
    (review,) = open_reviews(acting_user=disputed.acting_user)
    reader = Actor(ActorKind.PERSON, new_id(), "Reader", frozenset({"integrations.view"}))
    safety = Actor(ActorKind.PERSON, new_id(), "Safety", frozenset({"safety_integrations.view"}))
    with pytest.raises(NotPermitted):
        decide_review(review, "ours", acting_user=reader)
    assert list(open_reviews(acting_user=safety)) == []
    with pytest.raises(RuleBroken, match="not a choice"):
        decide_review(review, "both", acting_user=disputed.acting_user)
    with pytest.raises(RuleBroken, match="at least one field"):
        decide_review(review, "merge", acting_user=disputed.acting_user)


def test_append_only_keeps_what_is_here(desk: Desk) -> None:
    desk.set(IN, conflict_rule="append_only")
    desk.partner.put({"name": "Kim", "phone": "1"})
    desk.pull()
    desk.partner.put({"id": "B1", "phone": "2"})
    assert counts(desk.pull()) == {"read": 1, "skipped": 1}
    assert desk.here() == [("Kim", "1")]


@pytest.mark.parametrize("policy", ["never", "flag", "ask", "delete"])
def test_what_the_partner_deleted(desk: Desk, policy: str) -> None:
    """Customers are never removed by a sync: their room refuses, and they are marked instead."""
    for n in range(3):
        desk.partner.put({"name": f"C{n}"})
    desk.pull()
    desk.set(IN, deletion_policy=policy)
    desk.partner.remove("B2")
    run = desk.pull()
    expected = {"never": {}, "flag": {"updated": 1}, "ask": {"conflicted": 1}, "delete": {"updated": 1}}
    assert {name: n for name, n in counts(run).items() if name != "read"} == expected[policy]
    assert Customer.objects.count() == 3
    assert Link.objects.get(external_id="B2").is_listed is (policy == "never")
    assert {name: n for name, n in counts(desk.pull(full=True)).items() if name not in {"read", "unchanged"}} == {}


def test_absence_counts_only_in_a_whole_listing(desk: Desk) -> None:
    for n in range(60):
        desk.partner.put({"name": f"C{n}"})
    desk.pull()
    del desk.partner.rows["B7"]
    assert counts(desk.pull()) == {}
    desk.partner.faults.append(Fault("GET", "half", times=4))
    assert desk.pull(full=True).state == State.FAILED
    assert Link.objects.filter(is_listed=False).count() == 0
    desk.pull(full=True)
    assert [link.external_id for link in Link.objects.filter(is_listed=False)] == ["B7"]


def test_the_brake_on_mass_deletion_asks_a_person(desk: Desk) -> None:
    for n in range(40):
        desk.partner.put({"name": f"C{n}"})
    desk.pull()
    desk.set(IN, deletion_policy="delete")
    for n in range(1, 31):
        del desk.partner.rows[f"B{n}"]
    run = desk.pull(full=True)
    assert (run.conflicted, run.removed) == (1, 0)
    (review,) = open_reviews(acting_user=desk.acting_user)
    assert (review.kind, review.count) == (ReviewKind.MANY_GONE, 30)
    assert desk.pull(full=True).conflicted == 0, "asked once"
    decide_review(review, "ours", acting_user=desk.acting_user)
    assert Customer.objects.count() == 40
    assert Link.objects.filter(is_held=True).count() == 0


def test_gone_here_and_changed_there_is_a_question(desk: Desk) -> None:
    desk.partner.put({"name": "Kim"})
    desk.pull()
    Customer.objects.all().delete()
    desk.partner.put({"id": "B1", "phone": "5"})
    assert counts(desk.pull()) == {"read": 1, "conflicted": 1}
    (review,) = open_reviews(acting_user=desk.acting_user)
    assert review.ours is None
    decide_review(review, "theirs", acting_user=desk.acting_user)
    assert desk.here() == [("Kim", "5")]


def test_doubles_and_disorder(desk: Desk) -> None:
    """The same record twice in a page, and an older one after a newer one."""
    from datetime import UTC, datetime

    noon = datetime(2026, 6, 3, 12, tzinfo=UTC)
    newer = Told("X1", "Kim", phone="2", version="2", changed_at=noon)
    older = Told("X1", "Kim", phone="1", version="1", changed_at=noon - timedelta(hours=1))
    desk.pull()
    for pages in ([newer, older, newer], [older], [newer], [older, newer]):
        run = request(desk)
        journey = engine._begin(desk.account, desk.connection.id)
        assert journey is not None
        paging.apply_page(journey, engine.Dataset.CUSTOMERS, Page(pages, Cursor()))
        engine.ending.succeeded(journey)
        run.refresh_from_db()
        assert run.conflicted == 0
    assert desk.here() == [("Kim", "2")]
    assert Customer.objects.count() == 1


def request(desk: Desk):  # type: ignore[no-untyped-def]
    from hangarlink.integration.sync.actions import request_run
    from hangarlink.integration.synclog.vocabulary import Flow

    return request_run(desk.connection, Flow.CUSTOMERS, skip_plan=True, acting_user=desk.acting_user)


def test_a_record_that_breaks_a_rule_holds_up_no_other(desk: Desk) -> None:
    desk.partner.put({"name": "Kim", "email": "no address"})
    desk.partner.put({"name": "Robin"})
    desk.partner.put({"name": ""})
    run = desk.pull()
    assert counts(run) == {"read": 3, "created": 1, "rejected": 2}
    refused = SyncRecord.objects.get(run=run, external_id="B1")
    assert "is not an e-mail address" in refused.reason
    assert refused.payload is None, "personal data is not kept in the log"
    desk.partner.put({"id": "B1", "email": "kim@example.com"})
    assert counts(desk.pull()) == {"read": 1, "created": 1}
    assert not SyncRecord.objects.filter(external_id="B1", is_open=True).exists()


@pytest.mark.parametrize("kind", ["half", "garbage"])
def test_an_answer_that_is_none(desk: Desk, kind: str) -> None:
    desk.partner.put({"name": "Kim"})
    desk.partner.faults.append(Fault("GET", kind, times=4))
    run = desk.pull()
    assert (run.state, run.code) == (State.FAILED, "malformed")
    assert desk.pull().created == 1


def test_an_endless_chain_of_pages_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_PAGES", 5)
    monkeypatch.setattr("hangarlink.integration.sync.batching.RECORDS", 1)
    desk.partner.put({"name": "Kim"})
    desk.partner.faults.append(Fault("GET", "endless", times=1_000_000))
    run = desk.pull()
    assert (run.state, run.code) == (State.FAILED, "malformed")
    assert desk.here() == [("Kim", "")]


def test_statements_do_not_grow_with_the_page(desk: Desk) -> None:
    desk.partner.page_size = 1_000

    def cost(count: int) -> int:
        for n in range(count):
            desk.partner.put({"name": f"C{desk.partner.made}-{n}"})
        for name in list(desk.partner.rows)[: count // 2]:
            desk.partner.put({"id": name, "phone": str(count)})
        with CaptureQueriesContext(database) as told:
            run = desk.pull()
        assert run.created == count
        return len(told)

    cost(2)
    assert cost(60) == cost(4)


@pytest.mark.parametrize("sends_again", [True, False])
def test_a_pull_after_a_lost_answer_does_not_take_our_record_for_news(desk: Desk, sends_again: bool) -> None:
    """What the push made there, and nobody told us, comes with the pull: by its key, or by what it says."""
    desk.add("Kim", phone="1")
    desk.partner.faults.append(Fault("POST", "lost", times=4))
    assert desk.push().state == State.FAILED
    assert list(desk.partner.living()) == ["B1"]
    if not sends_again:
        desk.set(OUT, is_enabled=False)
        desk.partner.journal.clear()
    run = desk.pull()
    assert Customer.objects.count() == 1
    assert run.conflicted == 0
    assert Link.objects.get().external_id == "B1"
    assert sends_again or not desk.partner.calls("POST")
    if not sends_again:
        desk.set(OUT, is_enabled=True)
    desk.push()
    assert desk.partner.content() == [("Kim", "1")]
    assert counts(desk.push()) == {}
