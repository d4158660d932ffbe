"""What directives have against installing a component (domain rule 1.4: checked at installation time)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from hangarlink.maintenance.compliance.queries.rows import Narrow, Pair, pairs
from hangarlink.maintenance.compliance.rules.standing import Standing
from hangarlink.maintenance.components.rules.fitting import Finding, Weight
from hangarlink.maintenance.programme.days import day_of

_ASKED = (Standing.NOT_ASSESSED, Standing.OPEN)


def affected(component_ids: Collection[UUID], *, aircraft_id: UUID | None, at: datetime) -> Iterable[Finding]:  # noqa: ARG001 - the port's
    """One statement. A binding directive in effect that nobody assessed for a component refuses its installation."""
    day = day_of(at)
    found = pairs(Narrow(component_ids=component_ids, states=_ASKED))
    return [_finding(pair.component_id, pair, is_binding=_binds(pair, day)) for pair in found if pair.component_id]


def _binds(pair: Pair, day: date) -> bool:
    in_effect = pair.effective_on is None or pair.effective_on <= day
    return pair.mandatory_class.grounds and in_effect


def _finding(on: UUID, pair: Pair, *, is_binding: bool) -> Finding:
    source = f"{pair.issuer} {pair.name}"
    unit = f"{pair.object_name}, P/N {pair.part_number} S/N {pair.serial_number}"
    if pair.state is Standing.OPEN:
        return Finding(on, "directive_open", Weight.NOTED, f"{pair.name} applies to {unit} and is open.", source)
    why = f" {pair.stale[0].upper()}{pair.stale[1:]}." if pair.stale else ""
    message = f"{pair.name} {pair.subject} is not assessed for {unit}.{why} Assess it first."
    return Finding(on, "directive_not_assessed", Weight.REFUSED if is_binding else Weight.NOTED, message, source)
