"""The chart of accounts of a connection, and where categories are booked."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.ledger.models import AccountMapping, LedgerAccount


def accounts(connection: Connection) -> QuerySet[LedgerAccount]:
    """The partner's accounts in the order of its chart."""
    return LedgerAccount.objects.filter(connection=connection).order_by("number", "name", "id")


def mapped(connection: Connection) -> dict[UUID, LedgerAccount]:
    """The account of each category that has one: one query."""
    rows = AccountMapping.objects.filter(connection=connection).select_related("ledger_account")
    return {row.category_id: row.ledger_account for row in rows}


def booked_to(connection: Connection, category_ids: Collection[str]) -> dict[str, str]:
    """The partner's id of the account of each of these categories, by the category's id as text: one query.

    A category that nobody mapped, or whose account the partner has closed, is left out.
    """
    rows = AccountMapping.objects.filter(
        connection=connection, category_id__in=list(category_ids), ledger_account__is_active=True
    )
    return {str(id): name for id, name in rows.values_list("category_id", "ledger_account__external_id")}
