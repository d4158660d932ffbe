"""Canonical records: what a partner's data looks like inside the hub, whoever the partner is.

Values are exact: whole seconds, whole counts, minor units of money, days, aware UTC moments. A record checks itself
when it is made and raises DataError with the field and the value, so a connector need not.
"""

from hangarlink.integration.contract.records.base import Dataset, Record, Ref
from hangarlink.integration.contract.records.billing import (
    Expense,
    ExpenseLine,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    LedgerAccount,
    Payment,
    PaymentPart,
)
from hangarlink.integration.contract.records.checking import LONGEST_ID, is_storable
from hangarlink.integration.contract.records.fleet import (
    Aircraft,
    AircraftLog,
    AircraftModel,
    LogKind,
    LogSlot,
    Measure,
)
from hangarlink.integration.contract.records.maintenance import (
    Defect,
    DefectStatus,
    DueItem,
    DueStatus,
    DueTerm,
    MaintenanceBooking,
    MaintenancePart,
    TermKind,
)
from hangarlink.integration.contract.records.messages import Message
from hangarlink.integration.contract.records.money import Money, decimals_of
from hangarlink.integration.contract.records.operations import Customer, Trip, TripLeg, TripStatus
from hangarlink.integration.contract.records.usage import CounterTotals, FlightTimes, LogAmount, by_source

__all__ = [
    "LONGEST_ID",
    "Aircraft",
    "AircraftLog",
    "AircraftModel",
    "CounterTotals",
    "Customer",
    "Dataset",
    "Defect",
    "DefectStatus",
    "DueItem",
    "DueStatus",
    "DueTerm",
    "Expense",
    "ExpenseLine",
    "FlightTimes",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "LedgerAccount",
    "LogAmount",
    "LogKind",
    "LogSlot",
    "MaintenanceBooking",
    "MaintenancePart",
    "Measure",
    "Message",
    "Money",
    "Payment",
    "PaymentPart",
    "Record",
    "Ref",
    "TermKind",
    "Trip",
    "TripLeg",
    "TripStatus",
    "by_source",
    "decimals_of",
    "is_storable",
]
