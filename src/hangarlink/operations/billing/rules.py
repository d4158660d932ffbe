"""What an invoice adds up to, which steps it may take, and how a payment is spread. Pure; amounts in minor units."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.money import LARGEST, Money, times

MOST_LINES = 200
LARGEST_QUANTITY = Decimal(1_000_000)
HOUR = Decimal(3600)
_KEY = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


class Status(StrEnum):
    """DRAFT: being written, no number. ISSUED: numbered, lines frozen, something is owed. PAID: nothing is.

    VOID: withdrawn; an issued one keeps its number, so that the series has no gap.
    """

    DRAFT = "draft"
    ISSUED = "issued"
    PAID = "paid"
    VOID = "void"


STEPS: dict[tuple[Status, str], Status] = {
    (Status.DRAFT, "issue"): Status.ISSUED,
    (Status.DRAFT, "void"): Status.VOID,
    (Status.ISSUED, "void"): Status.VOID,
    (Status.ISSUED, "settle"): Status.PAID,
    (Status.PAID, "unsettle"): Status.ISSUED,
}
# What somebody has to pay, or has paid.
CLAIMS = (Status.ISSUED, Status.PAID)


class CategoryKind(StrEnum):
    """INCOME: for lines of invoices. COST: for lines of expenses."""

    INCOME = "income"
    COST = "cost"


class Method(StrEnum):
    TRANSFER = "transfer"
    CARD = "card"
    CASH = "cash"
    CHEQUE = "cheque"
    OTHER = "other"


# key, name, kind. Source of the cost ones: contracts/planeconnection.md 3 and 7.3.
USUAL_CATEGORIES: tuple[tuple[str, str, CategoryKind], ...] = (
    ("charter", "Charter", CategoryKind.INCOME),
    ("flight_training", "Flight training", CategoryKind.INCOME),
    ("aircraft_rental", "Aircraft rental", CategoryKind.INCOME),
    ("passed_on", "Costs passed on", CategoryKind.INCOME),
    ("tax", "Tax charged", CategoryKind.INCOME),
    ("other_income", "Other income", CategoryKind.INCOME),
    ("fuel", "Fuel", CategoryKind.COST),
    ("landing_fees", "Landing fees", CategoryKind.COST),
    ("handling", "Handling", CategoryKind.COST),
    ("crew_costs", "Crew costs", CategoryKind.COST),
    ("catering", "Catering", CategoryKind.COST),
    ("hangar_parking", "Hangar and parking", CategoryKind.COST),
    ("maintenance", "Maintenance", CategoryKind.COST),
    ("navigation", "Navigation charges", CategoryKind.COST),
    ("other_cost", "Other costs", CategoryKind.COST),
)


def step(status: Status, action: str) -> Status:
    """The status after the action. Raises RuleBroken where the table has no such step."""
    following = STEPS.get((status, action))
    if following is None:
        # Settling follows payments; nobody asks for it.
        possible = sorted(name for state, name in STEPS if state is status and "settle" not in name)
        raise RuleBroken(
            f"An invoice that is {status} cannot take the step {action}; possible: "
            f"{' or '.join(possible) or 'nothing more'}.",
            field="status",
        )
    return following


def standing(status: Status, total: int, paid: int) -> Status:
    """ISSUED or PAID, as the payments have it; the others stay."""
    if status is Status.ISSUED and paid == total:
        return step(status, "settle")
    if status is Status.PAID and paid < total:
        return step(status, "unsettle")
    return status


def check_draft(status: Status) -> None:
    """Whether the invoice and its lines may change."""
    if status is not Status.DRAFT:
        raise RuleBroken(
            f"The invoice is {status}: it stays as it was issued. Void it and write a new one.", field="status"
        )


def checked_key(key: str) -> str:
    """A category's name for programs."""
    text = key.strip()
    if len(text) > 40 or not _KEY.fullmatch(text):
        raise RuleBroken(
            f"{key!r:.50} is not a key. Use small letters, digits and underscores, such as landing_fees.", field="key"
        )
    return text


