from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.operations.billing.actions import LineValues, draft_invoice, issue_invoice
from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.customers.actions import add_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.people.permissions import SYSTEM, Actor, ActorKind
from hangarlink.platform.tenancy.models import Account

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
TODAY = NOW.date()


@pytest.fixture
def clerk(acting: Account) -> Actor:
    """Somebody who may do everything; the test is inside the account's wall."""
    return SYSTEM


@pytest.fixture
def somebody() -> Callable[..., Actor]:
    """An actor with these permissions."""
    return lambda *permissions: Actor(ActorKind.PERSON, None, "Somebody", frozenset(permissions))


@pytest.fixture
def customer(clerk: Actor) -> Customer:
    return add_customer(name="Nordlys Charter ApS", email="post@nordlys.example", currency="EUR", acting_user=clerk)


@pytest.fixture
def aircraft(acting: Account) -> Aircraft:
    model = AircraftModel.objects.create(account=acting, name="PC-12/47E")
    return Aircraft.objects.create(account=acting, registration="OY-PCT", call_sign="PCT", aircraft_model=model)


def leg(departure: str = "EKRK", arrival: str = "EKBI", *, hours: float = 2, long: float = 1, **more: Any) -> Any:
    """A leg that began so many hours ago and took so long."""
    off_at = NOW - timedelta(hours=hours)
    return {
        "departure": departure, "arrival": arrival, "off_at": off_at, "on_at": off_at + timedelta(hours=long), **more,
    }  # fmt: skip


def line(amount: int = 10_000, quantity: str = "1", **more: Any) -> LineValues:
    return LineValues(description="Flight", quantity=Decimal(quantity), unit_price=amount, **more)


def issued(customer: Customer, *amounts: int, on: date | None = None, acting_user: Actor = SYSTEM) -> Invoice:
    """An issued invoice with a line per amount."""
    lines = [line(amount) for amount in amounts or (10_000,)]
    draft = draft_invoice(customer=customer, lines=lines, acting_user=acting_user)
    return issue_invoice(draft, issued_on=on, acting_user=acting_user)
