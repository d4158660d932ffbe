"""`hangarlink bench sync-flights`: 50,000 flights, fetched already, through the whole pipeline into PostgreSQL.

Every flight has three logs and two landing rows, which makes five rows here: the flight, and what it adds to each of
four counters. Both sides begin with the same JSON pages in memory (100 flights each, as FlightLogger sends them) and
end with the same rows committed on the same server, one side after the other.

Ours is the whole engine, as a sync runs it: JSON -> canonical records -> validation -> matching -> mapping -> decision
(new, changed, unchanged) -> flights, usage entries, counter totals, audit rows, events, checkpoints. Only the network
is replaced: pages come from a list. The tables have all their indexes, references and row-level security.

dlt gets the pages through a resource that makes of them the rows that ours writes (all columns but derived ones, ids
that are the same every time), and merges them by primary key, as its documentation shows it, with its default settings.
It does not validate, look up or keep totals, and its tables have no more indexes than it makes itself.

vs_dlt            its time for the first load over ours
unchanged_vs_dlt  its time to merge the same flights again over ours to find that nothing changed and write nothing
vs_dlt_csv, unchanged_vs_dlt_csv
                  the same with its faster file format, which uses COPY and is not its default
vs_copy           time of COPY alone, of rows computed beforehand, into tables like ours without indexes, over ours
memory_growth_mb  resident memory after all pages less that after a fifth of them
"""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dlt
import psycopg

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.fleet.models import Counter
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.pace import RealPace
from hangarlink.integration.contract import Response
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault.actions import put

PAGE = 100
AIRCRAFT = 100
STRIDE = timedelta(hours=4)
ACCOUNT = "syncflights"
DATASET = "bench_dlt"
NOW = datetime.now(UTC)
COUNTERS = ("hobbs", "tach", "airborne", "landings")


def run(flights: int = 50_000) -> dict[str, Any]:
    """Measure on the installation that Django is loaded for. Leaves the account `syncflights` behind."""
    pages = list(pages_of(flights))
    hub = Hub(pages)
    first = hub.sync(created=flights)
    again = hub.sync(unchanged=flights, full=True)
    copied = copy(hub)
    plain = dlt_load(pages, hub, flights)
    csv = dlt_load(pages, hub, flights, loader_file_format="csv")
    return {
        "vs_dlt": round(plain[0] / first, 2),
        "unchanged_vs_dlt": round(plain[1] / again, 2),
        "vs_dlt_csv": round(csv[0] / first, 2),
        "unchanged_vs_dlt_csv": round(csv[1] / again, 2),
        "vs_copy": round(copied / first, 3),
        "memory_growth_mb": round(hub.memory_growth / 2**20, 1),
        "flights": flights,
        "seconds": round(first, 2),
        "seconds_unchanged": round(again, 2),
        "dlt_seconds": round(plain[0], 2),
        "dlt_seconds_unchanged": round(plain[1], 2),
        "copy_seconds": round(copied, 2),
        "flights_per_second": round(flights / first),
    }


# --- the flights -----------------------------------------------------------------------------------------------------


