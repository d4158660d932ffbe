"""Derived counters on record: factored service hours move with usage and with inspections, now and in the past."""

from typing import Any

import pytest

from hangarlink.fleet.actions import cancel_flights, set_opening
from hangarlink.fleet.facts import OnKnown, Verdict
from hangarlink.fleet.models import Counter
from hangarlink.maintenance.programme.actions import (
    change_formula,
    derive_counter,
    withdraw_accomplishment,
)
from hangarlink.maintenance.programme.derivation import totals
from hangarlink.maintenance.programme.models import Accomplishment, DueTerm, Requirement
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.programme.conftest import HOUR, Hangar, announced, hours, moment, state_changes

pytestmark = pytest.mark.django_db

INSPECTIONS = {
    "kind": "product",
    "of": [{"kind": "count", "requirement": "100 h"}, {"kind": "number", "value": 100 * HOUR}],
}
FACTORED: dict[str, Any] = {
    "kind": "sum",
    "of": [
        INSPECTIONS,
        {
            "kind": "quotient",
            "of": [
                {"kind": "difference", "of": [{"kind": "counter", "counter": "airborne"}, INSPECTIONS]},
                {"kind": "number", "value": 17},
            ],
        },
    ],
}
THRESHOLD = {"initial": {"kind": "counter", "counter": "Factored", "thresholds": [200 * HOUR], "start": "zero"}}


@pytest.fixture
def hundred(hangar: Hangar) -> Requirement:
    return hangar.demand()


@pytest.fixture
def factored(hangar: Hangar, hundred: Requirement, acting_user: Actor) -> Counter:
    return derive_counter(hangar.aircraft, name="Factored", formula=FACTORED, acting_user=acting_user)


def total(counter: Counter) -> float | None:
    counter.refresh_from_db()
    return None if counter.total is None else round(counter.total / HOUR, 4)


def expected(inspections: int, flown: float) -> float:
    return round(inspections * 100 + (flown - inspections * 100) / 17, 4)


def test_e22_it_follows_usage_and_inspections(hangar: Hangar, hundred: Requirement, factored: Counter) -> None:
    assert total(factored) == pytest.approx(expected(0, 1000), abs=0.001)
    hangar.use(50, "2026-02-10")
    assert total(factored) == pytest.approx(expected(0, 1050), abs=0.001)
    hangar.did(hundred, "2026-02-12", 1050.0)
    assert total(factored) == pytest.approx(expected(1, 1050), abs=0.001)
    hangar.fly(2)
    assert total(factored) == pytest.approx(expected(1, 1052), abs=0.001)


def test_what_is_taken_back_moves_it_back(
    hangar: Hangar, hundred: Requirement, factored: Counter, acting_user: Actor
) -> None:
    done = hangar.did(hundred, "2026-02-12", 1000.0)
    withdraw_accomplishment(done, reason="other aircraft", acting_user=acting_user)
    assert total(factored) == pytest.approx(expected(0, 1000), abs=0.001)
    hangar.fly(3, name="F1")
    cancel_flights(["F1"], source="flightlogger", reason="never flown", acting_user=acting_user)
    assert total(factored) == pytest.approx(expected(0, 1000), abs=0.001)


def test_moments_of_the_past_are_worked_out_there(hangar: Hangar, hundred: Requirement, factored: Counter) -> None:
    hangar.did(hundred, "2026-02-12", 1000.0)
    hangar.fly(10, "2026-02-20")
    asked = [
        (factored.id, moment("2026-02-11")),
        (factored.id, moment("2026-02-13")),
        (factored.id, moment("2026-03-01")),
    ]
    found = totals(asked)
    assert [round((found[one] or 0) / HOUR, 2) for one in asked] == [
        round(expected(0, 1000), 2),
        round(expected(1, 1000), 2),
        round(expected(1, 1010), 2),
    ]


def test_a_limit_on_it_is_crossed_by_a_flight_and_announced(
    hangar: Hangar, hundred: Requirement, factored: Counter
) -> None:
    directive = hangar.demand("AD 2020-26-16", THRESHOLD, mandatory_class="airworthiness_directive")
    for day in ("2026-02-10", "2026-02-11"):
        hangar.did(hundred, day, 1000.0)
    term = DueTerm.objects.get(item=hangar.item(directive))
    assert (term.counter_id, term.limit_value) == (factored.id, hours(200))
    assert hangar.row(directive).state in {State.OVERDUE, State.UNKNOWN}
    hangar.fly(1)
    assert hangar.row(directive).state is State.OVERDUE
    assert ("due_soon", "overdue") in state_changes() or ("ok", "overdue") in state_changes()


