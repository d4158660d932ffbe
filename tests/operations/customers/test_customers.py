"""Customers: what is written, what is refused, what stays behind the wall."""

from collections.abc import Callable
from typing import Any

import pytest

from hangarlink.operations.customers.actions import (
    add_customer,
    archive_customer,
    change_customer,
    restore_customer,
)
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.customers.queries import active_customers, find_customer
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM, Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account


def test_the_life_of_a_customer(clerk: Actor) -> None:
    made = add_customer(name="  Ann   Berg ", company="Berg & Co", country="dk", currency="dkk", acting_user=clerk)
    assert (made.number, made.name, made.country, made.currency, made.version) == (1, "Ann Berg", "DK", "DKK", 1)
    changed = change_customer(made, phone="+45 1234", acting_user=clerk)
    assert (changed.version, changed.phone) == (2, "+45 1234")
    assert changed.updated_at > made.updated_at
    archived = archive_customer(made, acting_user=clerk)
    assert (archived.version, archived.is_active) == (3, False)
    assert not active_customers().exists()
    with pytest.raises(RuleBroken, match="archived already"):
        archive_customer(made, acting_user=clerk)
    restored = restore_customer(made, acting_user=clerk)
    assert (restored.version, restored.is_active) == (4, True)
    audited = AuditEntry.objects.filter(object_id=made.id).order_by("id").values_list("action", flat=True)
    assert list(audited) == ["added", "changed", "archived", "restored"]


def test_a_change_that_changes_nothing_leaves_no_trace(customer: Customer, clerk: Actor) -> None:
    before = AuditEntry.objects.count(), OutboxEvent.objects.count()
    same = change_customer(customer, name=customer.name, acting_user=clerk)
    assert (same.version, same.updated_at) == (customer.version, customer.updated_at)
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == before


def test_events_hold_ids_only(clerk: Actor) -> None:
    made = add_customer(name="Ann Berg", email="ann@example.com", acting_user=clerk)
    change_customer(made, street="Secret Street 1", acting_user=clerk)
    told = [event.data for event in OutboxEvent.objects.filter(type__startswith="customer.").order_by("id")]
    assert told == [{"customer_id": str(made.id)}, {"customer_id": str(made.id), "changed": ["street"]}]


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"name": "  "}, "name", "needs a name"),
        ({"name": "x" * 121}, "name", "121 characters; the limit is 120"),
        ({"name": "a\x00b"}, "name", "cannot be stored"),
        ({"email": "ann"}, "email", "'ann' is not an e-mail address"),
        ({"email": "a@b.c\nBcc: x@y.z"}, "email", "is not an e-mail address"),
        ({"country": "Denmark"}, "country", "two letters"),
        ({"currency": "EURO"}, "currency", "ISO 4217"),
        ({"currency": "XXX"}, "currency", "ISO 4217"),
        ({"payment_days": -1}, "payment_days", "-1 days"),
        ({"payment_days": 366}, "payment_days", "0 (at once) to 365"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(
    clerk: Actor, changed: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        add_customer(**{"name": "Ann", **changed}, acting_user=clerk)
    assert refused.value.field == field
    assert says in str(refused.value)
    assert not Customer.objects.exists()


def test_a_refusal_gives_the_number_back(clerk: Actor) -> None:
    with pytest.raises(RuleBroken):
        add_customer(name="Ann", email="nonsense", acting_user=clerk)
    assert add_customer(name="Ann", acting_user=clerk).number == 1


def test_each_verb_needs_the_permission(customer: Customer, somebody: Callable[..., Actor]) -> None:
    reader = somebody("customers.view")
    for act in (
        lambda: add_customer(name="B", acting_user=reader),
        lambda: change_customer(customer, name="B", acting_user=reader),
        lambda: archive_customer(customer, acting_user=reader),
    ):
        with pytest.raises(NotPermitted, match=r"customers\.manage"):
            act()


def test_a_customer_of_another_account_does_not_exist(account: Account, other_account: Account) -> None:
    with acting_in(other_account):
        theirs = add_customer(name="Theirs", acting_user=SYSTEM)
    with acting_in(account):
        with pytest.raises(Missing):
            change_customer(theirs, name="Mine", acting_user=SYSTEM)
        with pytest.raises(Missing):
            find_customer(theirs.id)
        assert add_customer(name="Mine", acting_user=SYSTEM).number == 1