def checked_quantity(quantity: Decimal) -> Decimal:
    """More than zero, at most three decimals."""
    if not quantity.is_finite() or not 0 < quantity < LARGEST_QUANTITY:
        raise RuleBroken(f"A quantity of {quantity} is not possible. Give a number above zero.", field="quantity")
    if quantity != round(quantity, 3):
        raise RuleBroken(f"{quantity} has more than three decimals.", field="quantity")
    return round(quantity, 3)


def line_amount(quantity: Decimal, unit_price: int) -> int:
    """Quantity times price to the nearest minor unit."""
    return times(unit_price, quantity)


def total_of(amounts: Sequence[int]) -> int:
    """What the lines add up to."""
    return sum(amounts)


def block_hours(seconds: int) -> Decimal:
    """Hours as they are billed: hundredths, halves up."""
    return (Decimal(seconds) / HOUR).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def check_issue(amounts: Sequence[int], currency: str) -> None:
    """Whether these lines make an invoice."""
    if not amounts:
        raise RuleBroken("The invoice has no lines. Add what it is for, then issue it.", field="lines")
    if (total := total_of(amounts)) <= 0:
        raise RuleBroken(f"The invoice comes to {Money(total, currency)}: it asks for nothing.", field="lines")
    if total > LARGEST:
        raise RuleBroken(f"The invoice comes to {Money(total, currency)}: that is too much to keep.", field="lines")


def check_issue_date(issued_on: date, today: date, latest: date | None) -> None:
    """Numbers follow dates: not in the future, not before the invoice issued last."""
    if issued_on > today:
        raise RuleBroken(f"{issued_on} lies in the future; today is {today}.", field="issued_on")
    if latest is not None and issued_on < latest:
        raise RuleBroken(
            f"{issued_on} is before the invoice issued last, of {latest}: numbers would not follow dates. Use {latest} "
            "or later.",
            field="issued_on",
        )


def due_on(issued_on: date, payment_days: int) -> date:
    """The last day to pay."""
    return issued_on + timedelta(days=payment_days)


def is_overdue(status: Status, due: date | None, today: date) -> bool:
    """Something is owed and the last day to pay is over."""
    return status is Status.ISSUED and due is not None and due < today


@dataclass(frozen=True, slots=True)
class Open:
    """An issued invoice and what is still owed on it."""

    id: UUID
    due_on: date
    balance: int


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment goes to one invoice."""

    invoice_id: UUID
    amount: int


def spread(amount: int, invoices: Sequence[Open]) -> list[Part]:
    """The payment over open invoices, the one due first before the others; each up to what is owed on it."""
    parts, left = [], amount
    for one in sorted(invoices, key=lambda one: (one.due_on, one.id)):
        taken = min(left, one.balance)
        if taken > 0:
            parts.append(Part(one.id, taken))
            left -= taken
    return parts


def check_parts(amount: int, parts: Sequence[Part], balances: dict[UUID, int], currency: str) -> int:
    """What is left of the payment behind these parts: the credit. Raises RuleBroken naming the part at fault.

    balances  what is owed on each invoice that may be paid
    """
    for number, part in enumerate(parts):
        field = f"invoices[{number}]"
        if part.amount <= 0:
            raise RuleBroken(f"{Money(part.amount, currency)} pays nothing. Give more than zero.", field=field)
        owed = balances[part.invoice_id]
        if part.amount > owed:
            raise RuleBroken(
                f"{Money(part.amount, currency)} is more than the {Money(owed, currency)} owed on this invoice.",
                field=field,
            )
    if len({part.invoice_id for part in parts}) < len(parts):
        raise RuleBroken("An invoice is given twice. Give each once, with the whole part it gets.", field="invoices")
    spent = sum(part.amount for part in parts)
    if spent > amount:
        raise RuleBroken(
            f"The parts add up to {Money(spent, currency)}, more than the payment of {Money(amount, currency)}.",
            field="invoices",
        )
    return amount - spent


def check_credit(credit: int, keep_credit: bool, currency: str) -> None:
    """A payment beyond what is owed is either meant to be kept, or a slip."""
    if credit > 0 and not keep_credit:
        raise RuleBroken(
            f"The payment is {Money(credit, currency)} more than the invoices it goes to. Correct the amount, choose "
            "more invoices, or keep the rest as the customer's credit.",
            field="amount",
        )
