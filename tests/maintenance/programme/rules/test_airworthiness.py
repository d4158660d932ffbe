"""What due items say about their aircraft."""

import pytest

from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness, Ground, MandatoryClass, of_item, worst
from hangarlink.maintenance.programme.rules.states import State

AD, OPERATOR = MandatoryClass.AIRWORTHINESS_DIRECTIVE, MandatoryClass.OPERATOR


@pytest.mark.parametrize(
    ("state", "mandatory", "expected"),
    [
        (State.OVERDUE, AD, Airworthiness.GROUNDED),
        (State.OVERDUE, MandatoryClass.PROGRAMME, Airworthiness.GROUNDED),
        (State.OVERDUE, OPERATOR, Airworthiness.DUE_SOON),
        (State.UNKNOWN, AD, Airworthiness.UNKNOWN),
        (State.UNKNOWN, MandatoryClass.RECOMMENDED, Airworthiness.DUE_SOON),
        (State.DUE, AD, Airworthiness.DUE_SOON),
        (State.DUE_SOON, AD, Airworthiness.DUE_SOON),
        (State.OK, AD, Airworthiness.OK),
    ],
)
def test_an_item_says(state: State, mandatory: MandatoryClass, expected: Airworthiness) -> None:
    assert of_item(state, mandatory) is expected


def test_the_worst_wins_and_every_reason_is_listed() -> None:
    grounds = [
        Ground(Airworthiness.DUE_SOON, "item_due_soon", "3", "Oil"),
        Ground(Airworthiness.GROUNDED, "item_overdue", "1", "Annual"),
        Ground(Airworthiness.OK, "item_ok", "9", "Propeller"),
        Ground(Airworthiness.UNKNOWN, "item_unknown", "2", "Hose"),
    ]
    state, reasons = worst(grounds)
    assert state is Airworthiness.GROUNDED
    assert [ground.subject for ground in reasons] == ["1", "2", "3"]
    assert worst([]) == (Airworthiness.OK, ())


def test_only_programme_tasks_that_ground_may_ever_be_tolerated() -> None:
    assert {one for one in MandatoryClass if one.grounds and not one.never_tolerates} == {MandatoryClass.PROGRAMME}
