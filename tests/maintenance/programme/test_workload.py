"""What falls due in the coming weeks, months and years: the chart's counts against the rules, one by one."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.maintenance.programme.queries import Narrow, Step, due_list, workload
from hangarlink.maintenance.programme.rules.forecast import Certainty
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.tenancy.models import Account
from tests.maintenance.programme.conftest import NOW
from tests.maintenance.programme.test_planned_scores import Planned
from tests.maintenance.programme.test_scores import Fleet

TODAY, DAY = NOW.date(), timedelta(days=1)


@pytest.mark.parametrize("kind", [Fleet, Planned])
@pytest.mark.parametrize("seed", [1, 2])
def test_counts_are_those_of_the_rules(seed: int, kind: type[Fleet], acting: Account) -> None:
    fleet = kind(Random(seed), acting)
    days = Counter(when.day for _, when in fleet.expected.values() if when.certainty is Certainty.AHEAD)
    certain = Counter(when.certainty for _, when in fleet.expected.values())
    for step, periods in ((Step.DAY, 20), (Step.WEEK, 9), (Step.MONTH, 3), (Step.YEAR, 2)):
        found = workload(step, periods)
        assert (found.passed, found.unknown) == (certain[Certainty.PASSED], certain[Certainty.UNKNOWN])
        assert [one.items for one in found.periods] == [
            sum(number for day, number in days.items() if one.first <= day <= one.last) for one in found.periods
        ]
    whole = workload(Step.MONTH, 120)
    assert whole.items == sum(n for day, n in days.items() if day <= whole.periods[-1].last)


def test_narrowed_as_the_list_is(acting: Account) -> None:
    fleet = Fleet(Random(3), acting)
    for narrow in (
        Narrow(aircraft_id=fleet.aircraft[0].id),
        Narrow(aircraft_model_id=fleet.aircraft[0].aircraft_model_id),
        Narrow(states=[State.OK]),
        Narrow(text="2"),
    ):
        found = workload(Step.MONTH, 2, narrow)
        listed = due_list(narrow, limit=1000).rows
        last = found.periods[-1].last
        assert found.items == sum(1 for row in listed if row.forecast and TODAY <= row.forecast <= last)


def test_the_list_of_a_period_is_what_the_chart_counts(acting: Account) -> None:
    Fleet(Random(4), acting)
    found = workload(Step.WEEK, 6)
    for period in found.periods:
        first = max(period.first, TODAY)
        listed = due_list(Narrow(forecast_from=first, forecast_until=period.last), limit=1000).rows
        assert [row.state for row in listed if row.state is State.OVERDUE] == []
        assert len(listed) == period.items


def test_periods_have_no_gaps(acting: Account) -> None:
    found = workload(Step.WEEK, 3)
    assert [(one.first, one.last) for one in found.periods] == [
        (date(2026, 2, 23), date(2026, 3, 1)),
        (date(2026, 3, 2), date(2026, 3, 8)),
        (date(2026, 3, 9), date(2026, 3, 15)),
    ]
    months = workload(Step.MONTH, 12, since=date(2026, 5, 31)).periods
    assert (months[0].first, months[-1].last) == (date(2026, 5, 1), date(2027, 4, 30))
    for bad in (0, 121):
        with pytest.raises(RuleBroken, match="ask for 1 to 120"):
            workload(Step.YEAR, bad)


def test_one_statement_however_many(acting: Account) -> None:
    Fleet(Random(5), acting)
    with CaptureQueriesContext(connection) as queries:
        workload(Step.MONTH, 12)
    assert len(queries) == 1
