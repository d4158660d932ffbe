"""Several connections at once: each flight once, nobody waits for ever, nobody reads half a page."""

import random
import threading
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from django.db import connections

from hangarlink.fleet.actions import (
    add_aircraft,
    add_aircraft_model,
    add_counter,
    cancel_flights,
    record_flights,
    record_reading,
    refresh_recent_use,
    set_opening,
)
from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown, Verdict, Why
from hangarlink.fleet.models import Aircraft, Correction, Counter, Flight, UsageEntry
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.fleet.conftest import HOUR, at

AIRCRAFT, FLIGHTS = 6, 120


@dataclass
class Fleet:
    account: Account
    aircraft: list[Aircraft]
    hobbs: list[Counter]

    def page(self, names: Sequence[int], *, hours: int = 1) -> list[FlightFact]:
        """Flight n is flown by aircraft n % 6, in its own hour."""
        return [
            FlightFact(
                self.aircraft[n % AIRCRAFT].id, str(n), at(2, n // AIRCRAFT), at(2, n // AIRCRAFT + 1),
                amounts={self.hobbs[n % AIRCRAFT].id: hours * HOUR}, content_hash=bytes([n, hours]),
            )
            for n in names
        ]  # fmt: skip

    def record(self, page: Sequence[FlightFact], on_known: OnKnown) -> list[FlightOutcome]:
        with acting_in(self.account):
            return record_flights(page, source="flightlogger", acting_user=SYSTEM, on_known=on_known)


@pytest.fixture
def flying(committed: None) -> Fleet:
    account = Account.objects.create(subdomain="busy", name="Busy Flight School")
    with acting_in(account):
        model = add_aircraft_model(name="Cessna 172S", acting_user=SYSTEM)
        fleet = [
            add_aircraft(registration=f"OY-{n:03}", aircraft_model=model, acting_user=SYSTEM) for n in range(AIRCRAFT)
        ]
        hobbs = [add_counter(aircraft, kind="hobbs", acting_user=SYSTEM) for aircraft in fleet]
        for counter in hobbs:
            set_opening(counter, total=0, at=at(1), acting_user=SYSTEM)
    return Fleet(account, fleet, hobbs)


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all of them in threads that start together, each with a connection of its own; re-raise what one raised."""
    gate, results, errors = threading.Barrier(len(works)), [None] * len(works), list[BaseException]()

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            results[place] = work()
        except BaseException as error:  # noqa: BLE001 handed to the test
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
    return results


def totals(flying: Fleet) -> set[int | None]:
    with acting_in(flying.account):
        return set(Counter.objects.values_list("total", flat=True))


@pytest.mark.committed
@pytest.mark.parametrize("on_known", OnKnown)
def test_the_same_page_from_two_workers_is_recorded_once(flying: Fleet, on_known: OnKnown) -> None:
    page = flying.page(range(FLIGHTS))
    results = at_once(*[lambda: flying.record(page, on_known)] * 2)
    verdicts = Tally(outcome.verdict for result in results for outcome in result)  # type: ignore[attr-defined]
    again = Verdict.SKIPPED if on_known is OnKnown.SKIP else Verdict.UNCHANGED
    assert verdicts == {Verdict.CREATED: FLIGHTS, again: FLIGHTS}
    assert totals(flying) == {FLIGHTS // AIRCRAFT * HOUR}
    with acting_in(flying.account):
        assert Flight.objects.count() == UsageEntry.objects.filter(kind="flight").count() == FLIGHTS
        assert OutboxEvent.objects.filter(type="flight.recorded").count() == FLIGHTS
        assert AuditEntry.objects.filter(action="flights recorded").count() == AIRCRAFT


@pytest.mark.committed
def test_shuffled_overlapping_pages_of_many_workers_do_not_deadlock(flying: Fleet) -> None:
    works = []
    for seed in range(6):
        names = random.Random(seed).sample(range(FLIGHTS), FLIGHTS * 2 // 3)
        pages = [flying.page(names[first : first + 20]) for first in range(0, len(names), 20)]
        works.append(lambda pages=pages: [flying.record(page, OnKnown.CORRECT) for page in pages])
    works.append(lambda: [flying.record(flying.page(range(n, n + 6)), OnKnown.SKIP) for n in range(0, FLIGHTS, 6)])
    works.append(lambda: [refresh_recent_use(flying.account) for _ in range(5)])
    at_once(*works)
    assert totals(flying) == {FLIGHTS // AIRCRAFT * HOUR}
    with acting_in(flying.account):
        assert Flight.objects.count() == UsageEntry.objects.filter(kind="flight").count() == FLIGHTS


@pytest.mark.committed
def test_corrections_cancellations_and_readings_at_once_add_up(flying: Fleet) -> None:
    flying.record(flying.page(range(FLIGHTS)), OnKnown.CORRECT)

    def cancel() -> None:
        with acting_in(flying.account):
            cancel_flights([str(n) for n in range(12)], source="flightlogger", reason="x", acting_user=SYSTEM)

    def read() -> None:
        for counter in reversed(flying.hobbs):
            with acting_in(flying.account):
                record_reading(counter, reading=1000 * HOUR, at=at(9), acting_user=SYSTEM)

    at_once(
        lambda: flying.record(flying.page(range(FLIGHTS - 1, 11, -1), hours=2), OnKnown.CORRECT),
        lambda: flying.record(flying.page(range(12, FLIGHTS), hours=2), OnKnown.CORRECT),
        cancel,
        read,
    )
    assert totals(flying) == {1000 * HOUR}
    with acting_in(flying.account):
        assert Correction.objects.count() == FLIGHTS
        live = UsageEntry.objects.filter(kind="flight", superseded_at=None)
        assert set(live.values_list("amount", flat=True)) == {2 * HOUR}
        readings = UsageEntry.objects.filter(kind="reading")
        assert {entry.added for entry in readings} == {1000 * HOUR - (FLIGHTS // AIRCRAFT - 2) * 2 * HOUR}


@pytest.mark.committed
def test_one_name_on_two_aircraft_at_once_is_one_flight(flying: Fleet) -> None:
    """The two workers lock different aircraft, so only the unique index stands between them."""
    for turn in range(10):
        pages = [
            [
                FlightFact(
                    flying.aircraft[n].id, f"x{turn}", at(3 + turn), at(3 + turn, 1), amounts={flying.hobbs[n].id: HOUR}
                )
            ]
            for n in range(2)
        ]
        results = at_once(*[lambda page=page: flying.record(page, OnKnown.SKIP) for page in pages])
        outcomes = [result[0] for result in results]  # type: ignore[index]
        assert Tally(o.verdict for o in outcomes) == {Verdict.CREATED: 1, Verdict.SKIPPED: 1}
        assert {o.code for o in outcomes} == {"", Why.KNOWN}
        assert len({o.flight_id for o in outcomes}) == 1
    with acting_in(flying.account):
        assert sum(Counter.objects.values_list("total", flat=True)) == 10 * HOUR


@pytest.mark.committed
def test_a_flight_moved_by_two_workers_at_once_counts_on_one_aircraft(flying: Fleet) -> None:
    flying.record(flying.page([0]), OnKnown.CORRECT)
    for turn in range(10):
        pages = [
            [FlightFact(flying.aircraft[n].id, "0", at(5), at(5, 1), amounts={flying.hobbs[n].id: (turn + 2) * HOUR})]
            for n in (1, 2, 3)
        ]
        results = at_once(*[lambda page=page: flying.record(page, OnKnown.CORRECT) for page in pages])
        verdicts = {result[0].verdict for result in results}  # type: ignore[index]
        assert verdicts <= {Verdict.CORRECTED, Verdict.REJECTED}
        assert Verdict.CORRECTED in verdicts
        with acting_in(flying.account):
            assert sum(Counter.objects.values_list("total", flat=True)) == (turn + 2) * HOUR
