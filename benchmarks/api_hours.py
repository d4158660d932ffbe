"""`hangarlink bench api-hours`: POST hours_cycles through the real server, beside a bare endpoint in the same process.

Both check the same token and write the same rows; the bare one (`api_bare`) does so with plain INSERTs and nothing
else, in the same server process, behind the same middleware.
The two take turns in short rounds, in an order that changes, so that whatever else the machine does hits both.

    of_bare         requests per second of the API over those of the bare endpoint: median of the rounds
    api_per_second, bare_per_second   medians, for orientation only
    sent, recorded  flights sent (each of them twice in the first part) and flights found afterwards
    lost, doubled   flights without their row; flights with more than one row or counted more than once
"""

import asyncio
import json
import os
import pickle
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

CLIENTS = 32
AIRCRAFT = 64
OPENED = datetime(2024, 1, 1, tzinfo=UTC)
AMOUNTS = {"Hobbs": 5040, "Tach": 4320, "Airborne": 3600, "Landings": 3}
HOST = "demo.localhost"


def run(*, rounds: int = 9, per_round: int = 640, repeated: int = 640) -> dict[str, Any]:
    """Measure on the installation that Django is loaded for. Leaves the account `demo` with its flights behind."""
    fleet, token = _prepare()
    with tempfile.TemporaryDirectory() as directory:
        sample = Path(directory) / "sample"
        with _server(sample) as port:
            client = Client(port, token)
            client.send([_request("/api/v1/aircraft/C000/hours_cycles", 0, "SAMPLE", token)])
            _keep_sample(sample, "SAMPLE")
            sent = {"SAMPLE"} | _send_twice(client, repeated, token)
            api, bare = _take_turns(client, rounds, per_round, token, sent)
    ratios = [ours / theirs for ours, theirs in zip(api, bare, strict=True)]
    return {
        "of_bare": round(statistics.median(ratios), 3),
        "api_per_second": round(statistics.median(api)),
        "bare_per_second": round(statistics.median(bare)),
        "clients": CLIENTS,
        **_found(fleet, sent),
    }


def _prepare() -> tuple[list[Any], str]:
    """An account with a fleet, and a token for it."""
    from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
    from hangarlink.platform.applications import credentials
    from hangarlink.platform.applications.actions import create_application
    from hangarlink.platform.applications.models import AccessToken
    from hangarlink.platform.people.permissions import SYSTEM
    from hangarlink.platform.tenancy.context import acting_in
    from hangarlink.platform.tenancy.models import Account

    account, _ = Account.objects.get_or_create(subdomain="demo", defaults={"name": "Benchmark"})
    with acting_in(account):
        model = add_aircraft_model(name="C172S benchmark", acting_user=SYSTEM)
        fleet = []
        for number in range(AIRCRAFT):
            name = f"C{number:03d}"
            aircraft = add_aircraft(registration=f"OY-{name}", call_sign=name, aircraft_model=model, acting_user=SYSTEM)
            for kind in ("hobbs", "tach", "airborne", "landings"):
                set_opening(
                    add_counter(aircraft, kind=kind, acting_user=SYSTEM), total=1000, at=OPENED, acting_user=SYSTEM
                )
            fleet.append(aircraft)
        made = create_application(name="Benchmark", scopes=["hours_cycles_write"], acting_user=SYSTEM).application
        token = credentials.new_token(object())
        AccessToken.objects.create(
            application=made,
            token_checksum=credentials.token_digest(token),
            expires=datetime.now(UTC) + timedelta(hours=1),
            scope="hours_cycles_write",
        )
    return fleet, token


@contextmanager
def _server(sample: Path) -> Iterator[int]:
    """The product's own server command, on a free port, with the bare endpoint beside the product."""
    from hangarlink.cli.web import server_command

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        "benchmarks.api_bare:application" if "wsgi:" in word else word for word in server_command("127.0.0.1", port, 1)
    ]
    root = Path(__file__).resolve().parent.parent
    environment = {
        **os.environ,
        "HANGARLINK_API_REQUESTS_PER_MINUTE": "1000000000",
        "HANGARLINK_BENCH_SAMPLE": str(sample),
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "src")]),
    }
    process = subprocess.Popen(command, env=environment, cwd=root)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


