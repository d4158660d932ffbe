"""Writing: exact to the cent, once whatever gets lost, never over somebody else's change."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hangarlink.connectors.quickbooks import writing
from hangarlink.integration.contract import (
    Change,
    Customer,
    DataError,
    Dataset,
    Expense,
    ExpenseLine,
    InvoiceLine,
    InvoiceStatus,
    Money,
    NotReady,
    PartnerError,
    Ref,
    StaleVersion,
    Unreachable,
)
from hangarlink.sandbox.quickbooks import UNLIMITED, Company, QuickBooksApp, fill
from hangarlink.sandbox.server import Served
from tests.connectors.quickbooks.conftest import Partner, pulled, pushed, records


def invoices_of(partner: Partner) -> dict[str, Any]:
    return {one.get("DocNumber"): one for one in partner.company.all("Invoice")}


def test_an_invoice_arrives_as_it_is_here(partner: Partner) -> None:
    ours = partner.invoice()
    (told,) = pushed(partner.dial(), Dataset.INVOICES, Change("key-1", ours))
    assert (told.error, told.external_version, told.was_there) == (None, "0", False)
    row = invoices_of(partner)["HL-17"]
    assert (row["Id"], row["TotalAmt"], row["DueDate"]) == (told.external_id, Decimal("4500"), "2026-11-16")
    assert row["CustomerMemo"] == {"value": "Thank you"}
    detail = row["Line"][0]["SalesItemLineDetail"]
    assert (detail["Qty"], detail["UnitPrice"], detail["TaxCodeRef"]) == (
        Decimal("2.5"), Decimal("1800"), {"value": "NON"}
    )  # fmt: skip
    assert detail["ItemAccountRef"]["name"] == "Charter Revenue"
    theirs = next(one for one in records(pulled(partner.dial(), Dataset.INVOICES)) if one.number == "17")
    assert writing.same_invoice(replace(ours, external_id=told.external_id), theirs)
    assert partner.app.journal.entries("create")[0]["request_id"] == "key-1"


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("3", 3333, 9999), ("1.333", 9999, 13329), ("0.001", 1, 0), ("7", 1, 8), ("1", -500, -500)],
)
def test_amounts_are_ours_to_the_cent(partner: Partner, quantity: str, price: int, amount: int) -> None:
    """QuickBooks refuses an amount that is not quantity times price; then the amount alone is sent."""
    lines = [partner.line("Flight", "1", 100_000), partner.line("Odd", quantity, price, amount=amount)]
    ours = partner.invoice("18", *lines)
    (told,) = pushed(partner.dial(), Dataset.INVOICES, Change("k", ours))
    assert told.error is None
    assert invoices_of(partner)["HL-18"]["TotalAmt"] == Decimal(100_000 + amount) / 100


def test_sales_tax_of_quickbooks_never_changes_our_total() -> None:
    company = Company(recipe=fill, tax_rate=Decimal("8.25"))
    with Served(QuickBooksApp(company, limits=UNLIMITED)) as served:
        partner = Partner(served, {"realmId": company.realm_id})
        customer = company.save("Customer", {"DisplayName": "Taxed", "Taxable": True})
        ours = partner.invoice(customer=Ref(customer["Id"]))
        (told,) = pushed(partner.dial(), Dataset.INVOICES, Change("k", ours))
        assert told.error is None
        assert company.get("Invoice", told.external_id)["TotalAmt"] == Decimal(4500)


def test_a_total_that_came_out_different_is_said(partner: Partner) -> None:
    ours = partner.invoice(total=Money(450_001, "USD"))
    (told,) = pushed(partner.dial(), Dataset.INVOICES, Change("k", ours))
    assert isinstance(told.error, DataError)
    assert "added up invoice HL-17 to 4500.00 USD, not 4500.01 USD" in str(told.error)
    assert told.external_id, "it is there, and is not made again"


@pytest.mark.parametrize("kind", ["lost_response", "error_after_effect"])
def test_a_lost_answer_makes_no_second_invoice_within_the_call(partner: Partner, kind: str) -> None:
    partner.app.faults.add(kind, operation="create")
    (told,) = pushed(partner.dial(), Dataset.INVOICES, Change("key-1", partner.invoice()))
    assert told.error is None
    assert len(partner.app.journal.entries("create")) == 2
    assert list(invoices_of(partner)) == ["1001", "HL-17"]


def test_nor_in_a_later_run_with_another_key(partner: Partner) -> None:
    """requestid is forgotten at some time, and a change here makes another key: the number is what stays."""
    partner.app.faults.add("lost_response", operation="create", times=4)
    with pytest.raises(Unreachable):
        pushed(partner.dial(), Dataset.INVOICES, Change("key-1", partner.invoice()))
    partner.company.replays.clear()
    (told,) = pushed(partner.dial(), Dataset.INVOICES, Change("key-2", partner.invoice(), is_repeat=True))
    assert (told.error, told.was_there) == (None, True)
    assert told.external_id == invoices_of(partner)["HL-17"]["Id"]
    assert len(partner.company.books["Invoice"]) == 2


def test_a_number_that_somebody_else_uses_is_not_taken_over(partner: Partner) -> None:
    connector = partner.dial(invoice_prefix="")
    (told,) = pushed(connector, Dataset.INVOICES, Change("k", partner.invoice("1001")))
    assert "another invoice 1001, over 4200.00 USD to Aurora Mining ApS" in str(told.error)
    assert len(partner.company.books["Invoice"]) == 1


def test_one_refused_invoice_does_not_stop_the_others(partner: Partner) -> None:
    unmapped = replace(partner.line("Other", "1", 100), account=Ref())
    no_item = partner.line("Fuel", "1", 100, account="Fuel Expense")
    one_euro, account = Money(100, "EUR"), partner.account("Charter Revenue")
    line = InvoiceLine("Flight", Decimal(1), one_euro, one_euro, "charter", account)
    euros = replace(partner.invoice("4"), currency="EUR", lines=(line,), total=one_euro)
    told = pushed(
        partner.dial(),
        Dataset.INVOICES,
        Change("a", partner.invoice("1", unmapped)),
        Change("b", partner.invoice("2", customer=Ref(label="New Air"))),
        Change("c", partner.invoice("3", no_item)),
        Change("d", euros),
        Change("e", partner.invoice("5" * 30)),
        Change("f", partner.invoice("6")),
    )
    assert [one.error is None for one in told] == [False] * 5 + [True]
    reasons = [str(one.error) for one in told[:5]]
    for text, reason in zip(
        (
            "not mapped to an account",
            "New Air is not in QuickBooks yet",
            "No product or service",
            "Multicurrency is off",
            "1 to 21",
        ),
        reasons,
        strict=True,
    ):
        assert text in reason
    assert [number for number in invoices_of(partner) if number != "1001"] == ["HL-6"]


def test_an_update_needs_the_version_that_we_saw(partner: Partner) -> None:
    connector = partner.dial()
    (made,) = pushed(connector, Dataset.INVOICES, Change("k1", partner.invoice()))
    changed = partner.invoice("17", partner.line("Charter", "3", 180_000), external_id=made.external_id)
    (told,) = pushed(connector, Dataset.INVOICES, Change("k2", changed, external_version="0"))
    assert (told.error, told.external_version) == (None, "1")
    partner.company.edit("Invoice", made.external_id, DueDate="2027-01-01")
    again = partner.invoice("17", partner.line("Charter", "4", 180_000), external_id=made.external_id)
    (told,) = pushed(connector, Dataset.INVOICES, Change("k3", again, external_version="1"))
    assert isinstance(told.error, StaleVersion)
    assert "5010" in told.error.detail
    assert told.error.theirs is not None
    assert told.error.theirs.due_on == date(2027, 1, 1)  # type: ignore[attr-defined]
    assert invoices_of(partner)["HL-17"]["TotalAmt"] == Decimal(5400), "nothing was written"


def test_a_version_that_moved_without_a_difference_is_no_conflict(partner: Partner) -> None:
    """A payment moves the invoice's version, and so does an update whose answer was lost."""
    connector = partner.dial()
    (made,) = pushed(connector, Dataset.INVOICES, Change("k1", partner.invoice()))
    partner.company.pay(made.external_id, "100")
    same = partner.invoice(external_id=made.external_id)
    (told,) = pushed(connector, Dataset.INVOICES, Change("k2", same, external_version="0"))
    assert (told.error, told.was_there, told.external_version) == (None, True, "1")


