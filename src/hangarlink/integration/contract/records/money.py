"""Amounts of money: whole minor units of one currency, never a float."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from hangarlink.integration.contract.errors import DataError
from hangarlink.integration.contract.records.checking import check_whole

# Decimals of currencies that do not have two. Source: ISO 4217, list one.
_DECIMALS = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


def decimals_of(currency: str) -> int:
    """How many decimals a currency has: 2 for most, 0 for JPY, 3 for KWD."""
    return _DECIMALS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """minor: cents, öre, yen; may be below zero. currency: three capital letters, as in ISO 4217."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        check_whole(None, minor=self.minor)
        if len(self.currency) != 3 or not (self.currency.isascii() and self.currency.isupper()):
            raise DataError(f"{self.currency[:20]!r} is not a currency: three capital letters, such as EUR.")

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> "Money":
        """From an amount in major units: Money.of("12.34", "EUR"). Raises DataError for more decimals than it has."""
        if isinstance(amount, float):
            raise DataError(f"The amount {amount!r} is a float: read it as a decimal or as text.")
        try:
            minor = Decimal(amount).scaleb(decimals_of(currency))
        except (InvalidOperation, TypeError, ValueError):
            raise DataError(f"The amount {str(amount)[:40]!r} is not a number.") from None
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise DataError(f"The amount {amount} {currency} has more than {decimals_of(currency)} decimals.")
        return cls(int(minor), currency)

    @property
    def amount(self) -> Decimal:
        """In major units, with the currency's decimals: Decimal("12.30")."""
        return Decimal(self.minor).scaleb(-decimals_of(self.currency))

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise DataError(f"{self} and {other} are amounts of two currencies.")


def check_currency(currency: str, **amounts: Money | None) -> None:
    """Amounts by field name: all in this currency."""
    Money(0, currency)
    for name, amount in amounts.items():
        if amount is not None and amount.currency != currency:
            raise DataError(f"{name} is {amount}, where everything else is in {currency}.")
