"""QuickBooks Online: invoices and expenses out, payments in, customers both ways.

Facts: docs/integrator/sandbox-quickbooks.md. The first pull lists everything; later ones ask for changes since
the mark of the last, which is QuickBooks' own clock at the first answer. Where changes are not told any more (thirty
days) or not all of them, everything is listed again.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hangarlink.connectors.quickbooks import writing
from hangarlink.connectors.quickbooks.books import Books, Row, Taken
from hangarlink.connectors.quickbooks.reading import as_account, as_customer, as_invoice, as_payment, version_of
from hangarlink.integration.contract import (
    Area,
    Category,
    Change,
    Connector,
    Cursor,
    Customer,
    DataError,
    Dataset,
    Directions,
    Expense,
    Field,
    Frequency,
    Http,
    Identity,
    Invoice,
    InvoiceStatus,
    LedgerAccount,
    Limits,
    Manifest,
    NotReady,
    OAuthCode,
    Page,
    Payment,
    Per,
    Pushed,
    Rate,
    Record,
    SignedInbound,
    StaleVersion,
    Tier,
    Unreadable,
    Verification,
    pulls,
    pushes,
)

OVERLAP = timedelta(minutes=10)
INACTIVE_TOO = "where Active in (true, false)"
R = TypeVar("R", bound=Record)


class QuickBooks(Connector):
    manifest = Manifest(
        key="quickbooks",
        name="QuickBooks Online",
        category=Category.ACCOUNTING,
        area=Area.OPS,
        auth=OAuthCode(
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
            Dataset.LEDGER_ACCOUNTS: Directions.PULL,
            Dataset.CUSTOMERS: Directions.BOTH,
            Dataset.INVOICES: Directions.BOTH,
            Dataset.PAYMENTS: Directions.PULL,
            Dataset.EXPENSES: Directions.PUSH,
        },
        limits=Limits(
            per="account",
            page_size=500,
            rates=(Rate(10, 1, Per.ACCOUNT), Rate(500, 60, Per.ACCOUNT)),
            deadline=60.0,
        ),
        frequencies=(
            Frequency.HOURLY,
            Frequency.SIX_HOURLY,
            Frequency.DAILY,
            Frequency.MANUAL,
            Frequency.REAL_TIME,
        ),
        options=(
            Field(
                "invoice_prefix",
                "Prefix of invoice numbers",
                is_required=False,
                default="HL-",
                pattern=r"[A-Za-z0-9/_.\-]{0,8}",
                help="Put before our numbers in QuickBooks, so that they never meet numbers that are given there.",
            ),
            Field(
                "paid_from",
                "Account that expenses are paid from",
                is_required=False,
                help="Name or number of a bank or credit card account in QuickBooks. Only needed to send expenses.",
            ),
        ),
        inbound=SignedInbound(
            family=Verification.HMAC_SHA256_BASE64,
            header="intuit-signature",
            label="Verifier token",
            help="From your app at developer.intuit.com, under Webhooks. Without it, changes arrive with the schedule.",
        ),
        tier=Tier.GOLD,
        about="Sends issued invoices and expenses, brings payments back, and keeps customers the same on both sides.",
        setup=(
            "You need a QuickBooks Online company (Simple Start, Essentials or Plus) and must be its administrator.\n"
            "Register an app at developer.intuit.com with the scope Accounting and this installation's redirect URI."
        ),
        docs="user/connect-quickbooks",
    )

    def __init__(self, line: Http, *, options: dict[str, Any] | None = None) -> None:
        super().__init__(line, options=options)
        self._realm_id = str(self.options.get("realmId", ""))
        self._prefix = str(self.options.get("invoice_prefix", "HL-") or "")
        self.books = Books(self.http, self._realm_id, page_size=self.manifest.limits.page_size)
        self._known: dict[str, Row] = {}

    def prove(self) -> Identity:
        """The company behind the token."""
        if not self._realm_id.isdigit():
            raise NotReady("QuickBooks did not say which company was chosen. Authorise again and choose one.")
        name = str(self._company().get("CompanyName") or self._realm_id)
        return Identity(self._realm_id, name)

    # --- in --------------------------------------------------------------------------------------------------------

    @pulls(Dataset.LEDGER_ACCOUNTS)
    def accounts(self, cursor: Cursor) -> Iterator[Page[LedgerAccount]]:
        yield from self._pull("Account", as_account, cursor, INACTIVE_TOO)

    @pulls(Dataset.CUSTOMERS)
    def customers(self, cursor: Cursor) -> Iterator[Page[Customer]]:
        yield from self._pull("Customer", as_customer, cursor, INACTIVE_TOO)

    @pulls(Dataset.INVOICES)
    def invoices(self, cursor: Cursor) -> Iterator[Page[Invoice]]:
        yield from self._pull("Invoice", self._invoice, cursor)

    @pulls(Dataset.PAYMENTS)
    def payments(self, cursor: Cursor) -> Iterator[Page[Payment]]:
        yield from self._pull("Payment", lambda row: as_payment(row, home=self._home()), cursor)

    def _pull(self, entity: str, read: Callable[[Row], R], cursor: Cursor, where: str = "") -> Iterator[Page[R]]:
        """Changes since the mark, or everything. Cursor: since; of a listing under way: began, start, last."""
        if since := cursor.get("since"):
            changes = self.books.changes(entity, datetime.fromisoformat(since) - OVERLAP)
            if changes is not None:
                records, unreadable = _read(changes.rows, read)
                yield Page(records, Cursor({"since": changes.time}), changes.deleted, unreadable)
                return
        began, start, last = cursor.get("began"), cursor.get("start", 1), cursor.get("last", "")
        for page in self.books.listing(entity, where, start=start, last=last):
            began = began or page.time
            records, unreadable = _read(page.rows, read)
            under_way = {"began": began, "start": page.next_start, "last": page.last}
            after = Cursor({"since": began} if page.is_last else under_way)
            yield Page(records, after, unreadable=unreadable, complete=page.is_last)

    def _invoice(self, row: Row) -> Invoice:
        return as_invoice(row, home=self._home(), prefix=self._prefix)

    # --- out -------------------------------------------------------------------------------------------------------

    @pushes(Dataset.CUSTOMERS)
    def send_customers(self, changes: Sequence[Change[Customer]]) -> Iterator[Pushed]:
        yield from _each(changes, self._send_customer)

    @pushes(Dataset.INVOICES)
    def send_invoices(self, changes: Sequence[Change[Invoice]]) -> Iterator[Pushed]:
        """Before one is made, its number is looked up: an earlier, lost answer may have made it."""
        items, is_american = self._items(), self._company().get("Country") == "US"
        new = [self._prefix + one.record.number for one in changes if not one.record.external_id]
        known = self.books.where("Invoice", "DocNumber", new)
        yield from _each(changes, lambda change: self._send_invoice(change, known, items, is_american))

    @pushes(Dataset.EXPENSES)
    def send_expenses(self, changes: Sequence[Change[Expense]]) -> Iterator[Pushed]:
        paid_from = self._paid_from()
        names = sorted({one.record.vendor for one in changes if one.record.vendor})
        vendors = {name: str(row["Id"]) for name, row in self.books.where("Vendor", "DisplayName", names).items()}
        yield from _each(changes, lambda change: self._send_expense(change, paid_from, vendors))

    def _send_customer(self, change: Change[Customer]) -> Pushed:
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
            theirs = as_customer(row)
            if not change.is_repeat and record.email and theirs.email and record.email != theirs.email:
                raise DataError(
                    f"QuickBooks has another customer {record.name}, with the address {theirs.email}. "
                    "Rename one of them, or link them."
                ) from None
            return _made(change, row, was_there=True)

    def _send_invoice(
        self, change: Change[Invoice], known: dict[str, Row], items: dict[str, str], is_american: bool
    ) -> Pushed:
        record = change.record
        if record.external_id and (change.is_deletion or record.status is InvoiceStatus.VOID):
            return self._update("Invoice", change, {}, operation="delete" if change.is_deletion else "void")
        number = writing.number_of(record, self._prefix)
        body = writing.invoice_body(record, number=number, items=items, is_american=is_american)
        if record.external_id:
            return self._as_meant(change, lambda: self._update("Invoice", change, body))
        if number not in known:
            try:
                row = self.books.save("Invoice", body, key=change.key)
                return self._checked(change, row, was_there=False)
            except Taken:
                known |= self.books.where("Invoice", "DocNumber", [number])
        return self._adopted(change, known[number])

    def _adopted(self, change: Change[Invoice], row: Row) -> Pushed:
        """An invoice with our number that is there already: ours, if it says the same."""
        theirs = self._invoice(row)
        if not writing.same_invoice(change.record, theirs):
            raise DataError(
                f"QuickBooks has another invoice {row.get('DocNumber')}, over {theirs.total} to "
                f"{theirs.customer.label}. Change its number there, or choose another prefix."
            )
        return _made(change, row, was_there=True)

    def _as_meant(self, change: Change[Invoice], update: Callable[[], Pushed]) -> Pushed:
        """A version that moved is no conflict when QuickBooks has what we would write."""
        try:
            return update()
        except StaleVersion as stale:
            row = self.books.one("Invoice", change.record.external_id)
            theirs = self._invoice(row)
            if writing.same_invoice(change.record, theirs):
                return _made(change, row, was_there=True)
            raise StaleVersion(str(stale), theirs=theirs, detail=stale.detail) from None

    def _checked(self, change: Change[Invoice], row: Row, *, was_there: bool) -> Pushed:
        """What QuickBooks made of it must add up to what we said."""
        total = self._invoice(row).total
        if total == change.record.total:
            return _made(change, row, was_there=was_there)
        told = f"QuickBooks added up invoice {row.get('DocNumber')} to {total}, not {change.record.total}: look at it."
        return Pushed(change.key, str(row["Id"]), version_of(row), error=DataError(told))

    def _send_expense(self, change: Change[Expense], paid_from: Row, vendors: dict[str, str]) -> Pushed:
        record = change.record
        if change.is_deletion:
            return self._update("Purchase", change, {}, operation="delete")
        body = writing.expense_body(
            record, paid_from=paid_from, vendor_id=self._vendor(record.vendor, vendors), note=record.memo
        )
        if record.external_id:
            return self._update("Purchase", change, body)
        return _made(change, self.books.save("Purchase", body, key=change.key))

    def _vendor(self, name: str, vendors: dict[str, str]) -> str:
        """The vendor of that name, made when QuickBooks has none. No key: a name is there once by itself."""
        if name and name not in vendors:
            row = self.books.save("Vendor", {"DisplayName": name}, key="")
            vendors[name] = str(row["Id"])
        return vendors.get(name, "")

    def _update(self, entity: str, change: Change[Any], body: Row, *, operation: str = "") -> Pushed:
        """Only over the version that we know; raises StaleVersion where QuickBooks has a newer one."""
        external_id = change.record.external_id
        token = change.external_version or version_of(self.books.one(entity, external_id))
        given = {"Id": external_id, "SyncToken": token, **({} if operation else {"sparse": True}), **body}
        return _made(change, self.books.save(entity, given, key=change.key, operation=operation))

    # --- looked up once a run --------------------------------------------------------------------------------------

    def _company(self) -> Row:
        return self._once("company", lambda: self.books.select("CompanyInfo")[0])

    def _home(self) -> str:
        """The currency of documents that do not say theirs."""
        preferences = self._once("preferences", lambda: self.books.select("Preferences")[0])
        return str(preferences["CurrencyPrefs"]["HomeCurrency"]["value"])

    def _items(self) -> dict[str, str]:
        """The product or service for each income account: the oldest one that is booked to it."""
        rows = [row for row in self.books.select("Item") if isinstance(row.get("IncomeAccountRef"), dict)]
        rows.sort(key=lambda row: int(row["Id"]), reverse=True)
        return {str(row["IncomeAccountRef"].get("value")): str(row["Id"]) for row in rows}

    def _paid_from(self) -> Row:
        wanted = str(self.options.get("paid_from", "")).strip()
        if not wanted:
            raise NotReady("Say in this connection's settings which QuickBooks account expenses are paid from.")
        for row in self.books.select("Account"):
            if wanted in {row.get("Name"), row.get("FullyQualifiedName"), row.get("AcctNum")}:
                if row.get("AccountType") in writing.PAYMENT_TYPES:
                    return row
                raise NotReady(f"Expenses cannot be paid from {wanted}: it is a {row.get('AccountType')} account.")
        raise NotReady(f"QuickBooks has no active account {wanted}. Correct it in this connection's settings.")

    def _once(self, name: str, ask: Callable[[], Row]) -> Row:
        if name not in self._known:
            self._known[name] = ask()
        return self._known[name]


def _each(changes: Sequence[Change[R]], send: Callable[[Change[R]], Pushed]) -> Iterator[Pushed]:
    """What became of each change. What is wrong with one is told with it; what is wrong with QuickBooks is raised."""
    for change in changes:
        try:
            yield send(change)
        except DataError as error:
            yield Pushed(change.key, change.record.external_id, change.external_version, error=error)


def _made(change: Change[Any], row: Row, *, was_there: bool = False) -> Pushed:
    return Pushed(change.key, str(row["Id"]), version_of(row), was_there=was_there)


def _read(rows: list[Row], read: Callable[[Row], R]) -> tuple[list[R], list[Unreadable]]:
    """Every row as a record, or as the reason why it is none."""
    records, unreadable = [], []
    for row in rows:
        try:
            records.append(read(row))
        except DataError as error:
            unreadable.append(_unreadable(row, str(error)))
        except (TypeError, ValueError, KeyError, AttributeError):
            unreadable.append(_unreadable(row, "The record does not have the documented shape."))
    return records, unreadable


def _unreadable(row: Row, reason: str) -> Unreadable:
    subject = row.get("DocNumber") or row.get("DisplayName") or row.get("Name") or ""
    return Unreadable(str(row.get("Id") or "")[:120], reason, str(subject)[:120])


connector = QuickBooks
