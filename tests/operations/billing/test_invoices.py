"""Invoices on the database: drafts, numbers without gaps, what is frozen, what is voided."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.models import Aircraft
from hangarlink.operations.billing.actions import (
    add_category,
    add_line,
    add_usual_categories,
    archive_category,
    change_category,
    change_invoice,
    change_line,
    draft_invoice,
    draft_invoice_of_trip,
    issue_invoice,
    record_payment,
    remove_line,
    replace_lines,
    void_invoice,
)
from hangarlink.operations.billing.models import CostCategory, Invoice, InvoiceLine
from hangarlink.operations.billing.queries import find_category, find_invoice, invoices, owed
from hangarlink.operations.billing.rules import CategoryKind
from hangarlink.operations.customers.actions import add_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.actions import plan_trip
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM, Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.operations.conftest import TODAY, issued, leg, line


def test_the_life_of_an_invoice(customer: Customer, clerk: Actor) -> None:
    draft = draft_invoice(customer=customer, lines=[line(12_345, "1.5")], acting_user=clerk)
    assert (draft.status, draft.number, draft.total, draft.currency, str(draft)) == (
        "draft", None, 18_518, "EUR", "Draft invoice",
    )  # fmt: skip
    made = add_line(draft, **line(-518), acting_user=clerk)
    change_line(made, quantity=Decimal(2), acting_user=clerk)
    assert find_invoice(draft.id).total == 18_518 - 2 * 518
    remove_line(made, acting_user=clerk)
    done = issue_invoice(draft, acting_user=clerk)
    assert (done.status, done.number, done.total, done.issued_on) == ("issued", 1, 18_518, TODAY)
    assert done.due_on == TODAY + timedelta(days=14)
    assert done.version == 5
    gone = void_invoice(done, reason="Wrong customer", acting_user=clerk)
    assert (gone.status, gone.number, gone.balance) == ("void", 1, 0)
    types = list(OutboxEvent.objects.filter(type__startswith="invoice.").order_by("id").values_list("type", flat=True))
    assert types == ["invoice.drafted", *["invoice.changed"] * 3, "invoice.issued", "invoice.voided"]
    for event in OutboxEvent.objects.filter(type__startswith="invoice."):
        assert set(event.data) - {"changed"} == {"invoice_id", "customer_id", "trip_id"}
        assert event.data.get("changed", ["lines"]) == ["lines"]
    audited = AuditEntry.objects.filter(object_id=draft.id).order_by("id").values_list("action", flat=True)
    assert list(audited) == ["drafted", "line added", "line changed", "line removed", "issued", "voided"]


def test_numbers_have_no_gap(customer: Customer, clerk: Actor) -> None:
    """Drafts take none, a refused issue gives its number back, a void one keeps it."""
    first = issued(customer)
    draft_invoice(customer=customer, acting_user=clerk)
    with pytest.raises(RuleBroken, match="no lines"):
        issue_invoice(draft_invoice(customer=customer, acting_user=clerk), acting_user=clerk)
    with pytest.raises(RuleBroken, match="in the future"):
        issued(customer, on=TODAY + timedelta(days=1))
    void_invoice(first, reason="Test", acting_user=clerk)
    assert [issued(customer).number for _ in range(3)] == [2, 3, 4]


def test_numbers_follow_dates(customer: Customer) -> None:
    issued(customer, on=TODAY - timedelta(days=3))
    issued(customer, on=TODAY - timedelta(days=1))
    with pytest.raises(RuleBroken, match="before the invoice issued last") as refused:
        issued(customer, on=TODAY - timedelta(days=2))
    assert refused.value.field == "issued_on"


def test_what_is_issued_stays(customer: Customer, clerk: Actor) -> None:
    done = issued(customer, 100, 200)
    one = InvoiceLine.objects.select_related("invoice").filter(invoice=done).first()
    assert one is not None
    for act in (
        lambda: add_line(done, **line(), acting_user=clerk),
        lambda: change_line(one, unit_price=1, acting_user=clerk),
        lambda: remove_line(one, acting_user=clerk),
        lambda: replace_lines(done, [line()], acting_user=clerk),
        lambda: change_invoice(done, memo="x", acting_user=clerk),
        lambda: issue_invoice(done, acting_user=clerk),
    ):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert refused.value.field == "status"
    # Nor by any other way into the database.
    for sql in (
        "UPDATE invoice_line SET amount = 1 WHERE invoice_id = %s",
        "DELETE FROM invoice_line WHERE invoice_id = %s",
        (
            "INSERT INTO invoice_line SELECT gen_random_uuid(), 9, description, quantity, unit_price, amount, "
            "account_id, category_id, invoice_id FROM invoice_line WHERE invoice_id = %s LIMIT 1"
        ),
    ):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [done.id])


@pytest.mark.parametrize(
    "values",
    [
        {"number": None}, {"paid": 99_999_999}, {"status": "paid"}, {"status": "lost"}, {"currency": "eur"},
        {"due_on": TODAY - timedelta(days=9)}, {"status": "void"}, {"paid": -1},
    ],
)  # fmt: skip
def test_the_database_refuses_an_invoice_that_cannot_be(customer: Customer, values: dict[str, Any]) -> None:
    done = issued(customer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=done.pk).update(**values)


def test_an_invoice_of_a_trip(customer: Customer, aircraft: Aircraft, clerk: Actor) -> None:
    """Block hours in hundredths times the rate: 1:20 are 1.33."""
    add_usual_categories(acting_user=clerk)
    legs = [leg("EKRK", "EKBI", hours=6, long=4 / 3), leg("EKBI", "EKRK", hours=3)]
    trip = plan_trip(customer=customer, aircraft=aircraft, legs=legs, acting_user=clerk)
    charter = find_category("charter")
    made = draft_invoice_of_trip(trip, hourly_rate=185_000, category=charter, acting_user=clerk)
    told = [(one.description[:9], one.quantity, one.amount, one.category) for one in find_invoice(made.id).lines.all()]
    assert told == [
        ("EKRK–EKBI", Decimal("1.330"), 246_050, charter),
        ("EKBI–EKRK", Decimal("1.000"), 185_000, charter),
    ]
    assert (made.total, made.trip_id) == (431_050, trip.id)
    with pytest.raises(RuleBroken, match="no customer"):
        draft_invoice_of_trip(plan_trip(acting_user=clerk), hourly_rate=1, acting_user=clerk)
    with pytest.raises(RuleBroken, match="above zero"):
        draft_invoice_of_trip(trip, hourly_rate=0, acting_user=clerk)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"description": " "}, "description"),
        ({"description": "x" * 301}, "description"),
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal("1.0001")}, "quantity"),
        ({"unit_price": 10**15}, "unit_price"),
        ({"unit_price": 10**14, "quantity": Decimal(2)}, "unit_price"),
        ({"unit_price": None}, "unit_price"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_with_its_place(
    customer: Customer, clerk: Actor, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        draft_invoice(customer=customer, lines=[line(), {**line(), **changed}], acting_user=clerk)  # type: ignore[list-item]
    assert refused.value.field == f"lines[1].{field}"
    assert not Invoice.objects.exists()


def test_lines_take_only_categories_of_income_that_are_in_use(customer: Customer, clerk: Actor) -> None:
    assert len(add_usual_categories(acting_user=clerk)) == 15
    assert add_usual_categories(acting_user=clerk) == []
    with pytest.raises(RuleBroken, match="Fuel is a category for expenses") as refused:
        draft_invoice(customer=customer, lines=[line(category=find_category("fuel"))], acting_user=clerk)
    assert refused.value.field == "lines[0].category"
    archive_category(find_category("charter"), acting_user=clerk)
    with pytest.raises(RuleBroken, match="Charter is archived"):
        draft_invoice(customer=customer, lines=[line(category=find_category("charter"))], acting_user=clerk)


def test_categories_are_named_once(clerk: Actor) -> None:
    made = add_category(key="de_icing", name="De-icing", kind="cost", account_number="4310", acting_user=clerk)
    for values, field in (
        ({"key": "de_icing", "name": "Other"}, "key"),
        ({"key": "ice", "name": "De-icing"}, "name"),
        ({"key": "Ice!", "name": "Ice"}, "key"),
        ({"key": "ice", "name": " "}, "name"),
        ({"key": "ice", "name": "Ice", "kind": "free"}, "kind"),
    ):
        with pytest.raises(RuleBroken) as refused:
            add_category(**{"kind": "cost", **values}, acting_user=clerk)
        assert refused.value.field == field
    changed = change_category(made, name="Anti-icing", acting_user=clerk)
    assert (changed.version, changed.name, changed.kind) == (2, "Anti-icing", CategoryKind.COST)


def test_a_paid_invoice_is_not_voided(customer: Customer, clerk: Actor) -> None:
    done = issued(customer, 10_000)
    record_payment(customer=customer, amount=4_000, received_on=TODAY, parts=[(done, 4_000)], acting_user=clerk)
    with pytest.raises(RuleBroken, match=r"40\.00 EUR is paid on this invoice"):
        void_invoice(done, reason="Oops", acting_user=clerk)


def test_each_verb_needs_its_permission(customer: Customer, somebody: Callable[..., Actor], clerk: Actor) -> None:
    manager, reader = somebody("billing.manage"), somebody("billing.view")
    draft = draft_invoice(customer=customer, lines=[line()], acting_user=manager)
    with pytest.raises(NotPermitted, match=r"billing\.issue"):
        issue_invoice(draft, acting_user=manager)
    done = issue_invoice(draft, acting_user=clerk)
    with pytest.raises(NotPermitted, match=r"billing\.issue"):
        void_invoice(done, reason="x", acting_user=manager)
    for act in (
        lambda: draft_invoice(customer=customer, acting_user=reader),
        lambda: change_invoice(done, memo="x", acting_user=reader),
        lambda: add_line(done, **line(), acting_user=reader),
        lambda: add_category(key="a", name="A", kind="cost", acting_user=reader),
    ):
        with pytest.raises(NotPermitted, match=r"billing\.manage"):
            act()


def test_another_accounts_rows_do_not_exist(account: Account, other_account: Account) -> None:
    with acting_in(other_account):
        theirs = add_customer(name="Theirs", acting_user=SYSTEM)
        invoice = issued(theirs)
        add_usual_categories(acting_user=SYSTEM)
        category = find_category("charter")
    with acting_in(account):
        mine = add_customer(name="Mine", acting_user=SYSTEM)
        for act in (
            lambda: draft_invoice(customer=theirs, acting_user=SYSTEM),
            lambda: void_invoice(invoice, reason="x", acting_user=SYSTEM),
            lambda: draft_invoice(customer=mine, lines=[line(category=category)], acting_user=SYSTEM),
            lambda: record_payment(
                customer=mine, amount=1, received_on=TODAY, parts=[(invoice, 1)], acting_user=SYSTEM
            ),
        ):
            with pytest.raises(Missing):
                act()
        # Their number 1 is not ours.
        assert issued(mine).number == 1
        assert CostCategory.objects.count() == 0


def test_a_list_costs_the_same_for_many(customer: Customer) -> None:
    for _ in range(4):
        issued(customer, 100, 200)
    with CaptureQueriesContext(connection) as seen:
        assert [(one.customer, len(one.lines.all())) for one in invoices()] == [(customer, 2)] * 4
    assert len(seen) == 2
    with CaptureQueriesContext(connection) as seen:
        (row,) = owed(TODAY + timedelta(days=30))
        assert (str(row.open), str(row.overdue)) == ("12.00 EUR", "12.00 EUR")
    assert len(seen) == 1