def test_values_at_work_follow_a_late_inspection(hangar: Hangar, hundred: Requirement, factored: Counter) -> None:
    """An inspection told late was counted from its moment, so later values of the derived counter were too low."""
    spar = hangar.demand("spar", {"repeat": {"kind": "counter", "counter": "Factored", "every": 50 * HOUR}})
    hangar.did(spar, "2026-02-20", values={})
    hangar.did(hundred, "2026-02-10", 1000.0)
    stands = Accomplishment.objects.get(item=hangar.item(spar), superseded_at__isnull=True)
    value = stands.values.get(counter=factored).value
    assert stands.version == 2
    assert value / HOUR == pytest.approx(expected(1, 1000), abs=0.001)
    assert DueTerm.objects.get(item=hangar.item(spar)).limit_value == value + 50 * HOUR


def test_unknown_stays_unknown(hangar: Hangar, acting_user: Actor, hundred: Requirement) -> None:
    from hangarlink.fleet.actions import add_counter

    tach = add_counter(hangar.aircraft, kind="tach", acting_user=acting_user)
    twice = {"kind": "product", "of": [{"kind": "counter", "counter": "tach"}, {"kind": "number", "value": 2}]}
    made = derive_counter(hangar.aircraft, name="Twice", formula=twice, acting_user=acting_user)
    assert total(made) is None
    set_opening(tach, total=5 * HOUR, at=moment("2026-02-01"), acting_user=acting_user)
    assert total(made) == 10.0


def test_usage_is_never_recorded_on_it(hangar: Hangar, factored: Counter, acting_user: Actor) -> None:
    with pytest.raises(RuleBroken, match="worked out from other counters"):
        set_opening(factored, total=5, at=moment("2026-02-01"), acting_user=acting_user)
    from hangarlink.fleet.actions import record_flights
    from hangarlink.fleet.facts import FlightFact

    fact = FlightFact(
        hangar.aircraft.id, "X", moment("2026-02-02"), moment("2026-02-02", 13), amounts={factored.id: 60}
    )
    (outcome,) = record_flights([fact], source="flightlogger", acting_user=acting_user, on_known=OnKnown.CORRECT)
    assert outcome.verdict is Verdict.REJECTED


def test_the_formula_is_changed_with_a_reason(hangar: Hangar, factored: Counter, acting_user: Actor) -> None:
    half = {"kind": "quotient", "of": [{"kind": "counter", "counter": "airborne"}, {"kind": "number", "value": 2}]}
    with pytest.raises(RuleBroken, match="reason"):
        change_formula(factored, formula=half, reason="", acting_user=acting_user)
    change_formula(factored, formula=half, reason="revised directive", acting_user=acting_user)
    assert total(factored) == 500.0
    assert len(announced("counter.formula_set")) == 2


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ({"kind": "counter", "counter": "hobbs"}, "no single counter 'hobbs'; its counters: Airborne, Landings"),
        ({"kind": "count", "requirement": "50 h"}, "no requirement '50 h'"),
        ({"kind": "counter", "counter": "Factored"}, "a derived counter itself"),
        (
            {"kind": "quotient", "of": [{"kind": "counter", "counter": "airborne"}, {"kind": "number", "value": 0}]},
            "zero",
        ),
    ],
)
def test_refusals_name_the_object_and_write_nothing(
    hangar: Hangar, factored: Counter, acting_user: Actor, formula: Any, message: str
) -> None:
    before = Counter.objects.count()
    with pytest.raises(RuleBroken) as refused:
        derive_counter(hangar.aircraft, name="Other", formula=formula, acting_user=acting_user)
    assert message in str(refused.value)
    assert Counter.objects.count() == before


def test_the_permission(hangar: Hangar, hundred: Requirement, acting_user: Actor) -> None:
    reader = Actor(acting_user.kind, acting_user.id, acting_user.label, frozenset({"fleet.edit"}))
    with pytest.raises(NotPermitted):
        derive_counter(hangar.aircraft, name="F", formula=FACTORED, acting_user=reader)


def test_its_use_is_known_for_forecasts(hangar: Hangar, hundred: Requirement, factored: Counter) -> None:
    hangar.use(17, "2026-02-20")
    factored.refresh_from_db()
    hangar.airborne.refresh_from_db()
    assert factored.recent_days == hangar.airborne.recent_days
    assert factored.recent_amount == pytest.approx(hangar.airborne.recent_amount / 17, abs=2)
