"""What follows from a document in the books: totals, tax, balances, and whether its lines may be what they are."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from hangarlink.sandbox.quickbooks.refusals import Refusal, business, invalid, missing

if TYPE_CHECKING:
    from hangarlink.sandbox.quickbooks.company import Company

Fields = dict[str, Any]
CENT = Decimal("0.01")
PAYS_WITH = {"Cash": {"Bank", "Other Current Asset"}, "Check": {"Bank"}, "CreditCard": {"Credit Card"}}
"""Which types of account a Purchase of each PaymentType can come from."""
NEVER_BILLED = {"Accounts Receivable"}


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def settle(company: "Company", entity: str, record: Fields) -> None:
    """Check the document and fill in what QuickBooks works out. Raises Refusal; the books are not touched."""
    if entity in {"Account", "Item"}:
        parent = record.get("ParentRef", {}).get("name")
        record["FullyQualifiedName"] = f"{parent}:{record['Name']}" if parent else record["Name"]
    if entity == "Customer":
        _currency(company, record)
    if entity not in {"Invoice", "Payment", "Purchase"}:
        return
    record.setdefault("TxnDate", company.now().date().isoformat())
    _currency(company, record)
    _of_customer(company, record)
    {"Invoice": _invoice, "Payment": _payment, "Purchase": _purchase}[entity](company, record)


def post(company: "Company", entity: str, record: Fields, by: str) -> None:
    """Let a payment lower the balances of the invoices that it pays."""
    if entity == "Payment":
        for invoice, amount in _paid(company, record):
            if not any(one["TxnId"] == record["Id"] for one in invoice["LinkedTxn"]):
                invoice["LinkedTxn"].append({"TxnId": record["Id"], "TxnType": "Payment"})
            invoice["Balance"] -= amount
            company.touch("Invoice", invoice, by)


def unpost(company: "Company", entity: str, record: Fields) -> None:
    """Undo what `post` did. An invoice that goes leaves its payments unapplied."""
    if entity == "Payment":
        for invoice, amount in _paid(company, record):
            invoice["LinkedTxn"] = [one for one in invoice["LinkedTxn"] if one["TxnId"] != record["Id"]]
            invoice["Balance"] += amount
            company.touch("Invoice", invoice, "QuickBooks")


def _paid(company: "Company", payment: Fields) -> Iterator[tuple[Fields, Decimal]]:
    for line in payment.get("Line", []):
        for link in line.get("LinkedTxn", []):
            if invoice := company.books["Invoice"].get(link["TxnId"]):
                yield invoice, line["Amount"]


def _currency(company: "Company", record: Fields) -> None:
    code = record.setdefault("CurrencyRef", {"value": company.currency})["value"]
    if code != company.currency and not company.multicurrency:
        raise business(f"Multicurrency is off; the currency must be {company.currency}", "CurrencyRef")


def _of_customer(company: "Company", record: Fields) -> None:
    """A customer is kept in one currency, and so are all its documents."""
    customer = company.books["Customer"].get(record.get("CustomerRef", {}).get("value", ""))
    if customer and customer["CurrencyRef"]["value"] != record["CurrencyRef"]["value"]:
        raise business(f"The customer is kept in {customer['CurrencyRef']['value']}", "CurrencyRef")


def _invoice(company: "Company", record: Fields) -> None:
    net = tax = Decimal(0)
    for number, line in enumerate(_lines(record, "SalesItemLineDetail"), start=1):
        line.update({"Id": str(number), "LineNum": number})
        detail = line.get("SalesItemLineDetail")
        if detail is None:
            continue
        _item(company, detail)
        _multiplies(line, detail)
        net += line["Amount"]
        tax += line["Amount"] * _rate(company, record, detail)
    tax = cents(tax)
    subtotal = {"Amount": net, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    record["Line"] = [one for one in record["Line"] if one["DetailType"] != "SubTotalLineDetail"] + [subtotal]
    record["TxnTaxDetail"] = {"TotalTax": tax}
    applied = record.get("TotalAmt", Decimal(0)) - record.get("Balance", Decimal(0))
    record["TotalAmt"] = net + tax
    record["Balance"] = net + tax - applied
    record.setdefault("LinkedTxn", [])
    record.setdefault("DueDate", record["TxnDate"])
    if record["TotalAmt"] < 0:
        raise business("The transaction amount must be 0 or greater", "TotalAmt")


def _item(company: "Company", detail: Fields) -> None:
    if "ItemRef" not in detail:
        raise missing("ItemRef")
    item = company.refer("ItemRef", "Item", detail["ItemRef"])
    detail["ItemAccountRef"] = dict(item["IncomeAccountRef"])


def _multiplies(line: Fields, detail: Fields) -> None:
    if "Qty" in detail and "UnitPrice" in detail and cents(detail["Qty"] * detail["UnitPrice"]) != line["Amount"]:
        raise Refusal(
            "6070",
            "Amount calculation incorrect in the request",
            f"Amount is not equal to UnitPrice * Qty. Supplied value:{line['Amount']}",
            element="Line.Amount",
        )


def _rate(company: "Company", record: Fields, detail: Fields) -> Decimal:
    """Automated sales tax: what a line does not say is taken from the customer."""
    customer = company.books["Customer"][record["CustomerRef"]["value"]]
    code = detail.get("TaxCodeRef", {}).get("value") or ("TAX" if customer.get("Taxable", True) else "NON")
    if code not in {"TAX", "NON"}:
        raise invalid("TaxCodeRef", f"there are TAX and NON, not {code}")
    detail["TaxCodeRef"] = {"value": code}
    return company.tax_rate / 100 if code == "TAX" else Decimal(0)


def _purchase(company: "Company", record: Fields) -> None:
    account = company.refer("AccountRef", "Account", record["AccountRef"])
    allowed = PAYS_WITH.get(record["PaymentType"])
    if allowed is None:
        raise invalid("PaymentType", f"one of {', '.join(PAYS_WITH)} is expected")
    if account["AccountType"] not in allowed:
        raise business(f"A {record['PaymentType']} purchase cannot come from a {account['AccountType']} account")
    if entity := record.get("EntityRef"):
        company.refer("EntityRef", entity.get("type", "Vendor"), entity)
    total = Decimal(0)
    for number, line in enumerate(_lines(record, "AccountBasedExpenseLineDetail"), start=1):
        line.update({"Id": str(number), "LineNum": number})
        detail = line.get("AccountBasedExpenseLineDetail", {})
        if "AccountRef" not in detail:
            raise missing("AccountRef")
        if company.refer("AccountRef", "Account", detail["AccountRef"])["AccountType"] in NEVER_BILLED:
            raise business("A line cannot be booked to Accounts Receivable", "AccountRef")
        total += line["Amount"]
    record["TotalAmt"] = total


def _payment(company: "Company", record: Fields) -> None:
    applied = Decimal(0)
    for line in record.setdefault("Line", []):
        for link in line.get("LinkedTxn", []):
            invoice = company.books["Invoice"].get(link.get("TxnId", ""))
            if invoice is None or link.get("TxnType") != "Invoice":
                raise Refusal("2500", "Invalid Reference Id", f"LinkedTxn {link.get('TxnId')} not found")
            if invoice["CustomerRef"]["value"] != record["CustomerRef"]["value"]:
                raise business("The invoice belongs to another customer", "LinkedTxn")
            own = any(one["TxnId"] == record.get("Id") for one in invoice["LinkedTxn"])
            if line["Amount"] > invoice["Balance"] and not own:
                raise business("The payment is more than the balance of the invoice", "Amount")
        applied += line.get("Amount", Decimal(0))
    if applied > record["TotalAmt"]:
        raise business("More is applied than was received", "TotalAmt")
    record["UnappliedAmt"] = record["TotalAmt"] - applied


def _lines(record: Fields, detail_type: str) -> Iterator[Fields]:
    for line in record["Line"]:
        kind = line.get("DetailType")
        if kind not in {detail_type, "SubTotalLineDetail", "DescriptionOnly"} or not (
            kind != detail_type or detail_type in line
        ):
            raise invalid("Line.DetailType", f"{detail_type} is expected, with its detail")
        if kind == "SubTotalLineDetail":
            continue
        if kind == detail_type and "Amount" not in line:
            raise missing("Amount")
        yield line
