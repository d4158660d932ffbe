"""Totals, steps, dates, and how a payment is spread."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.operations.billing import rules
from hangarlink.operations.billing.rules import Open, Part, Status
from hangarlink.platform.errors import RuleBroken

TODAY = date(2026, 11, 20)
amounts = st.integers(1, 10**9)
opens = st.lists(st.tuples(st.integers(0, 400), amounts), max_size=12).map(
    lambda rows: [Open(UUID(int=n), TODAY + timedelta(days=day), owed) for n, (day, owed) in enumerate(rows)]
)
ACTIONS = sorted({action for _, action in rules.STEPS})


@given(st.sampled_from(list(Status)), st.sampled_from(ACTIONS))
def test_a_step_is_in_the_table_or_refused(status: Status, action: str) -> None:
    if (status, action) in rules.STEPS:
        assert rules.step(status, action) is rules.STEPS[status, action]
    else:
        with pytest.raises(RuleBroken, match="possible: "):
            rules.step(status, action)


@given(st.sampled_from(list(Status)), amounts, st.integers(0, 10**9))
def test_paid_means_that_nothing_is_owed(status: Status, total: int, paid: int) -> None:
    after = rules.standing(status, total, min(paid, total))
    if status in rules.CLAIMS:
        assert (after is Status.PAID) == (min(paid, total) == total)
    else:
        assert after is status


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("1", 12345, 12345), ("1.5", 33, 50), ("0.333", 100, 33), ("2.5", -33, -83), ("1.33", 185_000, 246_050)],
)
def test_a_line_is_rounded_once_half_away_from_zero(quantity: str, price: int, amount: int) -> None:
    assert rules.line_amount(Decimal(quantity), price) == amount


@given(st.decimals(Decimal("0.001"), Decimal("999999"), places=3), st.integers(-(10**9), 10**9))
def test_a_line_is_never_off_by_more_than_half_a_cent(quantity: Decimal, price: int) -> None:
    assert abs(Decimal(rules.line_amount(quantity, price)) - quantity * price) <= Decimal("0.5")


@pytest.mark.parametrize(("minutes", "hours"), [(60, "1.00"), (80, "1.33"), (50, "0.83"), (1, "0.02"), (99, "1.65")])
def test_block_hours_are_billed_in_hundredths(minutes: int, hours: str) -> None:
    assert rules.block_hours(minutes * 60) == Decimal(hours)


@given(amounts, opens)
def test_a_payment_is_spread_without_loss(amount: int, invoices: list[Open]) -> None:
    """Nothing is given twice, nothing beyond what is owed, and nothing is kept back while something is owed."""
    parts = rules.spread(amount, invoices)
    owed = {one.id: one.balance for one in invoices}
    credit = rules.check_parts(amount, parts, owed, "EUR")
    assert credit == max(0, amount - sum(owed.values()))
    dues = {one.id: one.due_on for one in invoices}
    taken = {part.invoice_id: part.amount for part in parts}
    for early in invoices:
        for late in invoices:
            if dues[early.id] < dues[late.id] and late.id in taken:
                assert taken[early.id] == owed[early.id]


@pytest.mark.parametrize(
    ("amount", "parts", "field", "says"),
    [
        (100, [Part(UUID(int=1), 101)], "invoices[0]", "more than the 1.00 EUR owed"),
        (100, [Part(UUID(int=1), 60), Part(UUID(int=2), 60)], "invoices", "more than the payment"),
        (100, [Part(UUID(int=1), 0)], "invoices[0]", "pays nothing"),
        (100, [Part(UUID(int=2), 10), Part(UUID(int=1), -1)], "invoices[1]", "pays nothing"),
        (100, [Part(UUID(int=1), 10), Part(UUID(int=1), 10)], "invoices", "given twice"),
    ],
)
def test_parts_that_do_not_fit(amount: int, parts: list[Part], field: str, says: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_parts(amount, parts, {UUID(int=1): 100, UUID(int=2): 100}, "EUR")
    assert refused.value.field == field
    assert says in str(refused.value)


def test_what_is_too_much_is_kept_only_when_asked_for() -> None:
    rules.check_credit(0, False, "EUR")
    rules.check_credit(5, True, "EUR")
    with pytest.raises(RuleBroken, match=r"0\.05 EUR more"):
        rules.check_credit(5, False, "EUR")


def test_numbers_follow_dates() -> None:
    rules.check_issue_date(TODAY, TODAY, TODAY)
    rules.check_issue_date(TODAY - timedelta(days=3), TODAY, None)
    with pytest.raises(RuleBroken, match="in the future"):
        rules.check_issue_date(TODAY + timedelta(days=1), TODAY, None)
    with pytest.raises(RuleBroken, match="numbers would not follow"):
        rules.check_issue_date(TODAY - timedelta(days=1), TODAY, TODAY)


@pytest.mark.parametrize("amounts_", [[], [100, -100], [50, -60], [rules.LARGEST, 1]])
def test_what_asks_for_nothing_is_no_invoice(amounts_: list[int]) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_issue(amounts_, "EUR")
    assert refused.value.field == "lines"


def test_overdue_is_the_day_after() -> None:
    assert not rules.is_overdue(Status.ISSUED, TODAY, TODAY)
    assert rules.is_overdue(Status.ISSUED, TODAY - timedelta(days=1), TODAY)
    assert not rules.is_overdue(Status.PAID, TODAY - timedelta(days=1), TODAY)
    assert rules.due_on(date(2026, 2, 20), 14) == date(2026, 3, 6)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0001", "1000000", "NaN", "Infinity"])
def test_quantities_that_cannot_be(quantity: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.checked_quantity(Decimal(quantity))
    assert refused.value.field == "quantity"


@pytest.mark.parametrize("key", ["", "Fuel", "a b", "_a", "a__b", "x" * 41, "fuel\n"])
def test_keys_are_plain_words(key: str) -> None:
    if key == "fuel\n":
        assert rules.checked_key(key) == "fuel"
        return
    with pytest.raises(RuleBroken, match="is not a key"):
        rules.checked_key(key)
