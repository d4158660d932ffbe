"""The partner's chart of accounts, in. It is kept as told; what is booked where is decided in `integration.ledger`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.integration.contract import Dataset, LedgerAccount
from hangarlink.integration.datasets.outcome import Context
from hangarlink.integration.datasets.ports import Incoming, Room, Taken
from hangarlink.integration.ledger import models
from hangarlink.integration.ledger.actions import keep_accounts
from hangarlink.integration.synclog.vocabulary import Verdict


class LedgerAccounts(Room):
    dataset = Dataset.LEDGER_ACCOUNTS

    def rows(self) -> QuerySet[Any]:
        return models.LedgerAccount.objects.all()

    def take(self, incoming: Sequence[Incoming[LedgerAccount]], context: Context) -> list[Taken]:
        kept = keep_accounts(context.connection, [one.record for one in incoming])
        return [
            Taken(
                Verdict.CREATED if one.is_new else Verdict.UPDATED if one.is_changed else Verdict.UNCHANGED,
                one.account.id,
                one.account.version,
            )
            for one in kept
        ]

    def remove(self, ids: Sequence[UUID], context: Context) -> dict[UUID, str]:
        """An account that is gone is closed here: what was booked to it stays readable."""
        del context
        models.LedgerAccount.objects.filter(pk__in=ids).update(is_active=False)
        return {}
