"""`hangarlink bench sync-engine`: a two-sided sync of 20,000 customers, a tenth new, a twentieth changed.

Both sides had 18,000 customers in common. Since then each side got 1,000 new ones and changed 500. A sync makes both
sides the same again.

Ours is the whole engine: a pull that lists everything the partner has (19,000 records) and a push of what the partner
has not seen. Records are made from the partner's rows, checked, held against the links; what is new or changed is
written through the room's own verbs with audit rows, events, links, attempts, counts and checkpoints, in PostgreSQL
with all indexes, references and row-level security. Only the network is replaced: the partner is a dictionary.

diffsync, the library of this trade, gets the same customers of both sides as its models, compares them and syncs both
ways, as its documentation shows: everything in memory, nothing stored, its log switched off. It has no memory of what
both sides had in common, so it cannot tell who changed what: first theirs to ours, then ours to theirs.

vs_diffsync  its time, loading its models included, over ours
"""

import logging
import time
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from diffsync import Adapter, DiffSyncModel

from hangarlink.integration.connections.catalogue import connectors
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.pace import RealPace
from hangarlink.integration.contract import (
    ApiKey,
    Area,
    Category,
    Change,
    Connector,
    Cursor,
    Customer,
    Dataset,
    Directions,
    Identity,
    Manifest,
    Page,
    Pushed,
    pulls,
    pushes,
)
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.operations.customers.importing import Told, import_customers
from hangarlink.operations.customers.models import Customer as Row
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

ACCOUNT = "syncengine"
PAGE = 1_000
FIELDS = ("name", "company", "email", "phone", "street", "city", "postal_code", "country")
Books = dict[str, dict[str, Any]]


def run(customers: int = 20_000) -> dict[str, Any]:
    """Measure on the installation that Django is loaded for. Leaves the account `syncengine` behind."""
    common, new, changed = customers * 9 // 10, customers // 20, customers // 40
    bench = Bench(common)
    bench.sync(Direction.IN, created=common)
    bench.change_both(new, changed)
    # As both sides stand before the sync: diffsync begins with the same.
    theirs, ours = bench.theirs(), bench.ours()
    began = time.perf_counter()
    pulled = bench.sync(Direction.IN, full=True, created=new, updated=changed, unchanged=common - changed)
    pushed = bench.sync(Direction.OUT, created=new, updated=changed)
    elapsed = time.perf_counter() - began
    again = bench.sync(Direction.IN, full=True, unchanged=common + 2 * new) + bench.sync(Direction.OUT)
    if bench.theirs() != bench.ours() or len(bench.books) != common + 2 * new:
        raise AssertionError("the two sides are not the same")
    peer = diffsync_seconds(theirs, ours, common + 2 * new)
    return {
        "vs_diffsync": round(peer / elapsed, 2),
        "unchanged_vs_diffsync": round(peer / again, 2),
        "customers": customers,
        "seconds": round(elapsed, 2),
        "seconds_pull": round(pulled, 2),
        "seconds_push": round(pushed, 2),
        "seconds_unchanged": round(again, 2),
        "diffsync_seconds": round(peer, 2),
        "records_per_second": round((2 * common + 2 * new) / elapsed),
    }


def person(n: int, side: str = "") -> dict[str, Any]:
    return {
        "name": f"Customer {side}{n}",
        "company": f"Company {n % 700}",
        "email": f"customer{side}{n}@example.com",
        "phone": f"+45 {n:08d}",
        "street": f"Street {n % 300}",
        "city": f"City {n % 90}",
        "postal_code": f"{n % 9_000 + 1_000}",
        "country": "DK",
    }


class Ledger(Connector):
    """A partner that is a dictionary: id -> row, with versions that count up."""

    manifest = Manifest(
        key="benchledger",
        name="Ledger",
        category=Category.ACCOUNTING,
        area=Area.OPS,
        auth=ApiKey(),
        base_url="https://ledger.example.com",
        datasets={Dataset.CUSTOMERS: Directions.BOTH},
    )
    books: Books = {}

    def prove(self) -> Identity:
        return Identity("ledger", "Ledger")

    @pulls(Dataset.CUSTOMERS)
    def customers(self, cursor: Cursor) -> Iterator[Page[Customer]]:
        rows = list(self.books.items())
        for start in range(0, len(rows), PAGE):
            told = [
                Customer(name, version=str(row["version"]), **{field: row[field] for field in FIELDS})
                for name, row in rows[start : start + PAGE]
            ]
            is_last = start + PAGE >= len(rows)
            yield Page(told, cursor.moved(after=None if is_last else start), complete=is_last, total=len(rows))

    @pushes(Dataset.CUSTOMERS)
    def send(self, changes: Sequence[Change[Customer]]) -> Iterator[Pushed]:
        for change in changes:
            record = change.record
            name = record.external_id or f"L{len(self.books) + 1}"
            row = self.books.setdefault(name, {"version": 0})
            row |= {field: getattr(record, field) for field in FIELDS}
            row["version"] += 1
            yield Pushed(change.key, name, str(row["version"]))


