"""`Company`: the books of one QuickBooks company, which a test or a demo can make things happen in."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from threading import RLock
from typing import Any

from hangarlink.sandbox.quickbooks import posting
from hangarlink.sandbox.quickbooks.refusals import Refusal, bad_reference, missing, not_found, stale
from hangarlink.sandbox.quickbooks.shapes import BY_PATH, KINDS, checked, require

Clock = Callable[[], datetime]
Fields = dict[str, Any]
PACIFIC = timezone(timedelta(hours=-8))
"""QuickBooks writes moments with the company's offset; a reader that takes them for UTC is eight hours wrong."""
REPLAYS_KEPT = 10_000


@dataclass(frozen=True)
class Change:
    """One thing that happened to the books, for CDC and webhooks. verb: created, updated, deleted, voided."""

    at: datetime
    entity: str
    id: str
    verb: str


def utc_now() -> datetime:
    return datetime.now(UTC)


class Company:
    """realm_id is what QuickBooks calls the company. With `now` the clock stands still until `advance`.

    tax_rate     per cent that automated sales tax puts on taxable lines; 0 switches it off
    multicurrency  whether documents may be in another currency than the home one
    """

    def __init__(
        self,
        realm_id: str = "9341453000000001",
        name: str = "Skyline Air Charter",
        *,
        now: datetime | None = None,
        currency: str = "USD",
        country: str = "US",
        tax_rate: Decimal = Decimal(0),
        multicurrency: bool = False,
        recipe: Callable[["Company"], None] | None = None,
    ) -> None:
        self.realm_id, self.name, self.currency, self.country = realm_id, name, currency, country
        self.tax_rate, self.multicurrency = tax_rate, multicurrency
        self.lock = RLock()
        self.listeners: list[Callable[[Change], None]] = []
        self._started_at = self._stands_at = now
        self._recipe = recipe
        self.reset()

    def reset(self) -> None:
        """The books as they were at the start."""
        with self.lock:
            self._stands_at = self._started_at
            self.books: dict[str, dict[str, Fields]] = {entity: {} for entity in KINDS}
            self.changes: list[Change] = []
            self.replays: dict[str, tuple[str, Fields]] = {}
            self.people: dict[tuple[str, str], str] = {}
            self.subscribed = True
            self._last_id = 0
            told, self.listeners = self.listeners, []
            if self._recipe:
                self._recipe(self)
            self.listeners = told

    # --- time ------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return (self._stands_at or utc_now()).replace(microsecond=0)

    def advance(self, **by: float) -> None:
        """Move a standing clock, e.g. `advance(hours=3)`."""
        if self._stands_at is None:
            raise ValueError("this company runs on the real clock")
        self._stands_at += timedelta(**by)

    def written(self, moment: datetime | None = None) -> str:
        return (moment or self.now()).astimezone(PACIFIC).isoformat(timespec="seconds")

    # --- reading ---------------------------------------------------------------------------------------------------

    def get(self, entity: str, id: str) -> Fields:
        found = self.books[entity].get(id)
        if found is None:
            raise not_found(entity, id)
        return found

    def find(self, entity: str, **fields: Any) -> Fields:
        """The one record with these values, for tests; LookupError when there is none."""
        for one in self.books[entity].values():
            if all(one.get(name) == value for name, value in fields.items()):
                return one
        raise LookupError(f"no {entity} with {fields}")

    def all(self, entity: str) -> Iterator[Fields]:
        yield from self.books[entity].values()

    # --- writing ---------------------------------------------------------------------------------------------------

    def save(self, entity: str, given: Mapping[str, Any], *, by: str = "API API") -> Fields:
        """Create, or update what has an Id. Raises Refusal."""
        with self.lock:
            return self._update(entity, given, by) if given.get("Id") else self._create(entity, given, by)

    def once(self, request_id: str, entity: str, act: Callable[[], Fields]) -> Fields:
        """Do it, or give the first answer again if this requestid was used before."""
        with self.lock:
            if request_id and request_id in self.replays:
                return copy.deepcopy(self.replays[request_id][1])
            answer = act()
            if request_id:
                self.replays[request_id] = (entity, copy.deepcopy(answer))
                while len(self.replays) > REPLAYS_KEPT:
                    self.replays.pop(next(iter(self.replays)))
            return answer

    def remove(self, entity: str, given: Mapping[str, Any]) -> Fields:
        """Delete a transaction for good. Raises Refusal; lists can only be made inactive."""
        with self.lock:
            record = self._current(entity, given)
            if not KINDS[entity].transaction:
                raise Refusal("500", "Unsupported Operation", f"Operation delete is not supported for {entity}.")
            posting.unpost(self, entity, record)
            del self.books[entity][record["Id"]]
            self._happened(entity, record["Id"], "deleted")
            return {"Id": record["Id"], "status": "Deleted", "domain": "QBO"}

    def void(self, given: Mapping[str, Any], *, by: str = "API API") -> Fields:
        """An invoice that counts for nothing any more, but keeps its number."""
        with self.lock:
            record = self._current("Invoice", given)
            posting.unpost(self, "Invoice", record)
            for line in record["Line"]:
                line["Amount"] = Decimal(0)
                line.get("SalesItemLineDetail", {}).pop("Qty", None)
                line.get("SalesItemLineDetail", {}).pop("UnitPrice", None)
            record["PrivateNote"] = "Voided"
            posting.settle(self, "Invoice", record)
            self.touch("Invoice", record, by, "voided")
            return record

    def touch(self, entity: str, record: Fields, by: str, verb: str = "updated") -> None:
        """A new version of the record: SyncToken and time move on."""
        now = self.now()
        record["SyncToken"] = str(int(record["SyncToken"]) + 1)
        record["MetaData"]["LastUpdatedTime"] = self.written(now)
        self.people[entity, record["Id"]] = by
        self._happened(entity, record["Id"], verb)

    def _create(self, entity: str, given: Mapping[str, Any], by: str) -> Fields:
        fields = checked(entity, given)
        require(entity, fields)
        self._last_id += 1
        now = self.written()
        record = {
            **_defaults(entity),
            **{name: value for name, value in fields.items() if name != "sparse"},
            "domain": "QBO",
            "sparse": False,
            "Id": str(self._last_id),
            "SyncToken": "0",
            "MetaData": {"CreateTime": now, "LastUpdatedTime": now},
        }
        self._check(entity, record)
        self.books[entity][record["Id"]] = record
        self.people[entity, record["Id"]] = by
        posting.post(self, entity, record, by)
        self._happened(entity, record["Id"], "created")
        return record

    def _update(self, entity: str, given: Mapping[str, Any], by: str) -> Fields:
        current = self._current(entity, given)
        fields = checked(entity, given)
        kept = current if given.get("sparse") else _kept(entity, current)
        record = {**copy.deepcopy(kept), **{name: fields[name] for name in fields if name not in _FIXED}}
        require(entity, record)
        self._check(entity, record)
        posting.unpost(self, entity, current)
        self.books[entity][record["Id"]] = record
        posting.post(self, entity, record, by)
        self.touch(entity, record, by)
        return record

    def _current(self, entity: str, given: Mapping[str, Any]) -> Fields:
        record = self.get(entity, str(given.get("Id", "")))
        if "SyncToken" not in given:
            raise missing("SyncToken")
        if str(given["SyncToken"]) != record["SyncToken"]:
            raise stale(self.people.get((entity, record["Id"]), "Somebody"))
        return record

    def _check(self, entity: str, record: Fields) -> None:
        kind = KINDS[entity]
        for name, target in kind.references.items():
            if name in record:
                self.refer(name, target, record[name])
        if kind.unique:
            self._alone(entity, kind.unique, record)
        if kind.numbered and record.get("DocNumber"):
            self._unnumbered(entity, record)
        posting.settle(self, entity, record)

    def refer(self, name: str, target: str, ref: Mapping[str, Any]) -> Fields:
        """The record that a reference names; the name is filled in as QuickBooks does."""
        id = str(ref.get("value", ""))
        found = self.books[target].get(id)
        if found is None or found.get("Active") is False:
            raise bad_reference(name, id)
        if isinstance(ref, dict):
            ref["name"] = found.get("DisplayName") or found.get("FullyQualifiedName") or found.get("Name", "")
        return found

    def _alone(self, entity: str, unique: str, record: Fields) -> None:
        """DisplayName is shared by customers and vendors: one list of names for a company."""
        lists = ("Customer", "Vendor") if unique == "DisplayName" else (entity,)
        for one in (one for name in lists for one in self.all(name)):
            same = str(one.get(unique, "")).casefold() == str(record[unique]).casefold()
            if same and one.get("Active") is not False and one["Id"] != record["Id"]:
                detail = f"The name supplied already exists. : Id={one['Id']}"
                raise Refusal("6240", "Duplicate Name Exists Error", detail, element=unique)

    def _unnumbered(self, entity: str, record: Fields) -> None:
        for one in self.all(entity):
            if one.get("DocNumber") == record["DocNumber"] and one["Id"] != record["Id"]:
                raise Refusal(
                    "6140",
                    "Duplicate Document Number Error",
                    "Duplicate Document Number Error : You must specify a different number. This number has already "
                    f"been used. DocNumber={record['DocNumber']} is assigned to "
                    f"TxnType={entity} with TxnId={one['Id']}",
                    element="DocNumber",
                )

    def _happened(self, entity: str, id: str, verb: str) -> None:
        change = Change(self.now(), entity, id, verb)
        self.changes.append(change)
        for listener in self.listeners:
            listener(change)

    # --- what people do in QuickBooks ------------------------------------------------------------------------------

    def pay(
        self, invoice_id: str, amount: Decimal | str | None = None, *, reference: str = "", by: str = "Ada"
    ) -> Fields:
        """A bookkeeper receives a payment for an invoice, its whole balance unless an amount is named."""
        with self.lock:
            invoice = self.get("Invoice", invoice_id)
            paid = invoice["Balance"] if amount is None else Decimal(str(amount))
            part = {"Amount": paid, "LinkedTxn": [{"TxnId": invoice_id, "TxnType": "Invoice"}]}
            fields: Fields = {name: dict(invoice[name]) for name in ("CustomerRef", "CurrencyRef")}
            fields |= {"TotalAmt": paid, "Line": [part]}
            if reference:
                fields["PaymentRefNum"] = reference
            return self.save("Payment", fields, by=by)

    def edit(self, entity: str, id: str, *, by: str = "Ada Bookkeeper", **fields: Any) -> Fields:
        """A bookkeeper changes some fields of a record."""
        with self.lock:
            current = self.get(entity, id)
            return self.save(entity, {"Id": id, "SyncToken": current["SyncToken"], "sparse": True, **fields}, by=by)

    def delete(self, entity: str, id: str, *, by: str = "Ada Bookkeeper") -> Fields:
        """A bookkeeper deletes a transaction, or makes the member of a list inactive."""
        with self.lock:
            current = self.get(entity, id)
            if not KINDS[entity].transaction:
                return self.edit(entity, id, by=by, Active=False)
            return self.remove(entity, {"Id": id, "SyncToken": current["SyncToken"]})


_FIXED = {"Id", "SyncToken", "MetaData", "domain", "sparse"}
_LISTS = set(BY_PATH.values()) - {name for name, kind in KINDS.items() if kind.transaction}


def _defaults(entity: str) -> Fields:
    return {"Active": True} if entity in _LISTS else {}


def _kept(entity: str, current: Fields) -> Fields:
    """What a full update does not clear: identity, what is computed, and whether it is active."""
    keep = {*_FIXED, *KINDS[entity].computed, "Active"}
    return {name: value for name, value in current.items() if name in keep}
