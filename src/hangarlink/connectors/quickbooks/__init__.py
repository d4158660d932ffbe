"""QuickBooks Online: invoices and expenses out, payments in, customers both ways.

Facts: docs/integrator/sandbox-quickbooks.md. The first pull lists everything; later ones ask for changes since
the mark of the last, which is QuickBooks' own clock at the first answer. Where changes are not told any more (thirty
days) or not all of them, everything is listed again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

import hangarlink.integration.contract as hub
from hangarlink.connectors.quickbooks import writing
from hangarlink.connectors.quickbooks.books import Books, Row, Taken
from hangarlink.connectors.quickbooks.reading import (
    as_account,
    as_customer,
    as_invoice,
    as_payment,
    home_currency,
    version_of,
)

OVERLAP = timedelta(minutes=10)
TOLD_OF = {
    "account": hub.Dataset.LEDGER_ACCOUNTS,
    "customer": hub.Dataset.CUSTOMERS,
    "invoice": hub.Dataset.INVOICES,
    "payment": hub.Dataset.PAYMENTS,
}
RATES = (hub.Rate(10, 1, hub.Per.ACCOUNT), hub.Rate(500, 60, hub.Per.ACCOUNT))
R = TypeVar("R", bound=hub.Record)
Read = Callable[[Row], R]


class QuickBooks(hub.Connector):
    manifest = hub.Manifest(
        key="quickbooks",
        name="QuickBooks Online",
        category=hub.Category.ACCOUNTING,
        area=hub.Area.OPS,
        auth=hub.OAuthCode(
            authorize_url="https://appcenter.intuit.com/connect/oauth2",
            token_url="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S106 - an address
            revoke_url="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
            scopes=("com.intuit.quickbooks.accounting",),
            # Intuit documents none for its confidential apps.
            pkce=False,
            identity_params=("realmId",),
            token_headers=(("x-include-refresh-token-hard-expires-in", "true"),),
            revokes_with_json=True,
            default_lifetime=3600,
            app_help="From your app at developer.intuit.com, under Keys and credentials.",
        ),
        base_url="https://quickbooks.api.intuit.com",
        other_urls={"Intuit's sandbox companies": "https://sandbox-quickbooks.api.intuit.com"},
        base_url_editable=True,
        datasets={
            hub.Dataset.LEDGER_ACCOUNTS: hub.Directions.PULL,
            hub.Dataset.CUSTOMERS: hub.Directions.BOTH,
            hub.Dataset.INVOICES: hub.Directions.BOTH,
            hub.Dataset.PAYMENTS: hub.Directions.PULL,
            hub.Dataset.EXPENSES: hub.Directions.PUSH,
        },
        limits=hub.Limits(per="account", page_size=500, rates=RATES, deadline=60.0),
        frequencies=(*hub.Manifest.frequencies, hub.Frequency.REAL_TIME),
        options=(
            hub.Field(
                "invoice_prefix",
                "Prefix of invoice numbers",
                is_required=False,
                default="HL-",
                pattern=r"[A-Za-z0-9/_.\-]{0,8}",
                help="Put before our numbers in QuickBooks, so that they never meet numbers that are given there.",
            ),
            hub.Field(
                "paid_from",
                "Account that expenses are paid from",
                is_required=False,
                help="Name or number of a bank or credit card account in QuickBooks. Only needed to send expenses.",
            ),
        ),
        inbound=hub.SignedInbound(
            family=hub.Verification.HMAC_SHA256_BASE64,
            header="intuit-signature",
            label="Verifier token",
            help="From your app at developer.intuit.com, under Webhooks. Without it, changes arrive with the schedule.",
        ),
        tier=hub.Tier.GOLD,
        about="Sends issued invoices and expenses, brings payments back, and keeps customers the same on both sides.",
        setup=(
            "You need a QuickBooks Online company (Simple Start, Essentials or Plus) and must be its administrator.\n"
            "Register an app at developer.intuit.com with the scope Accounting and this installation's redirect URI."
        ),
        docs="user/connect-quickbooks",
    )

    def __init__(self, line: hub.Http, *, options: dict[str, Any] | None = None) -> None:
        super().__init__(line, options=options)
        self._realm_id = str(self.options.get("realmId", ""))
        self._prefix = str(self.options.get("invoice_prefix", "HL-") or "")
        self.books = Books(self.http, self._realm_id, page_size=self.manifest.limits.page_size)

    def prove(self) -> hub.Identity:
        """The company behind the token."""
        if not self._realm_id.isdigit():
            raise hub.NotReady("QuickBooks did not say which company was chosen. Authorise again and choose one.")
        return hub.Identity(self._realm_id, str(self.company.get("CompanyName") or self._realm_id))

    @classmethod
    def touched(cls, notice: Any) -> list[hub.Dataset]:
        """What an array of CloudEvents is about: `qbo.invoice.updated.v1` is about invoices."""
        types = [str(one.get("type")) for one in notice if isinstance(one, dict)] if isinstance(notice, list) else []
        return [one for name, one in TOLD_OF.items() if any(kind.startswith(f"qbo.{name}.") for kind in types)]

    @hub.pulls(hub.Dataset.LEDGER_ACCOUNTS)
    def accounts(self, cursor: hub.Cursor) -> Iterator[hub.Page[hub.LedgerAccount]]:
        yield from self._pull("Account", as_account, cursor, "where Active in (true, false)")

    @hub.pulls(hub.Dataset.CUSTOMERS)
    def customers(self, cursor: hub.Cursor) -> Iterator[hub.Page[hub.Customer]]:
        yield from self._pull("Customer", as_customer, cursor, "where Active in (true, false)")

    @hub.pulls(hub.Dataset.INVOICES)
    def invoices(self, cursor: hub.Cursor) -> Iterator[hub.Page[hub.Invoice]]:
        yield from self._pull("Invoice", self._invoice, cursor)

    @hub.pulls(hub.Dataset.PAYMENTS)
    def payments(self, cursor: hub.Cursor) -> Iterator[hub.Page[hub.Payment]]:
        yield from self._pull("Payment", lambda row: as_payment(row, home=self.home), cursor)

    def _pull(self, entity: str, read: Read[R], cursor: hub.Cursor, where: str = "") -> Iterator[hub.Page[R]]:
        """Changes since the mark, or everything. Cursor: since; of a listing under way: began, start, last."""
        if since := cursor.get("since"):
            changes = self.books.changes(entity, datetime.fromisoformat(since) - OVERLAP)
            if changes is not None:
                records, unreadable = _read(changes.rows, read)
                yield hub.Page(records, hub.Cursor({"since": changes.time}), changes.deleted, unreadable)
                return
        began, start, last = cursor.get("began"), cursor.get("start", 1), cursor.get("last", "")
        for page in self.books.listing(entity, where, start=start, last=last):
            began = began or page.time
            records, unreadable = _read(page.rows, read)
            under_way = {"began": began, "start": page.next_start, "last": page.last}
            after = hub.Cursor({"since": began} if page.is_last else under_way)
            yield hub.Page(records, after, unreadable=unreadable, complete=page.is_last)

    def _invoice(self, row: Row) -> hub.Invoice:
        return as_invoice(row, home=self.home, prefix=self._prefix)

    @hub.pushes(hub.Dataset.CUSTOMERS)
    def send_customers(self, changes: Sequence[hub.Change[hub.Customer]]) -> Iterator[hub.Pushed]:
        yield from _each(changes, self._send_customer)

    @hub.pushes(hub.Dataset.INVOICES)
    def send_invoices(self, changes: Sequence[hub.Change[hub.Invoice]]) -> Iterator[hub.Pushed]:
        """Before one is made, its number is looked up: an earlier, lost answer may have made it."""
        items, is_american = self._items(), self.company.get("Country") == "US"
        new = [self._prefix + one.record.number for one in changes if not one.record.external_id]
        known = self.books.where("Invoice", "DocNumber", new)
        yield from _each(changes, lambda change: self._send_invoice(change, known, items, is_american))

    @hub.pushes(hub.Dataset.EXPENSES)
    def send_expenses(self, changes: Sequence[hub.Change[hub.Expense]]) -> Iterator[hub.Pushed]:
        paid_from = self._paid_from()
        names = sorted({one.record.vendor for one in changes})
        vendors = {name: str(row["Id"]) for name, row in self.books.where("Vendor", "DisplayName", names).items()}
        yield from _each(changes, lambda change: self._send_expense(change, paid_from, vendors))

    def _send_customer(self, change: hub.Change[hub.Customer]) -> hub.Pushed:
        record = change.record
        if record.external_id:
            gone = {"Active": False} if change.is_deletion else writing.customer_body(record)
            return self._update("Customer", change, gone)
        try:
            return _made(change, self.books.save("Customer", writing.customer_body(record), key=change.key))
        except Taken:
            row = self.books.where("Customer", "DisplayName", [record.name]).get(record.name)
            if row is None:
                raise
        address = as_customer(row).email
        if change.is_repeat or not record.email or address in {"", record.email}:
            return _made(change, row, was_there=True)
        told = f"another customer {record.name}, with the address {address}. Rename one of them, or link them."
        raise hub.DataError(f"QuickBooks has {told}")

    def _send_invoice(
        self, change: hub.Change[hub.Invoice], known: dict[str, Row], items: dict[str, str], is_american: bool
    ) -> hub.Pushed:
        record = change.record
        if record.external_id and (change.is_deletion or record.status is hub.InvoiceStatus.VOID):
            verb = "delete" if change.is_deletion else "void"
            return self._as_meant(change, lambda: self._update("Invoice", change, {}, operation=verb))
        number = writing.number_of(record, self._prefix)
        body = writing.invoice_body(record, number=number, items=items, is_american=is_american)
        if record.external_id:
            return self._as_meant(change, lambda: self._update("Invoice", change, body))
        if number in known:
            return self._adopted(change, known[number])
        made = _made(change, row := self.books.save("Invoice", body, key=change.key))
        if (total := self._invoice(row).total) != record.total:
            told = f"QuickBooks added up invoice {number} to {total}, not {record.total}: look at it there."
            return replace(made, error=hub.DataError(told))
        if record.status is not hub.InvoiceStatus.VOID:
            return made
        # Withdrawn before it was sent: QuickBooks, too, keeps the number and owes nothing.
        known_there = replace(record, external_id=made.external_id)
        void = replace(change, record=known_there, external_version=made.external_version)
        return self._update("Invoice", void, {}, operation="void")

    def _adopted(self, change: hub.Change[hub.Invoice], row: Row) -> hub.Pushed:
        """An invoice with our number that is there already: ours, if it says the same."""
        theirs = self._invoice(row)
        if writing.same_invoice(change.record, theirs):
            return _made(change, row, was_there=True)
        told = f"QuickBooks has another invoice {row.get('DocNumber')}, over {theirs.total} to {theirs.customer.label}."
        raise hub.DataError(f"{told} Change its number there, or choose another prefix.")

    def _as_meant(self, change: hub.Change[hub.Invoice], update: Callable[[], hub.Pushed]) -> hub.Pushed:
        """A version that moved is no conflict when QuickBooks has what we would write."""
        try:
            return update()
        except hub.StaleVersion as stale:
            row = self.books.one("Invoice", change.record.external_id)
            theirs = self._invoice(row)
            if not change.is_deletion and writing.same_invoice(change.record, theirs):
                return _made(change, row, was_there=True)
            raise hub.StaleVersion(str(stale), theirs=theirs, detail=stale.detail) from None

    def _send_expense(self, change: hub.Change[hub.Expense], paid_from: Row, vendors: dict[str, str]) -> hub.Pushed:
        record = change.record
        if change.is_deletion:
            return self._update("Purchase", change, {}, operation="delete")
        vendor_id = self._vendor(record.vendor, vendors)
        body = writing.expense_body(record, paid_from=paid_from, vendor_id=vendor_id)
        if record.external_id:
            return self._update("Purchase", change, body)
        return _made(change, self.books.save("Purchase", body, key=change.key))

    def _vendor(self, name: str, vendors: dict[str, str]) -> str:
        """The vendor of that name, made when QuickBooks has none. No key: a name is there once by itself."""
        if name not in vendors:
            vendors[name] = str(self.books.save("Vendor", {"DisplayName": name}, key="")["Id"])
        return vendors[name]

    def _update(self, entity: str, change: hub.Change[Any], body: Row, *, operation: str = "") -> hub.Pushed:
        """Only over the version that we know; raises StaleVersion where QuickBooks has a newer one."""
        external_id = change.record.external_id
        token = change.external_version or version_of(self.books.one(entity, external_id))
        given = {"Id": external_id, "SyncToken": token, **({} if operation else {"sparse": True}), **body}
        return _made(change, self.books.save(entity, given, key=f"{change.key}-{token}"[-50:], operation=operation))

    @cached_property
    def company(self) -> Row:
        return self.books.only("CompanyInfo")

    @cached_property
    def home(self) -> str:
        """The currency of documents that do not say theirs."""
        return home_currency(self.books.only("Preferences"))

    def _items(self) -> dict[str, str]:
        """The product or service for each income account: the oldest one that is booked to it."""
        rows = [row for row in self.books.select("Item") if isinstance(row.get("IncomeAccountRef"), dict)]
        rows.sort(key=lambda row: int(row["Id"]), reverse=True)
        return {str(row["IncomeAccountRef"].get("value")): str(row["Id"]) for row in rows}

    def _paid_from(self) -> Row:
        wanted = str(self.options.get("paid_from", "")).strip()
        if not wanted:
            raise hub.NotReady("Say in this connection's settings which QuickBooks account expenses are paid from.")
        for row in self.books.select("Account"):
            if wanted in {row.get("Name"), row.get("FullyQualifiedName"), row.get("AcctNum")}:
                if row.get("AccountType") in writing.PAYMENT_TYPES:
                    return row
                raise hub.NotReady(f"Expenses cannot be paid from {wanted}: it is a {row.get('AccountType')} account.")
        raise hub.NotReady(f"QuickBooks has no active account {wanted}. Correct it in this connection's settings.")


def _each(changes: Sequence[hub.Change[R]], send: Callable[[hub.Change[R]], hub.Pushed]) -> Iterator[hub.Pushed]:
    """What became of each change. What is wrong with one is told with it; what is wrong with QuickBooks is raised."""
    for change in changes:
        try:
            yield send(change)
        except hub.DataError as error:
            yield hub.Pushed(change.key, change.record.external_id, change.external_version, error=error)


def _made(change: hub.Change[Any], row: Row, *, was_there: bool = False) -> hub.Pushed:
    return hub.Pushed(change.key, str(row["Id"]), version_of(row), was_there=was_there)


def _read(rows: list[Row], read: Read[R]) -> tuple[list[R], list[hub.Unreadable]]:
    """Every row as a record, or as the reason why it is none."""
    records, unreadable = [], []
    for row in rows:
        try:
            records.append(read(row))
        except (hub.DataError, TypeError, ValueError, KeyError, AttributeError) as error:
            reason = str(error) if isinstance(error, hub.DataError) else "It does not have the documented shape."
            subject = row.get("DocNumber") or row.get("DisplayName") or row.get("Name") or ""
            unreadable.append(hub.Unreadable(str(row.get("Id") or "")[:120], reason, str(subject)[:120]))
    return records, unreadable


connector = QuickBooks
