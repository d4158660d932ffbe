"""Several people and a sync at once: nothing twice, nothing missed, no value that usage does not bear out."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connections

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model
from hangarlink.fleet.models import AircraftModel
from hangarlink.fleet.queries import totals_at
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, ValueSource
from hangarlink.maintenance.programme.queries import board
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.maintenance.programme.conftest import HUNDRED_HOURS, Hangar, hours, make_hangar, moment

pytestmark = pytest.mark.committed


@dataclass
class Busy:
    account: Account
    model: AircraftModel
    hangar: Hangar

    def acting(self, work: Callable[[], object]) -> Callable[[], object]:
        """The work in an account, a transaction and a connection of its own; a refusal is its result."""

        def run() -> object:
            with acting_in(self.account):
                return work()

        return run


@pytest.fixture
def busy(committed: None) -> Busy:
    account = Account.objects.create(subdomain="busy", name="Busy Flight School")
    with acting_in(account):
        model = add_aircraft_model(name="Cessna 172S", acting_user=SYSTEM)
        return Busy(account, model, make_hangar(model, SYSTEM))


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all of them in threads that start together; what one raises is its result."""
    gate, results = threading.Barrier(len(works)), list[object]([None] * len(works))

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            results[place] = work()
        except Exception as error:  # noqa: BLE001 handed to the test
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_people_record_the_same_work(busy: Busy) -> None:
    with acting_in(busy.account):
        inspection = busy.hangar.demand()
    record = busy.acting(lambda: busy.hangar.did(inspection, "2026-02-01", 1000.0))
    results = at_once(record, record, record)
    assert [type(result) for result in results].count(Accomplishment) == 1
    assert [type(result) for result in results].count(RuleBroken) == 2


def test_an_aircraft_added_while_a_requirement_is_applied_to_its_model(busy: Busy) -> None:
    with acting_in(busy.account):
        made = [
            add_requirement(
                reference=f"R{n}", title="x", mandatory_class="programme", schedule=HUNDRED_HOURS, acting_user=SYSTEM
            )
            for n in range(4)
        ]
    works = [lambda one=one: apply_requirement(one, busy.model, acting_user=SYSTEM) for one in made]
    works += [
        lambda n=n: add_aircraft(registration=f"OY-{n}", aircraft_model=busy.model, acting_user=SYSTEM)
        for n in range(4)
    ]
    results = at_once(*(busy.acting(work) for work in works))
    assert not [result for result in results if isinstance(result, Exception)]
    with acting_in(busy.account):
        aircraft = set(DueItem.objects.values_list("aircraft_id", flat=True))
        assert (len(aircraft), DueItem.objects.count()) == (5, 20)
        assert not [row for row in board(aircraft).values() if "not_assessed" in {g.code for g in row.grounds}]


def test_flights_arrive_while_work_is_recorded(busy: Busy) -> None:
    """Derived values are those that usage bears out in the end, whichever came first."""
    with acting_in(busy.account):
        demanded = [busy.hangar.demand(f"R{n}") for n in range(4)]
    works: list[Callable[[], object]] = []
    for number, one in enumerate(demanded):
        works.append(busy.acting(lambda one=one: busy.hangar.did(one, "2026-02-20")))
        works.append(busy.acting(lambda n=number: busy.hangar.fly(1.5, "2026-02-10", 2 * n)))
    results = at_once(*works)
    assert not [result for result in results if isinstance(result, Exception)]
    with acting_in(busy.account):
        stands = Accomplishment.objects.filter(superseded_at__isnull=True)
        values = [value for one in stands for value in one.values.filter(source=ValueSource.DERIVED)]
        assert len(values) == 8
        assert [value.value for value in values] == totals_at([(value.counter_id, value.at) for value in values])
        (total,) = totals_at([(busy.hangar.airborne.id, moment("2026-02-20"))])
        assert {busy.hangar.row(one).terms[0].limit for one in demanded} == {hours(1006) + hours(100)}
        assert total == hours(1006)
