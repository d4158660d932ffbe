"""Counts that all accounts, workers and machines share. They belong to no account and hold nothing of one.

Written with single statements of `quota` and `circuit`, outside every transaction; unlogged: after a crash of the
database they begin anew.
"""

from django.db import models


class PartnerQuota(models.Model):
    """Up to when a limit is used up. `key` is a digest: of a credential it tells nothing."""

    key = models.CharField(max_length=120, primary_key=True)
    used_up_to = models.DateTimeField()

    class Meta:
        db_table = "partner_quota"

    def __str__(self) -> str:
        return self.key


class PartnerCircuit(models.Model):
    """A partner's place (connector and origin) that failed.

    failures     calls given up since the last good one, over all connections
    reopenings   how often it was found still failing
    retry_at     nobody calls before; None while it is closed
    """

    key = models.CharField(max_length=400, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    reopenings = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField()
    code = models.CharField(max_length=40)

    class Meta:
        db_table = "partner_circuit"

    def __str__(self) -> str:
        return self.key
