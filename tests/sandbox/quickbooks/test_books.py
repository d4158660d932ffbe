"""The books: what is documented works, what is not is refused, and amounts are exact."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hangarlink.sandbox.quickbooks import UNLIMITED, Company, Limits, QuickBooksApp, fill
from hangarlink.sandbox.server import Served
from tests.sandbox.quickbooks.conftest import NOW, Client


def test_company_info_and_preferences(quickbooks: Client) -> None:
    info = quickbooks.ok("GET", f"companyinfo/{quickbooks.company.realm_id}")["CompanyInfo"]
    assert info["CompanyName"] == "Skyline Air Charter"
    (preferences,) = quickbooks.query("select * from Preferences")
    assert preferences["CurrencyPrefs"]["HomeCurrency"]["value"] == "USD"


def test_an_invoice_is_made_and_worked_out(quickbooks: Client) -> None:
    invoice = quickbooks.made("HL-1", 250.5)
    assert (invoice["TotalAmt"], invoice["Balance"], invoice["SyncToken"]) == (250.5, 250.5, "0")
    assert invoice["TxnDate"] == "2026-10-20"
    assert invoice["MetaData"]["LastUpdatedTime"] == "2026-10-20T08:30:00-08:00"
    line, subtotal = invoice["Line"]
    assert line["SalesItemLineDetail"]["ItemAccountRef"]["name"] == "Charter Revenue"
    assert subtotal["DetailType"] == "SubTotalLineDetail"
    assert quickbooks.ok("GET", f"invoice/{invoice['Id']}")["Invoice"] == invoice


@pytest.mark.parametrize(
    ("change", "code", "element"),
    [
        ({"Colour": "red"}, "2010", "Colour"),
        ({"Line": [{"Amount": 1, "Account": "4000"}]}, "2010", "Line.Account"),
        ({"CustomerRef": None}, "2020", "CustomerRef"),
        ({"CustomerRef": {"value": "9999"}}, "2500", "CustomerRef"),
        ({"Line": []}, "2020", "Line"),
        ({"DocNumber": "x" * 22}, "2050", "DocNumber"),
        ({"DocNumber": "1001"}, "6140", "DocNumber"),
        ({"TxnDate": "20 October"}, "2030", "TxnDate"),
        ({"CurrencyRef": {"value": "EUR"}}, "6000", "CurrencyRef"),
        ({"TotalAmt": "a lot"}, "2030", "TotalAmt"),
    ],
)
def test_a_bad_invoice_is_refused_with_its_code(
    quickbooks: Client, change: dict[str, Any], code: str, element: str
) -> None:
    before = len(quickbooks.company.books["Invoice"])
    error = quickbooks.fault("POST", "invoice", json=quickbooks.invoice() | change)
    assert (error["code"], error["element"]) == (code, element)
    assert len(quickbooks.company.books["Invoice"]) == before


def test_an_amount_that_is_not_quantity_times_price_is_refused(quickbooks: Client) -> None:
    body = quickbooks.invoice(amount=100)
    body["Line"][0]["Amount"] = 99.99
    assert quickbooks.fault("POST", "invoice", json=body)["code"] == "6070"
    del body["Line"][0]["SalesItemLineDetail"]["UnitPrice"]
    assert quickbooks.ok("POST", "invoice", json=body)["Invoice"]["TotalAmt"] == 99.99


def test_a_third_decimal_is_refused_and_cents_add_up_exactly(quickbooks: Client) -> None:
    assert quickbooks.fault("POST", "invoice", json=quickbooks.invoice(amount=0.125))["code"] == "2030"
    body = quickbooks.invoice(amount=0.1)
    body["Line"] = [dict(body["Line"][0], SalesItemLineDetail={"ItemRef": body["Line"][0]["SalesItemLineDetail"]["ItemRef"]})] * 3  # fmt: skip  # noqa: E501
    assert quickbooks.ok("POST", "invoice", json=body)["Invoice"]["TotalAmt"] == 0.3


def test_automated_sales_tax_falls_on_what_is_not_marked_as_free() -> None:
    company = Company(now=NOW, recipe=fill, tax_rate=Decimal("8.25"))
    with Served(QuickBooksApp(company, limits=UNLIMITED)) as served:
        client = Client(served).connect()
        customer = client.company.save("Customer", {"DisplayName": "Taxed", "Taxable": True})
        body = client.invoice(amount=10.10) | {"CustomerRef": {"value": customer["Id"]}}
        taxed = client.ok("POST", "invoice", json=body)["Invoice"]
        assert (taxed["TotalAmt"], taxed["TxnTaxDetail"]["TotalTax"]) == (10.93, 0.83)
        body["DocNumber"] = "HL-2"
        body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = {"value": "NON"}
        assert client.ok("POST", "invoice", json=body)["Invoice"]["TotalAmt"] == 10.10


def test_the_same_requestid_gives_the_first_answer_again(quickbooks: Client) -> None:
    first = quickbooks.made("HL-1", 100, requestid="key-1")
    assert quickbooks.made("HL-1", 100, requestid="key-1") == first
    assert quickbooks.made("HL-77", 999, requestid="key-1") == first, "whatever the body says"
    assert len(quickbooks.query("select * from Invoice where DocNumber in ('HL-1', 'HL-77')")) == 1
    assert quickbooks.fault("POST", "invoice", json=quickbooks.invoice(), requestid="k" * 51)["code"] == "2030"


def test_a_refused_request_is_not_remembered(quickbooks: Client) -> None:
    body = quickbooks.invoice() | {"CustomerRef": {"value": "9999"}}
    quickbooks.fault("POST", "invoice", json=body, requestid="key-1")
    assert quickbooks.made("HL-1", requestid="key-1")["DocNumber"] == "HL-1"


def test_an_update_needs_the_newest_sync_token(quickbooks: Client) -> None:
    invoice = quickbooks.made()
    change = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "first"}
    updated = quickbooks.ok("POST", "invoice", json=change)["Invoice"]
    assert (updated["SyncToken"], updated["PrivateNote"], updated["TotalAmt"]) == ("1", "first", 100)
    error = quickbooks.fault("POST", "invoice", json=change | {"PrivateNote": "second"})
    assert (error["code"], error["Message"]) == ("5010", "Stale Object Error")
    assert "so your work was not saved" in error["Detail"]
    assert quickbooks.ok("GET", f"invoice/{invoice['Id']}")["Invoice"]["PrivateNote"] == "first"
    assert quickbooks.fault("POST", "invoice", json={"Id": invoice["Id"], "sparse": True})["code"] == "2020"


def test_a_full_update_clears_what_it_leaves_out(quickbooks: Client) -> None:
    invoice = quickbooks.ok("POST", "invoice", json=quickbooks.invoice() | {"PrivateNote": "mine"})["Invoice"]
    body = quickbooks.invoice("HL-1", 80) | {"Id": invoice["Id"], "SyncToken": "0"}
    updated = quickbooks.ok("POST", "invoice", json=body)["Invoice"]
    assert "PrivateNote" not in updated
    assert (updated["TotalAmt"], updated["Balance"]) == (80, 80)


def test_deleting_and_voiding(quickbooks: Client) -> None:
    first, second = quickbooks.made("HL-1"), quickbooks.made("HL-2")
    gone = quickbooks.ok("POST", "invoice", json={"Id": first["Id"], "SyncToken": "0"}, operation="delete")
    assert gone["Invoice"]["status"] == "Deleted"
    assert quickbooks.fault("GET", f"invoice/{first['Id']}")["code"] == "610"
    void = quickbooks.ok("POST", "invoice", json={"Id": second["Id"], "SyncToken": "0"}, operation="void")["Invoice"]
    assert (void["TotalAmt"], void["Balance"], void["PrivateNote"], void["DocNumber"]) == (0, 0, "Voided", "HL-2")
    customer = quickbooks.company.find("Customer", DisplayName="Nordic Wind A/S")
    body = {"Id": customer["Id"], "SyncToken": customer["SyncToken"]}
    assert quickbooks.fault("POST", "customer", json=body, operation="delete")["code"] == "500"


def test_names_are_unique_among_customers_and_vendors(quickbooks: Client) -> None:
    for name in ("Nordic Wind A/S", "skagen fuel"):
        assert quickbooks.fault("POST", "customer", json={"DisplayName": name})["code"] == "6240"
    customer = quickbooks.company.find("Customer", DisplayName="Nordic Wind A/S")
    quickbooks.company.delete("Customer", customer["Id"])
    assert quickbooks.ok("POST", "customer", json={"DisplayName": "Nordic Wind A/S"})


def test_a_payment_lowers_the_balance_and_moves_the_invoices_version(quickbooks: Client) -> None:
    invoice = quickbooks.made()
    payment = quickbooks.company.pay(invoice["Id"], "60.25", reference="SEPA 1")
    paid = quickbooks.ok("GET", f"invoice/{invoice['Id']}")["Invoice"]
    assert (paid["Balance"], paid["SyncToken"]) == (39.75, "1")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    quickbooks.company.delete("Payment", payment["Id"])
    assert quickbooks.ok("GET", f"invoice/{invoice['Id']}")["Invoice"]["Balance"] == 100
    too_much = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 500}
    too_much["Line"] = [{"Amount": 500, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]
    assert quickbooks.fault("POST", "payment", json=too_much)["code"] == "6000"


def test_an_expense_is_paid_from_an_account_that_can_pay(quickbooks: Client) -> None:
    find = quickbooks.company.find
    line = {
        "Amount": 812.4,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": find("Account", Name="Fuel Expense")["Id"]}},
    }
    body = {
        "AccountRef": {"value": find("Account", Name="Fuel Card")["Id"]},
        "PaymentType": "CreditCard",
        "EntityRef": {"value": find("Vendor", DisplayName="Skagen Fuel")["Id"], "type": "Vendor"},
        "Line": [line],
    }
    purchase = quickbooks.ok("POST", "purchase", json=body)["Purchase"]
    assert (purchase["TotalAmt"], purchase["EntityRef"]["name"]) == (812.4, "Skagen Fuel")
    assert quickbooks.fault("POST", "purchase", json=body | {"PaymentType": "Check"})["code"] == "6000"
    assert quickbooks.fault("POST", "purchase", json=body | {"PaymentType": "IOU"})["code"] == "2030"


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("", ["Aurora Mining ApS", "Bergstrøm, Ida", "Nordic Wind A/S", "O'Hara Productions"]),
        ("where DisplayName = 'O\\'Hara Productions'", ["O'Hara Productions"]),
        ("where DisplayName like '%wind%'", ["Nordic Wind A/S"]),
        ("where DisplayName in ('Nordic Wind A/S', 'Nobody')", ["Nordic Wind A/S"]),
        ("where Taxable = true", []),
        ("where Balance > 4000", ["Aurora Mining ApS"]),
        ("where Taxable = false and DisplayName like 'b%'", ["Bergstrøm, Ida"]),
        ("orderby DisplayName desc startposition 2 maxresults 2", ["Nordic Wind A/S", "Bergstrøm, Ida"]),
        ("where MetaData.LastUpdatedTime >= '2026-10-20T18:30:00+02:00'", [
            "Aurora Mining ApS", "Bergstrøm, Ida", "Nordic Wind A/S", "O'Hara Productions"]),
        ("where MetaData.LastUpdatedTime > '2026-10-20T16:30:00Z'", []),
    ],
)  # fmt: skip
def test_queries(quickbooks: Client, where: str, names: list[str]) -> None:
    if "Balance" in where:
        quickbooks.company.find("Customer", DisplayName="Aurora Mining ApS")["Balance"] = Decimal(4200)
    assert [one["DisplayName"] for one in quickbooks.query(f"select * from Customer {where}")] == names


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("delete from Customer", "4000"),
        ("select * from Customer where DisplayName = Nobody", "4000"),
        ("select * from Customer where DisplayName = 'a' or DisplayName = 'b'", "4000"),
        ("select * from Customer maxresults 1001", "4000"),
        ("select * from Customer startposition 0", "4000"),
        ("select * from Customer where DisplayName = 'a' and", "4000"),
        ("select * from Invoice, Customer", "4000"),
        ("select * from Squadron", "4001"),
        ("select * from Customer where Colour = 'red'", "4001"),
        ("select * from Invoice where Line.Amount = '1'", "4001"),
        ("select Colour from Customer", "4001"),
        ("", "4000"),
    ],
)
def test_bad_queries_are_refused(quickbooks: Client, statement: str, code: str) -> None:
    assert quickbooks.fault("GET", "query", query=statement)["code"] == code


def test_counting_columns_and_inactive_ones(quickbooks: Client) -> None:
    count = quickbooks.ok("GET", "query", query="select count(*) from Account")["QueryResponse"]
    every = quickbooks.ok("GET", "query", query="select count(*) from Account where Active in (true, false)")
    assert every["QueryResponse"]["totalCount"] == count["totalCount"] + 1
    (brief,) = quickbooks.query("select Id, DocNumber from Invoice where DocNumber = '1001'")
    assert set(brief) == {"Id", "DocNumber", "domain", "sparse"}
    assert quickbooks.ok("GET", "query", query="select * from Payment")["QueryResponse"] == {}


def test_a_query_can_be_posted_as_text(quickbooks: Client) -> None:
    url = f"{quickbooks.served.url}/v3/company/{quickbooks.company.realm_id}/query?minorversion=75"
    headers = {"Authorization": f"Bearer {quickbooks.tokens['access_token']}", "Content-Type": "application/text"}
    answer = quickbooks.http.post(url, content="select * from Vendor maxresults 2", headers=headers)
    assert len(answer.json()["QueryResponse"]["Vendor"]) == 2


def test_changes_are_told_with_deletions(quickbooks: Client) -> None:
    kept, gone = quickbooks.made("HL-1"), quickbooks.made("HL-2")
    quickbooks.company.advance(minutes=50)
    since = (NOW + timedelta(minutes=30)).isoformat()
    quickbooks.company.edit("Invoice", kept["Id"], PrivateNote="seen")
    quickbooks.company.delete("Invoice", gone["Id"])
    answer = quickbooks.ok("GET", "cdc", entities="Invoice,Payment", changedSince=since)
    invoices, payments = answer["CDCResponse"][0]["QueryResponse"]
    assert payments == {}
    told = {one["Id"]: one.get("status") for one in invoices["Invoice"]}
    assert told == {kept["Id"]: None, gone["Id"]: "Deleted"}
    (deleted,) = (one for one in invoices["Invoice"] if one["Id"] == gone["Id"])
    assert set(deleted) == {"Id", "status", "domain", "MetaData"}


def test_changes_reach_thirty_days_back_and_an_answer_holds_so_many(company: Company) -> None:
    limits = Limits(calls_per_second=1000, calls_per_minute=1000, cdc_objects=5)
    with Served(QuickBooksApp(company, limits=limits)) as served:
        client = Client(served).connect()
        early = (NOW - timedelta(days=31)).isoformat()
        assert client.fault("GET", "cdc", entities="Invoice", changedSince=early)["code"] == "2030"
        assert client.fault("GET", "cdc", entities="", changedSince=NOW.isoformat())["code"] == "2020"
        since = (NOW - timedelta(minutes=1)).isoformat()
        accounts, customers = client.ok("GET", "cdc", entities="Account,Customer", changedSince=since)["CDCResponse"][
            0
        ]["QueryResponse"]
        assert (accounts["maxResults"], customers) == (5, {})


def test_what_the_sandbox_does_not_have_is_unsupported(quickbooks: Client) -> None:
    for method, path in (("GET", "timeactivity/1"), ("DELETE", "invoice/1"), ("POST", "companyinfo")):
        assert quickbooks.fault(method, path, json={} if method == "POST" else None)["code"] == "500"


def test_books_are_put_back_as_they_were(quickbooks: Client) -> None:
    quickbooks.made()
    quickbooks.control("reset")
    assert [one["DocNumber"] for one in quickbooks.query("select * from Invoice")] == ["1001"]
    assert quickbooks.app.journal.entries()[-1]["operation"] == "query"
