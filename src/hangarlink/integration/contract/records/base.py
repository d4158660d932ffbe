"""What all records have in common, and how they point at each other."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hangarlink.integration.contract.records.checking import check_id, check_moment, check_storable


class Dataset(StrEnum):
    """A kind of record with one canonical shape. The version is part of the contract's version."""

    AIRCRAFT = "aircraft"
    AIRCRAFT_MODELS = "aircraft_models"
    FLIGHT_TIMES = "flight_times"
    COUNTER_TOTALS = "counter_totals"
    DUE_ITEMS = "due_items"
    DEFECTS = "defects"
    TRIPS = "trips"
    CUSTOMERS = "customers"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    EXPENSES = "expenses"
    LEDGER_ACCOUNTS = "ledger_accounts"
    MESSAGES = "messages"
    MAINTENANCE_BOOKINGS = "maintenance_bookings"
    MAINTENANCE_PARTS = "maintenance_parts"


@dataclass(frozen=True, slots=True)
class Record:
    """Base of every record.

    external_id  the partner's own name of it; "" on its way to a partner that does not know it yet
    version      the partner's version of it (SyncToken, etag), "" where the partner has none
    changed_at   when it last changed at the partner, None where the partner does not say
    """

    external_id: str
    version: str = field(default="", kw_only=True)
    changed_at: datetime | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        check_id(self.external_id)
        if self.version:
            check_storable(self.version)
        if self.changed_at is not None:
            check_moment(changed_at=self.changed_at)

    def compared(self) -> "Record":
        """The record as two sides compare it: without what follows from other records, or only one side keeps."""
        return self


@dataclass(frozen=True, slots=True)
class Ref:
    """One record pointing at another. On a pull the connector fills external_id; on a push the hub has filled it from
    its links, and "" means that the partner does not know the other record yet.

    internal_id  ours, as text; connectors need not look at it
    label        for people: a name or number
    """

    external_id: str = ""
    internal_id: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        check_id(self.external_id)
        check_storable(self.internal_id, self.label)

    def __bool__(self) -> bool:
        """Whether it points at anything."""
        return bool(self.external_id or self.internal_id)
