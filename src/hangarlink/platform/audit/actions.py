"""`record`: called by every action, inside its transaction."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import structlog
from django.db import models

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.database.inserting import insert
from hangarlink.platform.database.merging import merge
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account

Values = Mapping[str, Any]
# From here on one document is put together faster than a statement with a mark for every value.
MANY = 20


def record(
    acting_user: Actor, subject: models.Model, action: str, *, old: Values | None = None, new: Values | None = None
) -> None:
    """Write one audit row. `old` and `new` hold only the values that changed; never a secret."""
    insert([entry(acting_user, subject, action, old=old, new=new)])


def record_many(entries: Iterable[AuditEntry]) -> None:
    """Write the audit rows of a whole page in one statement."""
    rows = list(entries)
    (insert if len(rows) < MANY else merge)(rows)


def entry(
    acting_user: Actor, subject: models.Model, action: str, *, old: Values | None = None, new: Values | None = None
) -> AuditEntry:
    """An unsaved audit row about a model instance."""
    identity = subject.pk if isinstance(subject.pk, UUID) else None
    return AuditEntry(
        account=current_account(),
        actor_kind=acting_user.kind,
        actor_id=acting_user.id,
        actor_label=acting_user.label[:200],
        object_type=subject._meta.db_table,
        object_id=identity,
        object_label=str(subject)[:200],
        action=action,
        old=dict(old) if old is not None else None,
        new=dict(new) if new is not None else None,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )


def changes(instance: models.Model, new: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """The old and new values of the attributes in `new` that differ from the instance."""
    differing = {name: value for name, value in new.items() if getattr(instance, name) != value}
    return {name: getattr(instance, name) for name in differing}, differing
