"""The port by which rooms above keep true what they derive from usage."""

from collections.abc import Iterator, Sequence

import pytest

from hangarlink.fleet.actions import cancel_flights, record_reading, set_opening
from hangarlink.fleet.derived import UsageChange, register, unregister
from hangarlink.fleet.models import Flight
from hangarlink.fleet.queries import totals_at
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.fleet.conftest import HOUR, Logbook, at, flight


class Ear:
    """Remembers what it was told, and what totals it could read at that moment."""

    def __init__(self) -> None:
        self.pages: list[list[UsageChange]] = []
        self.error: Exception | None = None

    def __call__(self, changes: Sequence[UsageChange], *, acting_user: Actor) -> None:
        self.pages.append(list(changes))
        for change in changes:
            assert totals_at([(change.counter_id, at(60))]) == [change.new_total], "counters have moved already"
        if self.error:
            raise self.error


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    register(ear)
    register(ear)
    yield ear
    unregister(ear)


def test_one_call_per_page_with_every_counter_that_moved(logbook: Logbook, ear: Ear) -> None:
    set_opening(logbook.airborne, total=1000, at=at(1), acting_user=logbook.acting_user)
    set_opening(logbook.landings, total=10, at=at(1), acting_user=logbook.acting_user)
    ear.pages.clear()
    amounts = {logbook.airborne: HOUR, logbook.landings: 2}
    logbook.record(*[flight(logbook.aircraft, amounts, str(n), day=3 + n) for n in range(3)])
    (page,) = ear.pages
    assert {(c.counter_id, c.old_total, c.new_total, c.recompute_from) for c in page} == {
        (logbook.airborne.id, 1000, 1000 + 3 * HOUR, at(3, 10)),
        (logbook.landings.id, 10, 16, at(3, 10)),
    }
    assert {c.aircraft_id for c in page} == {logbook.aircraft.id}


def test_nothing_known_nothing_changed(logbook: Logbook, ear: Ear) -> None:
    logbook.fly(HOUR, "unknown total")
    set_opening(logbook.airborne, total=1000, at=at(5), acting_user=logbook.acting_user)
    logbook.fly(HOUR, "before the opening", day=3)
    (page,) = ear.pages
    assert [(c.old_total, c.new_total, c.recompute_from) for c in page] == [(None, 1000, at(5))]


def test_an_unchanged_page_tells_nobody(logbook: Logbook, ear: Ear) -> None:
    set_opening(logbook.airborne, total=1000, at=at(1), acting_user=logbook.acting_user)
    logbook.fly(HOUR, "a")
    ear.pages.clear()
    logbook.fly(HOUR, "a")
    logbook.fly(HOUR, "a", departure="EKRK")
    assert ear.pages == []


def test_e36_a_late_flight_says_from_when_on_totals_differ(logbook: Logbook, ear: Ear) -> None:
    set_opening(logbook.airborne, total=800 * HOUR, at=at(1), acting_user=logbook.acting_user)
    logbook.fly(12 * HOUR + 1440, "before the task", day=3)
    task = (logbook.airborne.id, at(5))
    assert totals_at([task]) == [812 * HOUR + 1440]
    logbook.fly(2 * HOUR + 1080, "late", day=4)
    assert totals_at([task]) == [814 * HOUR + 2520]
    (change,) = ear.pages[-1]
    assert change.recompute_from == at(4, 10)
    assert (change.new_total or 0) - (change.old_total or 0) == 2 * HOUR + 1080


def test_an_absorbed_late_flight_changes_the_past_only(logbook: Logbook, ear: Ear) -> None:
    set_opening(logbook.airborne, total=0, at=at(1), acting_user=logbook.acting_user)
    record_reading(logbook.airborne, reading=5 * HOUR, at=at(9), acting_user=logbook.acting_user)
    logbook.fly(HOUR, "late", day=4)
    (change,) = ear.pages[-1]
    assert (change.old_total, change.new_total, change.recompute_from) == (5 * HOUR, 5 * HOUR, at(4, 10))


def test_a_cancellation_tells_the_moment_it_takes_back(logbook: Logbook, ear: Ear) -> None:
    set_opening(logbook.airborne, total=0, at=at(1), acting_user=logbook.acting_user)
    logbook.fly(HOUR, "a", day=4)
    cancel_flights(["a"], source="flightlogger", reason="x", acting_user=logbook.acting_user)
    (change,) = ear.pages[-1]
    assert (change.old_total, change.new_total, change.recompute_from) == (HOUR, 0, at(4, 10))


def test_a_refused_value_is_told_to_nobody(logbook: Logbook, ear: Ear) -> None:
    set_opening(logbook.airborne, total=1000, at=at(1), acting_user=logbook.acting_user)
    ear.pages.clear()
    with pytest.raises(RuleBroken):
        record_reading(logbook.airborne, reading=999, at=at(2), acting_user=logbook.acting_user)
    assert ear.pages == []


def test_a_listener_that_fails_undoes_the_page(logbook: Logbook, ear: Ear) -> None:
    set_opening(logbook.airborne, total=1000, at=at(1), acting_user=logbook.acting_user)
    ear.error = RuntimeError("due logic is down")
    with pytest.raises(RuntimeError, match="due logic"):
        logbook.fly(HOUR, "a")
    ear.error = None
    assert logbook.total() == 1000
    assert not Flight.objects.exists()
