"""Whether a requirement's tolerance class exists and may be named by it, and what a class allows on one open limit."""

from collections.abc import Mapping
from typing import Any

from hangarlink.maintenance.programme.models import ToleranceClass
from hangarlink.maintenance.programme.records import OnRecord
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.dues import AtCount, OnDate, Unknown
from hangarlink.maintenance.programme.rules.standing import Standing
from hangarlink.maintenance.programme.rules.terms import Term
from hangarlink.maintenance.programme.rules.tolerance import ceilings, extended, why_never
from hangarlink.platform.errors import RuleBroken


def check_content(content: Mapping[str, Any]) -> None:
    """Refuse a tolerance class that does not exist, and any for a requirement that never has a tolerance."""
    code = content.get("tolerance", "")
    if not code:
        return
    if not ToleranceClass.objects.filter(code=code, retired_at__isnull=True).exists():
        known = ", ".join(ToleranceClass.objects.filter(retired_at__isnull=True).values_list("code", flat=True))
        raise RuleBroken(
            f"There is no tolerance class {code!r}. Known are {known or 'none yet: add one first'}.", field="tolerance"
        )
    if "mandatory_class" in content and (
        never := why_never(MandatoryClass(content["mandatory_class"]), content.get("tolerance_source", ""))
    ):
        raise RuleBroken(f"{never} Leave the tolerance class empty.", field="tolerance")


def why_not(record: OnRecord) -> str | None:
    """Why no variation may be approved for an item; None where one may."""
    revision = record.item.revision
    never = why_never(MandatoryClass(revision.mandatory_class), revision.tolerance_source)
    if never:
        return f"{record.item.requirement} allows no variation. {never}"
    if not revision.tolerance:
        return f"{record.item.requirement} names no tolerance class, so nothing says how far an approval may go."
    return None


def open_limit(standing: Standing, path: str) -> Term:
    """The open limit a variation is asked for. Raises RuleBroken when it has no due point to extend."""
    found = next((term for term in standing.terms if term.path == path), None)
    if found is None:
        known = ", ".join(term.path for term in standing.terms) or "none"
        raise RuleBroken(f"{path!r} is no open limit of this item. Open are: {known}.", field="path")
    if not isinstance(found.due, AtCount | OnDate):
        state = "is unknown" if isinstance(found.due, Unknown) else "waits for an event"
        raise RuleBroken(f"The limit {path} {state}, so there is no due point to extend.", field="path")
    return found


def most_allowed(tolerance: ToleranceClass, record: OnRecord, term: Term) -> int:
    """How far a class allows a limit to be extended, in the counter's unit or in days; 0 when it says nothing."""
    due = term.due
    if not isinstance(due, AtCount | OnDate):
        return 0
    found = ceilings(tolerance.rules, term.limit, term.amount, record.timed())
    return min((extended(due, term.limit, one).place - due.place for one in found), default=0)
