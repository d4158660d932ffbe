"""Invoices, payments, expenses, and the accounts they are booked to. Amounts are exact: see `money`."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hangarlink.integration.contract.records.base import Record, Ref
from hangarlink.integration.contract.records.checking import (
    LONGEST_TEXT,
    check_day,
    check_decimal,
    check_needed,
    check_text,
)
from hangarlink.integration.contract.records.money import Money, check_currency

NOBODY = Ref()


class InvoiceStatus(StrEnum):
    """OPEN: sent, and not paid in full."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """category: our kind of cost or revenue; account: where the partner books it, by the account mapping."""

    description: str
    quantity: Decimal
    unit_price: Money
    amount: Money
    category: str = ""
    account: Ref = NOBODY

    def __post_init__(self) -> None:
        check_text(LONGEST_TEXT, description=self.description)
        check_text(category=self.category)
        check_decimal(quantity=self.quantity)
        check_currency(self.amount.currency, unit_price=self.unit_price)


@dataclass(frozen=True, slots=True)
class Invoice(Record):
    """balance: what is still to be paid, None where the teller does not know it."""

    number: str
    customer: Ref
    issued_on: date
    due_on: date | None
    currency: str
    lines: tuple[InvoiceLine, ...]
    total: Money
    balance: Money | None = None
    status: InvoiceStatus = InvoiceStatus.OPEN
    memo: str = ""

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_text(number=self.number)
        check_text(LONGEST_TEXT, memo=self.memo)
        check_day(issued_on=self.issued_on, due_on=self.due_on)
        check_currency(self.currency, total=self.total, balance=self.balance)
        for line in self.lines:
            check_currency(self.currency, line=line.amount)

    def compared(self) -> "Invoice":
        """Who owes how much, until when, for what account. Balance and state follow from payments; how a line is put
        into words, and as how many times which price, is each side's own. A void one says no more than that it is."""
        if self.status is InvoiceStatus.VOID:
            nothing = Money(0, self.currency)
            return replace(self, lines=(), total=nothing, balance=None, due_on=None, memo="")
        return replace(
            self,
            lines=tuple(
                InvoiceLine("", Decimal(1), line.amount, line.amount, account=line.account) for line in self.lines
            ),
            balance=None,
            status=InvoiceStatus.OPEN,
        )


@dataclass(frozen=True, slots=True)
class PaymentPart:
    """How much of a payment went to which invoice."""

    invoice: Ref
    amount: Money


@dataclass(frozen=True, slots=True)
class Payment(Record):
    """Money received. What no part says is not assigned to an invoice (yet)."""

    customer: Ref
    received_on: date
    amount: Money
    invoices: tuple[PaymentPart, ...] = ()
    method: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_text(method=self.method, reference=self.reference)
        check_day(received_on=self.received_on)
        for part in self.invoices:
            check_currency(self.amount.currency, part=part.amount)


@dataclass(frozen=True, slots=True)
class ExpenseLine:
    category: str
    amount: Money
    description: str = ""
    account: Ref = NOBODY

    def __post_init__(self) -> None:
        check_text(category=self.category)
        check_text(LONGEST_TEXT, description=self.description)


@dataclass(frozen=True, slots=True)
class Expense(Record):
    """Money spent: fuel, landing fees, handling. vendor: who was paid, by name."""

    vendor: str
    spent_on: date
    lines: tuple[ExpenseLine, ...]
    total: Money
    currency: str
    reference: str = ""
    memo: str = ""

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_text(vendor=self.vendor, reference=self.reference)
        check_text(LONGEST_TEXT, memo=self.memo)
        check_day(spent_on=self.spent_on)
        check_currency(self.currency, total=self.total)
        for line in self.lines:
            check_currency(self.currency, line=line.amount)


@dataclass(frozen=True, slots=True)
class LedgerAccount(Record):
    """An account of the partner's chart of accounts. kind: in the partner's words ("Expense", "Income", "Bank")."""

    name: str
    kind: str = ""
    number: str = ""
    currency: str = ""
    is_active: bool = True
    parent: Ref = NOBODY

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_needed(name=self.name)
        check_text(name=self.name, kind=self.kind, number=self.number, currency=self.currency)
