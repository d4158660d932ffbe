"""Our records as a partner's documents: totals and flights, as JSON, XML or CSV."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from hangarlink.connectors.tracker.profile import Flights, Format, Identity, Send, Totals
from hangarlink.connectors.tracker.values import written_moment, written_time
from hangarlink.integration.contract import (
    Aircraft,
    AircraftLog,
    Change,
    CounterTotals,
    DataError,
    FlightTimes,
    LogAmount,
    LogKind,
)

Value = str | int | Decimal | None
Row = dict[str, Any]
CONTENT_TYPES = {
    Format.JSON: "application/json; charset=utf-8",
    Format.XML: "application/xml; charset=utf-8",
    Format.CSV: "text/csv; charset=utf-8",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def totals_row(change: Change[CounterTotals], how: Totals, identity: Identity) -> Row:
    """One aircraft's totals in the partner's names; a component without a counter is left out or, required, refused."""
    record = change.record
    if record.aircraft is None:
        raise DataError("The totals name no aircraft.")
    words: dict[str, Value] = {
        **_aircraft(record.aircraft, identity),
        "as_of": written_moment(record.as_of, how.values),
        "key": change.key,
    }
    components = []
    for component in how.components:
        log = _log(record.logs, component.hours)
        if log is None and component.is_required:
            raise DataError(
                f"{component.name}: {record.aircraft.registration} has no known total of "
                f"{' or '.join(kind.value for kind in component.hours)}. Set its opening balance."
            )
        if log is not None:
            said = {"name": component.name, "hours": written_time(log.total_seconds, how.values),
                    "cycles": record.total_cycles, "landings": record.total_landings}  # fmt: skip
            components.append({theirs: said[ours] for theirs, ours in how.component_fields.items()})
    return {**{theirs: words[ours] for theirs, ours in how.fields.items()}, how.component_list: components}


def flight_row(change: Change[FlightTimes], how: Flights, identity: Identity) -> Row:
    """One flight in the partner's names. Its id there is the change's key without the version: see `flight_id`."""
    record = change.record
    words: dict[str, Value] = {
        **_aircraft(record.aircraft, identity),
        "id": record.external_id or change.key,
        "started_at": written_moment(record.started_at, how.values),
        "ended_at": written_moment(record.ended_at, how.values),
        "departure": record.departure,
        "arrival": record.arrival,
        "landings": record.landings,
        "cycles": record.cycles,
    }
    times = {
        theirs: None if (log := _log(record.logs, kinds)) is None else written_time(log.seconds, how.values)
        for theirs, kinds in how.hours.items()
    }
    return {**{theirs: words[ours] for theirs, ours in how.fields.items()}, **times}


def document(rows: Sequence[Row], how: Send) -> bytes:
    """All rows as one document, for a file."""
    if how.format is Format.CSV:
        return _csv(rows, how)
    if how.format is Format.JSON:
        return _json({how.record: list(rows)}).encode()
    root = Element(how.root)
    for row in rows:
        _fill(SubElement(root, how.record), row, how)
    return _xml(root)


def single(row: Row, how: Send) -> bytes:
    """One row as a document of its own, for a request."""
    if how.format is Format.CSV:
        return _csv([row], how)
    if how.format is Format.JSON:
        return _json(row).encode()
    element = Element(how.record)
    _fill(element, row, how)
    return _xml(element)


def stamp(content: bytes) -> str:
    """Part of a file's name: the same for the same content, so that a repeated push replaces and never doubles."""
    return hashlib.sha256(content).hexdigest()[:16]


def _aircraft(aircraft: Aircraft, identity: Identity) -> dict[str, Value]:
    if identity is Identity.REGISTRATION_AND_SERIAL and not (aircraft.registration and aircraft.serial_number):
        name = aircraft.registration or aircraft.call_sign
        raise DataError(f"{name} has no serial number here; this profile identifies aircraft by both. Enter it.")
    if identity is Identity.REGISTRATION and not aircraft.registration:
        raise DataError("The aircraft has no registration.")
    if identity is Identity.PARTNER_ID and not aircraft.external_id:
        raise DataError(f"{aircraft.registration} is not linked to an aircraft of the partner yet. Link it first.")
    return {
        "registration": aircraft.registration,
        "serial_number": aircraft.serial_number,
        "call_sign": aircraft.call_sign,
        "aircraft_id": aircraft.external_id,
    }


def _log(logs: Sequence[Any], kinds: Sequence[LogKind]) -> Any:
    """The log of the first of these kinds that is there; of several of a kind, the first slot."""
    found: AircraftLog | LogAmount
    for kind in kinds:
        for found in sorted((log for log in logs if log.kind is kind), key=lambda log: log.slot):
            return found
    return None


def _json(value: Any) -> str:
    """JSON in which a decimal is written as it is: a float would make 4812.30 something else."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(name))}: {_json(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_json(one) for one in value) + "]"
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value)


def _fill(element: Element, row: Mapping[str, Any], how: Send) -> None:
    for name, value in row.items():
        if isinstance(value, list):
            outer = SubElement(element, name)
            for one in value:
                _fill(SubElement(outer, getattr(how, "component", "item")), one, how)
        elif value is not None:
            SubElement(element, name).text = _plain(value, how)


def _xml(root: Element) -> bytes:
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _csv(rows: Sequence[Row], how: Send) -> bytes:
    """A table; the components of totals are a line each, with the aircraft repeated."""
    flat = [line for row in rows for line in _flat(row)]
    heads = list(flat[0]) if flat else []
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter="," if how.csv.delimiter == "auto" else how.csv.delimiter, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_cell(line[head], how) for head in heads] for line in flat)
    if how.csv.trailer:
        writer.writerow([how.csv.trailer, len(flat)])
    try:
        return out.getvalue().encode(how.csv.encoding)
    except UnicodeEncodeError as error:
        raise DataError(f"{error.object[error.start]!r} cannot be written in {how.csv.encoding}.") from None


def _flat(row: Row) -> list[Row]:
    own = {name: value for name, value in row.items() if not isinstance(value, list)}
    nested = next((value for value in row.values() if isinstance(value, list)), None)
    return [own] if nested is None else [{**own, **one} for one in nested]


def _cell(value: Value, how: Send) -> str:
    """A text that a spreadsheet would take for a formula is quoted with an apostrophe; numbers are ours and stay."""
    plain = _plain(value, how)
    return f"'{plain}" if isinstance(value, str) and plain.startswith(_FORMULA_STARTS) else plain


def _plain(value: Value, how: Send) -> str:
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", how.values.decimal)
    return "" if value is None else "".join(sign for sign in str(value) if sign.isprintable())
