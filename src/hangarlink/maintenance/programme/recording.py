"""Writing one version of an accomplishment with all that follows from it, for the actions that record work."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hangarlink.maintenance.programme.announcing import announcing_changes
from hangarlink.maintenance.programme.derived_counters import counted
from hangarlink.maintenance.programme.discrepancies import compare_with_usage
from hangarlink.maintenance.programme.models import Accomplishment, AccomplishmentValue
from hangarlink.maintenance.programme.readings import complete
from hangarlink.maintenance.programme.recompute import due_points, recompute
from hangarlink.maintenance.programme.records import OnRecord, as_rule, read_items
from hangarlink.maintenance.programme.rules.dues import DuePoint
from hangarlink.maintenance.programme.usage import on_usage
from hangarlink.maintenance.programme.versions import Draft, readings_of, write_versions
from hangarlink.platform.people.permissions import Actor


def write(
    row: Accomplishment,
    values: Mapping[UUID, int],
    *,
    replaces: Accomplishment | None,
    stated: Mapping[str, DuePoint] | None,
    acting_user: Actor,
) -> None:
    """Write a version with its values and the due points it answered; everything after it follows."""
    readings = complete(row.item.holder, values, row.due_reference, chain=row.chain)
    (found,) = read_items([row.item_id], lock=True)
    if stated is not None:
        row.was_due, row.was_due_stated = due_points(stated), True
    if not row.was_due_stated:
        row.was_due = _answered(found, row)
    with announcing_changes([row.item_id]):
        write_versions([Draft(row, readings, replaces=replaces)])
        recompute([row.item_id], reason=because("changed", row), acting_user=acting_user)
    since = min(row.due_reference, replaces.due_reference) if replaces else row.due_reference
    on_usage(counted(row.item, since), acting_user=acting_user)
    chain = AccomplishmentValue.objects.filter(accomplishment__chain=row.chain)
    compare_with_usage(list(chain.values_list("id", flat=True)))


def write_withdrawal(row: Accomplishment, stands: Accomplishment, acting_user: Actor) -> None:
    """Write the version that says: it did not happen."""
    with announcing_changes([stands.item_id]):
        write_versions([Draft(row, readings_of(stands), replaces=stands)])
        recompute([stands.item_id], reason=because("withdrawn", stands), acting_user=acting_user)
    on_usage(counted(stands.item, stands.due_reference), acting_user=acting_user)


def because(what: str, row: Accomplishment) -> str:
    """Why other records change with it."""
    return f"The accomplishment of {row.on:%Y-%m-%d} was {what}."


def _answered(found: OnRecord, row: Accomplishment) -> dict[str, Any]:
    """What was due when this was done: worked out from what was done before it."""
    place = (row.due_reference, row.chain)
    before = [
        as_rule(one) for one in found.history if (one.due_reference, one.chain) < place and one.chain != row.chain
    ]
    return due_points(found.stood(before, revision=row.revision, at=row.due_reference).dues())
