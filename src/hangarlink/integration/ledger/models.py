"""Accounts as a partner told them, and the account mapping of a connection."""

from django.db import models

from hangarlink.integration.connections.models import Connection
from hangarlink.platform.tenancy.models import TenantModel


class LedgerAccount(TenantModel):
    """An account of the partner's books, as last told. kind: the partner's word for its type.

    version  counts up with every change, for the sync's links
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="ledger_accounts", db_constraint=False, db_index=False
    )
    external_id = models.CharField(max_length=120)
    name = models.CharField(max_length=500)
    kind = models.CharField(max_length=500, blank=True)
    number = models.CharField(max_length=500, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "ledger_account"
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="ledger_account_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()


class AccountMapping(TenantModel):
    """Lines of this category are booked to this account. category_id: a cost category of ours."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="account_mappings", db_constraint=False, db_index=False
    )
    category_id = models.UUIDField()
    ledger_account = models.ForeignKey(
        LedgerAccount, on_delete=models.CASCADE, related_name="mappings", db_constraint=False
    )

    class Meta:
        db_table = "account_mapping"
        constraints = [models.UniqueConstraint(fields=["connection", "category_id"], name="account_mapping_once")]

    def __str__(self) -> str:
        return str(self.ledger_account_id)
