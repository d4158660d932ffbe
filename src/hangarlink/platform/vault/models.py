"""The table of sealed secrets."""

from django.db import models

from hangarlink.platform.tenancy.models import TenantModel
from hangarlink.platform.vault.crypto import Place


class VaultEntry(TenantModel):
    """One secret of one row of another table, sealed for exactly that place. Read and written by `actions` only."""

    owner_table = models.CharField(max_length=60)
    owner_id = models.UUIDField()
    field = models.CharField(max_length=60)
    token = models.TextField()
    key_id = models.CharField(max_length=12)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "vault_entry"
        constraints = [
            models.UniqueConstraint(fields=["account", "owner_table", "owner_id", "field"], name="vault_entry_once"),
            # A token and the key id beside it cannot disagree, and nothing unsealed can be put here.
            models.CheckConstraint(
                condition=models.Q(token__startswith=models.functions.Concat(models.Value("hlv1."), "key_id")),
                name="vault_entry_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.owner_table} {self.owner_id}"

    @property
    def place(self) -> Place:
        return Place(self.account_id, self.owner_table, self.field, self.owner_id)
