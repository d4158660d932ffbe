"""What may be known about secrets without opening them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.platform.tenancy.models import TenantModel
from hangarlink.platform.vault.models import VaultEntry


def entries_of(owner: TenantModel) -> QuerySet[VaultEntry]:
    return VaultEntry.objects.filter(owner_table=owner._meta.db_table, owner_id=owner.pk)


def fields_of(owner: TenantModel) -> set[str]:
    """The names of the secrets a row has, for pages that say "stored" or "not stored"."""
    return set(entries_of(owner).values_list("field", flat=True))


def owners_with(table: str, field: str, owner_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these rows have this secret: one query for a whole list page."""
    entries = VaultEntry.objects.filter(owner_table=table, field=field, owner_id__in=list(owner_ids))
    return set(entries.values_list("owner_id", flat=True))
