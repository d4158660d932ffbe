"""An alternative may not be weaker than the minimum inspection programme (ML.A.302(c))."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.amp.actions import (
    add_programme,
    assign_programme,
    change_programme,
    draft_revision,
    put_task,
    submit_revision,
)
from hangarlink.maintenance.amp.minimum import weaker_tasks
from hangarlink.maintenance.amp.models import Programme
from hangarlink.maintenance.amp.rules.minimum import weaknesses
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.amp.conftest import HUNDRED, Hangar, every, in_force, months

HOUR = 3600


def counter(hours: int, name: str = "airborne", **more: Any) -> dict[str, Any]:
    return {"kind": "counter", "counter": name, "every": hours * HOUR, **more}


def calendar(number: int, unit: str = "months") -> dict[str, Any]:
    return {"kind": "calendar", "unit": unit, "every": number}


def first(*of: Any) -> dict[str, Any]:
    return {"kind": "first", "of": list(of)}


def last(*of: Any) -> dict[str, Any]:
    return {"kind": "last", "of": list(of)}


MIP = first(counter(100), calendar(12))


@pytest.mark.parametrize(
    ("own", "least", "is_weaker"),
    [
        (first(counter(100), calendar(12)), MIP, False),
        (first(counter(50), calendar(6)), MIP, False),
        (first(counter(50), calendar(6), counter(10, "landings")), MIP, False),
        (first(counter(110), calendar(12)), MIP, True),
        (first(counter(100), calendar(13)), MIP, True),
        (counter(50), MIP, True),
        (last(counter(50), calendar(6)), MIP, True),
        (first(counter(100, "hobbs"), calendar(12)), MIP, True),
        (counter(50), last(counter(100), calendar(12)), False),
        (last(counter(50), calendar(12)), last(counter(100), calendar(12)), False),
        (last(counter(50), calendar(13)), last(counter(100), calendar(12)), True),
        (calendar(12), calendar(12, "calendar_months"), False),
        (calendar(12, "calendar_months"), calendar(12), True),
        (calendar(11, "calendar_months"), calendar(12), False),
        (calendar(365, "days"), calendar(12), False),
        (calendar(366, "days"), calendar(12), True),
        (calendar(1), calendar(31, "days"), False),
        (calendar(1), calendar(30, "days"), True),
        (counter(50, start="new"), counter(100), True),
    ],
)
def test_what_may_come_later_is_weaker(own: Any, least: Any, is_weaker: bool) -> None:
    found = weaknesses(from_json({"repeat": own}), from_json({"repeat": least}))
    assert bool(found) is is_weaker


def test_one_that_ends_is_weaker_than_one_that_goes_on() -> None:
    own, least = {"repeat": counter(50), "times": 3}, {"repeat": counter(100)}
    assert "ends after 3 times" in weaknesses(from_json(own), from_json(least))[0]
    assert not weaknesses(from_json(own), from_json({**least, "times": 3}))


def test_thresholds_are_compared_one_by_one() -> None:
    def steps(*at: int, then: int) -> Any:
        return from_json({"repeat": counter(then, start="zero", thresholds=[one * HOUR for one in at])})

    assert not weaknesses(steps(9_000, then=1_000), steps(10_000, then=1_000))
    assert weaknesses(steps(11_000, then=1_000), steps(10_000, then=1_000))
    assert weaknesses(steps(9_000, then=1_001), steps(10_000, then=1_000))
    assert weaknesses(steps(9_000, 9_500, then=1_000), steps(10_000, then=1_000))


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(["days", "months", "calendar_months"]))
def test_the_same_measure_compares_as_numbers(own: int, least: int, unit: str) -> None:
    found = weaknesses(from_json({"repeat": calendar(own, unit)}), from_json({"repeat": calendar(least, unit)}))
    assert bool(found) is (own > least)


@pytest.fixture
def minimum(acting_user: Actor) -> Programme:
    made = add_programme(code="MIP", name="Minimum inspection programme", is_minimum=True, acting_user=acting_user)
    draft = draft_revision(made, acting_user=acting_user)
    put_task(draft, "M-1", acting_user=acting_user, **HUNDRED)
    put_task(draft, "M-2", acting_user=acting_user, **{**HUNDRED, "schedule": months(12)})
    in_force(draft, acting_user)
    return made


def test_a_weaker_interval_is_refused_until_it_is_as_strict(
    programme: Programme, minimum: Programme, acting_user: Actor
) -> None:
    change_programme(programme, minimum=minimum, acting_user=acting_user)
    draft = draft_revision(programme, acting_user=acting_user)
    put_task(draft, "A", acting_user=acting_user, **{**HUNDRED, "schedule": every(110), "minimum_task": "M-1"})
    assert set(weaker_tasks(draft)) == {"A", "M-2"}
    with pytest.raises(RuleBroken, match=r"A: .*later than the minimum.*M-2: no task stands"):
        submit_revision(draft, acting_user=acting_user)
    put_task(draft, "A", acting_user=acting_user, **{**HUNDRED, "minimum_task": "M-1"})
    put_task(draft, "B", acting_user=acting_user, **{**HUNDRED, "schedule": months(6), "minimum_task": "M-2"})
    in_force(draft, acting_user)


def test_a_task_that_stands_for_nothing_or_for_some_aircraft_only_is_refused(
    programme: Programme, minimum: Programme, acting_user: Actor
) -> None:
    change_programme(programme, minimum=minimum, acting_user=acting_user)
    draft = draft_revision(programme, acting_user=acting_user)
    put_task(draft, "A", acting_user=acting_user, **{**HUNDRED, "minimum_task": "M-9"})
    narrow = {"effectivity": {"pre": ["SB 1"]}, "minimum_task": "M-1"}
    put_task(draft, "B", acting_user=acting_user, **{**HUNDRED, **narrow})
    found = weaker_tasks(draft)
    assert found["A"] == ["the minimum programme has no task M-9"]
    assert found["B"] == ["it is narrowed by effectivity, the minimum programme's task is not"]


def test_a_minimum_programme_demands_nothing_and_is_assigned_to_nothing(
    minimum: Programme, hangar: Hangar, acting_user: Actor
) -> None:
    with pytest.raises(RuleBroken, match="demands nothing itself"):
        assign_programme(minimum, hangar.aircraft, acting_user=acting_user)
    with pytest.raises(RuleBroken, match="not compared with another"):
        change_programme(minimum, minimum=minimum, acting_user=acting_user)
