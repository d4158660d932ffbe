"""An account connected to QuickBooks' stand-in through its consent page, over real sockets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
import pytest
from django.utils import timezone

from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.connections.oauth.authorising import begin_authorisation, finish_authorisation
from hangarlink.integration.connections.oauth.partner_apps import set_partner_app
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.datasets.booking import bookings
from hangarlink.integration.ledger.actions import map_accounts
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.operations.billing.actions.categories import add_usual_categories
from hangarlink.operations.billing.actions.expenses import record_expense
from hangarlink.operations.billing.actions.invoices import draft_invoice, issue_invoice
from hangarlink.operations.billing.models import CostCategory, Expense, Invoice
from hangarlink.operations.customers.actions import add_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.quickbooks import CLIENT_ID, CLIENT_SECRET, UNLIMITED, Company, QuickBooksApp, fill
from hangarlink.sandbox.server import Served
from tests.integration.conftest import Waits

IN, OUT = Direction.IN, Direction.OUT


@dataclass
class Office:
    """Both sides of one connection, and short words for what tests do with them."""

    account: Account
    connection: Connection
    served: Served[QuickBooksApp]
    acting_user: Actor
    waits: Waits = field(default_factory=Waits)

    @property
    def app(self) -> QuickBooksApp:
        return self.served.app

    @property
    def company(self) -> Company:
        return self.app.company

    @property
    def retries(self) -> list[float]:
        """Waits after failures. Shorter ones keep within QuickBooks' ten calls a second."""
        return [seconds for seconds in self.waits.seconds if seconds >= 1]

    def request(self, flow: Flow, direction: Direction, **options: Any) -> SyncRun:
        options.setdefault("skip_plan", True)
        return request_run(self.connection, flow, direction=direction, acting_user=self.acting_user, **options)

    def drain(self) -> None:
        drain(self.account, self.connection.id, Means(self.waits))

    def run(self, flow: Flow, direction: Direction, **options: Any) -> SyncRun:
        run = self.request(flow, direction, **options)
        self.drain()
        run.refresh_from_db()
        return run

    def send(self, flow: Flow = Flow.INVOICES, **options: Any) -> SyncRun:
        return self.run(flow, OUT, **options)

    def read(self, flow: Flow = Flow.PAYMENTS, **options: Any) -> SyncRun:
        return self.run(flow, IN, **options)

    def category(self, key: str) -> CostCategory:
        return CostCategory.objects.get(key=key)

    def map_all(self) -> None:
        """Every category to the account that is proposed, where there is one."""
        chosen: dict[UUID, UUID | None] = {
            row.category.id: row.proposed.id for row in bookings(self.connection) if row.proposed
        }
        map_accounts(self.connection, chosen, acting_user=self.acting_user)

    def customer(self, name: str = "Polar Survey ApS") -> Customer:
        return Customer.objects.filter(name=name).first() or add_customer(
            name=name, email="ap@polar.example", currency="USD", acting_user=self.acting_user
        )

    def invoice(self, *amounts: int, category: str = "charter", customer: Customer | None = None) -> Invoice:
        """An issued invoice with a line per amount."""
        sort = {"category": self.category(category), "quantity": Decimal(1)}
        lines = [
            {"description": f"Leg {n}", "unit_price": amount, **sort}
            for n, amount in enumerate(amounts or (450_000,), start=1)
        ]
        draft = draft_invoice(
            customer=customer or self.customer(),
            currency="USD",
            lines=lines,
            acting_user=self.acting_user,  # type: ignore[arg-type]
        )
        return issue_invoice(draft, acting_user=self.acting_user)

    def expense(self, amount: int = 81_240, vendor: str = "Skagen Fuel") -> Expense:
        return record_expense(
            vendor=vendor,
            spent_on=timezone.now().date(),
            currency="USD",
            lines=[{"category": self.category("fuel"), "description": "412 USG", "amount": amount}],  # type: ignore[list-item]
            acting_user=self.acting_user,
        )

    def there(self) -> dict[str, dict[str, Any]]:
        """QuickBooks' invoices by their number."""
        return {str(one.get("DocNumber")): one for one in self.company.all("Invoice")}

    def link(self, row: Any) -> Link:
        return Link.objects.get(connection=self.connection, internal_id=row.pk)

    def reasons(self, run: SyncRun) -> list[str]:
        return list(SyncRecord.objects.filter(run=run).order_by("pk").values_list("reason", flat=True))


def authorise(
    account: Account, served: Served[QuickBooksApp], acting_user: Actor, *, realm_id: str = "", **more: Any
) -> Connection:
    """To the consent page, press Connect, and back with the code."""
    link = begin_authorisation(connector="quickbooks", base_url=served.url, acting_user=acting_user, **more)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    realm_id = realm_id or served.app.company.realm_id
    with httpx2.Client(trust_env=False) as browser:
        assert browser.get(link).status_code == 200
        form = {**asked, "realmId": realm_id, "answer": "connect"}
        sent = browser.post(f"{served.url}/connect/oauth2", data=form)
    back = {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["location"]).query).items()}
    return finish_authorisation(
        account, state=back.pop("state"), code=Secret(back.pop("code")), params=back, acting_user=acting_user
    )


@pytest.fixture
def served() -> Iterator[Served[QuickBooksApp]]:
    with Served(QuickBooksApp(Company(recipe=fill), limits=UNLIMITED)) as sandbox:
        yield sandbox


@pytest.fixture
def connected(acting: Account, acting_user: Actor, served: Served[QuickBooksApp]) -> Office:
    """Authorised; nothing is switched on, nothing is mapped."""
    set_partner_app(
        connector="quickbooks", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), acting_user=acting_user
    )
    add_usual_categories(acting_user=acting_user)
    options = {"paid_from": "Fuel Card"}
    return Office(acting, authorise(acting, served, acting_user, options=options), served, acting_user)


@pytest.fixture
def office(connected: Office) -> Office:
    """Everything is switched on, the chart is here and mapped."""
    for direction, flows in (
        (IN, (Flow.LEDGER_ACCOUNTS, Flow.CUSTOMERS, Flow.INVOICES, Flow.PAYMENTS)),
        (OUT, (Flow.CUSTOMERS, Flow.INVOICES, Flow.EXPENSES)),
    ):
        switch_on(connected.connection, flows, direction=direction, acting_user=connected.acting_user)
    connected.read(Flow.LEDGER_ACCOUNTS)
    connected.map_all()
    return connected
