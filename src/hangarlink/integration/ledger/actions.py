"""What people decide about accounts, and how the chart is kept as the partner told it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.transaction import atomic

from hangarlink.integration.connections import events
from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.connections.rights import EDIT, require_right
from hangarlink.integration.contract import Dataset
from hangarlink.integration.contract import LedgerAccount as Told
from hangarlink.integration.ledger.models import AccountMapping, LedgerAccount
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor

BOOKED = (Dataset.INVOICES, Dataset.EXPENSES)


@dataclass(frozen=True)
class Kept:
    """An account as it is kept now, and what that took."""

    account: LedgerAccount
    is_new: bool
    is_changed: bool


@atomic
def map_accounts(connection: Connection, chosen: Mapping[UUID, UUID | None], *, acting_user: Actor) -> int:
    """Book these categories to these accounts; None leaves a category unmapped. How many changed.

    What the partner refused for want of an account is sent again with the next run.
    Events: connection.changed. Raises RuleBroken (field: the category's id) for an account that is not there or closed.
    """
    require_right(acting_user, connection.connector, EDIT)
    held = {row.category_id: row for row in AccountMapping.objects.select_for_update().filter(connection=connection)}
    known = {row.id: row for row in LedgerAccount.objects.filter(connection=connection)}
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for category_id, account_id in chosen.items():
        row = held.get(category_id)
        before = row.ledger_account_id if row else None
        if before == account_id:
            continue
        account = known.get(account_id) if account_id else None
        if account_id and (account is None or not account.is_active):
            raise RuleBroken("The partner has no such account open. Read the accounts again.", field=str(category_id))
        _set(connection, category_id, row, account)
        old[str(category_id)] = str(known[before]) if before in known else None
        new[str(category_id)] = str(account) if account else None
    if new:
        Link.objects.filter(
            connection=connection, dataset__in=[one.value for one in BOOKED], refused_version__isnull=False
        ).update(refused_version=None)
        record(acting_user, connection, "accounts_mapped", old=old, new=new)
        announce(events.ConnectionChanged(connection.id))
    return len(new)


def _set(connection: Connection, category_id: UUID, row: AccountMapping | None, account: LedgerAccount | None) -> None:
    if account is None:
        if row:
            row.delete()
        return
    row = row or AccountMapping(account=connection.account, connection=connection, category_id=category_id)
    row.ledger_account = account
    row.save()


@atomic
def keep_accounts(connection: Connection, told: Sequence[Told]) -> list[Kept]:
    """Keep the chart as the partner tells it: one query, two writes. The sync calls it, for the connection itself."""
    rows = LedgerAccount.objects.filter(connection=connection, external_id__in=[one.external_id for one in told])
    held = {row.external_id: row for row in rows}
    kept = [_kept(connection, one, held.get(one.external_id)) for one in told]
    LedgerAccount.objects.bulk_create([one.account for one in kept if one.is_new])
    changed = [one.account for one in kept if one.is_changed and not one.is_new]
    LedgerAccount.objects.bulk_update(changed, [*_TOLD, "version"])
    return kept


_TOLD = ("name", "kind", "number", "currency", "is_active")


def _kept(connection: Connection, told: Told, row: LedgerAccount | None) -> Kept:
    values = {name: getattr(told, name) for name in _TOLD}
    if row is None:
        account = LedgerAccount(
            account=connection.account, connection=connection, external_id=told.external_id, **values
        )
        return Kept(account, is_new=True, is_changed=True)
    differs = any(getattr(row, name) != value for name, value in values.items())
    if differs:
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
    return Kept(row, is_new=False, is_changed=differs)
