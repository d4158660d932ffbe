"""Canonical records as QuickBooks takes them. Raises DataError with what a person has to do."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import hangarlink.integration.contract as hub

LONGEST_NUMBER = 21
LONGEST_TEXT = 4000
# More digits than a JSON number carries exactly.
LARGEST = Decimal(99_999_999_999)
PAYMENT_TYPES = {"Bank": "Check", "Credit Card": "CreditCard", "Other Current Asset": "Cash"}
"""How a Purchase is paid, by the type of the account it is paid from."""

Row = dict[str, Any]


def number_of(record: hub.Invoice, prefix: str) -> str:
    number = prefix + record.number
    if not record.number or len(number) > LONGEST_NUMBER:
        raise hub.DataError(f"QuickBooks takes invoice numbers of 1 to {LONGEST_NUMBER} characters, not {number!r}.")
    return number


def invoice_body(record: hub.Invoice, *, number: str, items: Mapping[str, str], is_american: bool) -> Row:
    """items: the product by the account that it is booked to. Tax is never left to QuickBooks: lines say it all."""
    if not record.customer.external_id:
        raise hub.DataError(
            f"The customer {record.customer.label} is not in QuickBooks yet. Sync customers, too, or link this one."
        )
    body: Row = {
        "DocNumber": number,
        "TxnDate": record.issued_on.isoformat(),
        "CustomerRef": {"value": record.customer.external_id},
        "CurrencyRef": {"value": record.currency},
        "CustomerMemo": {"value": record.memo[:1000]},
        "Line": [_sales_line(line, items, is_american) for line in record.lines],
    }
    if record.due_on:
        body["DueDate"] = record.due_on.isoformat()
    return body if is_american else body | {"GlobalTaxCalculation": "NotApplicable"}


def _sales_line(line: hub.InvoiceLine, items: Mapping[str, str], is_american: bool) -> Row:
    account = account_of(line.account, line.category, line.description)
    if account not in items:
        raise hub.DataError(
            f"No product or service in QuickBooks is booked to {line.account.label or account}. "
            "Create one there, with that account as its income account."
        )
    detail: Row = {"ItemRef": {"value": items[account]}}
    description = line.description
    if line.quantity * line.unit_price.minor == line.amount.minor:
        detail |= {"Qty": exact(line.quantity), "UnitPrice": exact(line.unit_price.amount)}
    else:
        # QuickBooks refuses an amount that is not exactly quantity times price; the reader still sees both.
        description = f"{description} ({line.quantity.normalize():f} x {line.unit_price})"
    if is_american:
        detail["TaxCodeRef"] = {"value": "NON"}
    return {
        "Description": description[:LONGEST_TEXT],
        "Amount": exact(line.amount.amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }


def expense_body(record: hub.Expense, *, paid_from: Row, vendor_id: str) -> Row:
    """paid_from: the account it is paid from. Its type decides what QuickBooks calls the payment."""
    return {
        "AccountRef": {"value": str(paid_from["Id"])},
        "EntityRef": {"value": vendor_id, "type": "Vendor"},
        "DocNumber": record.reference[:LONGEST_NUMBER],
        "PaymentType": PAYMENT_TYPES[str(paid_from["AccountType"])],
        "TxnDate": record.spent_on.isoformat(),
        "CurrencyRef": {"value": record.currency},
        "PrivateNote": record.memo[:LONGEST_TEXT],
        "Line": [_expense_line(line) for line in record.lines],
    }


def _expense_line(line: hub.ExpenseLine) -> Row:
    account = account_of(line.account, line.category, line.description)
    return {
        "Description": line.description[:LONGEST_TEXT],
        "Amount": exact(line.amount.amount),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
    }


def customer_body(record: hub.Customer) -> Row:
    if ":" in record.name:
        raise hub.DataError(f"QuickBooks takes no colon in a name; {record.name!r} has one.")
    named = ("Line1", "City", "CountrySubDivisionCode", "PostalCode", "Country")
    address = (record.street, record.city, record.region, record.postal_code, record.country)
    return {
        "DisplayName": record.name,
        "CompanyName": record.company,
        "Active": record.is_active,
        "PrimaryEmailAddr": {"Address": record.email},
        "PrimaryPhone": {"FreeFormNumber": record.phone},
        "BillAddr": dict(zip(named, address, strict=True)),
        "Notes": record.notes,
    } | ({"CurrencyRef": {"value": record.currency}} if record.currency else {})


def account_of(account: hub.Ref, category: str, description: str) -> str:
    """Where a line is booked. Raises DataError for a category that nobody has mapped yet."""
    if account.external_id:
        return account.external_id
    what = f"The category {category}" if category else f"The line {description[:60]!r} has no category, so it"
    raise hub.DataError(f"{what} is not mapped to an account of QuickBooks. Choose one under Accounts.")


def exact(value: Decimal) -> float | int:
    """A JSON number that says exactly this."""
    if abs(value) > LARGEST or -int(value.as_tuple().exponent) > 7:
        raise hub.DataError(f"QuickBooks does not take the number {value}.")
    whole = value.to_integral_value()
    return int(whole) if whole == value else float(value)


def same_invoice(ours: hub.Invoice, theirs: hub.Invoice) -> bool:
    """Whether QuickBooks has what we would write. A due date that we do not name is its own to choose."""
    return _essence(ours) == _essence(theirs) and ours.compared().due_on in {None, theirs.compared().due_on}


def _essence(invoice: hub.Invoice) -> tuple[Any, ...]:
    one = invoice.compared()
    lines = [(line.account.external_id, line.amount) for line in one.lines]
    return one.customer.external_id, one.issued_on, one.total, one.status, lines
