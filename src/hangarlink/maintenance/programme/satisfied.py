"""Work that was done with other work: its record follows that of the work that satisfied it, with the same stamp."""

from uuid import UUID

from django.db.models import QuerySet

from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, Satisfaction, ValueSource
from hangarlink.maintenance.programme.recompute import summary
from hangarlink.maintenance.programme.recording import write, write_withdrawal
from hangarlink.maintenance.programme.rules.satisfying import covered
from hangarlink.maintenance.programme.versions import next_version, readings_of, signed
from hangarlink.platform.audit.actions import record
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import new_id

_STAMP = ("performed_at", "released_at", "due_reference", "on", "certificate", "finding")


def links() -> dict[UUID, list[UUID]]:
    """Every link of the account: what a requirement satisfies."""
    found: dict[UUID, list[UUID]] = {}
    for one, satisfied in Satisfaction.objects.order_by("id").values_list("requirement_id", "satisfied_id"):
        found.setdefault(one, []).append(satisfied)
    return found


def record_satisfied(source: Accomplishment, *, acting_user: Actor) -> None:
    """Record what this work satisfies on the same thing. What has a record of its own at that moment keeps it."""
    wanted = covered(links(), source.item.requirement_id)
    if not wanted:
        return
    items = _beside(source.item).filter(requirement_id__in=wanted, closed_at__isnull=True)
    there = set(
        Accomplishment.objects.filter(
            item__in=items, due_reference=source.due_reference, superseded_at__isnull=True, is_withdrawn=False
        ).values_list("item_id", flat=True)
    )
    for item in items.order_by("id"):
        if item.id not in there:
            _record(source, item, acting_user)


def correct_satisfied(source: Accomplishment, *, acting_user: Actor) -> None:
    """Give what followed this work its new stamp."""
    for stands in _followers(source):
        row = next_version(stands, reason=f"The {source.item.requirement} that satisfied it was corrected.",
                           acting_user=acting_user)  # fmt: skip
        row.item = stands.item
        _stamp(row, source)
        write(row, _read(source), replaces=stands, stated=None, acting_user=acting_user)
        record(acting_user, row, "corrected", old=summary(stands), new=summary(row))
        announce(events.AccomplishmentCorrected(row.chain, row.item.requirement_id, row.item.aircraft_id, row.version))


def withdraw_satisfied(source: Accomplishment, *, acting_user: Actor) -> None:
    """What followed this work did not happen either."""
    for stands in _followers(source):
        reason = f"The {source.item.requirement} that satisfied it was withdrawn."
        row = next_version(stands, reason=reason, acting_user=acting_user, is_withdrawn=True)
        write_withdrawal(row, stands, acting_user)
        record(acting_user, stands, "withdrawn", old=summary(stands), new={"reason": reason})
        announce(events.AccomplishmentWithdrawn(row.chain, stands.item.requirement_id, stands.item.aircraft_id))


def _record(source: Accomplishment, item: DueItem, acting_user: Actor) -> None:
    row = Accomplishment(account=current_account(), chain=new_id(), item=item, revision_id=item.revision_id)
    row.satisfied_by, row.note = source.chain, f"With {source.item.requirement}."
    signed(row, acting_user)
    _stamp(row, source)
    write(row, _read(source), replaces=None, stated=None, acting_user=acting_user)
    record(acting_user, row, "recorded", new=summary(row))
    announce(events.AccomplishmentRecorded(row.chain, item.requirement_id, item.aircraft_id, row.on))


def _beside(item: DueItem) -> QuerySet[DueItem]:
    """The items of the same thing."""
    own = {"component": item.component} if item.component else {"component": None, "aircraft": item.craft}
    return DueItem.objects.filter(**own).select_related("requirement", "aircraft", "component", "revision")


def _stamp(row: Accomplishment, source: Accomplishment) -> None:
    for name in _STAMP:
        setattr(row, name, getattr(source, name))


def _read(source: Accomplishment) -> dict[UUID, int]:
    readings = readings_of(Accomplishment.objects.prefetch_related("values").get(pk=source.pk))
    return {counter: one.value for counter, one in readings.items() if one.source is ValueSource.READ}


def _followers(source: Accomplishment) -> list[Accomplishment]:
    found = Accomplishment.objects.filter(satisfied_by=source.chain, superseded_at__isnull=True, is_withdrawn=False)
    whole = found.select_related("item__aircraft", "item__component", "item__requirement", "revision").prefetch_related(
        "values"
    )
    return list(whole.order_by("id"))
