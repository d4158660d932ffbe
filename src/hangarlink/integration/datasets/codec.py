"""Canonical records as JSON and back, and the hash of what they say. For attempts, plans, reviews and links.

pydantic reads the records' own declarations; a record checks itself again when it is read back.
"""

import hashlib
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from hangarlink.integration.contract import (
    Aircraft,
    AircraftModel,
    CounterTotals,
    Customer,
    DataError,
    Dataset,
    Defect,
    DueItem,
    Expense,
    FlightTimes,
    Invoice,
    LedgerAccount,
    MaintenanceBooking,
    MaintenancePart,
    Message,
    Payment,
    Record,
    Ref,
    Trip,
)

RECORDS: dict[Dataset, type[Record]] = {
    Dataset.AIRCRAFT: Aircraft,
    Dataset.AIRCRAFT_MODELS: AircraftModel,
    Dataset.FLIGHT_TIMES: FlightTimes,
    Dataset.COUNTER_TOTALS: CounterTotals,
    Dataset.DUE_ITEMS: DueItem,
    Dataset.DEFECTS: Defect,
    Dataset.TRIPS: Trip,
    Dataset.CUSTOMERS: Customer,
    Dataset.INVOICES: Invoice,
    Dataset.PAYMENTS: Payment,
    Dataset.EXPENSES: Expense,
    Dataset.LEDGER_ACCOUNTS: LedgerAccount,
    Dataset.MESSAGES: Message,
    Dataset.MAINTENANCE_BOOKINGS: MaintenanceBooking,
    Dataset.MAINTENANCE_PARTS: MaintenancePart,
}
# Of a reference, only which of the partner's records it points at; of the record, what it says and not which it is.
_NAMES = frozenset({"external_id", "version", "changed_at"})
_OF_REF = frozenset({"internal_id", "label"})


def as_json(record: Record) -> dict[str, Any]:
    """Everything of a record, as JSON values."""
    found: dict[str, Any] = _adapter(cast(Hashable, type(record))).dump_python(record, mode="json")
    return found


def said(record: Record) -> dict[str, Any]:
    """What a record says, without whose and which version it is: for people and for comparing."""
    return {name: value for name, value in as_json(record).items() if name not in _NAMES}


def from_json(dataset: Dataset, values: Mapping[str, Any]) -> Any:
    """The record that `as_json` was given. Raises DataError for anything else."""
    try:
        return _adapter(cast(Hashable, RECORDS[dataset])).validate_python(dict(values))
    except ValidationError as error:
        raise DataError(f"This is no record of {dataset}: {error.error_count()} fields do not fit.") from None


def hash_of(record: Record) -> bytes:
    """16 bytes that are equal for records that say the same, whichever side they come from."""
    kind = cast(Hashable, type(record))
    told = _adapter(kind).dump_json(record.compared(), exclude=_left_out(kind))
    return hashlib.blake2b(told, digest_size=16).digest()


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Old and new values of the fields that differ."""
    names = [name for name in new if old.get(name) != new[name]]
    return {name: old.get(name) for name in names}, {name: new[name] for name in names}


def refs_of(value: Any) -> list[Ref]:
    """Every reference in a record, however deep."""
    if isinstance(value, Ref):
        return [value]
    if isinstance(value, tuple):
        return [ref for one in value for ref in refs_of(one)]
    if is_dataclass(value) and not isinstance(value, type):
        return [ref for field in fields(value) for ref in refs_of(getattr(value, field.name))]
    return []


def with_refs(value: Any, known: Mapping[str, str]) -> Any:
    """The same record, each reference with the partner's id of our record, by our id; "" where there is none."""
    if isinstance(value, Ref):
        return replace(value, external_id=known.get(value.internal_id, "")) if value.internal_id else value
    if isinstance(value, tuple) and refs_of(value):
        return tuple(with_refs(one, known) for one in value)
    if is_dataclass(value) and not isinstance(value, type) and refs_of(value):
        return replace(value, **{field.name: with_refs(getattr(value, field.name), known) for field in fields(value)})
    return value


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(type, kind))


@cache
def _left_out(kind: Hashable) -> Any:
    """For pydantic's `exclude`: names and versions of the record, and of its references all but the partner's id."""
    return dict.fromkeys(_NAMES, True) | _refs_below(cast(type, kind))


def _refs_below(kind: type) -> dict[str, Any]:
    """Where a record holds references: {"customer": {...}, "lines": {"__all__": {...}}}."""
    found: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        many = get_origin(hint) is tuple
        inner = next((one for one in get_args(hint) if isinstance(one, type)), hint) if get_args(hint) else hint
        below: Any = set(_OF_REF) if inner is Ref else _refs_below(inner) if is_dataclass(inner) else None
        if below:
            found[name] = {"__all__": below} if many else below
    return found
