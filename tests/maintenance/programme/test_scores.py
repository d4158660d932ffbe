"""The SQL of states and forecasts against the rules, number by number: small numbers, so that every boundary is met."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.maintenance.programme.models import DueItem, DueTerm, Requirement, RequirementRevision
from hangarlink.maintenance.programme.queries import Narrow, due_list, listing, scores, state_counts
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.rules.dues import OnDate, Reason
from hangarlink.maintenance.programme.rules.forecast import NEVER, UNKNOWN, Certainty, Forecast, Rate, days_to
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.rules.status import state_of
from hangarlink.platform.tenancy.models import Account
from tests.maintenance.programme.conftest import NOW

TODAY = NOW.date()
ITEMS, COUNTERS = 250, 12


class Fleet:
    """Items with random clauses of random terms on random counters, and what the rules say of each."""

    def __init__(self, random: Random, account: Account) -> None:
        self.random, self.account = random, account
        model = AircraftModel.objects.create(account=account, name="Any")
        self.aircraft = [
            Aircraft.objects.create(account=account, registration=f"N{n}", aircraft_model=model, status=status)
            for n, status in enumerate(["in_service", "in_service", "maintenance"])
        ]
        self.counters = [self._counter(number) for number in range(COUNTERS)]
        self.expected: dict[UUID, tuple[State, Forecast]] = {}
        self._plan()
        self._items()

    def _plan(self) -> None:
        """Nothing is planned."""

    def _counter(self, number: int) -> Counter:
        random = self.random
        return Counter.objects.create(
            account=self.account, aircraft=random.choice(self.aircraft), kind="cycles", name=str(number), unit="count",
            display="whole", total=random.choice([None, *range(8, 25)]),
            total_at=random.choice([None, NOW - timedelta(days=7), NOW - timedelta(days=8), NOW]),
            daily_rate=random.choice([None, 0, 1, 2, 5]),
            recent_amount=random.randrange(7), recent_days=random.randrange(4),
        )  # fmt: skip

    def _items(self) -> None:
        items, terms = [], []
        for revision in self._revisions():
            aircraft = self.random.choice(self.aircraft)
            item = DueItem(account=self.account, requirement=revision.requirement, aircraft=aircraft, revision=revision)
            clauses = [[self._term(item, n, m) for m in range(self.random.choice([1, 1, 2]))]
                       for n in range(self.random.choice([1, 2, 2, 3]))]  # fmt: skip
            self.expected[item.id] = (
                max(min(state for _, state, _ in clause) for clause in clauses),
                min(max(when for _, _, when in clause) for clause in clauses),
            )
            items.append(item)
            terms += [term for clause in clauses for term, _, _ in clause]
        DueItem.objects.bulk_create(items)
        DueTerm.objects.bulk_create(terms)

    def _revisions(self) -> list[RequirementRevision]:
        demanded = Requirement.objects.bulk_create(
            Requirement(account=self.account, reference=str(number)) for number in range(ITEMS)
        )
        return RequirementRevision.objects.bulk_create(
            RequirementRevision(
                account=self.account, requirement=one, number=1, title="x", mandatory_class="programme", schedule={}
            )
            for one in demanded
        )

    def _term(self, item: DueItem, clause: int, place: int) -> tuple[DueTerm, State, Forecast]:
        random = self.random
        term = DueTerm(account=self.account, item=item, clause=clause, path=f"{clause}/{place}")
        kind = random.choice(
            ["count", "count", "count", "date", "date", "unknown"] if random.random() < 0.5 else ["count", "date"]
        )
        window = random.randrange(6)
        if kind == "unknown":
            term.unknown_reason = Reason.NO_START
            return term, State.UNKNOWN, UNKNOWN
        if kind == "date":
            due = OnDate.of(TODAY + timedelta(days=random.randrange(-12, 40)))
            term.limit_date, term.alert_date, term.anchor = due.on, due.on - timedelta(days=window), due.anchor
            left = (due.on - TODAY).days
            return term, state_of(left, window), _forecast(left, left)
        counter = random.choice(self.counters)
        term.counter, term.limit_value = counter, random.randrange(0, 60)
        term.alert_value = term.limit_value - window
        return term, *self._counted(counter, term.limit_value, window)

    def _counted(self, counter: Counter, limit: int, window: int) -> tuple[State, Forecast]:
        if counter.total is None:
            return State.UNKNOWN, UNKNOWN
        left = limit - counter.total
        fresh = counter.total_at is not None and counter.total_at >= NOW - timedelta(days=7, hours=12)
        if counter.aircraft.status == "in_service" and not fresh and left >= 0:
            return State.UNKNOWN, UNKNOWN
        rate = Rate(counter.recent_amount, counter.recent_days) if counter.recent_days else Rate(0)
        rate = rate if counter.daily_rate is None else Rate(counter.daily_rate)
        return state_of(left, window), _forecast(left, days_to(left, rate))


def _forecast(left: int, days: int | None) -> Forecast:
    if days is None:
        return NEVER
    return Forecast(Certainty.PASSED if left < 0 else Certainty.AHEAD, TODAY + timedelta(days=days))


@pytest.mark.parametrize("seed", range(4))
def test_sql_says_what_the_rules_say(seed: int, acting: Account) -> None:
    """One filling of the tables for all the ways to ask."""
    fleet = Fleet(Random(seed), acting)
    every_state_and_forecast(fleet)
    the_terms_shown()
    counts_and_filters_by_state(fleet)
    nothing_missed_within_a_horizon(fleet)
    with pytest.MonkeyPatch.context() as tuned:
        tuned.setattr(listing, "SMALL", -1)
        every_state_and_forecast(fleet)
    whole = [row.item_id for row in due_list(limit=1000).rows]
    for horizons in (listing.HORIZONS, (-10, -3, 0, 2, 9)):
        for limit in (1, 40, ITEMS - 1):
            pages_found_step_by_step(whole, limit, horizons)


def every_state_and_forecast(fleet: Fleet) -> None:
    listed = due_list(limit=1000).rows
    found = {row.item_id: (row.state, row.forecast, row.never) for row in listed}
    assert found == {
        item: (state, when.on, when.certainty is Certainty.NEVER) for item, (state, when) in fleet.expected.items()
    }
    order = [(fleet.expected[row.item_id][1], -row.state, row.item_id) for row in listed]
    assert order == sorted(order)


def the_terms_shown() -> None:
    for row in due_list(limit=1000).rows:
        by_clause: dict[int, list[State]] = {}
        for term in row.terms:
            by_clause.setdefault(term.clause, []).append(term.state)
            assert (term.unknown is not None) == (term.state is State.UNKNOWN)
            assert isinstance(term.limit, int | date) or term.unknown is Reason.NO_START
        assert max(min(states) for states in by_clause.values()) is row.state


def counts_and_filters_by_state(fleet: Fleet) -> None:
    states = [state for state, _ in fleet.expected.values()]
    assert state_counts() == {state: states.count(state) for state in State}
    assert min(states.count(state) for state in State) > 0, "every state is met"
    for state in State:
        found = due_list(Narrow(states=[state]), limit=1000).rows
        assert {row.item_id for row in found} == {item for item, one in fleet.expected.items() if one[0] is state}


def nothing_missed_within_a_horizon(fleet: Fleet) -> None:
    for days in range(-25, 45):
        scope = scores.NEAR if days >= 0 else scores.PASSED
        statement = f"{scope.ctes} SELECT item_id FROM scored WHERE score <= 2 * %(horizon)s"
        found = {item for (item,) in rows(statement, scores.moment(TODAY, horizon=days))}
        within = Forecast(Certainty.AHEAD if days >= 0 else Certainty.PASSED, TODAY + timedelta(days=days))
        assert found == {item for item, (_, when) in fleet.expected.items() if when <= within}


def pages_found_step_by_step(whole: list[UUID], limit: int, horizons: tuple[int, ...]) -> None:
    with pytest.MonkeyPatch.context() as tuned:
        tuned.setattr(listing, "SMALL", -1)
        tuned.setattr(listing, "HORIZONS", horizons)
        page, following = due_list(limit=limit), due_list(offset=limit, limit=limit)
    assert ([row.item_id for row in page.rows], page.has_more) == (whole[:limit], True)
    assert [row.item_id for row in following.rows] == whole[limit : 2 * limit]
