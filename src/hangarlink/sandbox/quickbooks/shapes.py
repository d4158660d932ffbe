"""The documented fields of what the sandbox keeps, and nothing else: a field that is not here is refused.

A shape maps a field to what it holds: a kind below, a nested shape, or a list with the shape of its members.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from hangarlink.sandbox.quickbooks.refusals import Refusal, invalid, missing, unknown_property

Shape = dict[str, Any]

TEXT: Final = "text"
MONEY: Final = "money"
NUMBER: Final = "number"
FLAG: Final = "flag"
DAY: Final = "day"

REF: Shape = {"value": TEXT, "name": TEXT, "type": TEXT}
ADDRESS: Shape = dict.fromkeys(
    ("Id", "Line1", "Line2", "Line3", "Line4", "Line5", "City", "Country"), TEXT
) | dict.fromkeys(("CountrySubDivisionCode", "PostalCode", "Lat", "Long", "Note"), TEXT)
EMAIL: Shape = {"Address": TEXT}
PHONE: Shape = {"FreeFormNumber": TEXT}
LINKED: Shape = {"TxnId": TEXT, "TxnType": TEXT, "TxnLineId": TEXT}
TAX: Shape = {"TxnTaxCodeRef": REF, "TotalTax": MONEY, "TaxLine": [{"Amount": MONEY, "DetailType": TEXT}]}
COMMON: Shape = {"Id": TEXT, "SyncToken": TEXT, "sparse": FLAG, "domain": TEXT, "MetaData": {"CreateTime": TEXT}}
COMMON["MetaData"]["LastUpdatedTime"] = TEXT

SALES_LINE: Shape = {
    "Id": TEXT,
    "LineNum": NUMBER,
    "Description": TEXT,
    "Amount": MONEY,
    "DetailType": TEXT,
    "SalesItemLineDetail": {
        "ItemRef": REF,
        "ItemAccountRef": REF,
        "Qty": NUMBER,
        "UnitPrice": NUMBER,
        "TaxCodeRef": REF,
        "ClassRef": REF,
        "ServiceDate": DAY,
    },
    "SubTotalLineDetail": {},
    "DescriptionLineDetail": {"ServiceDate": DAY},
}
EXPENSE_LINE: Shape = {
    "Id": TEXT,
    "LineNum": NUMBER,
    "Description": TEXT,
    "Amount": MONEY,
    "DetailType": TEXT,
    "AccountBasedExpenseLineDetail": {
        "AccountRef": REF,
        "BillableStatus": TEXT,
        "TaxCodeRef": REF,
        "ClassRef": REF,
        "CustomerRef": REF,
    },
}


@dataclass(frozen=True)
class Kind:
    """One entity of the API.

    required     what a create must bring
    computed     fields that QuickBooks works out: taken and ignored
    name         the field whose value is unique among the active ones
    numbered     whether DocNumber must be unique
    transaction  deleted for good, and may be in CDC as Deleted; lists are only made inactive
    references   field (dotted for nested) to the entity that it must name
    """

    name_in_path: str
    shape: Shape
    required: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    unique: str = ""
    numbered: bool = False
    transaction: bool = False
    writable: bool = True
    references: Mapping[str, str] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)


PERSON: Shape = {
    **dict.fromkeys(("Title", "GivenName", "MiddleName", "FamilyName", "Suffix", "DisplayName"), TEXT),
    **dict.fromkeys(("CompanyName", "PrintOnCheckName", "Notes", "FullyQualifiedName"), TEXT),
    "Active": FLAG,
    "PrimaryPhone": PHONE,
    "AlternatePhone": PHONE,
    "Mobile": PHONE,
    "PrimaryEmailAddr": EMAIL,
    "BillAddr": ADDRESS,
    "CurrencyRef": REF,
    "Balance": MONEY,
}
MONEY_DOCUMENT: Shape = {
    "DocNumber": TEXT,
    "TxnDate": DAY,
    "PrivateNote": TEXT,
    "CurrencyRef": REF,
    "ExchangeRate": NUMBER,
    "TotalAmt": MONEY,
    "DepartmentRef": REF,
}
NAMES = {"DisplayName": 500, "GivenName": 100, "FamilyName": 100, "CompanyName": 100}

KINDS: dict[str, Kind] = {
    "Account": Kind(
        "account",
        {
            **dict.fromkeys(("Name", "AcctNum", "AccountType", "AccountSubType", "Classification"), TEXT),
            **dict.fromkeys(("Description", "FullyQualifiedName"), TEXT),
            "Active": FLAG,
            "SubAccount": FLAG,
            "ParentRef": REF,
            "CurrencyRef": REF,
            "CurrentBalance": MONEY,
            "CurrentBalanceWithSubAccounts": MONEY,
        },
        required=("Name", "AccountType"),
        computed=("FullyQualifiedName", "CurrentBalance", "CurrentBalanceWithSubAccounts"),
        unique="Name",
        references={"ParentRef": "Account"},
    ),
    "Customer": Kind(
        "customer",
        PERSON | {"ShipAddr": ADDRESS, "Taxable": FLAG, "Job": FLAG, "ParentRef": REF, "WebAddr": {"URI": TEXT}},
        required=("DisplayName",),
        computed=("Balance", "FullyQualifiedName"),
        unique="DisplayName",
        references={"ParentRef": "Customer"},
        longest=NAMES,
    ),
    "Vendor": Kind(
        "vendor",
        PERSON | {"AcctNum": TEXT, "Vendor1099": FLAG, "WebAddr": {"URI": TEXT}},
        required=("DisplayName",),
        computed=("Balance",),
        unique="DisplayName",
        longest=NAMES,
    ),
    "Item": Kind(
        "item",
        {
            **dict.fromkeys(("Name", "Sku", "Description", "Type", "FullyQualifiedName"), TEXT),
            "Active": FLAG,
            "Taxable": FLAG,
            "UnitPrice": NUMBER,
            "IncomeAccountRef": REF,
            "ExpenseAccountRef": REF,
            "ParentRef": REF,
        },
        required=("Name", "Type", "IncomeAccountRef"),
        computed=("FullyQualifiedName",),
        unique="Name",
        references={"IncomeAccountRef": "Account", "ExpenseAccountRef": "Account"},
        longest={"Name": 100},
    ),
    "Invoice": Kind(
        "invoice",
        MONEY_DOCUMENT
        | {
            "CustomerRef": REF,
            "CustomerMemo": {"value": TEXT},
            "DueDate": DAY,
            "Balance": MONEY,
            "BillAddr": ADDRESS,
            "ShipAddr": ADDRESS,
            "BillEmail": EMAIL,
            "EmailStatus": TEXT,
            "PrintStatus": TEXT,
            "SalesTermRef": REF,
            "GlobalTaxCalculation": TEXT,
            "TxnTaxDetail": TAX,
            "LinkedTxn": [LINKED],
            "Line": [SALES_LINE],
        },
        required=("CustomerRef", "Line"),
        computed=("TotalAmt", "Balance", "LinkedTxn"),
        numbered=True,
        transaction=True,
        references={"CustomerRef": "Customer"},
        longest={"DocNumber": 21, "PrivateNote": 4000},
    ),
    "Payment": Kind(
        "payment",
        MONEY_DOCUMENT
        | {
            "CustomerRef": REF,
            "PaymentRefNum": TEXT,
            "PaymentMethodRef": REF,
            "DepositToAccountRef": REF,
            "UnappliedAmt": MONEY,
            "ProcessPayment": FLAG,
            "Line": [{"Amount": MONEY, "LinkedTxn": [LINKED]}],
        },
        required=("CustomerRef", "TotalAmt"),
        computed=("UnappliedAmt",),
        transaction=True,
        references={"CustomerRef": "Customer", "DepositToAccountRef": "Account"},
        longest={"PaymentRefNum": 21},
    ),
    "Purchase": Kind(
        "purchase",
        MONEY_DOCUMENT
        | {
            "AccountRef": REF,
            "PaymentType": TEXT,
            "EntityRef": REF,
            "Credit": FLAG,
            "GlobalTaxCalculation": TEXT,
            "TxnTaxDetail": TAX,
            "Line": [EXPENSE_LINE],
        },
        required=("AccountRef", "PaymentType", "Line"),
        computed=("TotalAmt",),
        transaction=True,
        references={"AccountRef": "Account"},
        longest={"DocNumber": 21, "PrivateNote": 4000},
    ),
}
BY_PATH = {kind.name_in_path: name for name, kind in KINDS.items()}


def checked(entity: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as QuickBooks keeps them. Raises Refusal for an unknown field, a wrong type or an overlong text."""
    kind = KINDS[entity]
    for name, longest in kind.longest.items():
        if len(str(given.get(name) or "")) > longest:
            raise Refusal(
                "2050",
                "String length specified does not match the supported length",
                f"Min:0 Max:{longest} supported. Supplied length:{len(str(given[name]))}",
                element=name,
            )
    read = _object(given, kind.shape | COMMON, "")
    return {name: value for name, value in read.items() if name not in kind.computed}