def pages_of(flights: int) -> Iterator[bytes]:
    """Answers of FlightLogger, byte for byte as they come."""
    first = datetime.now(UTC).replace(second=0, microsecond=0) - STRIDE * (flights // AIRCRAFT + 2)
    for start in range(0, flights, PAGE):
        nodes = [flight(n, first) for n in range(start, min(start + PAGE, flights))]
        more = start + PAGE < flights
        page = {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": str(start + PAGE)}}
        yield json.dumps({"data": {"flights": page}}).encode()


def flight(n: int, first: datetime) -> dict[str, Any]:
    lap, turn = divmod(n, AIRCRAFT)
    start, minutes = first + STRIDE * lap, 45 + n % 40
    end = start + timedelta(minutes=minutes)
    return {
        "id": str(1_000_000 + n),
        "offBlock": moment(start),
        "onBlock": moment(end),
        "aircraft": aircraft(turn) | {"disabled": False},
        "departureAirport": {"name": "EKRK"},
        "arrivalAirport": {"name": "EKOD" if lap % 2 else "EKRK"},
        "primaryLog": log("HOBBS", minutes * 60 + 360, start, None),
        "secondaryLog": log("TACH", minutes * 51, None, None),
        "tertiaryLog": log("AIRBORNE", minutes * 60 - 600, start + timedelta(minutes=6), end - timedelta(minutes=4)),
        "landings": [
            {"landingType": "TOUCH_AND_GO", "landingTypeCount": 1 + n % 7},
            {"landingType": "LANDING", "landingTypeCount": 1},
        ],
    }


def aircraft(turn: int) -> dict[str, Any]:
    return {"id": str(101 + turn), "callSign": f"SY-{turn:04d}", "model": "C172S", "aircraftClass": "SINGLE_ENGINE"}


def log(kind: str, seconds: int, start: datetime | None, end: datetime | None) -> dict[str, Any]:
    times = {"startsAt": start and moment(start), "endsAt": end and moment(end)}
    return {"type": kind, "durationSeconds": seconds, **times}


def moment(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


# --- ours ------------------------------------------------------------------------------------------------------------


class Replay:
    """The connector's Http, answering from the list of pages. A context manager, like the line it stands for."""

    def __init__(self, pages: list[bytes]) -> None:
        self.pages = pages

    def __call__(self, *_given: Any, **_more: Any) -> "Replay":
        return self

    def __enter__(self) -> "Replay":
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def call(self, _method: str, _path: str = "", *, read: Any, json: Any = None, **_more: Any) -> Any:

        query, after = json["query"], json["variables"].get("after")
        if "query Flights(" in query:
            return read(Response(200, self.pages[int(after or 0) // PAGE]))
        return read(Response(200, _empty("versions" if "versions(" in query else "aircraft")))


def _empty(field: str) -> bytes:
    return json.dumps({"data": {field: {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}}).encode()


class Hub:
    """An account with a hundred aircraft of four counters each, connected to the replay."""

    def __init__(self, pages: list[bytes]) -> None:

        self.replay = Replay(pages)
        self.memory: list[int] = []
        self.account = Account.objects.create(subdomain=ACCOUNT, name="Benchmark")
        with acting_in(self.account):
            self._add_fleet()
            self.connection = Connection.objects.create(
                account=self.account,
                connector="flightlogger",
                name="Replay",
                base_url="http://127.0.0.1:9/graphql",
                identity_key="replay",
                identity_name="Replay",
            )
            Stream.objects.create(
                account=self.account, connection=self.connection, flow="hours_cycles", is_enabled=True
            )
            put(self.connection, "api_key", Secret("not-a-real-key"), acting_user=SYSTEM)

    def _add_fleet(self) -> None:

        model = add_aircraft_model(name="C172S", acting_user=SYSTEM)
        long_ago = datetime.now(UTC) - timedelta(days=3650)
        for turn in range(AIRCRAFT):
            one = add_aircraft(registration=f"SY-{turn:04d}", aircraft_model=model, acting_user=SYSTEM)
            for kind in COUNTERS:
                counter = add_counter(one, kind=kind, acting_user=SYSTEM)
                set_opening(counter, total=3_600_000, at=long_ago, acting_user=SYSTEM)

    def sync(self, *, full: bool = False, **expected: int) -> float:
        """One sync through the engine, in seconds; checks that it did what was expected."""

        means = Means(RealPace(), dial=self.replay, watcher=lambda _: self.memory.append(resident()))
        with acting_in(self.account):
            wanted = request_run(self.connection, Flow.HOURS_CYCLES, acting_user=SYSTEM, full=full, skip_plan=True)
        began = time.perf_counter()
        drain(self.account, self.connection.id, means)
        seconds = time.perf_counter() - began
        with acting_in(self.account):
            wanted.refresh_from_db()
        counts = {name: count for name, count in wanted.counts.items() if count}
        if counts != {"read": sum(expected.values()), **expected}:
            raise RuntimeError(f"The sync did not do what was to be measured: {counts} {wanted.summary}")
        return seconds

    @property
    def memory_growth(self) -> int:
        return self.memory[-1] - self.memory[len(self.memory) // 5]


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# --- the references --------------------------------------------------------------------------------------------------


def copy(hub: Hub) -> float:
    """COPY of the very rows that ours wrote for the flights, into tables without indexes, in seconds."""

    tables = {"flight": "account_id = %s", "usage_entry": "account_id = %s AND kind = 'flight'"}
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        rows = {}
        for table, chosen in tables.items():
            connection.execute(f"CREATE TABLE bench_copy_{table} AS SELECT * FROM {table} WITH NO DATA")
            query = f"COPY (SELECT * FROM {table} WHERE {chosen.replace('%s', repr(str(hub.account.id)))}) TO STDOUT"
            with connection.cursor().copy(query) as out:
                rows[table] = [bytes(line) for line in out]
        connection.commit()
        began = time.perf_counter()
        for table, lines in rows.items():
            with connection.cursor().copy(f"COPY bench_copy_{table} FROM STDIN") as into:
                for line in lines:
                    into.write(line)
        connection.commit()
        seconds = time.perf_counter() - began
        for table in tables:
            connection.execute(f"DROP TABLE bench_copy_{table}")
    return seconds


class Rows:
    """The rows that ours writes, as a dlt resource makes them of a page."""

    def __init__(self, hub: Hub) -> None:
        with acting_in(hub.account):
            counters = Counter.objects.select_related("aircraft")
            self.counters = {(one.aircraft.registration, one.kind): str(one.id) for one in counters}
            self.aircraft = {one.aircraft.registration: str(one.aircraft_id) for one in counters}
        self.always = {"account_id": str(hub.account.id), "source": "flightlogger:replay", "recorded_at": moment(NOW)}

    def flights(self, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "id": node["id"],
                "aircraft_id": self.aircraft[node["aircraft"]["callSign"]],
                "external_id": node["id"],
                "started_at": node["offBlock"],
                "ended_at": node["onBlock"],
                "departure": node["departureAirport"]["name"],
                "arrival": node["arrivalAirport"]["name"],
                "decided_here": False,
                **self.always,
            }
            for node in nodes
        ]

    def usage(self, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "id": f"{node['id']}/{kind}",
                "counter_id": self.counters[node["aircraft"]["callSign"], kind],
                "kind": "flight",
                "at": node["onBlock"],
                "sequence": 0,
                "flight_id": node["id"],
                "amount": amount,
                **self.always,
            }
            for node in nodes
            for kind, amount in self._amounts(node)
        ]

    def _amounts(self, node: dict[str, Any]) -> Iterator[tuple[str, int]]:
        for slot in ("primaryLog", "secondaryLog", "tertiaryLog"):
            yield node[slot]["type"].lower(), node[slot]["durationSeconds"]
        yield "landings", sum(landing["landingTypeCount"] for landing in node["landings"])


def dlt_load(pages: list[bytes], hub: Hub, flights: int, **settings: Any) -> tuple[float, float]:
    """Seconds for dlt to merge the pages into empty tables, and to merge them again."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
    rows = Rows(hub)

    @dlt.source(name="replay")
    def source() -> Any:
        @dlt.resource(name="page", selected=False)
        def page() -> Iterator[list[dict[str, Any]]]:
            for one in pages:
                yield json.loads(one)["data"]["flights"]["nodes"]

        @dlt.transformer(name="flight", primary_key="id", write_disposition="merge")
        def flight_rows(nodes: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
            yield rows.flights(nodes)

        @dlt.transformer(name="usage_entry", primary_key="id", write_disposition="merge")
        def usage_rows(nodes: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
            yield rows.usage(nodes)

        return page | flight_rows, page | usage_rows

    owner = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    with tempfile.TemporaryDirectory() as directory, closing(owner) as connection:
        _drop(connection)
        pipeline = dlt.pipeline(
            pipeline_name="bench",
            pipelines_dir=directory,
            destination=dlt.destinations.postgres(credentials=_credentials(connection.info)),
            dataset_name=DATASET,
        )
        seconds = []
        for _ in range(2):
            began = time.perf_counter()
            pipeline.run(source(), **settings)
            seconds.append(time.perf_counter() - began)
        for table, count in (("flight", flights), ("usage_entry", flights * len(COUNTERS))):
            counted = connection.execute(f"SELECT count(*) FROM {DATASET}.{table}").fetchone()
            if counted != (count,):
                raise RuntimeError(f"dlt loaded {counted} rows into {table} instead of {count}.")
        _drop(connection)
    return seconds[0], seconds[1]


def _drop(connection: "psycopg.Connection[Any]") -> None:
    for schema in (DATASET, f"{DATASET}_staging"):
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def _credentials(info: Any) -> str:
    """For psycopg2, which dlt uses."""
    password = f":{quote(info.password, safe='')}" if info.password else ""
    user = f"{quote(info.user, safe='')}{password}"
    return f"postgresql://{user}@{quote(info.host or 'localhost', safe='')}:{info.port}/{quote(info.dbname)}"
