"""The database holds the periods together, whoever writes and however many at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from hangarlink.maintenance.components.actions import exchange, move
from hangarlink.maintenance.components.models import ClockEntry, Component, Placement, SerialisedItem
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.maintenance.components.conftest import NOW, Workshop, make_workshop, moment
from tests.maintenance.programme.test_races import at_once


@dataclass
class Busy:
    account: Account
    workshop: Workshop

    def acting(self, work: Callable[[], object]) -> Callable[[], object]:
        def run() -> object:
            with acting_in(self.account):
                return work()

        return run


@pytest.fixture
def busy(committed: None, at_noon: None) -> Busy:
    account = Account.objects.create(subdomain="busy", name="Busy Operator")
    with acting_in(account):
        return Busy(account, make_workshop(SYSTEM))


def one_wins(results: list[object]) -> None:
    assert sorted(type(one).__name__ for one in results) == ["Placement", "RuleBroken"], results


def open_placements(busy: Busy, **where: Any) -> int:
    with acting_in(busy.account):
        return Placement.objects.filter(until__isnull=True, superseded_at__isnull=True, **where).count()


@pytest.mark.committed
def test_one_serial_two_aircraft(busy: Busy) -> None:
    shop = busy.workshop
    with acting_in(busy.account):
        engine = shop.component()
    one_wins(
        at_once(
            busy.acting(lambda: shop.install(engine, shop.first, "2025-02-01")),
            busy.acting(lambda: shop.install(engine, shop.second, "2025-02-01")),
        )
    )
    assert open_placements(busy, component=engine) == 1


@pytest.mark.committed
def test_one_position_two_serials(busy: Busy) -> None:
    shop = busy.workshop
    with acting_in(busy.account):
        one, other = shop.component("1"), shop.component("2")
    one_wins(
        at_once(
            busy.acting(lambda: shop.install(one, shop.first, "2025-02-01", "Engine 1")),
            busy.acting(lambda: shop.install(other, shop.first, "2025-02-02", "ENGINE 1")),
        )
    )
    assert open_placements(busy, aircraft=shop.first) == 1


@pytest.mark.committed
def test_two_halves_of_a_circle(busy: Busy) -> None:
    shop = busy.workshop
    with acting_in(busy.account):
        one, other = shop.component("1"), shop.component("2")
    results = at_once(
        busy.acting(lambda: shop.install(one, other, "2025-02-01", "A")),
        busy.acting(lambda: shop.install(other, one, "2025-02-02", "A")),
    )
    one_wins(results)


@pytest.mark.committed
def test_removed_and_exchanged_at_once(busy: Busy) -> None:
    shop = busy.workshop
    with acting_in(busy.account):
        old, new = shop.component("1"), shop.component("2")
        shop.install(old, shop.first, "2025-02-01", "Engine 1")
    results = at_once(
        busy.acting(lambda: shop.remove(old, "2025-03-01")),
        busy.acting(lambda: exchange(old, new, at=moment("2025-03-01"), acting_user=SYSTEM)),
    )
    one_wins(results)
    assert open_placements(busy, component=old) == 1


# What no action would write, written past all actions: the constraints alone.


def test_the_database_refuses_two_places_at_once(workshop: Workshop) -> None:
    engine = workshop.component()
    with pytest.raises(IntegrityError, match="placement_one_place"), transaction.atomic():
        _write(engine, place="workshop", since=moment("2025-06-01"))


def test_the_database_refuses_a_gap_when_the_transaction_ends(workshop: Workshop) -> None:
    engine = workshop.component()
    here = Placement.objects.get(component=engine)
    with pytest.raises(IntegrityError, match="placement_without_gap"), transaction.atomic():
        Placement.objects.filter(pk=here.pk).update(until=moment("2025-06-01"))
        _write(engine, place="workshop", since=moment("2025-06-02"))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS placement_without_gap IMMEDIATE")


def test_the_database_refuses_two_serials_at_one_position(workshop: Workshop) -> None:
    one, other = workshop.component("1"), workshop.component("2")
    workshop.install(one, workshop.first, "2025-02-01", "Engine 1")
    here = Placement.objects.get(component=other)
    with pytest.raises(IntegrityError, match="placement_one_per_position"), transaction.atomic():
        Placement.objects.filter(pk=here.pk).update(until=moment("2025-06-01"))
        _write(other, place="aircraft", aircraft=workshop.first, position="ENGINE 1", since=moment("2025-06-01"))


def test_the_database_refuses_a_circle(workshop: Workshop) -> None:
    one, other = workshop.component("1"), workshop.component("2")
    workshop.install(one, other, "2025-02-01", "A")
    here = Placement.objects.get(component=other)
    with pytest.raises(IntegrityError, match="cannot carry itself"), transaction.atomic():
        Placement.objects.filter(pk=here.pk).update(until=moment("2025-06-01"))
        _write(other, place="component", parent=one, position="B", since=moment("2025-06-01"))


def test_a_circle_of_different_times_is_none(workshop: Workshop) -> None:
    one, other = workshop.component("1"), workshop.component("2")
    workshop.install(one, other, "2025-02-01", "A")
    workshop.remove(one, "2025-03-01", condition="serviceable")
    workshop.install(other, one, "2025-03-02", "A")


def test_the_database_refuses_installation_before_manufacture(workshop: Workshop) -> None:
    engine = workshop.component(manufactured_on=date(2025, 7, 1))
    here = Placement.objects.get(component=engine)
    with pytest.raises(IntegrityError, match="before manufacture"), transaction.atomic():
        Placement.objects.filter(pk=here.pk).update(until=moment("2025-06-30"))
        _write(engine, place="aircraft", aircraft=workshop.first, position="A", since=moment("2025-06-30"))


def test_the_database_refuses_manufacture_after_installation(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.install(engine, workshop.first, "2025-06-01")
    with pytest.raises(IntegrityError, match="before manufacture"), transaction.atomic():
        SerialisedItem.objects.filter(component=engine).update(manufactured_on=date(2025, 6, 2))


def test_history_is_never_rewritten(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 10.0, "2025-02-01")
    workshop.install(engine, workshop.first, "2025-02-01")
    first = Placement.objects.filter(component=engine).earliest("since")
    for change in ({"since": NOW}, {"until": NOW}, {"place": "workshop"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Placement.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ClockEntry.objects.filter(counter=workshop.counter(engine)).update(value=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Placement.objects.filter(pk=first.pk).delete()


def test_a_unit_is_one_component(workshop: Workshop) -> None:
    workshop.component("7")
    with pytest.raises(RuleBroken, match="tracked already"):
        workshop.component("7")


def test_nothing_moves_before_its_last_move_or_in_the_future(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.install(engine, workshop.first, "2025-02-01")
    with pytest.raises(RuleBroken, match="since 01 Feb 2025"):
        workshop.remove(engine, "2025-01-15")
    with pytest.raises(RuleBroken, match="future"):
        move(workshop.component("2"), to="workshop", at=NOW + timedelta(days=2), acting_user=workshop.acting_user)


def _write(component: Component, **values: Any) -> Placement:
    return Placement.objects.create(account_id=component.account_id, component=component, **values)