def require(entity: str, fields: Mapping[str, Any]) -> None:
    for name in KINDS[entity].required:
        if fields.get(name) in (None, "", [], {}):
            raise missing(name)


def _object(given: Any, shape: Shape, path: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise invalid(path, "an object is expected")
    read = {}
    for name, value in given.items():
        if name not in shape:
            raise unknown_property(f"{path}{name}")
        if value is not None:
            read[name] = _value(value, shape[name], f"{path}{name}")
    return read


def _value(value: Any, kind: Any, path: str) -> Any:
    if isinstance(kind, dict):
        return _object(value, kind, f"{path}.")
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise invalid(path, "a list is expected")
        return [_object(one, kind[0], f"{path}.") for one in value]
    if kind == FLAG:
        if not isinstance(value, bool):
            raise invalid(path, "true or false is expected")
        return value
    if kind in {MONEY, NUMBER}:
        return _amount(value, path, places=2 if kind == MONEY else 7)
    if kind == DAY:
        return _day(value, path)
    if not isinstance(value, str):
        raise invalid(path, "a string is expected")
    return value


def _amount(value: Any, path: str, *, places: int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise invalid(path, "a number is expected")
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) > 99_999_999_999 or amount != round(amount, places):
        raise invalid(path, f"at most 99999999999 with {places} decimals")
    return amount


def _day(value: Any, path: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise invalid(path, "a date as YYYY-MM-DD is expected") from None
