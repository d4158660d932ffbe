"""What every row has that a partner may be told of, and how actions change one."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models

from hangarlink.fleet.actions.refusing import existing
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import TenantModel


class PushableModel(TenantModel):
    """A row that a connection may push.

    version     one up with every action that changes it; what a link compares
    updated_at  when that was
    """

    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


R = TypeVar("R", bound=PushableModel)


def locked(row: R, what: str) -> R:
    """The row as it is now, locked until the transaction ends. Raises Missing."""
    return existing(type(row).objects.select_for_update(no_key=True).filter(pk=row.pk), what)


def write(row: R, new: Mapping[str, Any], verb: str, acting_user: Actor, **noted: Any) -> tuple[str, ...]:
    """Save what differs, with the next version and one audit row. Its names; where nothing differs nothing is done."""
    old, differing = changes(row, new)
    if not differing:
        return ()
    for name, value in differing.items():
        setattr(row, name, value)
    touch(row, *differing)
    record(acting_user, row, verb, old=old, new={**differing, **noted})
    return tuple(sorted(differing))


def touch(row: PushableModel, *names: str) -> None:
    """Save these attributes with the next version: something of the row, or of its lines, is new."""
    row.version += 1
    row.save(update_fields=[*names, "version", "updated_at"])
