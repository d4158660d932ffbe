"""The connector on a line of its own to the sandbox, over a real socket."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hangarlink.connectors.quickbooks import QuickBooks
from hangarlink.integration.connections.keys import Stored
from hangarlink.integration.connections.line import Line
from hangarlink.integration.contract import Change, Cursor, Dataset, Invoice, InvoiceLine, Money, Page, Pushed, Ref
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.quickbooks import UNLIMITED, Company, Limits, QuickBooksApp, fill
from hangarlink.sandbox.server import Served
from tests.integration.conftest import Waits


@dataclass
class Partner:
    """A sandbox with a granted token, and the connector on it."""

    served: Served[QuickBooksApp]
    options: dict[str, Any]

    @property
    def app(self) -> QuickBooksApp:
        return self.served.app

    @property
    def company(self) -> Company:
        return self.app.company

    def dial(self, page_size: int = 500, **options: Any) -> QuickBooks:
        code = self.app.tokens.code_for(self.company.realm_id, "http://localhost/")
        token = self.app.tokens.exchange({"code": code, "redirect_uri": "http://localhost/"})["access_token"]
        keys = Stored({"access_token": Secret(str(token))})
        line = Line(self.served.url, QuickBooks.manifest.auth, keys, pace=Waits())
        connector = QuickBooks(line, options={**self.options, **options})
        connector.books._page_size = page_size
        return connector

    # --- references as the hub would resolve them ---

    def account(self, name: str) -> Ref:
        return Ref(self.company.find("Account", Name=name)["Id"], label=name)

    def customer(self, name: str = "Nordic Wind A/S") -> Ref:
        return Ref(self.company.find("Customer", DisplayName=name)["Id"], label=name)

    def invoice(self, number: str = "17", *lines: InvoiceLine, **more: Any) -> Invoice:
        held = lines or (self.line("Charter EKRK-EKBI", "2.5", 180_000),)
        total = Money(sum(line.amount.minor for line in held), "USD")
        fields: dict[str, Any] = {
            "external_id": "",
            "customer": self.customer(),
            "issued_on": date(2026, 11, 2),
            "due_on": date(2026, 11, 16),
            "currency": "USD",
            "memo": "Thank you",
        }
        return Invoice(number=number, lines=held, **{**fields, "total": total, **more})

    def line(
        self, text: str, quantity: str, price: int, *, amount: int | None = None, account: str = "Charter Revenue"
    ) -> InvoiceLine:
        worth = int(Decimal(quantity) * price) if amount is None else amount
        return InvoiceLine(
            text, Decimal(quantity), Money(price, "USD"), Money(worth, "USD"), "charter", self.account(account)
        )


def pulled(connector: QuickBooks, dataset: Dataset, cursor: Cursor | None = None) -> list[Page[Any]]:
    return list(connector.pull(dataset, cursor or Cursor()))


def records(pages: list[Page[Any]]) -> list[Any]:
    return [record for page in pages for record in page.records]


def pushed(connector: QuickBooks, dataset: Dataset, *changes: Change[Any]) -> list[Pushed]:
    told = list(connector.push(dataset, changes))
    assert [one.key for one in told] == [one.key for one in changes]
    return told


@pytest.fixture
def company() -> Company:
    return Company(recipe=fill)


@pytest.fixture
def partner(company: Company) -> Iterator[Partner]:
    with Served(QuickBooksApp(company, limits=UNLIMITED)) as served:
        yield Partner(served, {"realmId": company.realm_id, "paid_from": "Fuel Card"})


@pytest.fixture
def narrow(company: Company) -> Iterator[Partner]:
    """A QuickBooks whose answers of changes hold three objects."""
    limits = Limits(calls_per_second=10_000, calls_per_minute=10_000, cdc_objects=3)
    with Served(QuickBooksApp(company, limits=limits)) as served:
        yield Partner(served, {"realmId": company.realm_id})
