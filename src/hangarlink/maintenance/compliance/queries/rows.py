"""A directive on an object, as lists and pages show it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from hangarlink.maintenance.compliance.queries.pairs import FACTS
from hangarlink.maintenance.compliance.rules.standing import Decided, Facts, Standing, stale_reason
from hangarlink.maintenance.compliance.rules.words import DirectiveKind, Verdict, named
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.effectivity import from_json, meant

COLUMNS = (
    "directive_id", "aircraft_id", "component_id", "is_named", "effectivity", "on_aircraft", "serial_number",
    "object_name", "part_number", "product", "kind", "issuer", "number", "mandatory_class", "carried",
    "superseded_by_id", "is_example", "subject", "revision_label", "effective_on", "ata", "source", "decision_id",
    "verdict", "decided_revision", "judged", "undone", "running", "uncovered", "amocs", "lapsed", "paragraphs", "state",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A directive on one object.

    on_aircraft  the aircraft it is on, or is; None for a component that is on none
    proposed     why the product's effectivity leaves the object out; empty when it does not
    stale        why the decision on record no longer counts; empty when it does
    """

    directive_id: UUID
    aircraft_id: UUID | None
    component_id: UUID | None
    is_named: bool
    on_aircraft: UUID | None
    serial_number: str
    object_name: str
    part_number: str
    product: str
    kind: DirectiveKind
    issuer: str
    number: str
    mandatory_class: MandatoryClass
    is_superseded: bool
    is_example: bool
    subject: str
    revision_label: str
    effective_on: date | None
    ata: str
    source: str
    decision_id: UUID | None
    state: Standing
    proposed: str
    stale: str
    facts: Facts

    @property
    def name(self) -> str:
        return named(self.kind, self.number)

    @property
    def slug(self) -> str:
        """How an address names the object (`subjects.find_subject`)."""
        return f"component-{self.component_id}" if self.component_id else f"aircraft-{self.aircraft_id}"


@dataclass(frozen=True)
class Narrow:
    """What narrows a reading; nothing given reads everything of the account.

    aircraft_ids  these and the components on them
    """

    directive_id: UUID | None = None
    aircraft_ids: Collection[UUID] | None = None
    component_ids: Collection[UUID] | None = None
    states: Sequence[Standing] = field(default=())
    kind: DirectiveKind | None = None
    search: str = ""
    mandatory: bool = False


_WHERE = """
WHERE (cardinality(%(states)s::text[]) = 0 OR state = ANY(%(states)s))
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(only)s::text[] IS NULL OR mandatory_class = ANY(%(only)s))
  AND (%(search)s = '' OR concat_ws(' ', issuer, upper(kind), number, subject, object_name, product, part_number)
       ILIKE '%%' || %(search)s || '%%')
"""
# What asks for a decision comes first, the mandatory before the others; then the longest in force.
ORDERS = {
    "urgency": "state <> 'not_assessed', mandatory_class <> 'airworthiness_directive', effective_on NULLS FIRST",
    "directive": "kind, number",
    "-directive": "kind DESC, number DESC",
    "object": "object_name",
    "-object": "object_name DESC",
    "state": "state",
    "-state": "state DESC",
    "effective": "effective_on",
    "-effective": "effective_on DESC NULLS LAST",
}
_PAGE = f"""
{FACTS} SELECT {", ".join(COLUMNS)} FROM stood {_WHERE}
ORDER BY {{order}}, number, object_name, directive_id, aircraft_id, component_id
LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - constants only
_COUNT = f"{FACTS} SELECT state, count(*) FROM stood {_WHERE} GROUP BY state"  # noqa: S608 - constants only


def pairs(
    narrow: Narrow, *, as_of: date | None = None, order: str = "urgency", limit: int | None = None, offset: int = 0
) -> list[Pair]:
    """Directives on objects. One statement."""
    found = rows(_PAGE.replace("{order}", ORDERS[order]), _parameters(narrow, as_of, limit, offset))
    return [_pair(dict(zip(COLUMNS, row, strict=True))) for row in found]


def counts(narrow: Narrow, *, as_of: date | None = None) -> dict[Standing, int]:
    """How many stand how. One statement."""
    return {Standing(state): number for state, number in rows(_COUNT, _parameters(narrow, as_of, None, 0))}


def _parameters(narrow: Narrow, as_of: date | None, limit: int | None, offset: int) -> dict[str, Any]:
    grounding = [one.value for one in MandatoryClass if one.grounds]
    return {
        "today": as_of or today(),
        "directive": narrow.directive_id,
        "aircraft": None if narrow.aircraft_ids is None else list(narrow.aircraft_ids),
        "components": None if narrow.component_ids is None else list(narrow.component_ids),
        "states": [state.value for state in narrow.states],
        "kind": narrow.kind.value if narrow.kind else None,
        "only": grounding if narrow.mandatory else None,
        "search": narrow.search.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_"),
        "limit": limit,
        "offset": offset,
    }


def _pair(row: dict[str, Any]) -> Pair:
    facts = _facts(row)
    judged = meant(from_json(json.loads(row["effectivity"])), row["serial_number"], ())
    return Pair(
        directive_id=row["directive_id"], aircraft_id=row["aircraft_id"], component_id=row["component_id"],
        is_named=row["is_named"], on_aircraft=row["on_aircraft"], serial_number=row["serial_number"],
        object_name=row["object_name"] or "", part_number=row["part_number"] or "", product=row["product"] or "",
        kind=DirectiveKind(row["kind"]), issuer=row["issuer"], number=row["number"],
        mandatory_class=MandatoryClass(row["mandatory_class"]), is_superseded=row["superseded_by_id"] is not None,
        is_example=row["is_example"], subject=row["subject"], revision_label=row["revision_label"],
        effective_on=row["effective_on"], ata=row["ata"], source=row["source"], decision_id=row["decision_id"],
        state=Standing(row["state"]), proposed="" if judged.is_meant else judged.why, stale=stale_reason(facts),
        facts=facts,
    )  # fmt: skip


def _facts(row: dict[str, Any]) -> Facts:
    decided = None
    if row["decision_id"] is not None:
        decided = Decided(Verdict(row["verdict"]), row["decided_revision"], row["judged"])
    return Facts(
        decided=decided,
        carried=row["carried"],
        serial=row["serial_number"],
        paragraphs=row["paragraphs"],
        undone=row["undone"],
        running=row["running"],
        amocs=row["amocs"],
        lapsed=row["lapsed"],
        uncovered=row["uncovered"],
        superseded=row["superseded_by_id"] is not None,
    )
