"""Tolerance classes: added, changed, retired. They give nothing by themselves; an approval uses them."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.models import RequirementRevision, ToleranceClass
from hangarlink.maintenance.programme.rules.limits import Basis
from hangarlink.maintenance.programme.rules.ready_tolerances import READY
from hangarlink.maintenance.programme.rules.tolerance import Band, bands_from_json, bands_to_json
from hangarlink.maintenance.programme.texts import line
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@transaction.atomic
def add_tolerance_class(
    *,
    code: str,
    name: str,
    bands: Sequence[Band] | Sequence[dict[str, Any]],
    acting_user: Actor,
    counts_from: Basis | str = Basis.GRID,
    source: str = "",
) -> ToleranceClass:
    """Add a table of ceilings. Event: tolerance_class.added.

    counts_from  GRID or ACTUAL: from where the next interval counts after work done under a variation
    """
    require(acting_user, "programme.approve")
    if not _CODE.fullmatch(code):
        raise RuleBroken(
            f"code: {code!r} must be small letters, digits and underscores, such as part_ml.", field="code"
        )
    row = ToleranceClass(account=current_account(), code=code)
    _fill(row, name=name, bands=bands, counts_from=counts_from, source=source)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken(f"There is a tolerance class {code} already. Change it instead.", field="code") from error
    record(acting_user, row, "added", new=_summary(row))
    announce(events.ToleranceClassAdded(row.id))
    return row


@transaction.atomic
def change_tolerance_class(
    tolerance: ToleranceClass,
    *,
    name: str,
    bands: Sequence[Band] | Sequence[dict[str, Any]],
    counts_from: Basis | str,
    acting_user: Actor,
    source: str = "",
) -> ToleranceClass:
    """Change what a class allows from now on. What was approved stays approved. Event: tolerance_class.changed."""
    require(acting_user, "programme.approve")
    row = _open(tolerance)
    old = _summary(row)
    _fill(row, name=name, bands=bands, counts_from=counts_from, source=source)
    if _summary(row) == old:
        return row
    row.save()
    record(acting_user, row, "changed", old=old, new=_summary(row))
    announce(events.ToleranceClassChanged(row.id))
    return row


@transaction.atomic
def retire_tolerance_class(tolerance: ToleranceClass, *, acting_user: Actor) -> None:
    """No longer to be chosen. Refused while a requirement in force names it. Event: tolerance_class.retired."""
    require(acting_user, "programme.approve")
    row = _open(tolerance)
    used = RequirementRevision.objects.filter(
        tolerance=row.code, requirement__retired_at__isnull=True, number=F("requirement__current")
    )
    if named := used.select_related("requirement").first():
        raise RuleBroken(f"{named.requirement} names {row.code}. Revise it first, then retire the class.", field="code")
    row.retired_at = timezone.now()
    row.save(update_fields=["retired_at"])
    record(acting_user, row, "retired", old=_summary(row))
    announce(events.ToleranceClassRetired(row.id))


@transaction.atomic
def add_ready_tolerance_classes(*, acting_user: Actor) -> list[ToleranceClass]:
    """Add the published tables that the account does not have yet."""
    require(acting_user, "programme.approve")
    there = set(ToleranceClass.objects.values_list("code", flat=True))
    return [
        add_tolerance_class(
            code=one.code, name=one.name, source=one.source, counts_from=one.counts_from, bands=one.bands,
            acting_user=acting_user,
        )
        for one in READY
        if one.code not in there
    ]  # fmt: skip


def _fill(
    row: ToleranceClass,
    *,
    name: str,
    bands: Sequence[Band] | Sequence[dict[str, Any]],
    counts_from: Basis | str,
    source: str,
) -> None:
    row.name, row.source = line("name", name, 120), line("source", source, 200)
    if not row.name:
        raise RuleBroken("A tolerance class needs a name.", field="name")
    if counts_from not in {Basis.GRID, Basis.ACTUAL}:
        raise RuleBroken(f"counts_from: {counts_from!r} must be grid or actual.", field="counts_from")
    row.counts_from = Basis(counts_from).value
    said = [one.model_dump(mode="json", exclude_none=True) if isinstance(one, Band) else one for one in bands]
    row.bands = bands_to_json(bands_from_json(said))
    row.__dict__.pop("rules", None)


def _open(tolerance: ToleranceClass) -> ToleranceClass:
    found = ToleranceClass.objects.select_for_update().filter(pk=tolerance.pk, retired_at__isnull=True).first()
    if found is None:
        raise Missing("There is no such tolerance class in this account, or it was retired.")
    return found


def _summary(row: ToleranceClass) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("code", "name", "source", "counts_from", "bands")}
