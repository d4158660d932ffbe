"""Money as people write it, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.contract.records import money as wire
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.money import CURRENCIES, LARGEST, Money, checked_currency, decimals_of, parse_money, times

currencies = st.sampled_from(sorted(CURRENCIES))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1234.50", "EUR", 123450), ("1234,5", "EUR", 123450), (" 1 234 ", "EUR", 123400), ("-3", "USD", -300),
     ("500", "JPY", 500), ("1.234", "KWD", 1234), (12, "EUR", 1200), (Decimal("0.10"), "EUR", 10)],
)  # fmt: skip
def test_read_exactly(text: str | int | Decimal, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == minor


@pytest.mark.parametrize(
    "text", ["", "1.234", "1,234.50", "1e3", "NaN", "inf", "abc", "1_000", "--1", "0x10", "1.2.3", "9" * 40]
)
def test_never_guessed_and_never_rounded(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse_money(text, "EUR", field="price")
    assert refused.value.field == "price"


@given(st.integers(-LARGEST, LARGEST), currencies)
def test_written_and_read_again(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert parse_money(str(money.decimal()), currency) == minor
    assert parse_money(str(money).removesuffix(currency).replace(",", ""), currency) == minor


@given(currencies)
def test_the_connectors_count_decimals_as_we_do(currency: str) -> None:
    assert decimals_of(currency) == wire.decimals_of(currency)


@given(st.integers(-(10**9), 10**9), st.decimals(0, 1000, places=3))
def test_halves_go_away_from_zero(minor: int, quantity: Decimal) -> None:
    assert times(-minor, quantity) == -times(minor, quantity)


def test_currencies() -> None:
    assert checked_currency(" eur ") == "EUR"
    for code in ("", "EURO", "XXX", "€", "E\x00R"):
        with pytest.raises(RuleBroken, match="ISO 4217"):
            checked_currency(code)
