"""Serve a sandbox partner over real sockets: in a thread for tests and demos, or as a command.

with serve() as flightlogger:            # or handle = serve(); ...; handle.stop()
    client = Client(flightlogger.endpoint, key=DEMO_KEY)
"""

import argparse
import json
import signal
import socket
import sys
from collections.abc import Sequence
from datetime import date
from socketserver import ThreadingMixIn
from threading import Event, Thread
from types import TracebackType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from rich.console import Console
from rich.table import Table

from hangarlink.sandbox.flightlogger import (
    DEMO_KEY,
    EXPIRED_KEY,
    SECOND_KEY,
    STUDENT_KEY,
    Faults,
    FlightLoggerApp,
    Limits,
    World,
)
from hangarlink.sandbox.flightlogger.faults import KINDS
from hangarlink.sandbox.flightlogger.journal import Journal
from hangarlink.sandbox.wsgi import HANG_UP, Environ

PARTNERS = ("flightlogger",)
PORT = 8090
KEYS = {
    DEMO_KEY: "head of training: may read everything",
    SECOND_KEY: "the same user: shares the rate limit",
    STUDENT_KEY: "a student: own flights only, no audit, no counters",
    EXPIRED_KEY: "expired",
}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is everyday life; anything else is a bug and may be seen."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(WSGIRequestHandler):
    timeout = 60
    """Seconds a silent client is waited for."""

    def get_environ(self) -> Environ:
        environ: Environ = super().get_environ()
        environ[HANG_UP] = self._hang_up
        return environ

    def _hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the journal knows more, and stderr belongs to the caller."""


class Serving:
    """A running sandbox. `url` is its root, `endpoint` the GraphQL address to give to a client."""

    def __init__(self, app: FlightLoggerApp, host: str, port: int) -> None:
        self.app = app
        self._server = _Server((host, port), _Handler)
        self._server.set_app(app)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), name="sandbox", daemon=True)
        self._thread.start()
        shown = f"[{host}]" if ":" in host else host
        self.port = int(self._server.server_address[1])
        self.url = f"http://{shown}:{self.port}"
        self.endpoint = f"{self.url}/graphql"

    @property
    def world(self) -> World:
        return self.app.world

    @property
    def faults(self) -> Faults:
        return self.app.faults

    @property
    def journal(self) -> Journal:
        return self.app.journal

    def stop(self) -> None:
        """Stop listening. Requests under way in other threads are left to end by themselves."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def __enter__(self) -> "Serving":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    port: int = 0,
    host: str = "127.0.0.1",
    *,
    world: World | None = None,
    others: Sequence[World] = (),
    limits: Limits | None = None,
    faults: Faults | None = None,
    app: FlightLoggerApp | None = None,
) -> Serving:
    """Serve FlightLogger until `stop()`. Port 0 takes a free one; `others` are further accounts on the same server."""
    if app is None:
        app = FlightLoggerApp(world or World.demo(), *others, limits=limits, faults=faults)
    return Serving(app, host, port)


def main(argv: Sequence[str] | None = None) -> int:
    """The command behind `hangarlink sandbox`: serve until interrupted. Exit status 1 if the port is taken."""
    options = _options(argv)
    console = Console(stderr=options.json)
    world = World.demo(since=options.since, days=options.days)
    try:
        serving = serve(options.port, options.host, world=world, limits=Limits(calls_per_window=options.rate_limit))
    except OSError as error:
        console.print(f"cannot listen on {options.host}:{options.port}: {error.strerror}. Choose another --port.")
        return 1
    done = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with serving:
        if options.json:
            sys.stdout.write(json.dumps(_facts(serving)) + "\n")
            sys.stdout.flush()
        else:
            _show(console, serving, options.host)
        done.wait()
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hangarlink sandbox", description="Serve a stand-in for a partner's API.")
    parser.add_argument("--partner", choices=PARTNERS, default="flightlogger")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=PORT, help=f"0 takes a free one (default {PORT})")
    parser.add_argument("--since", type=date.fromisoformat, help="first day of the history (default 2026-06-01)")
    parser.add_argument("--days", type=int, help="begin the history so many days ago instead")
    parser.add_argument("--rate-limit", type=int, default=Limits.calls_per_window, help="calls a minute per user")
    parser.add_argument("--json", action="store_true", help="print the address and keys as one line of JSON")
    return parser.parse_args(argv)


def _facts(serving: Serving) -> dict[str, Any]:
    return {
        "partner": "flightlogger",
        "url": serving.url,
        "endpoint": serving.endpoint,
        "api_key": DEMO_KEY,
        "control": f"{serving.url}/_control",
        "aircraft": sum(not one.disabled for one in serving.world.aircraft.values()),
        "flights": len(serving.world.timeline),
        "faults": sorted(KINDS),
    }


def _show(console: Console, serving: Serving, host: str) -> None:
    facts = _facts(serving)
    console.print(
        f"[bold]{serving.world.company}[/] in a sandbox FlightLogger: {facts['aircraft']} aircraft, "
        f"{facts['flights']} flights. Ctrl-C stops it.\n"
    )
    table = Table("", "", show_header=False, box=None, padding=(0, 2))
    table.add_row("endpoint", serving.endpoint)
    for key, meaning in KEYS.items():
        table.add_row("API key", f"{key}  [dim]{meaning}[/]")
    table.add_row("control", f"{facts['control']}/fly, edit, delete, faults, requests, world, reset")
    console.print(table)
    query = '{"query": "{ aircraft(first: 3) { nodes { callSign primaryLog { type totalSeconds } } } }"}'
    console.print("\nTry:", style="bold")
    console.print(
        f"  curl -s {serving.endpoint} -H 'Authorization: Bearer {DEMO_KEY}' \\\n"
        f"    -H 'Content-Type: application/json' -d '{query}'\n"
        f"  curl -s {facts['control']}/fly -H 'Content-Type: application/json' -d '{{\"call_sign\": \"OY-SKA\"}}'\n"
        f"  curl -s {facts['control']}/faults -H 'Content-Type: application/json' "
        '-d \'{"kind": "rate_limited", "times": 2}\'',
        markup=False,
        soft_wrap=True,
        highlight=False,
    )
    faults = Table("fault", "what the client gets", box=None, padding=(0, 2), title_justify="left")
    for kind, meaning in KINDS.items():
        faults.add_row(kind, meaning)
    console.print()
    console.print(faults)
    if host not in {"127.0.0.1", "::1", "localhost"}:
        console.print(f"\nAnyone who reaches {host} can use /_control: it asks for no key.", style="bold yellow")


if __name__ == "__main__":
    raise SystemExit(main())
