"""A page of customers from somebody who keeps them too: the verbs of `actions`, set-wise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.operations.customers import events
from hangarlink.operations.customers.actions import CustomerValues, checked_values
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.audit.actions import changes, entry, record_many
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.database.merging import merge
from hangarlink.platform.errors import Refused
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.events.registry import Event
from hangarlink.platform.numbering.actions import next_numbers
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

CHANGEABLE = [
    field.name
    for field in Customer._meta.concrete_fields
    if field.name not in {"id", "account", "number", "created_at"}
]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one customer: of this one, or (None) of a new one."""

    id: UUID | None
    values: CustomerValues
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Imported:
    """`customer` as it is now, and whether anything of it is new; None with the reason why it was refused."""

    customer: Customer | None
    is_new: bool = False
    is_changed: bool = False
    refusal: str = ""


@dataclass
class _Page:
    acting_user: Actor
    now: datetime
    new: list[Customer]
    changed: list[Customer]
    entries: list[AuditEntry]
    facts: list[Event]


@atomic
def import_customers(told: Sequence[Told], *, acting_user: Actor) -> list[Imported]:
    """Add and change a page of customers; one answer each, in order. One that breaks a rule holds up no other.

    Six statements, whatever their number. Events: customer.added, .changed, .archived, .restored.
    """
    require(acting_user, "customers.manage")
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=[one.id for one in told if one.id])
    known = {row.id: row for row in rows.order_by("id")}
    page = _Page(acting_user, timezone.now(), [], [], [], [])
    answers = [_one(one, known, page) for one in told]
    for customer, number in zip(page.new, next_numbers("customer", len(page.new)), strict=True):
        customer.number = number
    merge(page.new)
    merge(page.changed, update=CHANGEABLE)
    record_many(page.entries)
    announce_many(page.facts)
    return answers


def _one(told: Told, known: dict[UUID, Customer], page: _Page) -> Imported:
    row = known.get(told.id) if told.id else None
    if told.id and row is None:
        return Imported(None, refusal="This customer is gone.")
    try:
        values: dict[str, Any] = checked_values(told.values)
    except Refused as refused:
        return Imported(None, refusal=str(refused))
    if row is None:
        return _add(told, values, page)
    if told.is_active is not row.is_active:
        values["archived_at"] = None if told.is_active else page.now
    return _change(row, values, page)


def _add(told: Told, values: dict[str, Any], page: _Page) -> Imported:
    if "name" not in values:
        return Imported(None, refusal="A customer needs a name.")
    archived_at = None if told.is_active else page.now
    row = Customer(account=current_account(), archived_at=archived_at, **values)
    page.new.append(row)
    page.entries.append(entry(page.acting_user, row, "added", new=values))
    page.facts.append(events.CustomerAdded(row.id))
    return Imported(row, is_new=True)


def _change(row: Customer, values: dict[str, Any], page: _Page) -> Imported:
    old, new = changes(row, values)
    if not new:
        return Imported(row)
    for name, value in new.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = page.now
    page.changed.append(row)
    page.entries.append(entry(page.acting_user, row, "changed", old=old, new=new))
    page.facts += _facts(row, new)
    return Imported(row, is_changed=True)


def _facts(row: Customer, new: dict[str, Any]) -> list[Event]:
    facts: list[Event] = []
    if changed := tuple(sorted(set(new) - {"archived_at"})):
        facts.append(events.CustomerChanged(row.id, changed))
    if "archived_at" in new:
        facts.append(events.CustomerRestored(row.id) if row.is_active else events.CustomerArchived(row.id))
    return facts
