"""Two clerks at the same moment: no number twice, none left out, no invoice paid twice, no aircraft booked twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.operations.billing.actions import draft_invoice, issue_invoice, record_payment
from hangarlink.operations.billing.models import Invoice, PaymentPart
from hangarlink.operations.customers.actions import add_customer
from hangarlink.operations.trips.actions import confirm_trip, plan_trip
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.operations.conftest import TODAY, issued, leg, line

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("committed")]


def at_once(account: Account, work: Callable[[Any], object], things: list[Any]) -> int:
    """How many of them were refused."""

    def one(thing: Any) -> bool:
        try:
            with acting_in(account):
                work(thing)
        except RuleBroken:
            return True
        finally:
            connection.close()
        return False

    with ThreadPoolExecutor(6) as pool:
        return sum(pool.map(one, things))


def test_numbers_and_payments() -> None:
    account = Account.objects.create(subdomain="demo", name="Skyline")
    with acting_in(account):
        customer = add_customer(name="Nordlys", acting_user=SYSTEM)
        drafts = [
            draft_invoice(customer=customer, lines=[line(100)] if number % 4 else [], acting_user=SYSTEM)
            for number in range(16)
        ]
    assert at_once(account, lambda draft: issue_invoice(draft, acting_user=SYSTEM), drafts) == 4
    with acting_in(account):
        numbers = Invoice.objects.exclude(number=None).order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, 13))
        one = issued(customer, 1_000)

    def pay(amount: int) -> object:
        return record_payment(
            customer=customer, amount=amount, received_on=TODAY, parts=[(one, amount)], acting_user=SYSTEM
        )

    assert at_once(account, pay, [400] * 6) == 4
    with acting_in(account):
        assert Invoice.objects.get(pk=one.pk).paid == 800
        assert PaymentPart.objects.filter(invoice=one).count() == 2


def test_bookings() -> None:
    account = Account.objects.create(subdomain="demo", name="Skyline")
    with acting_in(account):
        model = AircraftModel.objects.create(account=account, name="PC-12")
        aircraft = Aircraft.objects.create(account=account, registration="OY-PCT", aircraft_model=model)
        trips = [plan_trip(aircraft=aircraft, legs=[leg()], acting_user=SYSTEM) for _ in range(6)]
    assert at_once(account, lambda trip: confirm_trip(trip, acting_user=SYSTEM), trips) == 5
    with acting_in(account):
        assert Trip.objects.filter(status="confirmed").count() == 1
