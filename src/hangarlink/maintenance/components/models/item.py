"""What a part is (item), one physical unit of it (serialised item), and the lives its maker gives it."""

from django.db import models
from django.db.models import Q

from hangarlink.fleet.models.aircraft import choices
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.platform.tenancy.models import TenantModel


class Item(TenantModel):
    """A part number. Source: contracts/flightlogger.md 6.10."""

    part_number = models.CharField(max_length=60)
    description = models.CharField(max_length=200, blank=True)
    manufacturer = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "item"
        constraints = [
            models.UniqueConstraint(fields=["account", "part_number", "manufacturer"], name="item_part_number_once"),
            models.CheckConstraint(condition=~Q(part_number=""), name="item_part_number_given"),
        ]

    def __str__(self) -> str:
        return self.part_number


class SerialisedItem(TenantModel):
    """One physical unit: part number and serial number.

    manufactured_on  null while nobody knows; what is known refuses an installation before it
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="units", db_constraint=False)
    serial_number = models.CharField(max_length=60)
    manufactured_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "serialised_item"
        constraints = [
            models.UniqueConstraint(fields=["item", "serial_number"], name="serial_number_once"),
            models.CheckConstraint(condition=~Q(serial_number=""), name="serial_number_given"),
        ]

    def __str__(self) -> str:
        return self.serial_number


class LifeLimit(TenantModel):
    """The life of a part number: permanent removal at this total, under one rating.

    kind    of the component's counter that is limited
    rating  thrust or power rating this limit holds for; "" when there is only one
    limit   seconds or counts
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="life_limits", db_constraint=False)
    kind = models.CharField(max_length=20, choices=choices(CounterKind))
    rating = models.CharField(max_length=20, blank=True)
    limit = models.BigIntegerField()
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "life_limit"
        constraints = [
            models.UniqueConstraint(fields=["item", "kind", "rating"], name="life_limit_once"),
            models.CheckConstraint(condition=Q(limit__gt=0), name="life_limit_positive"),
        ]
