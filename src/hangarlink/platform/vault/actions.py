"""Put a secret into the vault, take it out where it is used, forget it.

Not checked for permissions here: the action that changes the owner does that. Everything runs inside `acting_in`.
"""

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import TenantModel
from hangarlink.platform.vault.crypto import Place
from hangarlink.platform.vault.installation import installed_keys
from hangarlink.platform.vault.models import VaultEntry
from hangarlink.platform.vault.queries import entries_of
from hangarlink.platform.vault.secret import MASK, Secret


@atomic
def put(owner: TenantModel, field: str, secret: Secret, *, acting_user: Actor, is_routine: bool = False) -> None:
    """Store a secret of a row, or replace it. The audit trail says that it happened, never the value.

    owner       a saved row of a tenant table; the secret can be opened for this row only
    field       the name of the secret: "api_key"
    is_routine  a token that renews itself every hour: no entry in the audit trail, which is for what somebody did
    """
    place = _place(owner, field)
    ring = installed_keys().ring()
    replaced = entries_of(owner).filter(field=field).exists()
    entry = VaultEntry(
        account_id=place.account,
        owner_table=place.table,
        owner_id=place.owner,
        field=field,
        token=ring.seal(secret, place),
        key_id=ring.active.id,
        stored_at=timezone.now(),
    )
    VaultEntry.objects.bulk_create(
        [entry],
        update_conflicts=True,
        unique_fields=["account", "owner_table", "owner_id", "field"],
        update_fields=["token", "key_id", "stored_at"],
    )
    if is_routine:
        return
    old = {field: MASK} if replaced else None
    record(acting_user, owner, "secret_replaced" if replaced else "secret_stored", old=old, new={field: MASK})


def reveal(owner: TenantModel, field: str) -> Secret:
    """The secret, for the moment of its use. Raises Missing if there is none; UnknownKey or BadToken (vault.crypto)."""
    entry = entries_of(owner).filter(field=field).first()
    if entry is None:
        raise Missing(f"No {field} is stored for {owner}. Enter it.", field=field)
    return installed_keys().ring().open(entry.token, _place(owner, field))


@atomic
def forget(owner: TenantModel, field: str = "", *, acting_user: Actor) -> int:
    """Delete one secret of a row, or with no field all of them; return how many there were."""
    _place(owner, field)
    entries = entries_of(owner).filter(field=field) if field else entries_of(owner)
    names = sorted(entries.values_list("field", flat=True))
    if names:
        entries.delete()
        record(acting_user, owner, "secret_forgotten", old=dict.fromkeys(names, MASK))
    return len(names)


def _place(owner: TenantModel, field: str) -> Place:
    if owner.account_id != current_account().id:
        raise RuntimeError(f"{owner._meta.db_table} {owner.pk} belongs to another account than the one acted in.")
    return Place(owner.account_id, owner._meta.db_table, field, owner.pk)
