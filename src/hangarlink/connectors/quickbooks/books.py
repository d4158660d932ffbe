"""QuickBooks' API over the hub's line: one company, one minor version, its faults as the contract's errors."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import hangarlink.integration.contract as hub

MINOR_VERSION = "75"
# Changes are kept for thirty days; a day less leaves room for a slow run and two clocks.
CHANGES_KEPT = timedelta(days=29)
CHANGES_AT_MOST = 1_000
NUMBERS_AT_ONCE = 50
# How often a listing may begin anew because records moved under it.
RESTARTS = 3

Row = dict[str, Any]


class Taken(hub.DataError):
    """Another record has this number or name already: faults 6140, 6210, 6240."""

    code = "taken"


class Listing(NamedTuple):
    """A page of a listing. next_start, last: where the next one begins and which record it must begin with."""

    rows: list[Row]
    time: str
    next_start: int
    last: str
    is_last: bool


class Changes(NamedTuple):
    rows: list[Row]
    deleted: list[str]
    time: str


class Books:
    """The books of one company. Raises PartnerError everywhere."""

    def __init__(self, http: hub.Http, realm_id: str, *, page_size: int) -> None:
        self._http, self._root, self._page_size = http, f"/v3/company/{realm_id}", page_size

    def select(self, entity: str, rest: str = "") -> list[Row]:
        """At most a thousand records of an entity, e.g. where "Active in (true, false)"."""
        return _rows(self._query(entity, f"{rest} maxresults 1000"), entity)

    def one(self, entity: str, id: str) -> Row:
        return _object(self._call("GET", f"/{entity.lower()}/{id}"), entity)

    def only(self, entity: str) -> Row:
        """What a company has one of."""
        return _object({entity: next(iter(self.select(entity)), None)}, entity)

    def where(self, entity: str, field: str, values: Sequence[str]) -> dict[str, Row]:
        """Records by a field that is unique, for as many values as one likes; in a few calls."""
        found: dict[str, Row] = {}
        for start in range(0, len(values), NUMBERS_AT_ONCE):
            escaped = [re.sub(r"(['\\])", r"\\\1", value) for value in values[start : start + NUMBERS_AT_ONCE]]
            some = ", ".join(f"'{value}'" for value in escaped)
            found |= {str(row.get(field)): row for row in self.select(entity, f"where {field} in ({some})")}
        return found

    def listing(self, entity: str, where: str = "", *, start: int = 1, last: str = "") -> Iterator[Listing]:
        """Every record in pages that overlap by one: whatever appears or goes meanwhile, none is stepped over."""
        restarts = 0
        while True:
            page = self._query(entity, f"{where} orderby Id startposition {start} maxresults {self._page_size}")
            rows = _rows(page, entity)
            if last and (not rows or str(rows[0].get("Id")) != last):
                restarts += 1
                if restarts > RESTARTS:
                    raise hub.ServerTrouble("QuickBooks' records keep moving while they are listed. Try again later.")
                start, last = 1, ""
                continue
            fresh = rows[1:] if last else rows
            is_last = len(rows) < self._page_size
            start, last = start + len(rows) - 1, str(rows[-1].get("Id")) if rows else ""
            yield Listing(fresh, _text(page, "time"), start, last, is_last)
            if is_last:
                return

    def changes(self, entity: str, since: datetime) -> Changes | None:
        """What changed and what was deleted; None when the answer may not be whole, so that everything is listed."""
        if datetime.now(UTC) - since > CHANGES_KEPT:
            return None
        try:
            answer = self._call("GET", "/cdc", params={"entities": entity, "changedSince": since.isoformat()})
        except hub.DataError:
            # Not that far back, by QuickBooks' own clock.
            return None
        with suppress(LookupError, TypeError):
            answer = answer["CDCResponse"][0] | {"time": answer["time"]}
            answer["QueryResponse"] = answer["QueryResponse"][0]
        rows = _rows(answer, entity)
        if len(rows) >= CHANGES_AT_MOST:
            return None
        deleted = [str(row.get("Id")) for row in rows if row.get("status") == "Deleted"]
        return Changes([row for row in rows if row.get("status") != "Deleted"], deleted, _text(answer, "time"))

    def _query(self, entity: str, rest: str) -> Row:
        statement = f"select * from {entity} {rest}"  # noqa: S608 - not SQL
        return self._call("GET", "/query", params={"query": statement})

    def save(self, entity: str, body: Row, *, key: str, operation: str = "") -> Row:
        """Create or update. The same key never has a second effect."""
        params = {"requestid": key} | ({"operation": operation} if operation else {})
        return _object(self._call("POST", f"/{entity.lower()}", json=body, params=params), entity)

    def _call(self, method: str, path: str, *, json: object = None, params: Mapping[str, str] | None = None) -> Row:
        asked = {"minorversion": MINOR_VERSION, **(params or {})}
        headers = {"Accept": "application/json"}
        try:
            return self._http.call(method, self._root + path, read=_read, json=json, params=asked, headers=headers)
        except hub.PartnerError as error:
            raise _meant(error) from None


def _read(response: hub.Response) -> Row:
    """An answer, or the fault that came with status 200."""
    answer = response.json()
    if not isinstance(answer, dict):
        raise hub.Malformed("QuickBooks' answer is not a JSON object.")
    if fault := _fault(answer):
        if fault[0].startswith("1000"):
            raise hub.ServerTrouble("QuickBooks reports a failure on its side.", detail=fault[2])
        raise _by_code(fault)
    return answer


def _meant(error: hub.PartnerError) -> hub.PartnerError:
    """The same failure in QuickBooks' own words, where its answer has any."""
    with suppress(ValueError, TypeError, RecursionError):
        answer = json.loads(error.answer) if error.answer else None
        fault = _fault(answer) if isinstance(answer, dict) else None
        # Anything else than bad data keeps its class: it is what decides whether the call is repeated.
        if fault and (isinstance(error, hub.DataError) or fault[0] == "6190"):
            return _by_code(fault)
    return error