class NoLine:
    """There is no network: what the connector would call through is never called."""

    def __call__(self, *_given: Any, **_more: Any) -> "NoLine":
        return self

    def __enter__(self) -> "NoLine":
        return self

    def __exit__(self, *_error: object) -> None:
        return None


class Bench:
    """An account connected to the dictionary, which has so many customers."""

    def __init__(self, common: int) -> None:
        connectors()[Ledger.manifest.key] = Ledger
        self.books: Books = {f"L{n + 1}": {"version": 1, **person(n)} for n in range(common)}
        Ledger.books = self.books
        self.account = Account.objects.create(subdomain=ACCOUNT, name="Benchmark")
        with acting_in(self.account):
            self.connection = Connection.objects.create(
                account=self.account,
                connector=Ledger.manifest.key,
                name="Ledger",
                base_url=Ledger.manifest.base_url,
                identity_key="ledger",
                identity_name="Ledger",
            )
            for way in Direction:
                Stream.objects.create(
                    account=self.account,
                    connection=self.connection,
                    flow=Flow.CUSTOMERS,
                    direction=way,
                    is_enabled=True,
                )

    def change_both(self, new: int, changed: int) -> None:
        """New ones on both sides, and changes of different records."""
        count = len(self.books)
        for n in range(new):
            self.books[f"L{count + n + 1}"] = {"version": 1, **person(n, "there")}
        for name in list(self.books)[:changed]:
            self.books[name] |= {"phone": "+45 11111111", "version": self.books[name]["version"] + 1}
        with acting_in(self.account):
            rows = Row.objects.order_by("-number")[:changed]
            mine = [Told(row.id, {"phone": "+45 22222222"}) for row in rows]
            mine += [Told(None, person(n, "here")) for n in range(new)]  # type: ignore[arg-type] - names of a customer
            import_customers(mine, acting_user=SYSTEM)

    def sync(self, direction: Direction, *, full: bool = False, **expected: int) -> float:
        """One run through the engine, in seconds; checks that it did what was expected."""
        with acting_in(self.account):
            wanted = request_run(
                self.connection, Flow.CUSTOMERS, direction=direction, full=full, skip_plan=True, acting_user=SYSTEM
            )
        began = time.perf_counter()
        drain(self.account, self.connection.id, Means(RealPace(), dial=NoLine()))
        elapsed = time.perf_counter() - began
        with acting_in(self.account):
            done = SyncRun.objects.get(pk=wanted.pk)
            counts = {name: count for name, count in done.counts.items() if count and name != "read"}
        if done.state != "succeeded" or counts != {name: count for name, count in expected.items() if count}:
            raise AssertionError(f"{direction}: {done.state} {counts}, not {expected}: {done.technical[-500:]}")
        return elapsed

    def theirs(self) -> list[tuple[Any, ...]]:
        return sorted(tuple(row[field] for field in FIELDS) for row in self.books.values())

    def ours(self) -> list[tuple[Any, ...]]:
        with acting_in(self.account):
            return sorted(Row.objects.values_list(*FIELDS))


class Model(DiffSyncModel):
    """A customer as diffsync models one: what names it, and what is compared."""

    _modelname = "customer"
    _identifiers = ("name",)
    _attributes = FIELDS[1:]
    name: str
    company: str
    email: str
    phone: str
    street: str
    city: str
    postal_code: str
    country: str


class Side(Adapter):
    customer = Model
    top_level = ["customer"]

    def load(self, rows: Sequence[tuple[Any, ...]]) -> "Side":
        for row in rows:
            self.add(Model(**dict(zip(FIELDS, row, strict=True))))
        return self


def diffsync_seconds(theirs: Sequence[tuple[Any, ...]], ours: Sequence[tuple[Any, ...]], expected: int) -> float:
    """Load both sides, then theirs to ours and ours to theirs."""
    from diffsync.enum import DiffSyncFlags

    before = structlog.get_config()
    logging.getLogger("diffsync").setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.perf_counter()
    there, here = Side("there").load(theirs), Side("here").load(ours)
    here.sync_from(there, flags=DiffSyncFlags.SKIP_UNMATCHED_DST)
    there.sync_from(here, flags=DiffSyncFlags.SKIP_UNMATCHED_DST)
    elapsed = time.perf_counter() - began
    structlog.configure(**before)
    if not len(there.get_all("customer")) == len(here.get_all("customer")) == expected:
        raise AssertionError("diffsync's two sides are not the same")
    return elapsed
