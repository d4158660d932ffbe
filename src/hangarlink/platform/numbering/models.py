"""The last number given in each series."""

from django.db import models

from hangarlink.platform.tenancy.models import TenantModel


class LastNumber(TenantModel):
    """`series` is the name of what is numbered: "invoice"."""

    series = models.CharField(max_length=40)
    number = models.PositiveIntegerField()

    class Meta:
        db_table = "last_number"
        constraints = [models.UniqueConstraint(fields=["account", "series"], name="last_number_once")]
