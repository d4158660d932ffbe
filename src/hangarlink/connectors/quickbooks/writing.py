"""Canonical records as QuickBooks takes them. Raises DataError with what a person has to do."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hangarlink.integration.contract import (
    Customer,
    DataError,
    Expense,
    ExpenseLine,
    Invoice,
    InvoiceLine,
    Money,
    Ref,
)

LONGEST_NUMBER = 21
LONGEST_TEXT = 4000
# More digits than a JSON number carries exactly.
LARGEST = Decimal(99_999_999_999)
PAYMENT_TYPES = {"Bank": "Check", "Credit Card": "CreditCard", "Other Current Asset": "Cash"}
"""How a Purchase is paid, by the type of the account it is paid from."""

Row = dict[str, Any]


def number_of(record: Invoice, prefix: str) -> str:
    number = prefix + record.number
    if not record.number or len(number) > LONGEST_NUMBER:
        raise DataError(f"QuickBooks takes invoice numbers of 1 to {LONGEST_NUMBER} characters, not {number!r}.")
    return number


def invoice_body(record: Invoice, *, number: str, items: Mapping[str, str], is_american: bool) -> Row:
    """items: the product by the account that it is booked to. Tax is never left to QuickBooks: lines say it all."""
    if not record.customer.external_id:
        raise DataError(
            f"The customer {record.customer.label} is not in QuickBooks yet. Sync customers, too, or link this one."
        )
    body: Row = {
        "DocNumber": number,
        "TxnDate": record.issued_on.isoformat(),
        "CustomerRef": {"value": record.customer.external_id},
        "CurrencyRef": {"value": record.currency},
        "Line": [_sales_line(line, items, is_american) for line in record.lines],
    }
    if record.due_on:
        body["DueDate"] = record.due_on.isoformat()
    if record.memo:
        body["CustomerMemo"] = {"value": record.memo[:1000]}
    return body if is_american else body | {"GlobalTaxCalculation": "NotApplicable"}


def _sales_line(line: InvoiceLine, items: Mapping[str, str], is_american: bool) -> Row:
    account = account_of(line.account, line.category, line.description)
    if account not in items:
        raise DataError(
            f"No product or service in QuickBooks is booked to {line.account.label or account}. "
            "Create one there, with that account as its income account."
        )
    detail: Row = {"ItemRef": {"value": items[account]}}
    description = line.description
    if line.quantity * line.unit_price.minor == line.amount.minor:
        detail |= {"Qty": _plain(line.quantity), "UnitPrice": number(line.unit_price)}
    else:
        # QuickBooks refuses an amount that is not exactly quantity times price; the reader still sees both.
        description = f"{description} ({line.quantity.normalize():f} x {line.unit_price})"
    if is_american:
        detail["TaxCodeRef"] = {"value": "NON"}
    return {
        "Description": description[:LONGEST_TEXT],
        "Amount": number(line.amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }


def expense_body(record: Expense, *, paid_from: Row, vendor_id: str, note: str) -> Row:
    """paid_from: the account it is paid from. Its type decides what QuickBooks calls the payment."""
    body: Row = {
        "AccountRef": {"value": str(paid_from["Id"])},
        "PaymentType": PAYMENT_TYPES[str(paid_from["AccountType"])],
        "TxnDate": record.spent_on.isoformat(),
        "CurrencyRef": {"value": record.currency},
        "PrivateNote": note[:LONGEST_TEXT],
        "Line": [_expense_line(line) for line in record.lines],
    }
    if record.reference:
        body["DocNumber"] = record.reference[:LONGEST_NUMBER]
    return body | ({"EntityRef": {"value": vendor_id, "type": "Vendor"}} if vendor_id else {})


def _expense_line(line: ExpenseLine) -> Row:
    account = account_of(line.account, line.category, line.description)
    return {
        "Description": line.description[:LONGEST_TEXT],
        "Amount": number(line.amount),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
    }


def customer_body(record: Customer) -> Row:
    if ":" in record.name:
        raise DataError(f"QuickBooks takes no colon in a name; {record.name!r} has one.")
    address = {
        "Line1": record.street,
        "City": record.city,
        "CountrySubDivisionCode": record.region,
        "PostalCode": record.postal_code,
        "Country": record.country,
    }
    body: Row = {
        "DisplayName": record.name,
        "CompanyName": record.company,
        "Active": record.is_active,
        "PrimaryEmailAddr": {"Address": record.email},
        "PrimaryPhone": {"FreeFormNumber": record.phone},
        "BillAddr": address,
        "Notes": record.notes,
    }
    return body


def account_of(account: Ref, category: str, description: str) -> str:
    """Where a line is booked. Raises DataError for a category that nobody has mapped yet."""
    if account.external_id:
        return account.external_id
    what = f"The category {category}" if category else f"The line {description[:60]!r} has no category, so it"
    raise DataError(f"{what} is not mapped to an account of QuickBooks. Choose one under Accounts.")


def number(money: Money) -> float | int:
    """An amount as a JSON number that says exactly this amount."""
    return _plain(money.amount)


def _plain(value: Decimal) -> float | int:
    if abs(value) > LARGEST or -int(value.as_tuple().exponent) > 7:
        raise DataError(f"QuickBooks does not take the number {value}.")
    whole = value.to_integral_value()
    return int(whole) if whole == value else float(value)


def same_invoice(ours: Invoice, theirs: Invoice) -> bool:
    """Whether QuickBooks has what we would write. Balance and state follow from payments and are not compared."""
    return (
        (ours.customer.external_id, ours.issued_on, ours.currency, ours.total)
        == (theirs.customer.external_id, theirs.issued_on, theirs.currency, theirs.total)
        and ours.due_on in {None, theirs.due_on}
        and [(line.account.external_id, line.amount) for line in ours.lines]
        == [(line.account.external_id, line.amount) for line in theirs.lines]
    )
