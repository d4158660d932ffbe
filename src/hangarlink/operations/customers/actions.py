"""Add, change, archive, restore."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.fleet.rows import locked, write
from hangarlink.fleet.rules import texts
from hangarlink.operations.customers import events, rules
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.customers.rules import Standing
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.money import checked_currency
from hangarlink.platform.numbering.actions import next_number
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

_LINES = {
    "name": 120, "company": 120, "phone": 40, "street": 200, "postal_code": 20, "city": 120, "region": 120,
    "tax_number": 40,
}  # fmt: skip


class CustomerValues(TypedDict, total=False):
    """What may be said about a customer; `name` is needed."""

    name: str
    company: str
    email: str
    phone: str
    street: str
    postal_code: str
    city: str
    region: str
    country: str
    tax_number: str
    currency: str
    payment_days: int
    note: str


@atomic
def add_customer(*, acting_user: Actor, **values: Unpack[CustomerValues]) -> Customer:
    """Add a customer. Event: customer.added. Raises RuleBroken naming the field, NotPermitted."""
    require(acting_user, "customers.manage")
    checked = checked_values(values)
    if "name" not in checked:
        raise RuleBroken("A customer needs a name.", field="name")
    customer = Customer.objects.create(account=current_account(), number=next_number("customer"), **checked)
    record(acting_user, customer, "added", new=checked)
    announce(events.CustomerAdded(customer.id))
    return customer


@atomic
def change_customer(customer: Customer, *, acting_user: Actor, **values: Unpack[CustomerValues]) -> Customer:
    """Change the given values and leave the others. Event: customer.changed, unless nothing differs.

    Issued invoices keep nothing of this: they refer to the customer, as their books do.
    """
    require(acting_user, "customers.manage")
    held = locked(customer, "customer")
    if changed := write(held, checked_values(values), "changed", acting_user):
        announce(events.CustomerChanged(held.id, changed))
    return held


@atomic
def archive_customer(customer: Customer, *, acting_user: Actor) -> Customer:
    """Stop offering a customer for new trips and invoices. Nothing of it is lost. Event: customer.archived."""
    return _step(customer, "archive", timezone.now(), events.CustomerArchived, acting_user)


@atomic
def restore_customer(customer: Customer, *, acting_user: Actor) -> Customer:
    """Offer an archived customer again. Event: customer.restored."""
    return _step(customer, "restore", None, events.CustomerRestored, acting_user)


def _step(customer: Customer, action: str, archived_at: datetime | None, fact: Any, acting_user: Actor) -> Customer:
    require(acting_user, "customers.manage")
    held = locked(customer, "customer")
    rules.step(Standing.ACTIVE if held.is_active else Standing.ARCHIVED, action)
    write(held, {"archived_at": archived_at}, f"{action}d", acting_user)
    announce(fact(held.id))
    return held


def checked_values(values: CustomerValues) -> dict[str, Any]:
    """The values as they are stored."""
    checked: dict[str, Any] = dict(values)
    for name, limit in _LINES.items():
        if name in checked:
            checked[name] = texts.line(checked[name], field=name, limit=limit)
    if checked.get("name") == "":
        raise RuleBroken("A customer needs a name.", field="name")
    if "email" in checked:
        checked["email"] = rules.checked_email(texts.line(checked["email"], field="email", limit=254))
    if "country" in checked:
        checked["country"] = rules.checked_country(checked["country"])
    if "currency" in checked:
        checked["currency"] = checked_currency(checked["currency"])
    if "payment_days" in checked:
        checked["payment_days"] = rules.checked_payment_days(checked["payment_days"])
    if "note" in checked:
        checked["note"] = texts.text(checked["note"], field="note")
    return checked