def test_what_the_bookkeeper_added_stays(partner: Partner) -> None:
    connector = partner.dial()
    (made,) = pushed(connector, Dataset.INVOICES, Change("k1", partner.invoice()))
    partner.company.edit("Invoice", made.external_id, PrivateNote="ask Ida")
    changed = partner.invoice("17", partner.line("Charter", "3", 180_000), external_id=made.external_id)
    (told,) = pushed(connector, Dataset.INVOICES, Change("k2", changed, external_version="1"))
    assert told.error is None
    row = invoices_of(partner)["HL-17"]
    assert (row["PrivateNote"], row["TotalAmt"], len(row["Line"])) == ("ask Ida", Decimal(5400), 2)


def test_voiding_and_deleting(partner: Partner) -> None:
    connector = partner.dial()
    first, second = pushed(
        connector, Dataset.INVOICES, Change("a", partner.invoice("1")), Change("b", partner.invoice("2"))
    )
    void = partner.invoice("1", external_id=first.external_id, status=InvoiceStatus.VOID)
    gone = partner.invoice("2", external_id=second.external_id)
    told = pushed(
        connector,
        Dataset.INVOICES,
        Change("c", void, external_version="0"),
        Change("d", gone, external_version="0", is_deletion=True),
    )
    assert [one.error for one in told] == [None, None]
    assert {number: one["TotalAmt"] for number, one in invoices_of(partner).items()} == {"1001": 4200, "HL-1": 0}


