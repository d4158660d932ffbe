"""Flights onto counters."""

from hangarlink.fleet.actions import set_opening
from hangarlink.fleet.facts import Verdict
from tests.fleet.conftest import HOUR, Logbook, at, flight


def test_a_flight_adds_to_its_counters(logbook: Logbook) -> None:
    set_opening(logbook.airborne, total=1000 * HOUR, at=at(1), acting_user=logbook.acting_user)
    outcomes = logbook.record(
        flight(logbook.aircraft, {logbook.airborne: HOUR, logbook.landings: 3}, "a", hour=9),
        flight(logbook.aircraft, {logbook.airborne: 2 * HOUR, logbook.landings: 1}, "b", hour=12),
    )
    assert [o.verdict for o in outcomes] == [Verdict.CREATED, Verdict.CREATED]
    assert logbook.total() == 1003 * HOUR
    assert logbook.total(logbook.landings) is None
