"""Customers as pages, API and sync read them."""

from uuid import UUID

from django.db.models import QuerySet

from hangarlink.fleet.actions.refusing import existing
from hangarlink.operations.customers.models import Customer


def find_customer(customer_id: UUID) -> Customer:
    """One customer of the account. Raises Missing."""
    return existing(Customer.objects.filter(pk=customer_id), "customer")


def active_customers() -> QuerySet[Customer]:
    """Those offered for new trips and invoices, by name."""
    return Customer.objects.filter(archived_at=None).order_by("name", "id")
