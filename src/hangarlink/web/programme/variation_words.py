"""Approved variations in words, for the pages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.programme.models import Variation, VariationUnit
from hangarlink.maintenance.programme.queries.variations import Fate, VariationRow
from hangarlink.maintenance.programme.words import show
from hangarlink.web import formats

FATE_WORDS = {
    Fate.HOLDS: "holds until the next accomplishment",
    Fate.SPENT: "spent",
    Fate.WITHDRAWN: "withdrawn",
    Fate.LAPSED: "lapsed: what it extended is not demanded so any more",
}


def amount_text(counter: Counter | None, amount: int) -> str:
    """How far, in the counter's unit or in days."""
    if counter is None:
        return f"{amount} day" if amount == 1 else f"{amount} days"
    return show(counter, amount)


def drawn(rows: Sequence[VariationRow]) -> list[dict[str, Any]]:
    """Approvals for the page."""
    return [
        {
            "row": one.row,
            "amount": _amount(one.row),
            "due": _due(one.row),
            "fate": FATE_WORDS[one.fate],
            "holds": one.fate is Fate.HOLDS,
            "open": one.fate is not Fate.WITHDRAWN,
        }
        for one in rows
    ]


def _amount(row: Variation) -> str:
    if row.unit == VariationUnit.MONTHS:
        return f"{row.amount} month" if row.amount == 1 else f"{row.amount} months"
    return amount_text(row.counter, row.amount)


def _due(row: Variation) -> str:
    if "date" in row.due:
        return formats.day_text(date.fromisoformat(row.due["date"]))
    return show(row.counter, row.due["value"]) if row.counter else ""
