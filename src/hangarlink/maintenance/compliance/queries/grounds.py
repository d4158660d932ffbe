"""What compliance has against an aircraft, and the permits that let it go all the same."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from hangarlink.maintenance.compliance.models import SpecialFlightPermit
from hangarlink.maintenance.compliance.queries.rows import Narrow, Pair, pairs
from hangarlink.maintenance.compliance.rules.standing import Standing, weight
from hangarlink.maintenance.programme.grounding import Grounds, Permit, Permits
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness, Ground


def grounds(aircraft_ids: Collection[UUID], as_of: date) -> Grounds:
    """Binding directives that nobody assessed for an aircraft or for a component on it. One statement."""
    found: dict[UUID, list[Ground]] = defaultdict(list)
    open_pairs = Narrow(aircraft_ids=aircraft_ids, states=[Standing.NOT_ASSESSED], mandatory=True)
    for pair in pairs(open_pairs, as_of=as_of):
        state = weight(pair.state, mandatory=True, effective_on=pair.effective_on, today=as_of)
        if pair.on_aircraft is not None and state is not Airworthiness.OK:
            found[pair.on_aircraft].append(_ground(pair, state))
    return found


def permits(aircraft_ids: Collection[UUID], on: date) -> Permits:
    """Permits in force on a day. Two statements."""
    rows = SpecialFlightPermit.objects.filter(
        aircraft_id__in=aircraft_ids, revoked_at__isnull=True, valid_from__lte=on, valid_to__gte=on
    )
    found: dict[UUID, list[Permit]] = defaultdict(list)
    for row in rows.prefetch_related("flights").order_by("valid_to", "reference"):
        left = [flight for flight in row.flights.all() if flight.used_on is None]
        if left:
            found[row.aircraft_id].append(_permit(row, ", ".join(str(one) for one in left), len(left)))
    return found


def _ground(pair: Pair, state: Airworthiness) -> Ground:
    on = f" on {pair.object_name}" if pair.component_id else ""
    if state is Airworthiness.DUE_SOON:
        said = f"{pair.name} {pair.subject} takes effect on {pair.effective_on}{on} and is not assessed"
    elif pair.stale:
        said = f"{pair.name} {pair.subject} must be assessed again{on}: {pair.stale}"
    else:
        said = f"{pair.name} {pair.subject} was not assessed{on}"
    return Ground(
        state, "directive_not_assessed", f"{pair.directive_id}/{pair.slug}", pair.subject,
        source=" ".join(part for part in (pair.issuer, pair.name, pair.revision_label) if part),
        reference=pair.name, said=said,
    )  # fmt: skip


def _permit(row: SpecialFlightPermit, flights: str, left: int) -> Permit:
    return Permit(
        str(row.pk), row.reference, row.authority, flights, row.conditions, row.valid_from, row.valid_to, left
    )
