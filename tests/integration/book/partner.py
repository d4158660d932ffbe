"""A small partner on a real socket that keeps customers: versions, changes since, idempotency keys, faults on demand.

What it was asked is in `journal`; what it keeps is in `rows`. Faults are played one per call to what they name.
"""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Fault:
    """method: to which calls. kind: 500, 429, 401, 422, "lost" (done, but the answer never comes), "drop" (not done),
    "half" (half of the answer), "garbage", "endless"."""

    method: str
    kind: int | str
    times: int = 1


@dataclass
class Partner:
    """The partner's books. Ids are B1, B2, ...; `clock` is its own."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    journal: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    honours_keys: bool = True
    has_versions: bool = True
    page_size: int = 25
    made: int = 0
    changes: int = 0
    ahead: timedelta = timedelta()
    lock: threading.RLock = field(default_factory=threading.RLock)
    base_url: str = ""

    def put(self, values: dict[str, Any], key: str = "") -> dict[str, Any]:
        """Make one, or change one that has an id."""
        with self.lock:
            self.changes += 1
            row = self.rows.get(values.get("id", ""))
            if row is None:
                self.made += 1
                row = self.rows.setdefault(f"B{self.made}", {"id": f"B{self.made}", "version": 0, "key": key})
            row |= {name: value for name, value in values.items() if name not in {"id", "version"}}
            row["version"] = int(row["version"]) + 1
            row["at"] = (datetime.now(UTC) + self.ahead).isoformat()
            row["seq"] = self.changes
            return row

    def remove(self, name: str) -> None:
        with self.lock:
            self.changes += 1
            self.rows[name] |= {"gone": True, "seq": self.changes}

    def living(self) -> dict[str, dict[str, Any]]:
        return {name: row for name, row in self.rows.items() if not row.get("gone")}

    def content(self) -> list[tuple[Any, ...]]:
        """What it keeps, without ids and versions: to compare with an undisturbed run."""
        return sorted((row["name"], row.get("phone", "")) for row in self.living().values())

    def calls(self, method: str) -> list[tuple[str, str, str]]:
        return [entry for entry in self.journal if entry[0] == method]

    def fault_for(self, method: str) -> int | str | None:
        with self.lock:
            for fault in self.faults:
                if fault.method == method and fault.times > 0:
                    fault.times -= 1
                    return fault.kind
        return None

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        told = {name: value for name, value in row.items() if name not in {"seq", "key"}}
        if not self.has_versions:
            told.pop("version"), told.pop("at")
        return told


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet per answer
    disable_nagle_algorithm = True
    partner: Partner

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        partner = self.partner
        if urlsplit(self.path).path == "/me":
            self._answer(200, {"id": "books", "name": "The Books"})
            return
        if urlsplit(self.path).path == "/by-key":
            name = partner.keys.get(asked["key"][0])
            self._answer(200, {"row": partner.shown(partner.rows[name]) if name else None})
            return
        since, after = int(asked.get("since", ["0"])[0]), int(asked.get("after", ["0"])[0])
        with partner.lock:
            rows = sorted((row for row in partner.rows.values() if row["seq"] > since), key=lambda row: row["seq"])
            mark = partner.changes
        page = [row for row in rows if row["seq"] > after][: partner.page_size]
        is_last = not page or page[-1]["seq"] == rows[-1]["seq"]
        body = {
            "items": [partner.shown(row) for row in page if not row.get("gone")],
            "gone": [row["id"] for row in page if row.get("gone") and since],
            "after": None if is_last else page[-1]["seq"],
            "mark": mark,
            "total": len(rows),
        }
        self._serve("GET", body)

    def do_POST(self) -> None:
        values = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers.get("Idempotency-Key", "")
        partner = self.partner
        fault = self._note("POST", values["name"], key)
        if fault in {500, 429, 401, 422, "drop"}:
            self._refuse(fault)
            return
        with partner.lock:
            if partner.honours_keys and key in partner.keys:
                row = partner.rows[partner.keys[key]]
            else:
                row = partner.put(values, key)
                partner.keys[key] = row["id"]
        self._refuse(fault) if fault else self._answer(201, partner.shown(row))

    def do_PUT(self) -> None:
        values = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        partner, name = self.partner, self.path.rsplit("/", 1)[1]
        fault = self._note("PUT", name, self.headers.get("Idempotency-Key", ""))
        if fault in {500, 429, 401, 422, "drop"}:
            self._refuse(fault)
            return
        with partner.lock:
            row = partner.rows[name]
            expected = self.headers.get("If-Match", "")
            key = self.headers.get("Idempotency-Key", "")
            if partner.keys.get(key) != name:
                if expected and expected != str(row["version"]):
                    self._answer(409, {"row": partner.shown(row)})
                    return
                row = partner.put({**values, "id": name})
                partner.keys[key] = name
        self._refuse(fault) if fault else self._answer(200, partner.shown(row))

    def do_DELETE(self) -> None:
        name = self.path.rsplit("/", 1)[1]
        if fault := self._note("DELETE", name, ""):
            self._refuse(fault)
            return
        self.partner.remove(name)
        self._answer(200, {})

    def _note(self, method: str, what: str, key: str) -> int | str | None:
        with self.partner.lock:
            self.partner.journal.append((method, what, key))
        return self.partner.fault_for(method)

    def _serve(self, method: str, body: dict[str, Any]) -> None:
        fault = self._note(method, self.path, "")
        if fault == "endless":
            self._answer(200, {**body, "after": 0})
        elif fault == "garbage":
            self._raw(200, b"<html>All is well</html>")
        elif fault == "half":
            self._raw(200, json.dumps(body).encode()[: len(json.dumps(body)) // 2])
        elif fault:
            self._refuse(fault)
        else:
            self._answer(200, body)

    def _refuse(self, fault: int | str) -> None:
        if isinstance(fault, int):
            self._answer(fault, {"error": f"fault {fault}"}, {"Retry-After": "1"} if fault == 429 else {})
            return
        # The connection breaks as a cable does: with a reset, no answer.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._raw(status, json.dumps(body).encode(), headers)

    def _raw(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            return


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        return


@contextmanager
def opened(partner: Partner) -> Iterator[Partner]:
    """Serve it on a free port of the loopback."""
    handler = type("Bound", (Handler,), {"partner": partner})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    partner.base_url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield partner
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
