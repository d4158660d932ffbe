"""Which accounts suit a category, and which one is proposed. Pure.

Suggestions: contracts/planeconnection.md 3, "suggested QuickBooks account"; the rest are the usual names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

INCOME = "income"
# In QuickBooks' words. Tax that was charged is owed to the state, so a liability may take it.
FOR_INCOME = frozenset({"Income", "Other Income", "Other Current Liability"})
FOR_COST = frozenset({"Expense", "Other Expense", "Cost of Goods Sold", "Other Current Asset", "Fixed Asset"})
KNOWN_KINDS = FOR_INCOME | FOR_COST | {
    "Bank", "Credit Card", "Accounts Receivable", "Accounts Payable", "Equity", "Long Term Liability", "Other Asset",
}  # fmt: skip
USUAL: dict[str, tuple[str, ...]] = {
    "fuel": ("fuel expense", "fuel"),
    "landing_fees": ("airport fees", "landing fees"),
    "handling": ("ground handling expense", "ground handling", "handling"),
    "crew_costs": ("crew payroll", "crew costs", "payroll"),
    "catering": ("catering expense", "catering"),
    "hangar_parking": ("hangar and parking", "hangar rent", "hangar"),
    "maintenance": ("aircraft maintenance", "maintenance", "repair and maintenance"),
    "navigation": ("navigation charges", "navigation"),
    "charter": ("charter revenue", "charter income"),
    "flight_training": ("training revenue", "flight training"),
    "aircraft_rental": ("rental revenue", "aircraft rental"),
    "passed_on": ("landing and handling recharged", "recharged costs", "reimbursed expenses"),
    "tax": ("sales tax payable", "vat payable"),
    "other_income": ("other revenue", "other income"),
    "other_cost": ("other expenses", "office expenses"),
}


@dataclass(frozen=True)
class Choice:
    """An account that may be chosen. kind: the partner's word for its type."""

    id: UUID
    name: str
    kind: str
    number: str = ""


def fits(category_kind: str, account_kind: str) -> bool:
    """Whether income (or cost) may be booked to such an account. Types that nobody knows may take anything."""
    if account_kind not in KNOWN_KINDS:
        return True
    return account_kind in (FOR_INCOME if category_kind == INCOME else FOR_COST)


def proposed(key: str, name: str, account_number: str, accounts: Sequence[Choice]) -> Choice | None:
    """The account that is surely meant: the category's own number, its usual name, or its very name; else none."""
    if account_number:
        for one in accounts:
            if one.number == account_number:
                return one
    for wanted in (*USUAL.get(key, ()), name.casefold()):
        for one in accounts:
            if one.name.rpartition(":")[2].casefold() == wanted:
                return one
    return None
