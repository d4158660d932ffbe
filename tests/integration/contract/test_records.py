"""Every record checks itself, and survives being written down."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.contract import (
    Aircraft,
    AircraftModel,
    CounterTotals,
    Customer,
    DataError,
    Dataset,
    Defect,
    DueItem,
    DueTerm,
    Expense,
    ExpenseLine,
    FlightTimes,
    Invoice,
    InvoiceLine,
    LedgerAccount,
    LogAmount,
    LogKind,
    LogSlot,
    MaintenanceBooking,
    MaintenancePart,
    Message,
    Money,
    Payment,
    PaymentPart,
    Record,
    Ref,
    TermKind,
    Trip,
    TripLeg,
    TripStatus,
)
from hangarlink.integration.datasets.codec import RECORDS, as_json, from_json, hash_of, refs_of, with_refs

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
DAY = date(2026, 6, 3)
OY = Aircraft("7", "OY-SKA", serial_number="172S-1")
KIM = Ref("c1", "01a1f9ea", "Kim")
FUEL = InvoiceLine("Fuel", Decimal("1.5"), Money(200, "EUR"), Money(300, "EUR"), "fuel", Ref("a9"))

EXAMPLES: dict[Dataset, Record] = {
    Dataset.AIRCRAFT: OY,
    Dataset.AIRCRAFT_MODELS: AircraftModel("1", "C172S", specifications={"seats": 4, "engine": "IO-360"}),
    Dataset.FLIGHT_TIMES: FlightTimes(
        "1", OY, NOON, NOON + timedelta(hours=1), (LogAmount(LogKind.HOBBS, LogSlot.PRIMARY, 3600),), 1, cycles=1
    ),
    Dataset.COUNTER_TOTALS: CounterTotals("7", NOON, (), 9, total_cycles=8, aircraft=OY),
    Dataset.DUE_ITEMS: DueItem(
        "d1", OY, "100 h", (DueTerm(TermKind.HOURS, 360_000, -5), DueTerm(TermKind.DATE, DAY, 3)), NOON, ata="05"
    ),
    Dataset.DEFECTS: Defect("x", OY, "Nose strut flat", NOON, due_on=DAY),
    Dataset.TRIPS: Trip("t", "17", KIM, Ref("7"), TripStatus.CONFIRMED, (TripLeg("EKRK", "EKOD", NOON, None, 3),)),
    Dataset.CUSTOMERS: Customer("c1", "Kim", email="kim@example.com", version="3", changed_at=NOON),
    Dataset.INVOICES: Invoice("", "17", KIM, DAY, DAY, "EUR", (FUEL,), Money(300, "EUR"), Money(0, "EUR")),
    Dataset.PAYMENTS: Payment("p", KIM, DAY, Money(300, "EUR"), (PaymentPart(Ref("i17"), Money(300, "EUR")),)),
    Dataset.EXPENSES: Expense("e", "BP", DAY, (ExpenseLine("fuel", Money(5, "JPY")),), Money(5, "JPY"), "JPY"),
    Dataset.LEDGER_ACCOUNTS: LedgerAccount("9", "Fuel", "Expense", parent=Ref("8")),
    Dataset.MESSAGES: Message("", "#ops", "Overdue", "OY-SKA is overdue", at=NOON),
    Dataset.MAINTENANCE_BOOKINGS: MaintenanceBooking("", Ref("7"), NOON, NOON + timedelta(hours=8)),
    Dataset.MAINTENANCE_PARTS: MaintenancePart("", Ref("7"), Ref("4"), expires_on=DAY, expires_at_cycles=9),
}


def test_there_is_a_record_for_every_dataset() -> None:
    assert set(EXAMPLES) == set(RECORDS) == set(Dataset)


@pytest.mark.parametrize("dataset", EXAMPLES)
def test_written_down_and_read_back_it_is_the_same(dataset: Dataset) -> None:
    record = EXAMPLES[dataset]
    assert from_json(dataset, as_json(record)) == record
    told = replace(record, external_id="other", version="9", changed_at=NOON)
    assert hash_of(told) == hash_of(record), "the hash is of what it says, not of which it is"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Customer("1" * 121, "Kim"), "id of 1 to 120"),
        (lambda: Customer("1", " "), "name is empty"),
        (lambda: Customer("1", "K\0im"), "cannot be stored"),
        (lambda: Customer("1", "K", email="x" * 600), "600 characters"),
        (lambda: Customer("1", "K", changed_at=datetime(2026, 6, 3)), "without an offset"),
        (lambda: Money(True, "EUR"), "not a whole number"),
        (lambda: Money(1, "eur"), "not a currency"),
        (lambda: Money.of("12.345", "EUR"), "more than 2 decimals"),
        (lambda: Money.of("1.5", "JPY"), "more than 0 decimals"),
        (lambda: Money.of(1.5, "EUR"), "is a float"),  # type: ignore[arg-type]
        (lambda: Money.of("NaN", "EUR"), "decimals"),
        (lambda: Money(1, "EUR") + Money(1, "USD"), "two currencies"),
        (lambda: replace(EXAMPLES[Dataset.INVOICES], currency="USD"), "where everything else is in USD"),
        (lambda: replace(EXAMPLES[Dataset.INVOICES], issued_on=NOON), "not a day"),
        (lambda: InvoiceLine("x", Decimal("NaN"), Money(1, "EUR"), Money(1, "EUR")), "not a decimal number"),
        (lambda: DueTerm(TermKind.HOURS), "neither when it is due nor what remains"),
        (lambda: DueTerm(TermKind.HOURS, DAY), "at the day"),
        (lambda: DueTerm(TermKind.DATE, 5), "not a day"),
        (lambda: DueTerm(TermKind.CYCLES, -1), "below 0"),
        (lambda: MaintenanceBooking("", Ref("7"), NOON, NOON), "not after it starts"),
        (lambda: TripLeg("A", "B", NOON, NOON - timedelta(hours=1)), "before it departs"),
    ],
)
def test_what_no_record_may_say(make: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        make()


def test_what_was_kept_and_no_longer_fits_is_refused_with_a_reason() -> None:
    with pytest.raises(DataError, match="no record of customers"):
        from_json(Dataset.CUSTOMERS, {"external_id": "1", "nome": "Kim"})


def test_references_are_resolved_however_deep() -> None:
    invoice = EXAMPLES[Dataset.INVOICES]
    ours = replace(invoice, customer=Ref(internal_id="u1"), lines=(replace(FUEL, account=Ref(internal_id="u2")),))
    told = with_refs(ours, {"u1": "c7"})
    assert [ref.external_id for ref in refs_of(told)] == ["c7", ""]
    assert hash_of(told) != hash_of(with_refs(ours, {"u1": "c8"}))


@given(minor=st.integers(-(10**12), 10**12), currency=st.sampled_from(["EUR", "JPY", "KWD"]))
def test_money_is_exact_both_ways(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(str(money.amount), currency) == money
    assert money - money == Money(0, currency)