def _by_code(fault: tuple[str, str, str]) -> hub.PartnerError:
    code, told = fault[0], ": ".join(fault)
    if code == "5010":
        return hub.StaleVersion("The record was changed in QuickBooks meanwhile.", detail=told)
    if code in {"6140", "6210", "6240"}:
        return Taken(f"QuickBooks has it already: {fault[2][:300]}", detail=told)
    if code == "6190":
        return hub.NotReady("The QuickBooks company has no active subscription.", detail=told)
    if code == "610":
        return hub.DataError("QuickBooks does not have this record any more, or it is inactive.", detail=told)
    return hub.DataError(f"QuickBooks refuses it: {fault[2][:300]} (fault {code})", detail=told)


def _fault(answer: Row) -> tuple[str, str, str] | None:
    """(code, message, detail) of the first error of a Fault."""
    fault = answer.get("Fault")
    errors = fault.get("Error") if isinstance(fault, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return None
    return str(first.get("code", "")), str(first.get("Message", "")), str(first.get("Detail") or "")


def _rows(answer: Row, entity: str) -> list[Row]:
    held = answer.get("QueryResponse")
    if not isinstance(held, dict):
        raise hub.Malformed("QuickBooks' answer holds no records, not even none.")
    rows = held.get(entity, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise hub.Malformed("QuickBooks' answer holds something else than records.")
    return rows


def _object(answer: Row, entity: str) -> Row:
    if isinstance(found := answer.get(entity), dict) and found.get("Id"):
        return found
    raise hub.Malformed(f"QuickBooks' answer holds no {entity}.")


def _text(answer: Row, name: str) -> str:
    text = answer.get(name)
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC).isoformat()
    except ValueError:
        raise hub.Malformed(f"QuickBooks' answer has no readable {name}.") from None
