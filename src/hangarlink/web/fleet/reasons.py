"""Why an aircraft is in its state, as people say it."""

from datetime import datetime

from django.urls import reverse

from hangarlink.maintenance.programme.queries import BoardRow
from hangarlink.maintenance.programme.rules.airworthiness import Ground
from hangarlink.platform.tenancy.models import Account
from hangarlink.web import formats

ITEM = "item_"
_ITEM_WORDS = {
    "item_overdue": "is overdue",
    "item_unknown": "is unknown",
    "item_due": "is due: nothing is left",
    "item_due_soon": "is due soon",
}


# Which page opens what a reason is about, by the first word of its code.
_PAGES = {"item": "due:item", "directive": "compliance:assessment", "life": "components:component"}


def reason_page(code: str, subject: str) -> str:
    """The address of the page that explains a reason; empty where the aircraft's own pages do."""
    name = _PAGES.get(code.partition("_")[0])
    return reverse(name, args=subject.split("/")) if name else ""


def reason_words(ground: Ground, row: BoardRow, account: Account, now: datetime | None = None) -> str:
    """One reason in words."""
    if ground.said:
        return ground.said
    if ground.code == "usage_stale":
        if row.used_until is None:
            return "No usage was ever recorded"
        return f"No usage for {formats.age(row.used_until, now)} (limit {account.stale_usage_days} d)"
    if ground.code == "no_programme":
        return "No requirement applies to it, so nothing can be said"
    if ground.code == "not_assessed":
        return "A requirement applies to it and was not assessed yet"
    return f"{ground.reference} {ground.title} {_ITEM_WORDS.get(ground.code, '')}".strip()
