"""Money: whole minor units and an ISO 4217 currency. Exact: no float ever touches it. Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from hangarlink.platform.errors import RuleBroken

# ISO 4217, active codes of places and the decimals of those that do not have two.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF
XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
# Far beyond any invoice, far within 64 bits.
LARGEST = 10**14


@dataclass(frozen=True, slots=True)
class Money:
    """An amount. `str` shows it for people: "1,234.50 EUR"."""

    minor: int
    currency: str

    def decimal(self) -> Decimal:
        """1234.50, with the currency's own number of decimals."""
        return Decimal(self.minor).scaleb(-decimals_of(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal():,f} {self.currency}"


def decimals_of(currency: str) -> int:
    """How many decimals the currency is written with."""
    return _DECIMALS.get(currency, 2)


def checked_currency(code: str, *, field: str = "currency") -> str:
    """The code in capitals. Raises RuleBroken for one that is no ISO 4217 currency."""
    found = code.strip().upper()
    if found not in CURRENCIES:
        raise RuleBroken(f"{code!r:.20} is not a currency. Use its ISO 4217 code, such as EUR or USD.", field=field)
    return found


def parse_money(value: str | int | Decimal, currency: str, *, field: str = "amount") -> int:
    """Minor units of what somebody wrote: "1234.50", "1234,50", "1 234.5", 1234. Raises RuleBroken; never rounds."""
    text = "".join(str(value).split()).replace("’", "")
    if "." not in text:
        text = text.replace(",", ".", 1)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "e" in text.lower() or "_" in text:
        raise RuleBroken(f"{str(value)!r:.40} is not an amount. Write it like 1234.50.", field=field)
    places = decimals_of(currency)
    minor = number.scaleb(places)
    if minor != minor.to_integral_value():
        raise RuleBroken(f"{value} has more decimals than {currency} has ({places}).", field=field)
    return checked_minor(int(minor), currency, field=field)


def checked_minor(minor: int, currency: str, *, field: str = "amount") -> int:
    """The amount, when it is not beyond what can be kept."""
    if abs(minor) > LARGEST:
        most = Money(LARGEST, currency)
        raise RuleBroken(f"{minor} minor units of {currency} are too many; at most {most} can be kept.", field=field)
    return minor


def times(minor: int, quantity: Decimal) -> int:
    """A price times a quantity, to the nearest minor unit, halves away from zero: as an invoice adds up on paper."""
    return int((minor * quantity).quantize(Decimal(1), rounding=ROUND_HALF_UP))