class Client:
    """Many keep-alive connections, each with one request under way: as little work as possible per request."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    def send(self, requests: Sequence[bytes]) -> list[int]:
        """Send all of them; return the statuses, in order."""
        return asyncio.run(self._send(requests))

    async def _send(self, requests: Sequence[bytes]) -> list[int]:
        statuses = [0] * len(requests)
        queue = iter(enumerate(requests))

        async def one_client() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for place, request in queue:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                statuses[place] = int(head[9:12])
            writer.close()
            await writer.wait_closed()

        await asyncio.gather(*(one_client() for _ in range(min(CLIENTS, len(requests)))))
        return statuses


def _request(path: str, number: int, name: str, token: str) -> bytes:
    """One flight; flights of one aircraft follow each other by minutes."""
    at = OPENED + timedelta(days=1, minutes=number)
    logs = [
        {"name": "Hobbs", "value": "1.4"},
        {"name": "Tach", "start": "100.0", "end": "101.2"},
        {"name": "Airborne", "value": "1:00"},
    ]
    flight = {
        "external_id": name,
        "reading_date": f"{at:%Y-%m-%d}",
        "reading_time": f"{at:%H:%M}",
        "logs": logs,
        "landings": 3,
    }
    body = json.dumps({"flight": flight}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _send_twice(client: Client, count: int, token: str) -> set[str]:
    """Every flight twice, one right behind the other, so that the two race."""
    names = [f"T{number}" for number in range(count)]
    requests = [
        _request(f"/api/v1/aircraft/C{number % AIRCRAFT:03d}/hours_cycles", 1 + number, name, token)
        for number, name in enumerate(names)
        for _ in range(2)
    ]
    statuses = client.send(requests)
    if sorted(statuses) != [200] * count + [201] * count:
        raise RuntimeError(f"Unexpected answers: {sorted(set(statuses))}")
    return set(names)


def _take_turns(
    client: Client, rounds: int, per_round: int, token: str, sent: set[str]
) -> tuple[list[float], list[float]]:
    """Requests per second of both, round by round; the first round warms up and does not count."""
    rates: dict[str, list[float]] = {"api": [], "bare": []}
    for turn in range(rounds + 1):
        for which in ("api", "bare") if turn % 2 else ("bare", "api"):
            numbers = [10_000 + turn * per_round + number for number in range(per_round)]
            names = [f"{which}-{number}" for number in numbers]
            paths = [
                f"/api/v1/aircraft/C{number % AIRCRAFT:03d}/hours_cycles" if which == "api" else "/bare/hours_cycles"
                for number in numbers
            ]
            requests = [
                _request(path, number, name, token) for path, number, name in zip(paths, numbers, names, strict=True)
            ]
            began = time.perf_counter()
            statuses = client.send(requests)
            took = time.perf_counter() - began
            if set(statuses) != {201}:
                raise RuntimeError(f"Unexpected answers: {sorted(set(statuses))}")
            if which == "api":
                sent.update(names)
            if turn:
                rates[which].append(per_round / took)
        print(f"round {turn} of {rounds}", file=sys.stderr, flush=True)
    return rates["api"], rates["bare"]


def _keep_sample(file: Path, external_id: str) -> None:
    """The rows that the API wrote for one flight, for the bare endpoint to write again."""
    from django.db import connection

    from hangarlink.fleet.models import Flight
    from hangarlink.platform.tenancy.context import acting_in
    from hangarlink.platform.tenancy.models import Account

    account = Account.objects.get(subdomain="demo")
    with acting_in(account), connection.cursor() as cursor:
        flight = Flight.objects.get(external_id=external_id)
        wanted = {
            "flight": ("id = %s", flight.id),
            "usage_entry": ("flight_id = %s", flight.id),
            "audit_entry": ("object_id = %s AND action = 'flights recorded'", flight.aircraft_id),
            "outbox_event": ("data->>'flight_id' = %s", str(flight.id)),
            "sync_run": ("flow = 'hours_cycles' AND created = %s", 1),
        }
        tables = {}
        for table, (condition, value) in wanted.items():
            cursor.execute(f"SELECT * FROM {table} WHERE {condition}", [value])
            columns = [column.name for column in cursor.description]
            tables[table] = [
                {name: json.loads(cell) if name in {"data", "new", "old", "options"} and isinstance(cell, str) else cell
                 for name, cell in zip(columns, row, strict=True)}
                for row in cursor.fetchall()
            ]  # fmt: skip
    if any(not rows for rows in tables.values()):
        raise RuntimeError("The sample flight is not complete.")
    file.write_bytes(pickle.dumps({"account_id": str(account.id), "flight_id": flight.id, "tables": tables}))


def _found(fleet: list[Any], sent: set[str]) -> dict[str, int]:
    """Compare what was sent with what is recorded: rows of flights, and totals of counters."""
    from hangarlink.fleet.models import Counter, Flight
    from hangarlink.platform.tenancy.context import acting_in
    from hangarlink.platform.tenancy.models import Account

    with acting_in(Account.objects.get(subdomain="demo")):
        rows = list(Flight.objects.exclude(external_id__startswith="bare-").values_list("external_id", "aircraft_id"))
        per_aircraft: dict[Any, int] = {}
        for _, aircraft_id in rows:
            per_aircraft[aircraft_id] = per_aircraft.get(aircraft_id, 0) + 1
        counters = Counter.objects.filter(aircraft__in=fleet).values_list("aircraft_id", "name", "total")
        wrong = [
            (total or 0) - (1000 + per_aircraft.get(aircraft_id, 0) * AMOUNTS[name])
            for aircraft_id, name, total in counters
        ]
    names = [name for name, _ in rows]
    return {
        "sent": len(sent),
        "recorded": len(rows),
        "lost": len(sent - set(names)) + sum(1 for difference in wrong if difference < 0),
        "doubled": len(names) - len(set(names)) + sum(1 for difference in wrong if difference > 0),
    }
