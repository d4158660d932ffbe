"""QuickBooks' records as canonical ones. Raises DataError, and what indexing raises, for a record without its shape."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import hangarlink.integration.contract as hub

Row = Mapping[str, Any]


def as_account(row: Row) -> hub.LedgerAccount:
    return hub.LedgerAccount(
        _id(row),
        name=_text(row, "FullyQualifiedName") or _text(row, "Name"),
        kind=_text(row, "AccountType"),
        number=_text(row, "AcctNum"),
        currency=_value(row, "CurrencyRef"),
        is_active=row.get("Active") is not False,
        **_seen(row),
    )


def as_customer(row: Row) -> hub.Customer:
    address = row.get("BillAddr") or {}
    lines = [_text(address, f"Line{number}") for number in range(1, 6)]
    return hub.Customer(
        _id(row),
        name=_text(row, "DisplayName"),
        company=_text(row, "CompanyName"),
        email=_text(row.get("PrimaryEmailAddr") or {}, "Address"),
        phone=_text(row.get("PrimaryPhone") or {}, "FreeFormNumber"),
        street=", ".join(line for line in lines if line),
        city=_text(address, "City"),
        region=_text(address, "CountrySubDivisionCode"),
        postal_code=_text(address, "PostalCode"),
        country=_text(address, "Country"),
        currency=_value(row, "CurrencyRef"),
        notes=_text(row, "Notes"),
        is_active=row.get("Active") is not False,
        **_seen(row),
    )


def as_invoice(row: Row, *, home: str, prefix: str = "") -> hub.Invoice:
    """home: the company's currency, for documents that do not say theirs. prefix: what we put before our numbers."""
    currency = _value(row, "CurrencyRef") or home
    total, balance = _money(row, "TotalAmt", currency), _money(row, "Balance", currency)
    tax = _money(row.get("TxnTaxDetail") or {}, "TotalTax", currency)
    lines = [line for raw in row["Line"] if (line := _line(raw, currency))]
    if tax.minor:
        lines.append(hub.InvoiceLine("Sales tax", Decimal(1), tax, tax, category="tax"))
    due = row.get("DueDate")
    return hub.Invoice(
        _id(row),
        number=_text(row, "DocNumber").removeprefix(prefix),
        customer=_ref(row["CustomerRef"]),
        issued_on=date.fromisoformat(row["TxnDate"]),
        due_on=date.fromisoformat(due) if due else None,
        currency=currency,
        lines=tuple(lines),
        total=total,
        balance=balance,
        status=_status(row, total, balance),
        memo=_value(row, "CustomerMemo"),
        **_seen(row),
    )


def as_payment(row: Row, *, home: str) -> hub.Payment:
    currency = _value(row, "CurrencyRef") or home
    parts = []
    for line in row.get("Line") or []:
        linked = [one for one in line.get("LinkedTxn") or [] if one.get("TxnType") == "Invoice"]
        if len(linked) > 1:
            raise hub.DataError("A line of the payment names several invoices; how much went to which is not told.")
        parts += [hub.PaymentPart(hub.Ref(str(one["TxnId"])), _money(line, "Amount", currency)) for one in linked]
    return hub.Payment(
        _id(row),
        customer=_ref(row["CustomerRef"]),
        received_on=date.fromisoformat(row["TxnDate"]),
        amount=_money(row, "TotalAmt", currency),
        invoices=tuple(parts),
        method=_text(row.get("PaymentMethodRef") or {}, "name"),
        reference=_text(row, "PaymentRefNum"),
        **_seen(row),
    )


def home_currency(preferences: Row) -> str:
    return _value(preferences.get("CurrencyPrefs") or {}, "HomeCurrency")


def version_of(row: Row) -> str:
    return str(row.get("SyncToken", ""))


def amount(value: Any) -> Decimal:
    """A JSON number as it was written: two decimals of less than fifteen digits survive the way through a float."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12:
        raise hub.DataError(f"{str(value)[:40]!r} is not an amount.")
    return Decimal(str(value))


def _line(raw: Row, currency: str) -> hub.InvoiceLine | None:
    """A line that counts. Sub-totals and plain text do not; a discount counts below zero."""
    kind = raw.get("DetailType")
    if kind in {"SubTotalLineDetail", "DescriptionOnly"}:
        return None
    sum_ = _money(raw, "Amount", currency)
    if kind == "DiscountLineDetail":
        less = hub.Money(-sum_.minor, currency)
        return hub.InvoiceLine(_text(raw, "Description") or "Discount", Decimal(1), less, less)
    detail = raw.get("SalesItemLineDetail")
    if not isinstance(detail, Mapping):
        raise hub.DataError(f"A line is of the kind {str(kind)[:40]}, which is not understood.")
    quantity, price = Decimal(1), sum_
    if detail.get("Qty") and detail.get("UnitPrice"):
        quantity, price = _priced(amount(detail["Qty"]), amount(detail["UnitPrice"]), sum_)
    description = _text(raw, "Description") or _text(detail.get("ItemRef") or {}, "name")
    return hub.InvoiceLine(description, quantity, price, sum_, account=_ref(detail.get("ItemAccountRef") or {}))


def _priced(quantity: Decimal, price: Decimal, total: hub.Money) -> tuple[Decimal, hub.Money]:
    """Quantity and price; one and the sum where QuickBooks has the price finer than the currency is."""
    with suppress(hub.DataError):
        return quantity, hub.Money.of(price, total.currency)
    return Decimal(1), total


def _status(row: Row, total: hub.Money, balance: hub.Money) -> hub.InvoiceStatus:
    if total.minor == 0 and "voided" in _text(row, "PrivateNote").lower():
        return hub.InvoiceStatus.VOID
    return hub.InvoiceStatus.PAID if balance.minor == 0 else hub.InvoiceStatus.OPEN


def _seen(row: Row) -> dict[str, Any]:
    when = (row.get("MetaData") or {}).get("LastUpdatedTime")
    return {"version": version_of(row), "changed_at": datetime.fromisoformat(when) if when else None}


def _id(row: Row) -> str:
    if not row.get("Id"):
        raise hub.DataError("QuickBooks sent a record without Id.")
    return str(row["Id"])


def _money(row: Row, name: str, currency: str) -> hub.Money:
    return hub.Money.of(amount(row.get(name, 0)), currency)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _value(row: Row, name: str) -> str:
    held = row.get(name)
    return _text(held, "value") if isinstance(held, Mapping) else ""


def _ref(held: Row) -> hub.Ref:
    return hub.Ref(str(held.get("value", "")), label=_text(held, "name"))
