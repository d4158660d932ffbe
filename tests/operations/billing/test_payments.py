"""Payments: spread over invoices, kept as credit, reversed; and expenses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hangarlink.fleet.models import Aircraft
from hangarlink.operations.billing.actions import (
    ExpenseLineValues,
    add_usual_categories,
    change_expense,
    record_expense,
    record_payment,
    reverse_payment,
    use_credit,
    void_expense,
)
from hangarlink.operations.billing.models import Expense, Invoice, Payment, PaymentPart
from hangarlink.operations.billing.queries import credit_of, expenses, find_category, find_invoice, payments
from hangarlink.operations.customers.actions import add_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM, Actor
from tests.operations.conftest import TODAY, issued


def pay(customer: Customer, amount: int, **more: Any) -> Payment:
    return record_payment(customer=customer, amount=amount, received_on=TODAY, acting_user=SYSTEM, **more)


def states(customer: Customer) -> list[tuple[int | None, str, int]]:
    rows = Invoice.objects.filter(customer=customer).order_by("number")
    return [(row.number, row.status, row.balance) for row in rows]


def test_a_payment_goes_to_what_is_due_first(customer: Customer) -> None:
    for days in (20, 10, 1):
        issued(customer, 10_000, on=TODAY - timedelta(days=days))
    made = pay(customer, 15_000)
    assert (made.number, made.allocated, made.credit) == (1, 15_000, 0)
    assert states(customer) == [(1, "paid", 0), (2, "issued", 5_000), (3, "issued", 10_000)]
    types = list(OutboxEvent.objects.order_by("id").values_list("type", flat=True))
    assert types[-3:] == ["payment.recorded", "invoice.paid", "invoice.partly_paid"]


def test_too_much_is_a_slip_or_a_credit(customer: Customer) -> None:
    done = issued(customer, 10_000)
    with pytest.raises(RuleBroken, match=r"5\.00 EUR more than the invoices") as refused:
        pay(customer, 10_500)
    assert refused.value.field == "amount"
    assert find_invoice(done.id).balance == 10_000
    kept = pay(customer, 10_500, keep_credit=True)
    assert (kept.credit, [str(one) for one in credit_of(customer.id)]) == (500, ["5.00 EUR"])
    later = issued(customer, 300)
    used = use_credit(kept, parts=[(later, 300)], acting_user=SYSTEM)
    assert (used.credit, used.version, find_invoice(later.id).status) == (200, 2, "paid")
    with pytest.raises(RuleBroken, match="more than"):
        use_credit(kept, parts=[(issued(customer, 9_000), 300)], acting_user=SYSTEM)


def test_a_reversed_payment_is_owed_again(customer: Customer) -> None:
    done = issued(customer, 10_000)
    made = pay(customer, 10_000)
    back = reverse_payment(made, reason="Bounced", acting_user=SYSTEM)
    assert (back.is_reversed, back.credit) == (True, 0)
    assert states(customer) == [(done.number, "issued", 10_000)]
    assert not credit_of(customer.id)
    with pytest.raises(RuleBroken, match="reversed already"):
        reverse_payment(made, reason="Again", acting_user=SYSTEM)
    with pytest.raises(RuleBroken, match="nothing is left"):
        use_credit(made, parts=[(done, 1)], acting_user=SYSTEM)
    pay(customer, 10_000)
    assert states(customer) == [(done.number, "paid", 0)]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(1, 500), min_size=1, max_size=4), st.lists(st.integers(1, 900), max_size=5), st.data())
def test_the_books_always_agree(acting: Any, amounts: list[int], paid: list[int], data: st.DataObject) -> None:
    """Whatever is paid and reversed: what invoices say is paid is what the parts of standing payments add up to."""
    who = add_customer(name="Books", acting_user=SYSTEM)
    for amount in amounts:
        issued(who, amount)
    made = [pay(who, amount, keep_credit=True) for amount in paid]
    for payment in made:
        if data.draw(st.booleans()):
            reverse_payment(payment, reason="Test", acting_user=SYSTEM)
    standing = Payment.objects.filter(customer=who, reversed_at=None)
    parts = PaymentPart.objects.filter(payment__in=standing)
    for invoice in Invoice.objects.filter(customer=who):
        assert invoice.paid == sum(part.amount for part in parts if part.invoice_id == invoice.id)
        assert (invoice.status == "paid") == (invoice.paid == invoice.total)
    for payment in standing:
        assert payment.allocated == sum(part.amount for part in parts if part.payment_id == payment.id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": 10**15}, "amount"),
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
        ({"method": "barter"}, "method"),
        ({"currency": "XXX"}, "currency"),
        ({"reference": "x" * 121}, "reference"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(customer: Customer, values: dict[str, Any], field: str) -> None:
    issued(customer, 10_000)
    with pytest.raises(RuleBroken) as refused:
        record_payment(
            **{"customer": customer, "amount": 100, "received_on": TODAY, **values}, acting_user=SYSTEM
        )  # fmt: skip
    assert refused.value.field == field
    assert not Payment.objects.exists()


def test_parts_must_fit_their_invoice(customer: Customer, clerk: Actor) -> None:
    mine = issued(customer, 10_000)
    other = add_customer(name="Other", currency="DKK", acting_user=clerk)
    theirs = issued(other, 10_000)
    from hangarlink.operations.billing.actions import draft_invoice

    draft = draft_invoice(customer=customer, acting_user=clerk)
    for parts, says in (
        ([(mine, 10_001)], "more than the 100.00 EUR owed"),
        ([(theirs, 1)], "another customer's"),
        ([(draft, 1)], "nothing is owed on it"),
        ([(mine, 5_000), (mine, 5_000)], "given twice"),
        ([(mine, 0)], "pays nothing"),
    ):
        with pytest.raises(RuleBroken, match=says) as refused:
            pay(customer, 20_000, parts=parts, keep_credit=True)
        assert refused.value.field.startswith("invoices")
    with pytest.raises(RuleBroken, match="in EUR, the payment in USD"):
        pay(customer, 100, parts=[(mine, 100)], currency="USD")


def fuel(amount: int = 50_000, key: str = "fuel") -> ExpenseLineValues:
    return ExpenseLineValues(category=find_category(key), amount=amount, description="Jet A-1")


def spend(**more: Any) -> Expense:
    values = {"vendor": "Billund Handling", "spent_on": TODAY, "currency": "DKK", "lines": [fuel()], **more}
    return record_expense(**values, acting_user=SYSTEM)


def test_the_life_of_an_expense(clerk: Actor, aircraft: Aircraft) -> None:
    add_usual_categories(acting_user=clerk)
    made = spend(aircraft=aircraft, lines=[fuel(), fuel(-2_500, "handling")])
    assert (made.number, made.total, made.version) == (1, 47_500, 1)
    same = change_expense(made, lines=[fuel(), fuel(-2_500, "handling")], acting_user=clerk)
    assert same.version == 1
    changed = change_expense(made, reference="R-17", lines=[fuel(60_000)], acting_user=clerk)
    assert (changed.total, changed.reference) == (60_000, "R-17")
    assert void_expense(made, reason="Paid by the customer", acting_user=clerk).is_void
    with pytest.raises(RuleBroken, match="withdrawn"):
        change_expense(made, reference="x", acting_user=clerk)
    ids = {"expense_id": str(made.id), "aircraft_id": str(aircraft.id), "trip_id": None}
    told = [event.data for event in OutboxEvent.objects.filter(type__startswith="expense.").order_by("id")]
    assert told == [ids, {**ids, "changed": ["reference", "lines"]}, ids]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"vendor": " "}, "vendor"),
        ({"spent_on": TODAY + timedelta(days=1)}, "spent_on"),
        ({"currency": "crowns"}, "currency"),
        ({"lines": []}, "lines"),
        ({"lines": ["fuel", "zero"]}, "lines[1].amount"),
        ({"lines": ["none"]}, "lines[0].category"),
        ({"lines": ["charter"]}, "lines[0].category"),
        ({"lines": ["minus"]}, "lines"),
    ],
)
def test_an_expense_that_makes_no_sense(clerk: Actor, values: dict[str, Any], field: str) -> None:
    add_usual_categories(acting_user=clerk)
    kinds: dict[str, Any] = {
        "fuel": fuel(), "zero": fuel(0), "none": {"amount": 5}, "charter": fuel(5, "charter"), "minus": fuel(-5),
    }  # fmt: skip
    if "lines" in values:
        values = {"lines": [kinds[name] for name in values["lines"]]}
    with pytest.raises(RuleBroken) as refused:
        spend(**values)
    assert refused.value.field == field
    assert not Expense.objects.exists()


def test_each_verb_needs_the_permission(customer: Customer, clerk: Actor, somebody: Callable[..., Actor]) -> None:
    add_usual_categories(acting_user=clerk)
    issued(customer, 100)
    made, spent, reader = pay(customer, 100), spend(), somebody("billing.view", "billing.issue")
    for act in (
        lambda: record_payment(customer=customer, amount=1, received_on=TODAY, acting_user=reader),
        lambda: reverse_payment(made, reason="x", acting_user=reader),
        lambda: use_credit(made, parts=[], acting_user=reader),
        lambda: record_expense(lines=[], acting_user=reader),
        lambda: change_expense(spent, reference="x", acting_user=reader),
        lambda: void_expense(spent, reason="x", acting_user=reader),
    ):
        with pytest.raises(NotPermitted, match=r"billing\.manage"):
            act()


def test_lists_cost_the_same_for_many(customer: Customer, clerk: Actor) -> None:
    add_usual_categories(acting_user=clerk)
    for _ in range(3):
        issued(customer, 100)
        pay(customer, 100)
        spend()
    with CaptureQueriesContext(connection) as seen:
        assert [[part.invoice.number for part in one.parts.all()] for one in payments().order_by("id")] == [
            [1],
            [2],
            [3],
        ]
        assert [[str(one.category) for one in row.lines.all()] for row in expenses()] == [["Fuel"]] * 3
    assert len(seen) == 4
