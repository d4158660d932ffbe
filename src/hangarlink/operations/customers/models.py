"""Customers."""

from django.db import models
from django.db.models import Q

from hangarlink.fleet.rows import PushableModel


class Customer(PushableModel):
    """A person or an organisation that flies with us. Personal data: never in an event or a log.

    number        counts up within the account
    company       the organisation, where `name` is a person
    currency      what invoices to them are in, unless one says otherwise
    payment_days  days from an invoice's date until it is due
    archived_at   None while they are offered for new trips and invoices
    """

    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    company = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    payment_days = models.PositiveSmallIntegerField(default=14)
    note = models.TextField(blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "customer"
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="customer_number_once"),
            models.CheckConstraint(condition=~Q(name=""), name="customer_name_given"),
            models.CheckConstraint(condition=Q(country="") | Q(country__regex="^[A-Z]{2}$"), name="customer_country"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="customer_currency"),
            models.CheckConstraint(condition=Q(payment_days__lte=365), name="customer_payment_days"),
        ]
        indexes = [
            models.Index(fields=["account", "name", "id"], name="customer_by_name"),
            models.Index(fields=["account", "updated_at", "id"], name="customer_by_change"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.archived_at is None

    @property
    def address_lines(self) -> list[str]:
        """The address as on an envelope, empty lines left out."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return [line for line in (self.street, town, self.region, self.country) if line]
