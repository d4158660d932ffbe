"""An account connected to the scripted partner, and short words for what tests do with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from hangarlink.integration.conflicts.models import Review
from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.catalogue import connectors
from hangarlink.integration.connections.models import Connection, Link, Stream
from hangarlink.integration.connections.streams import change_stream, stream_of, switch_on
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.operations.customers.actions import add_customer, change_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from tests.integration.book.connector import Book
from tests.integration.book.partner import Partner, opened
from tests.integration.conftest import Waits

IN, OUT = Direction.IN, Direction.OUT


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    """The scripted partner's connector, as if another package had brought it."""
    connectors()["book"] = Book
    yield
    del connectors()["book"]


@pytest.fixture
def partner() -> Iterator[Partner]:
    with opened(Partner()) as one:
        yield one


def connect(partner: Partner, acting_user: Actor, *ways: Direction) -> Connection:
    made = create_connection(
        connector="book", secret=Secret("a-key-of-the-book"), base_url=partner.base_url, acting_user=acting_user
    )
    for way in ways:
        switch_on(made, [Flow.CUSTOMERS], direction=way, acting_user=acting_user)
    partner.journal.clear()
    return made


@dataclass
class Desk:
    """Both sides of one connection."""

    account: Account
    connection: Connection
    partner: Partner
    acting_user: Actor
    waits: Waits = field(default_factory=Waits)

    def run(self, direction: Direction, **options: Any) -> SyncRun:
        options.setdefault("skip_plan", True)
        run = request_run(self.connection, Flow.CUSTOMERS, direction=direction, acting_user=self.acting_user, **options)
        drain(self.account, self.connection.id, Means(self.waits))
        run.refresh_from_db()
        return run

    def pull(self, **options: Any) -> SyncRun:
        return self.run(IN, **options)

    def push(self, **options: Any) -> SyncRun:
        return self.run(OUT, **options)

    def add(self, name: str, **values: Any) -> Customer:
        return add_customer(name=name, acting_user=self.acting_user, **values)

    def change(self, customer: Customer, **values: Any) -> Customer:
        return change_customer(customer, acting_user=self.acting_user, **values)

    def stream(self, direction: Direction) -> Stream:
        return stream_of(self.connection, Flow.CUSTOMERS, direction)

    def set(self, direction: Direction, **values: Any) -> Stream:
        return change_stream(self.stream(direction), acting_user=self.acting_user, **values)

    def link(self, customer: Customer) -> Link:
        return Link.objects.get(connection=self.connection, internal_id=customer.id)

    def here(self) -> list[tuple[str, str]]:
        return sorted(Customer.objects.values_list("name", "phone"))

    def reviews(self) -> list[Review]:
        return list(Review.objects.order_by("raised_at"))


def counts(run: SyncRun) -> dict[str, int]:
    return {verdict: count for verdict, count in run.counts.items() if count}


@pytest.fixture
def desk(acting: Account, partner: Partner, acting_user: Actor) -> Desk:
    return Desk(acting, connect(partner, acting_user, IN, OUT), partner, acting_user)