def test_a_company_outside_america_gets_no_american_tax_codes(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = partner.dial()
    connector.company = {"Country": "DK", "Id": "1"}
    assert pushed(connector, Dataset.INVOICES, Change("k", partner.invoice()))[0].error is None
    sent = partner.app.journal.entries("create")[0]["body"]
    assert sent["GlobalTaxCalculation"] == "NotApplicable"
    assert "TaxCodeRef" not in sent["Line"][0]["SalesItemLineDetail"]


# --- customers -----------------------------------------------------------------------------------------------------


def customer(name: str, external_id: str = "", **more: Any) -> Customer:
    return Customer(external_id, name=name, email="ops@new.example", city="Aalborg", country="DK", **more)


def test_a_customer_is_made_changed_and_made_inactive(partner: Partner) -> None:
    connector = partner.dial()
    (made,) = pushed(connector, Dataset.CUSTOMERS, Change("k1", customer("New Air")))
    assert made.error is None
    changed = customer("New Air", made.external_id, phone="+45 1")
    (told,) = pushed(connector, Dataset.CUSTOMERS, Change("k2", changed, external_version="0"))
    row = partner.company.get("Customer", made.external_id)
    assert (row["PrimaryPhone"]["FreeFormNumber"], row["BillAddr"]["City"]) == ("+45 1", "Aalborg")
    (stale,) = pushed(connector, Dataset.CUSTOMERS, Change("k3", changed, external_version="0"))
    assert isinstance(stale.error, StaleVersion)
    gone = Change("k4", changed, external_version=told.external_version, is_deletion=True)
    assert pushed(connector, Dataset.CUSTOMERS, gone)[0].error is None
    assert partner.company.get("Customer", made.external_id)["Active"] is False


def test_a_customer_of_that_name_is_found_and_not_made_twice(partner: Partner) -> None:
    partner.app.faults.add("lost_response", operation="create", times=4)
    with pytest.raises(Unreachable):
        pushed(partner.dial(), Dataset.CUSTOMERS, Change("k1", customer("New Air")))
    (told,) = pushed(partner.dial(), Dataset.CUSTOMERS, Change("k9", customer("New Air"), is_repeat=True))
    assert (told.error, told.was_there) == (None, True)
    (other,) = pushed(partner.dial(), Dataset.CUSTOMERS, Change("k10", customer("Nordic Wind A/S")))
    assert "another customer Nordic Wind A/S, with the address billing@nordicwind.example" in str(other.error)
    (vendor,) = pushed(partner.dial(), Dataset.CUSTOMERS, Change("k11", customer("Skagen Fuel")))
    assert "QuickBooks has it already" in str(vendor.error)


# --- expenses ------------------------------------------------------------------------------------------------------


def expense(partner: Partner, vendor: str = "Skagen Fuel", **more: Any) -> Expense:
    lines = (
        ExpenseLine("fuel", Money(81_240, "USD"), "412 USG", partner.account("Fuel Expense")),
        ExpenseLine("landing_fees", Money(12_005, "USD"), "", partner.account("Airport Fees")),
    )
    fields: dict[str, Any] = {"external_id": "", "total": Money(93_245, "USD"), "reference": "R-88", **more}
    return Expense(vendor=vendor, spent_on=date(2026, 11, 3), lines=lines, currency="USD", **fields)


def test_an_expense_is_paid_from_the_chosen_account(partner: Partner) -> None:
    (told,) = pushed(partner.dial(), Dataset.EXPENSES, Change("k1", expense(partner)))
    assert told.error is None
    row = partner.company.get("Purchase", told.external_id)
    assert (row["TotalAmt"], row["PaymentType"], row["DocNumber"]) == (Decimal("932.45"), "CreditCard", "R-88")
    assert (row["AccountRef"]["name"], row["EntityRef"]["name"]) == ("Fuel Card", "Skagen Fuel")


def test_a_vendor_is_made_once(partner: Partner) -> None:
    connector = partner.dial(paid_from="1000")
    told = pushed(
        connector,
        Dataset.EXPENSES,
        Change("k1", expense(partner, "O'Neill Catering")),
        Change("k2", expense(partner, "O'Neill Catering")),
        Change("k3", expense(partner, "Nordic Wind A/S")),
    )
    assert [one.error is None for one in told] == [True, True, False], "the third name is a customer's"
    assert len(partner.app.journal.entries("create", "Vendor")) == 2
    assert partner.company.get("Purchase", told[0].external_id)["PaymentType"] == "Check"


def test_a_lost_answer_makes_no_second_expense(partner: Partner) -> None:
    partner.app.faults.add("lost_response", operation="create", entity="Purchase", times=4)
    with pytest.raises(Unreachable):
        pushed(partner.dial(), Dataset.EXPENSES, Change("k1", expense(partner)))
    (told,) = pushed(partner.dial(), Dataset.EXPENSES, Change("k1", expense(partner), is_repeat=True))
    assert told.error is None
    assert len(partner.company.books["Purchase"]) == 1


def test_an_expense_is_changed_and_deleted(partner: Partner) -> None:
    connector = partner.dial()
    (made,) = pushed(connector, Dataset.EXPENSES, Change("k1", expense(partner)))
    changed = expense(partner, external_id=made.external_id, reference="R-89")
    (told,) = pushed(connector, Dataset.EXPENSES, Change("k2", changed, external_version="0"))
    assert (told.error, told.external_version) == (None, "1")
    gone = Change("k3", changed, external_version="1", is_deletion=True)
    assert pushed(connector, Dataset.EXPENSES, gone)[0].error is None
    assert partner.company.books["Purchase"] == {}


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ("", "Say in this connection's settings"),
        ("Petty cash", "no active account"),
        ("Insurance", "cannot be paid from"),
    ],
)
def test_expenses_need_to_know_where_they_are_paid_from(partner: Partner, account: str, message: str) -> None:
    with pytest.raises(NotReady, match=message):
        pushed(partner.dial(paid_from=account), Dataset.EXPENSES, Change("k", expense(partner)))
    assert partner.company.books["Purchase"] == {}


def test_trouble_at_quickbooks_belongs_to_the_call_not_to_the_record(partner: Partner) -> None:
    partner.app.faults.add("server_error", operation="create", times=None)
    with pytest.raises(PartnerError) as told:
        pushed(partner.dial(), Dataset.INVOICES, Change("k", partner.invoice()))
    assert told.value.code == "server_trouble"


def test_what_was_withdrawn_before_it_was_sent_keeps_its_number_and_owes_nothing(partner: Partner) -> None:
    void = partner.invoice("9", status=InvoiceStatus.VOID)
    (told,) = pushed(partner.dial(), Dataset.INVOICES, Change("k" * 50, void))
    assert (told.error, told.external_version) == (None, "1")
    assert invoices_of(partner)["HL-9"]["TotalAmt"] == 0
    (again,) = pushed(partner.dial(), Dataset.INVOICES, Change("k" * 50, void, is_repeat=True))
    assert (again.error, again.was_there, len(partner.company.books["Invoice"])) == (None, True, 2)
