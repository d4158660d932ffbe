"""Due items and sync runs as the command line prints them."""

from typing import Any

from hangarlink.integration.synclog.models import SyncRun
from hangarlink.maintenance.programme.queries import DueRow, TermRow
from hangarlink.platform.quantities import Display, Rounding, Unit, format_quantity


def run(row: SyncRun) -> dict[str, Any]:
    """A run with its counts."""
    return {
        "id": row.id,
        "flow": row.flow,
        "kind": row.kind,
        "state": row.state,
        "read": row.read,
        **row.counts,
        "summary": row.summary,
    }


def item(row: DueRow) -> dict[str, Any]:
    """A due item with its terms; amounts exactly, in seconds, counts or days, and as people read them."""
    return {
        "id": row.item_id,
        "aircraft": row.registration,
        "reference": row.reference,
        "title": row.title,
        "state": row.state.code,
        "forecast": row.forecast,
        "terms": [_term(term) for term in row.terms],
    }


def _term(term: TermRow) -> dict[str, Any]:
    return {
        "counter": term.counter or "calendar",
        "unit": term.unit or "days",
        "limit": term.limit,
        "remaining": term.remaining,
        "remaining_shown": remaining(term),
        "state": term.state.code,
        "unknown": term.unknown,
    }


def remaining(term: TermRow) -> str:
    """As people read it: 12.4 hours, 131 days, 88 landings, or unknown. Never more than there is."""
    if term.remaining is None:
        return "unknown"
    if not term.unit:
        return f"{term.remaining} d"
    shown = format_quantity(term.remaining, Unit(term.unit), Display(term.display), rounding=Rounding.DOWN)
    return f"{shown} h" if term.unit == Unit.SECONDS else shown
