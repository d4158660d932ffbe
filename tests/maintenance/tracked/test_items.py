"""Taking over, repeating, changing, vanishing and returning; lists and counts; walls."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.programme.queries import board, due_list, state_counts
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.actions import Verdict, miss, set_stale_after, take_over, track_source
from hangarlink.maintenance.tracked.models import TrackedItem, TrackedSource
from hangarlink.maintenance.tracked.queries import (
    Narrow,
    Sort,
    tracked_count,
    tracked_item,
    tracked_list,
    tracked_states,
    tracked_states_of,
)
from hangarlink.maintenance.tracked.rules import Measure, TrackedTerm, from_json, state_on
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, new_id
from tests.maintenance.tracked.conftest import NOW, TODAY, by, left, tell, told


def events(kind: str) -> list[dict[str, object]]:
    return [row.data for row in OutboxEvent.objects.filter(type=f"tracked_item.{kind}")]


def test_told_repeated_changed(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    assert [one.verdict for one in tell(camp, acting_user, told(aircraft, "A", left(50)))] == [Verdict.CREATED]
    assert [one.verdict for one in tell(camp, acting_user, told(aircraft, "A", left(50)))] == [Verdict.UNCHANGED]
    (outcome,) = tell(camp, acting_user, told(aircraft, "A", left(-2), status="overdue"))
    assert outcome.verdict is Verdict.UPDATED
    assert set(outcome.old) == {"terms", "status"}
    assert tracked_item(outcome.item_id).state is State.OVERDUE
    (appeared,), (changed,) = events("appeared"), events("changed")
    assert set(changed) == {"item_id", "aircraft_id", "source_id", "state"}, "ids and codes, nothing else"
    assert (appeared["state"], changed["state"]) == ("ok", "overdue")
    assert AuditEntry.objects.filter(object_type="tracked_item").count() == 2


def test_the_same_words_later_move_the_moment_and_announce_nothing(
    camp: TrackedSource, aircraft: Aircraft, acting_user: Actor
) -> None:
    tell(camp, acting_user, told(aircraft, "A", age=40))
    tell(camp, acting_user, told(aircraft, "A", age=2))
    assert TrackedItem.objects.get().as_of == NOW - timedelta(hours=2)
    tell(camp, acting_user, told(aircraft, "A", age=30))
    assert TrackedItem.objects.get().as_of == NOW - timedelta(hours=2), "an older file arrived late"
    assert (len(events("appeared")), len(events("changed"))) == (1, 0)


def test_less_remaining_up_to_the_same_limit_is_kept_and_announced_only_where_the_state_turns(
    camp: TrackedSource, aircraft: Aircraft, acting_user: Actor
) -> None:
    tell(camp, acting_user, told(aircraft, "A", left(50), age=3))
    (outcome,) = tell(camp, acting_user, told(aircraft, "A", left(48), age=2))
    assert outcome.verdict is Verdict.UNCHANGED
    assert tracked_item(outcome.item_id).terms[0].remaining == 48 * 3600
    (outcome,) = tell(camp, acting_user, told(aircraft, "A", left(24), age=1))
    assert outcome.verdict is Verdict.UPDATED
    assert [event["state"] for event in events("changed")] == ["due_soon"]


def test_remaining_days_told_again_move_the_day(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    """ "10 days left" said yesterday and said again today are two different days."""
    days = TrackedTerm(Measure.DATE, None, 10)
    tell(camp, acting_user, told(aircraft, "A", days, age=24))
    assert TrackedItem.objects.get().due_on == TODAY + timedelta(days=9)
    tell(camp, acting_user, told(aircraft, "A", days, age=0))
    assert TrackedItem.objects.get().due_on == TODAY + timedelta(days=10)


def test_a_late_file_does_not_undo_newer_words(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    tell(camp, acting_user, told(aircraft, "A", left(-2), age=1))
    (outcome,) = tell(camp, acting_user, told(aircraft, "A", left(90), age=20))
    assert outcome.verdict is Verdict.UNCHANGED
    assert tracked_item(outcome.item_id).state is State.OVERDUE


def test_a_clock_that_runs_ahead_makes_nothing_hold_longer(
    camp: TrackedSource, aircraft: Aircraft, acting_user: Actor
) -> None:
    tell(camp, acting_user, told(aircraft, "A", age=-240))
    assert TrackedItem.objects.get().as_of == NOW


def test_duplicate_rows_the_last_counts(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    (outcome,) = tell(camp, acting_user, told(aircraft, "A", left(90)), told(aircraft, "A", left(3)))
    assert tracked_item(outcome.item_id).state is State.DUE_SOON
    assert TrackedItem.objects.count() == 1


def test_gone_and_back(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    tell(camp, acting_user, told(aircraft, "A"), told(aircraft, "B"))
    (gone,) = miss(camp, {"A"}, now=NOW, acting_user=acting_user)
    assert gone.external_id == "B"
    assert [row.external_id for row in tracked_list()] == ["A"]
    assert [row.external_id for row in tracked_list(Narrow(is_gone=True))] == ["B"]
    assert tracked_item(gone.item_id).gone_since == NOW
    assert len(events("gone")) == 1
    assert miss(camp, {"A"}, now=NOW, acting_user=acting_user) == [], "gone once"
    (back,) = tell(camp, acting_user, told(aircraft, "B"))
    assert back.verdict is Verdict.RETURNED
    assert len(events("appeared")) == 3
    assert tracked_count() == 2


def test_stale_is_unknown_at_the_age_that_was_set(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    tell(camp, acting_user, told(aircraft, "A", left(500), age=47), told(aircraft, "B", left(500), age=49))
    assert {row.external_id: row.state for row in tracked_list()} == {"A": State.OK, "B": State.UNKNOWN}
    set_stale_after(camp, hours=24, acting_user=acting_user)
    assert tracked_states()[State.UNKNOWN] == 2
    with pytest.raises(RuleBroken, match="1 to 2160 hours"):
        set_stale_after(camp, hours=0, acting_user=acting_user)


def test_order_and_filters(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    tell(
        camp, acting_user,
        told(aircraft, "FAR", left(900)), told(aircraft, "DAY", by(60)), told(aircraft, "SOON", left(3)),
        told(aircraft, "OLD", by(90), age=72), told(aircraft, "OVER", by(-4)), told(aircraft, "OVER2", left(-1)),
    )  # fmt: skip
    assert [row.reference for row in tracked_list()] == ["OVER", "OVER2", "OLD", "SOON", "DAY", "FAR"]
    assert [row.reference for row in tracked_list(offset=2, limit=2)] == ["OLD", "SOON"]
    assert [row.reference for row in tracked_list(Narrow(states=[State.UNKNOWN]))] == ["OLD"]
    assert [row.reference for row in tracked_list(Narrow(text="ove"), sort=Sort.REFERENCE)] == ["OVER", "OVER2"]
    assert tracked_list(Narrow(text="100%")) == []
    assert tracked_list(Narrow(aircraft_id=new_id())) == []
    assert tracked_states_of([aircraft.id])[aircraft.id][State.OVERDUE] == 2


def test_sql_and_rules_agree(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    limits = [
        left(900),
        left(3),
        left(0),
        left(-1),
        by(-1),
        by(0),
        by(30),
        by(31),
        TrackedTerm(Measure.DATE, None, None),
    ]
    items = [
        told(aircraft, f"{n}-{m}-{age}", one, other, age=age)
        for n, one in enumerate(limits) for m, other in enumerate(limits) for age in (0, 48, 49)
    ]  # fmt: skip
    tell(camp, acting_user, *items)
    rows = {item.external_id: item for item in TrackedItem.objects.all()}
    for row in tracked_list(limit=1000):
        item = rows[row.external_id]
        expected = state_on(
            State(item.told_state), item.due_on, as_of=item.as_of, stale_after=camp.stale_after, now=NOW
        )
        assert row.state is expected, row
        assert from_json(item.terms) == row.terms
    assert sum(tracked_states().values()) == len(items)


def test_nothing_reaches_our_own_requirements(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    before = (state_counts(), board([aircraft.id])[aircraft.id].state)
    tell(camp, acting_user, told(aircraft, "A", left(-99)))
    assert due_list().rows == []
    assert (state_counts(), board([aircraft.id])[aircraft.id].state) == before


@pytest.mark.parametrize("size", [3, 60])
def test_statements_do_not_grow(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor, size: int) -> None:
    items = [told(aircraft, f"T{n}", left(n)) for n in range(size)]
    with CaptureQueriesContext(connection) as taking:
        tell(camp, acting_user, *items)
    with CaptureQueriesContext(connection) as again:
        tell(camp, acting_user, *items)
    with CaptureQueriesContext(connection) as reading:
        tracked_list()
        tracked_states()
        tracked_states_of([aircraft.id])
    with CaptureQueriesContext(connection) as missing:
        miss(camp, {"T0"}, now=NOW, acting_user=acting_user)
    assert [len(taking), len(again), len(reading), len(missing)] == [6, 4, 3, 7]


def test_another_accounts_items_are_out_of_sight(account: Account, admin: Membership, other_account: Account) -> None:
    with acting_in(account):
        acting_user = admin.actor()
        ours = track_source("camp:skyline", partner="CAMP", connection_id=new_id(), acting_user=acting_user)
        model = add_aircraft_model(name="PC-12/47E", acting_user=acting_user)
        aircraft = add_aircraft(registration="OY-HLD", aircraft_model=model, acting_user=acting_user)
        tell(ours, acting_user, told(aircraft, "A"))
    with acting_in(other_account):
        assert tracked_list() == []
        theirs = track_source("camp:skyline", partner="CAMP", connection_id=new_id(), acting_user=acting_user)
        assert theirs.pk != ours.pk
    with pytest.raises(IntegrityError), acting_in(other_account):
        take_over(theirs, [told(aircraft, "A")], now=NOW, acting_user=acting_user)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_who_may(camp: TrackedSource, aircraft: Aircraft) -> None:
    nobody = Actor(ActorKind.PERSON, None, "Kim", frozenset({"programme.view"}))
    with pytest.raises(NotPermitted):
        tell(camp, nobody, told(aircraft, "A"))
    with pytest.raises(NotPermitted):
        miss(camp, set(), now=NOW, acting_user=nobody)
    with pytest.raises(NotPermitted):
        set_stale_after(camp, hours=5, acting_user=nobody)


def test_an_item_may_move_to_another_aircraft(camp: TrackedSource, aircraft: Aircraft, acting_user: Actor) -> None:
    other = add_aircraft(registration="OY-HLE", aircraft_model=aircraft.aircraft_model, acting_user=acting_user)
    tell(camp, acting_user, told(aircraft, "A"))
    (outcome,) = tell(camp, acting_user, told(other, "A"))
    assert outcome.verdict is Verdict.UPDATED
    assert tracked_item(outcome.item_id).registration == "OY-HLE"
