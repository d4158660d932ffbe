"""What of a due item fits into a maintenance part."""

from datetime import date
from uuid import UUID

import pytest

from hangarlink.integration.contract import LogKind
from hangarlink.integration.datasets.parts import Fits, Limit, Types, fitting, types_in

HOBBS, TACH, LANDINGS, CYCLES = (UUID(int=number) for number in range(1, 5))
FED = {HOBBS, TACH, LANDINGS}
DAY = date(2027, 1, 31)


def test_the_first_of_a_day_a_total_and_a_count() -> None:
    limits = [
        Limit(0, day=DAY), Limit(1, HOBBS, "hobbs", 900), Limit(2, LANDINGS, "landings", 50), Limit(3, day=date.max),
        Limit(4, HOBBS, "hobbs", 800),
    ]  # fmt: skip
    assert fitting(limits, FED) == Fits(DAY, 50, 800, LogKind.HOBBS)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ([], "no limit"),
        ([Limit(0, day=DAY), Limit(1, is_known=False)], "not known"),
        ([Limit(0, day=DAY), Limit(0, HOBBS, "hobbs", 900)], "later of two"),
        ([Limit(0, CYCLES, "cycles", 900)], "keeps no cycles"),
        ([Limit(0, UUID(int=9), "hobbs", 900)], "not fed"),
        ([Limit(0, HOBBS, "hobbs", 900), Limit(1, TACH, "tach", 900)], "two logs"),
    ],
)
def test_what_does_not_fit_is_not_cut_to_fit(limits: list[Limit], reason: str) -> None:
    assert reason in str(fitting(limits, FED))


def test_a_requirements_own_type_counts_more_than_its_class() -> None:
    types = Types({"programme": "701"}, {HOBBS: "702"})
    assert types_in(types.stored()) == types
    assert (types.of(HOBBS, "programme"), types.of(TACH, "programme"), types.of(TACH, "operator")) == ("702", "701", "")
    assert types_in(None) == Types()
