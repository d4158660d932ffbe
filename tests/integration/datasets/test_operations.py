"""Trips, invoices, payments and expenses between our rooms and a partner's links: out as canonical records, in by the
verbs. On links of a connection, without a wire."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.integration.connections.models import Connection, Link, LinkState
from hangarlink.integration.contract import Dataset, InvoiceStatus, Money, Payment, PaymentPart, Ref, Trip, TripLeg
from hangarlink.integration.contract import TripStatus as Theirs
from hangarlink.integration.datasets.adapters import two_way
from hangarlink.integration.datasets.outcome import Context, Outcome
from hangarlink.integration.datasets.outgoing import Outgoing, changed, departed
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.operations.billing.actions import (
    add_usual_categories,
    draft_invoice,
    record_expense,
    void_expense,
    void_invoice,
)
from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.billing.models import Payment as PaymentRow
from hangarlink.operations.billing.queries import find_category, find_invoice
from hangarlink.operations.customers.actions import add_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.actions import change_trip, plan_trip
from hangarlink.operations.trips.models import Trip as TripRow
from hangarlink.platform.people.permissions import SYSTEM, Actor, ActorKind
from hangarlink.platform.tenancy.models import Account
from tests.operations.conftest import NOW, TODAY, issued, leg, line


@pytest.fixture
def partner(acting: Account) -> Connection:
    return Connection.objects.create(
        account=acting, connector="book", name="The Books", identity_key="1", identity_name="The Books"
    )


@pytest.fixture
def customer(acting: Account) -> Customer:
    add_usual_categories(acting_user=SYSTEM)
    return add_customer(name="Nordlys", acting_user=SYSTEM)


@pytest.fixture
def aircraft(acting: Account) -> Aircraft:
    model = AircraftModel.objects.create(account=acting, name="PC-12")
    return Aircraft.objects.create(account=acting, registration="OY-PCT", aircraft_model=model)


def link(partner: Connection, dataset: Dataset, internal_id: UUID, name: str, version: int | None = 1) -> Link:
    return Link.objects.create(
        account=partner.account, connection=partner, dataset=dataset, external_id=name, internal_id=internal_id,
        state=LinkState.LINKED, internal_version=version,
    )  # fmt: skip


def apply(partner: Connection, dataset: Dataset, *records: Any, deleted: tuple[str, ...] = (), **more: Any) -> Any:
    room = two_way(dataset).room
    actor = Actor(ActorKind.CONNECTION, partner.id, partner.name, room.needs)
    context = Context(partner, actor, timezone.now(), **more)
    outcomes: list[Outcome] = two_way(dataset).apply(records, deleted, context)
    return [(one.verdict, one.code, one.reason) for one in outcomes]


def out(partner: Connection, dataset: Dataset) -> list[Outgoing]:
    return changed(partner, dataset, after=None, limit=50)


def trip(name: str = "T1", status: Theirs = Theirs.REQUESTED, **more: Any) -> Trip:
    off = NOW - timedelta(hours=4)
    legs = (TripLeg("EKRK", "EKBI", off, off + timedelta(hours=1), 3),)
    values: dict[str, Any] = {"number": "17", "customer": Ref("C1"), "aircraft": Ref("A1"), "legs": legs, **more}
    return Trip(name, status=status, version="1", **values)


def test_a_trip_goes_out_with_its_references(partner: Connection, customer: Customer, aircraft: Aircraft) -> None:
    plan_trip(acting_user=SYSTEM)  # without legs it is a wish
    made = plan_trip(customer=customer, aircraft=aircraft, legs=[leg(hours=5)], note="VIP", acting_user=SYSTEM)
    link(partner, Dataset.CUSTOMERS, customer.id, "C1")
    (one,) = out(partner, Dataset.TRIPS)
    record = one.record
    assert (record.number, record.customer.external_id, record.aircraft.external_id) == ("2", "C1", "")
    assert (record.aircraft.label, record.status, record.notes) == ("OY-PCT", Theirs.REQUESTED, "VIP")
    assert (record.legs[0].departure, record.legs[0].off_at) == ("EKRK", NOW - timedelta(hours=5))
    known = link(partner, Dataset.TRIPS, made.id, "T1")
    assert out(partner, Dataset.TRIPS) == []
    change_trip(made, note="Two VIPs", acting_user=SYSTEM)
    (again,) = out(partner, Dataset.TRIPS)
    assert (again.link.id, again.version, again.is_new) == (known.id, 2, False)


def test_a_trip_comes_in_and_does_not_go_back(partner: Connection, customer: Customer, aircraft: Aircraft) -> None:
    link(partner, Dataset.CUSTOMERS, customer.id, "C1")
    link(partner, Dataset.AIRCRAFT, aircraft.id, "A1")
    assert apply(partner, Dataset.TRIPS, trip(status=Theirs.CONFIRMED)) == [(Verdict.CREATED, "", "")]
    row = TripRow.objects.get()
    assert (row.status, row.customer, row.aircraft) == ("confirmed", customer, aircraft)
    assert out(partner, Dataset.TRIPS) == []
    assert apply(partner, Dataset.TRIPS, trip(status=Theirs.CONFIRMED))[0][0] is Verdict.UNCHANGED
    done = replace(trip(status=Theirs.COMPLETED), version="2")
    assert apply(partner, Dataset.TRIPS, done)[0][0] is Verdict.UPDATED
    row.refresh_from_db()
    assert (row.status, row.version) == ("completed", 2)
    assert out(partner, Dataset.TRIPS) == []


def test_a_trip_that_cannot_be_is_told_with_its_reason(partner: Connection, aircraft: Aircraft) -> None:
    link(partner, Dataset.AIRCRAFT, aircraft.id, "A1")
    timeless = trip("T2", legs=(TripLeg("EKRK", "EKBI"),))
    against = trip("T3", Theirs.CONFIRMED, aircraft=Ref("A9"))
    fine, no_times, no_aircraft = apply(partner, Dataset.TRIPS, trip(), timeless, against)
    assert fine[0] is Verdict.CREATED
    assert no_times[:2] == (Verdict.REJECTED, "no_times")
    assert no_aircraft[:2] == (Verdict.REJECTED, "refused")
    assert "not linked" in no_aircraft[2]
    assert TripRow.objects.count() == 1


def test_a_page_of_trips_costs_the_same_for_many(partner: Connection) -> None:
    costs = []
    for start, count in ((0, 2), (100, 25)):
        with CaptureQueriesContext(database) as seen:
            apply(partner, Dataset.TRIPS, *[trip(f"T{start + number}") for number in range(count)])
        costs.append(len(seen))
    assert costs[0] == costs[1]
    TripRow.objects.update(version=7)
    with CaptureQueriesContext(database) as seen:
        assert len(out(partner, Dataset.TRIPS)) == 27
    assert len(seen) <= 6


def test_invoices_go_out_once_they_are_issued(partner: Connection, customer: Customer) -> None:
    draft_invoice(customer=customer, lines=[line()], acting_user=SYSTEM)
    done = issued(customer, 10_000, 2_500)
    gone = void_invoice(issued(customer, 100), reason="Slip", acting_user=SYSTEM)
    link(partner, Dataset.CUSTOMERS, customer.id, "C1")
    told = {one.link.internal_id: one.record for one in out(partner, Dataset.INVOICES)}
    assert set(told) == {done.id, gone.id}
    record = told[done.id]
    assert (record.number, record.customer.external_id, record.total) == ("1", "C1", Money(12_500, "EUR"))
    assert (record.balance, record.status, record.due_on) == (Money(12_500, "EUR"), InvoiceStatus.OPEN, done.due_on)
    assert [one.amount.minor for one in record.lines] == [10_000, 2_500]
    assert told[gone.id].status is InvoiceStatus.VOID


def test_expenses_go_out_and_withdrawn_ones_leave(partner: Connection, customer: Customer) -> None:
    made = record_expense(
        vendor="Shell", spent_on=TODAY, currency="DKK", acting_user=SYSTEM,
        lines=[{"category": find_category("fuel"), "amount": 500, "description": "Jet"}],
    )  # fmt: skip
    (one,) = out(partner, Dataset.EXPENSES)
    assert (one.record.vendor, one.record.total, one.record.lines[0].category) == ("Shell", Money(500, "DKK"), "fuel")
    known = link(partner, Dataset.EXPENSES, made.id, "E1")
    known.facts = {"vendor": "Shell", "spent_on": f"{TODAY}", "lines": [], "total": {"minor": 500, "currency": "DKK"},
                   "currency": "DKK"}  # fmt: skip
    known.save()
    void_expense(made, reason="Twice", acting_user=SYSTEM)
    assert out(partner, Dataset.EXPENSES) == []
    (left,) = departed(partner, Dataset.EXPENSES, 10)
    assert (left.is_deletion, left.record.external_id) == (True, "E1")


def payment(invoices: tuple[tuple[str, int], ...], amount: int, name: str = "P1", version: str = "1") -> Payment:
    parts = tuple(PaymentPart(Ref(one), Money(minor, "EUR")) for one, minor in invoices)
    return Payment(name, customer=Ref("C1"), received_on=TODAY, amount=Money(amount, "EUR"), invoices=parts,
                   method="Check", reference="B-1", version=version)  # fmt: skip


@pytest.fixture
def owed(partner: Connection, customer: Customer) -> Invoice:
    link(partner, Dataset.CUSTOMERS, customer.id, "C1")
    done = issued(customer, 10_000)
    link(partner, Dataset.INVOICES, done.id, "I1")
    return done


def test_a_payment_comes_in_and_is_corrected(partner: Connection, owed: Invoice) -> None:
    assert apply(partner, Dataset.PAYMENTS, payment((("I1", 4_000),), 4_000))[0][0] is Verdict.CREATED
    assert find_invoice(owed.id).balance == 6_000
    (row,) = PaymentRow.objects.all()
    assert (row.method, row.reference, row.credit) == ("cheque", "B-1", 0)
    assert apply(partner, Dataset.PAYMENTS, payment((("I1", 4_000),), 4_000))[0][0] is Verdict.UNCHANGED
    changed_there = payment((("I1", 10_000),), 10_500, version="2")
    assert apply(partner, Dataset.PAYMENTS, changed_there)[0][0] is Verdict.UPDATED
    found = find_invoice(owed.id)
    assert (found.status, found.balance) == ("paid", 0)
    standing = PaymentRow.objects.get(reversed_at=None)
    assert (standing.amount, standing.credit) == (10_500, 500)


def test_what_pays_invoices_of_theirs_is_not_ours(partner: Connection, owed: Invoice) -> None:
    theirs = payment((("I9", 700),), 700, "P2")
    mixed = payment((("I1", 1_000), ("I9", 700)), 1_700, "P3")
    skipped, created = apply(partner, Dataset.PAYMENTS, theirs, mixed)
    assert (skipped[0], skipped[1]) == (Verdict.SKIPPED, "not_ours")
    assert created[0] is Verdict.CREATED
    (row,) = PaymentRow.objects.all()
    assert (row.amount, row.credit, find_invoice(owed.id).balance) == (1_000, 0, 9_000)


def test_more_than_is_owed_is_for_a_person_to_look_at(partner: Connection, owed: Invoice) -> None:
    ((verdict, code, reason),) = apply(partner, Dataset.PAYMENTS, payment((("I1", 10_001),), 10_001))
    assert (verdict, code) == (Verdict.REJECTED, "refused")
    assert "more than the 100.00 EUR owed" in reason
    assert not PaymentRow.objects.exists()
