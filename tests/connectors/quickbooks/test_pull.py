"""Reading: everything at first, changes later, nothing stepped over, amounts exact."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from hangarlink.connectors.quickbooks import QuickBooks, books
from hangarlink.connectors.quickbooks.reading import amount
from hangarlink.integration.contract import (
    AuthFailed,
    Cursor,
    DataError,
    Dataset,
    Directions,
    InvoiceStatus,
    Malformed,
    Money,
    NotReady,
    PartnerError,
    ServerTrouble,
)
from tests.connectors.quickbooks.conftest import Partner, pulled, records


def test_proving_names_the_company(partner: Partner) -> None:
    identity = partner.dial().prove()
    assert (identity.key, identity.name) == (partner.company.realm_id, "Skyline Air Charter")


def test_proving_without_a_company_or_with_another_one(partner: Partner) -> None:
    with pytest.raises(NotReady, match="choose one"):
        partner.dial(realmId="").prove()
    with pytest.raises(AuthFailed):
        partner.dial(realmId="1").prove()
    partner.company.subscribed = False
    with pytest.raises(NotReady, match="no active subscription"):
        partner.dial().prove()


def test_the_chart_of_accounts_comes_with_inactive_ones(partner: Partner) -> None:
    accounts = {one.name: one for one in records(pulled(partner.dial(), Dataset.LEDGER_ACCOUNTS))}
    assert len(accounts) == len(partner.company.books["Account"])
    assert (accounts["Fuel Expense"].kind, accounts["Fuel Expense"].number) == ("Cost of Goods Sold", "5000")
    assert accounts["Retired: Brokerage"].is_active is False


def test_customers(partner: Partner) -> None:
    customers = {one.name: one for one in records(pulled(partner.dial(), Dataset.CUSTOMERS))}
    wind = customers["Nordic Wind A/S"]
    assert (wind.company, wind.email, wind.city, wind.country) == (
        "Nordic Wind A/S", "billing@nordicwind.example", "Esbjerg", "DK"
    )  # fmt: skip
    assert (wind.version, wind.is_active) == ("0", True)
    assert wind.changed_at is not None
    assert wind.changed_at.tzinfo is not None


def test_an_invoice_and_its_payment(partner: Partner) -> None:
    old = partner.company.find("Invoice", DocNumber="1001")
    partner.company.pay(old["Id"], "1200.35", reference="SEPA 9")
    (invoice,) = records(pulled(partner.dial(), Dataset.INVOICES))
    assert (invoice.number, invoice.total, invoice.balance) == ("1001", Money(420_000, "USD"), Money(299_965, "USD"))
    assert (invoice.status, invoice.version) == (InvoiceStatus.OPEN, "1")
    (line,) = invoice.lines
    assert (line.quantity, line.amount, line.account.label) == (Decimal(1), Money(420_000, "USD"), "Charter Revenue")
    (payment,) = records(pulled(partner.dial(), Dataset.PAYMENTS))
    assert (payment.amount, payment.reference, payment.customer.external_id) == (
        Money(120_035, "USD"), "SEPA 9", old["CustomerRef"]["value"]
    )  # fmt: skip
    (part,) = payment.invoices
    assert (part.invoice.external_id, part.amount.minor) == (old["Id"], 120_035)


def test_paid_and_void_ones_say_so(partner: Partner) -> None:
    old = partner.company.find("Invoice", DocNumber="1001")
    partner.company.pay(old["Id"])
    (invoice,) = records(pulled(partner.dial(), Dataset.INVOICES))
    assert invoice.status is InvoiceStatus.PAID
    partner.company.void({"Id": old["Id"], "SyncToken": partner.company.get("Invoice", old["Id"])["SyncToken"]})
    (invoice,) = records(pulled(partner.dial(), Dataset.INVOICES))
    assert (invoice.status, invoice.total.minor) == (InvoiceStatus.VOID, 0)


def test_later_only_changes_are_asked_for(partner: Partner) -> None:
    connector = partner.dial()
    first = pulled(connector, Dataset.INVOICES)
    assert first[-1].complete
    assert set(first[-1].cursor.values) == {"since"}
    old = partner.company.find("Invoice", DocNumber="1001")
    partner.company.delete("Invoice", old["Id"])
    (page,) = pulled(connector, Dataset.INVOICES, first[-1].cursor)
    assert (list(page.records), list(page.deleted), page.complete) == ([], [old["Id"]], False)
    asked = partner.app.journal.entries("cdc")
    assert len(asked) == 1


def test_a_mark_that_is_too_old_means_everything_again(partner: Partner) -> None:
    for days in (31, 4000):
        since = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        pages = pulled(partner.dial(), Dataset.INVOICES, Cursor({"since": since}))
        assert pages[-1].complete
    assert partner.app.journal.entries("cdc") == []


def test_quickbooks_own_clock_may_say_so_too(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "CHANGES_KEPT", timedelta(days=400))
    since = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    assert pulled(partner.dial(), Dataset.INVOICES, Cursor({"since": since}))[-1].complete
    assert partner.app.journal.entries("cdc")[-1]["status"] == 400


def test_a_full_answer_of_changes_is_no_answer(narrow: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "CHANGES_AT_MOST", 3)
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    pages = pulled(narrow.dial(), Dataset.LEDGER_ACCOUNTS, Cursor({"since": since}))
    assert pages[-1].complete
    assert len(records(pages)) == len(narrow.company.books["Account"])


def test_pages_overlap_so_that_nothing_is_stepped_over(partner: Partner) -> None:
    """Three invoices of a page that was read already go while the next one is fetched."""
    for number in range(20):
        invoice = dict(partner.company.find("Invoice", DocNumber="1001"), DocNumber=f"N{number}")
        for name in ("Id", "SyncToken", "MetaData"):
            invoice.pop(name)
        partner.company.save("Invoice", invoice)
    pages, gone = [], set()
    for page in partner.dial(page_size=6).pull(Dataset.INVOICES, Cursor()):
        pages.append(page)
        if len(pages) == 2:
            for number in range(3):
                one = partner.company.find("Invoice", DocNumber=f"N{number}")
                gone.add(one["Id"])
                partner.company.delete("Invoice", one["Id"])
    told = {record.external_id for record in records(pages)}
    assert set(partner.company.books["Invoice"]) <= told
    assert [page.complete for page in pages].count(True) == 1


def test_a_listing_goes_on_where_it_stopped(partner: Partner) -> None:
    whole = [one.external_id for one in records(pulled(partner.dial(), Dataset.LEDGER_ACCOUNTS))]
    pages = pulled(partner.dial(page_size=5), Dataset.LEDGER_ACCOUNTS)
    assert [one.external_id for one in records(pages)] == whole
    for done in range(len(pages) - 1):
        rest = pulled(partner.dial(page_size=5), Dataset.LEDGER_ACCOUNTS, pages[done].cursor)
        assert [one.external_id for one in records(pages[: done + 1]) + records(rest)] == whole
        assert rest[-1].cursor.get("since") == pages[-1].cursor.get("since") or rest[-1].cursor.get("since")


def test_books_that_never_hold_still_are_read_whole_or_given_up(partner: Partner) -> None:
    partner.app.faults.add("disorder", operation="query", times=None)
    given_up = 0
    for size in range(2, 9):
        try:
            told = records(pulled(partner.dial(page_size=size), Dataset.LEDGER_ACCOUNTS))
        except ServerTrouble:
            given_up += 1
        else:
            assert {one.external_id for one in told} == set(partner.company.books["Account"])
    assert given_up


def test_duplicates_in_a_page_come_to_an_end(partner: Partner) -> None:
    partner.app.faults.add("duplicates", operation="query", times=1)
    pages = pulled(partner.dial(), Dataset.CUSTOMERS)
    assert {one.external_id for one in records(pages)} == set(partner.company.books["Customer"])


def test_one_bad_record_does_not_spoil_the_page(partner: Partner) -> None:
    for key, value in (("DisplayName", 7), ("MetaData", "yesterday"), ("Id", None)):
        partner.app.faults.add("wrong_types", operation="query", key=key, value=value)
        pages = pulled(partner.dial(), Dataset.CUSTOMERS)
        assert len(records(pages)) == len(partner.company.books["Customer"]) - 1
        assert sum(len(page.unreadable) for page in pages) == 1


@pytest.mark.parametrize("kind", ["html", "malformed_json", "fault_in_200"])
def test_garbage_is_tried_again_and_then_given_up(partner: Partner, kind: str) -> None:
    partner.app.faults.add(kind, times=3)
    assert pulled(partner.dial(), Dataset.CUSTOMERS)
    partner.app.faults.add(kind, times=None)
    with pytest.raises(Malformed if kind != "fault_in_200" else ServerTrouble):
        pulled(partner.dial(), Dataset.CUSTOMERS)


@pytest.mark.parametrize("kind", ["subscription_ended", "unauthorized"])
def test_what_a_person_must_mend_is_said(partner: Partner, kind: str) -> None:
    partner.app.faults.add(kind, times=None)
    with pytest.raises(PartnerError) as told:
        pulled(partner.dial(), Dataset.CUSTOMERS)
    assert told.value.code == ("not_ready" if kind == "subscription_ended" else "auth_failed")


def test_every_call_names_the_minor_version(partner: Partner) -> None:
    pulled(partner.dial(), Dataset.PAYMENTS)
    assert {entry["minor_version"] for entry in partner.app.journal.entries()} == {"75"}


@pytest.mark.parametrize("value", [0.1, 1234567890.12, 99999999999.99, 7, -3.5])
def test_amounts_survive_their_way_through_json(value: float) -> None:
    assert amount(value) == Decimal(repr(value))


@pytest.mark.parametrize("value", [True, "12", None, [], float("inf"), 1e300, -1e13, 10**40])
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(DataError):
        Money.of(amount(value), "USD")


def test_the_manifest_is_what_the_methods_do() -> None:
    ways = QuickBooks.manifest.datasets
    assert ways[Dataset.EXPENSES] is Directions.PUSH
    assert ways[Dataset.INVOICES] is Directions.BOTH
    assert set(QuickBooks._pulling) == {one for one, way in ways.items() if way is not Directions.PUSH}


@pytest.mark.parametrize(
    ("notice", "datasets"),
    [
        ([{"type": "qbo.invoice.updated.v1"}, {"type": "qbo.payment.created.v1"}], ["invoices", "payments"]),
        ([{"type": "qbo.customer.merged.v1"}], ["customers"]),
        ([{"type": "qbo.timeactivity.created.v1"}, "odd", {}], []),
        ({"eventNotifications": []}, []),
        (None, []),
    ],
)
def test_a_webhook_says_what_to_read_again(notice: object, datasets: list[str]) -> None:
    assert list(QuickBooks.touched(notice)) == datasets
