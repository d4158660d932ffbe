"""The SQL that lists due items and the pure rules say the same, on random programmes, usage, work and corrections.

So do incremental results and a recomputation from nothing.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hangarlink.fleet.actions import (
    add_counter,
    cancel_flights,
    change_aircraft,
    change_counter,
    complete_schedule,
    park_aircraft,
    plan_flight,
    set_opening,
    set_use_ratio,
)
from hangarlink.fleet.models import AircraftModel, Counter
from hangarlink.maintenance.programme.actions import (
    add_tolerance_class,
    approve_variation,
    correct_accomplishment,
    correct_event,
    derive_counter,
    record_accomplishment,
    record_event,
    revise_requirement,
    set_baseline,
    withdraw_accomplishment,
    withdraw_event,
    withdraw_variation,
)
from hangarlink.maintenance.programme.derived_counters import Derived
from hangarlink.maintenance.programme.models import (
    Accomplishment,
    DueItem,
    DueTerm,
    EventRecord,
    Requirement,
    Variation,
)
from hangarlink.maintenance.programme.queries import DueRow, Narrow, Sort, due_list, listing, scores, state_counts
from hangarlink.maintenance.programme.queries.census import CTES, census
from hangarlink.maintenance.programme.queries.item import detail
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.recompute import recompute
from hangarlink.maintenance.programme.records import read_items
from hangarlink.maintenance.programme.rules.codec import to_json
from hangarlink.maintenance.programme.rules.dues import Awaiting
from hangarlink.maintenance.programme.rules.forecast import Certainty
from hangarlink.maintenance.programme.rules.limits import CounterLimit, First, Last, Schedule, Start, Tree
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account
from tests.maintenance.programme.conftest import HOUR, NOW, Hangar, hours, make_hangar, moment
from tests.maintenance.programme.rules.strategies import EVENTS, schedules

DAY = timedelta(days=1)
FIRST_DAY = date(2025, 1, 2)
EVERYTHING = Narrow()
# Shrinking a life in a database takes minutes and says little; the seed reproduces it.
WIDE = [{"measure": "hours", "most": 10**6}, {"measure": "counts", "most": 40},
        {"measure": "calendar", "most": 60, "unit": "days"}]  # fmt: skip
HALF_AND_COUNT: Mapping[str, Any] = {
    "kind": "sum",
    "of": [
        {"kind": "quotient", "of": [{"kind": "counter", "counter": "airborne"}, {"kind": "number", "value": 2}]},
        {"kind": "product", "of": [{"kind": "count", "requirement": "R0"}, {"kind": "number", "value": 3 * HOUR}]},
    ],
}
ON_DERIVED: Mapping[str, Any] = {
    "repeat": {"kind": "counter", "counter": "Factored", "every": 5 * HOUR, "start": "installation"}
}
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


def on_hours(tree: Tree) -> Tree:
    """The tree of the strategies with hours and landings of an aircraft in place of its small numbers."""
    if isinstance(tree, First | Last):
        return tree.model_copy(update={"of": tuple(on_hours(child) for child in tree.of)})
    if isinstance(tree, CounterLimit):
        timed = tree.counter == "airframe_hours"
        scale, zero = (5 * HOUR, hours(1000)) if timed else (2, 2000)
        since = zero if tree.start is Start.ZERO else 0
        window = tree.window and tree.window.model_copy(
            update={"before": tree.window.before * scale, "after": tree.window.after * scale}
        )
        return tree.model_copy(
            update={
                "counter": "airborne" if timed else "landings",
                "every": tree.every and tree.every * scale,
                "thresholds": tuple(since + step * scale for step in tree.thresholds),
                "window": window,
            }
        )
    return tree


def real(schedule: Schedule) -> Schedule:
    trees = {name: on_hours(tree) for name in ("initial", "repeat") if (tree := getattr(schedule, name))}
    return schedule.model_copy(update=trees)


class Life:
    """Random things that happen to one aircraft under a programme."""

    def __init__(self, random: Random, hangar: Hangar, requirements: list[Requirement]) -> None:
        self.random, self.hangar, self.requirements = random, hangar, requirements
        self.flights = 0

    def act(self) -> None:
        often = [self.fly, self.do]
        verbs = [*often, *often, *often, self.correct_flight, self.cancel, self.correct, self.withdraw,
                 self.another_baseline, self.plan, self.park, self.revise, self.another_counter, self.plan_ahead,
                 self.stand, self.follow, self.happen, self.happen, self.correct_event, self.vary,
                 self.vary, self.vary]  # fmt: skip
        try:
            with transaction.atomic():
                self.random.choice(verbs)()
        except RuleBroken:
            """Refused as it should be, and nothing happened."""

    def day(self) -> date:
        return FIRST_DAY + self.random.randrange(420) * DAY

    def fly(self) -> None:
        self.flights += 1
        self.flight(str(self.flights))

    def flight(self, name: str) -> None:
        """Most are refused for overlapping, in which case nothing changes."""
        from hangarlink.fleet.actions import record_flights
        from hangarlink.fleet.facts import OnKnown

        start = moment(self.day().isoformat(), self.random.randrange(20))
        fact = self.hangar.flight(self.random.choice([0.1, 1.5, 2, 3]), start, name)
        record_flights([fact], source="flightlogger", acting_user=self.hangar.acting_user, on_known=OnKnown.CORRECT)

    def correct_flight(self) -> None:
        if self.flights:
            self.flight(str(self.random.randint(1, self.flights)))

    def cancel(self) -> None:
        if self.flights:
            name = str(self.random.randint(1, self.flights))
            cancel_flights([name], source="flightlogger", reason="never flown", acting_user=self.hangar.acting_user)

    def values(self) -> dict[Any, int]:
        if self.random.random() < 0.6:
            return {}
        self.hangar.airborne.refresh_from_db()
        return {self.hangar.airborne.id: self.random.randint(hours(1000), self.hangar.airborne.total or hours(1000))}

    def do(self) -> None:
        record_accomplishment(
            self.random.choice(self.requirements),
            self.hangar.aircraft,
            performed_at=moment(self.day().isoformat(), self.random.randrange(24)),
            values=self.values(),
            finding=self.random.choice([None, True, False]),
            acting_user=self.hangar.acting_user,
        )

    def happen(self) -> None:
        record_event(
            self.hangar.aircraft, code=self.random.choice(EVENTS), values=self.values(),
            at=moment(self.day().isoformat(), self.random.randrange(24)), acting_user=self.hangar.acting_user,
        )  # fmt: skip

    def correct_event(self) -> None:
        stands = list(EventRecord.objects.filter(superseded_at__isnull=True, is_withdrawn=False).order_by("id"))
        if not stands:
            return
        one = self.random.choice(stands)
        if self.random.random() < 0.4:
            withdraw_event(one, reason="never happened", acting_user=self.hangar.acting_user)
        else:
            when = moment(self.day().isoformat())
            correct_event(one, at=when, values=self.values(), reason="typo", acting_user=self.hangar.acting_user)

    def vary(self) -> None:
        """Extend some open limit, or take an approval back."""
        stands = list(Variation.objects.filter(withdrawn_at__isnull=True).order_by("id"))
        if stands and self.random.random() < 0.3:
            withdraw_variation(self.random.choice(stands), reason="wrong", acting_user=self.hangar.acting_user)
            return
        terms = list(DueTerm.objects.filter(unknown_reason="", awaits="").order_by("item_id", "path"))
        if terms:
            term = self.random.choice(terms)
            approve_variation(
                term.item, path=term.path, amount=self.random.randint(1, 30) * (360 if term.counter_id else 1),
                counts_from=self.random.choice(["grid", "actual"]), approved_by="CAMO", reference="V",
                approved_on=self.random.choice([FIRST_DAY, FIRST_DAY, self.day()]), acting_user=self.hangar.acting_user,
            )  # fmt: skip

    def done(self) -> Accomplishment | None:
        stands = Accomplishment.objects.filter(superseded_at__isnull=True, is_withdrawn=False).order_by("id")
        return self.random.choice(list(stands)) if stands else None

    def correct(self) -> None:
        if done := self.done():
            when = moment(self.day().isoformat())
            correct_accomplishment(
                done, performed_at=when, released_at=when, values=self.values(), reason="typing error",
                acting_user=self.hangar.acting_user,
            )  # fmt: skip

    def withdraw(self) -> None:
        if done := self.done():
            withdraw_accomplishment(done, reason="never done", acting_user=self.hangar.acting_user)

    def another_baseline(self) -> None:
        start = self.random.choice([Start.NEW, Start.INSTALLATION])
        self.baseline(start, self.random.choice([None, *self.requirements]))

    def baseline(self, start: Start, only: Requirement | None) -> None:
        set_baseline(
            self.hangar.aircraft, start, on=self.day(), requirement=only, values=self.values(),
            acting_user=self.hangar.acting_user,
        )  # fmt: skip

    def plan(self) -> None:
        rate = self.random.choice([None, 0, HOUR, 3 * HOUR + 7])
        change_counter(self.hangar.airborne, daily_rate=rate, acting_user=self.hangar.acting_user)

    def park(self) -> None:
        status = self.random.choice(["in_service", "in_service", "maintenance"])
        change_aircraft(self.hangar.aircraft, status=status, acting_user=self.hangar.acting_user)

    def plan_ahead(self) -> None:
        starts = NOW + timedelta(hours=self.random.randrange(1, 900))
        plan_flight(
            self.hangar.aircraft, starts_at=starts, ends_at=starts + timedelta(hours=self.random.randint(1, 9)),
            acting_user=self.hangar.acting_user,
        )  # fmt: skip
        until = self.random.choice([None, NOW.date() + self.random.randrange(40) * DAY])
        complete_schedule(self.hangar.aircraft, until, acting_user=self.hangar.acting_user)

    def stand(self) -> None:
        first = NOW.date() + self.random.randrange(-60, 60) * DAY
        last = self.random.choice([None, first + self.random.randrange(40) * DAY])
        park_aircraft(
            self.hangar.aircraft, starts_on=first, ends_on=last, reason="storage", acting_user=self.hangar.acting_user
        )

    def follow(self) -> None:
        one, other = self.random.sample([self.hangar.airborne, self.hangar.landings], 2)
        set_use_ratio(one, other, use=self.random.randint(1, 4000), per=3, acting_user=self.hangar.acting_user)

    def revise(self) -> None:
        one = self.random.choice(self.requirements)
        window = self.random.choice([0, 5 * HOUR, 400 * HOUR])
        revise_requirement(
            one, alerts={"airborne": window, "calendar": self.random.randrange(40)}, reason="plan",
            acting_user=self.hangar.acting_user,
        )  # fmt: skip

    def another_counter(self) -> None:
        """A second counter of a kind makes limits on that kind ambiguous; its total may be unknown."""
        kind = self.random.choice(["landings", "tach", "tach"])
        number = self.random.randrange(100)
        counter = add_counter(self.hangar.aircraft, kind=kind, name=f"No {number}", acting_user=self.hangar.acting_user)
        if self.random.random() < 0.5:
            set_opening(counter, total=5, at=NOW - 30 * DAY, acting_user=self.hangar.acting_user)


def all_rows(as_of: date) -> dict[Any, DueRow]:
    return {row.item_id: row for row in due_list(sort=Sort.REQUIREMENT, limit=1000, as_of=as_of).rows}


def check_against_the_rules(as_of: date) -> None:
    """State, remaining and forecast of every item and term, and nothing in the list that should not be there."""
    listed = all_rows(as_of)
    open_items = DueItem.objects.filter(closed_at__isnull=True).values_list("id", flat=True)
    for record in read_items(list(open_items)):
        found = detail(record, as_of)
        row = listed.pop(record.item.id, None)
        if found.status.standing.ended:
            assert row is None
            continue
        assert row is not None
        assert row.state is found.status.state
        assert row.forecast == found.forecast.on
        assert row.never == (found.forecast.certainty is Certainty.NEVER)
        by_path = {term.path: term for term in row.terms}
        for term in found.status.terms:
            shown = by_path.pop(term.term.path, None)
            if shown is None:
                continue  # absorbed: a term that can never decide has no row
            assert (shown.variation, bool(shown.awaits)) == (term.term.extension, isinstance(term.term.due, Awaiting))
            assert (shown.state, shown.unknown) == (term.state, term.unknown.reason if term.unknown else None)
            assert shown.remaining == term.remaining
        assert not by_path
    assert not listed


def check_the_ways_to_ask(as_of: date) -> None:
    """The list by forecast is the same whichever horizon finds it; pages and filters are parts of it; counts count."""

    def asked(narrow: Narrow = EVERYTHING, **how: Any) -> list[Any]:
        return [row.item_id for row in due_list(narrow, as_of=as_of, **how).rows]

    whole = asked(limit=1000)
    with pytest.MonkeyPatch.context() as tuned:
        tuned.setattr(listing, "SMALL", -1)
        assert asked(limit=1000) == whole
        assert asked(limit=3) == whole[:3]
        by_page = [item for offset in range(0, len(whole), 2) for item in asked(offset=offset, limit=2)]
        assert by_page == whole
    assert sorted(whole) == sorted(all_rows(as_of))
    states = {row.item_id: row.state for row in due_list(limit=1000, as_of=as_of).rows}
    for state in State:
        assert asked(Narrow(states=[state]), limit=1000) == [item for item in whole if states[item] is state]
    assert state_counts(as_of=as_of) == {state: list(states.values()).count(state) for state in State}
    assert census(as_of=as_of) == state_counts(as_of=as_of)
    by_item, by_term = (
        sorted(rows(f"{ctes} SELECT item_id, state, score FROM scored", scores.moment(as_of)))
        for ctes in (CTES, scores.ALL.ctes)
    )
    assert by_item == by_term


def check_against_nothing(acting_user: Actor) -> None:
    """Working everything out again from the records changes no term and makes no new version."""

    fields = [field.name for field in DueTerm._meta.concrete_fields if field.name != "id"]

    def terms() -> list[Mapping[str, Any]]:
        return list(DueTerm.objects.order_by("item_id", "clause", "path").values(*fields))

    before, versions = terms(), Accomplishment.objects.count()
    recompute(list(DueItem.objects.values_list("id", flat=True)), reason="again", acting_user=acting_user)
    assert terms() == before
    assert Accomplishment.objects.count() == versions
    derived = Derived(Counter.objects.filter(formula__isnull=False))
    for counter_id, total in derived.now().items():
        assert derived.counters[counter_id].total == total


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(programme=st.lists(schedules(), min_size=2, max_size=5), seed=st.integers(0, 2**32))
def test_sql_and_rules_agree(model: AircraftModel, acting_user: Actor, programme: list[Schedule], seed: int) -> None:
    random = Random(seed)
    with transaction.atomic():
        hangar = make_hangar(model, acting_user, "OY-RND")
        # Mostly usage counts as fresh, or nearly everything would be unknown.
        current_account().stale_usage_days = random.choice([7, 2_000, 2_000])
        life = Life(random, hangar, [])
        add_tolerance_class(code="wide", name="Wide", bands=WIDE, acting_user=acting_user)
        life.requirements = [
            hangar.demand(f"R{n}", to_json(real(one)), tolerance="wide") for n, one in enumerate(programme)
        ]
        if random.random() < 0.5:
            derive_counter(hangar.aircraft, name="Factored", formula=HALF_AND_COUNT, acting_user=acting_user)
            life.requirements.append(hangar.demand("D", ON_DERIVED, tolerance="wide"))
        if random.random() < 0.8:
            for start in (Start.NEW, Start.INSTALLATION):
                life.baseline(start, None)
        for _ in range(random.randrange(50)):
            life.act()
        for as_of in (NOW.date(), NOW.date() + random.randrange(900) * DAY, NOW.date() - 200 * DAY):
            check_against_the_rules(as_of)
            check_the_ways_to_ask(as_of)
        check_against_nothing(acting_user)
        transaction.set_rollback(True)
