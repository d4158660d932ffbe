"""Serve a sandbox partner over real sockets: in a thread for tests and demos, or as a command.

with serve() as flightlogger:            # or handle = serve(); ...; handle.stop()
    client = Client(flightlogger.endpoint, key=DEMO_KEY)
"""

import argparse
import json
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from threading import Event
from typing import Any

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
from hangarlink.sandbox.mail import MailApp, MailServer
from hangarlink.sandbox.quickbooks import CLIENT_ID, CLIENT_SECRET, VERIFIER_TOKEN, Company, QuickBooksApp, fill
from hangarlink.sandbox.server import Served, WsgiApp
from hangarlink.sandbox.slack import CLIENT_ID as SLACK_ID
from hangarlink.sandbox.slack import CLIENT_SECRET as SLACK_SECRET
from hangarlink.sandbox.slack import SlackApp
from hangarlink.sandbox.tracker import DEMO_KEY as TRACKER_KEY
from hangarlink.sandbox.tracker import DEMO_PASSWORD, DEMO_USER, Shop, TrackerApp

PARTNERS = ("flightlogger",)
# Connectors whose partner stands beside FlightLogger's paths, under the connector's own key.
MOUNTED = ("quickbooks", "slack")
PORT = 8090
KEYS = {
    DEMO_KEY: "head of training: may read everything",
    SECOND_KEY: "the same user: shares the rate limit",
    STUDENT_KEY: "a student: own flights only, no audit, no counters",
    EXPIRED_KEY: "expired",
}


class Serving(Served[FlightLoggerApp]):
    """A running sandbox FlightLogger. `url` is its root, `endpoint` the GraphQL address to give to a client."""

    @property
    def endpoint(self) -> str:
        return f"{self.url}/graphql"

    @property
    def world(self) -> World:
        return self.app.world

    @property
    def faults(self) -> Faults:
        return self.app.faults

    @property
    def journal(self) -> Journal:
        return self.app.journal

    def __enter__(self) -> "Serving":
        return self


def partners(mail_port: int = 0) -> dict[str, WsgiApp]:
    """The other partners that `hangarlink sandbox` serves, each under /<name>/ beside FlightLogger's own paths.

    mail_port  where the mail server listens for SMTP, if it is free; what it receives is shown under /mail/
    """
    # The demo school bills in three currencies.
    books = Company(currency="DKK", country="DK", multicurrency=True, recipe=fill)
    return {
        "quickbooks": QuickBooksApp(books),
        "slack": SlackApp(),
        "mail": MailApp(_mail_server(mail_port)),
        "tracker": TrackerApp(Shop.of_school()),
    }


def _mail_server(port: int) -> MailServer:
    """Anybody may send. The same port each time, so that what was connected to it finds it again."""
    try:
        return MailServer(port=port, user=None)
    except OSError:
        return MailServer(user=None)


def serve(
    port: int = 0,
    host: str = "127.0.0.1",
    *,
    world: World | None = None,
    others: Sequence[World] = (),
    beside: Mapping[str, WsgiApp] | None = None,
    limits: Limits | None = None,
    faults: Faults | None = None,
    app: FlightLoggerApp | None = None,
) -> Serving:
    """Serve FlightLogger until `stop()`. Port 0 takes a free one.

    others  further accounts on the same server
    beside  further partners, each under its name as the first part of the path
    """
    if app is None:
        app = FlightLoggerApp(world or World.demo(), *others, limits=limits, faults=faults)
    return Serving(app, host, port, beside=beside)


def main(argv: Sequence[str] | None = None) -> int:
    """The command behind `hangarlink sandbox`: serve until interrupted. Exit status 1 if the port is taken."""
    options = _options(argv)
    console = Console(stderr=options.json)
    world = World.demo(since=options.since, days=options.days)
    try:
        limits = Limits(calls_per_window=options.rate_limit)
        mail_port = options.mail_port if options.mail_port is not None else options.port and options.port + 1
        others = partners(mail_port)
        serving = serve(options.port, options.host, world=world, limits=limits, beside=others)
    except OSError as error:
        console.print(f"cannot listen on {options.host}:{options.port}: {error.strerror}. Choose another --port.")
        return 1
    done = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with serving:
        if options.json:
            sys.stdout.write(json.dumps(_facts(serving, others)) + "\n")
            sys.stdout.flush()
        elif options.brief:
            console.print(f"Partners to try against at {serving.url}; keys and switches: hangarlink sandbox --port 0")
        else:
            _show(console, serving, others, options.host)
        done.wait()
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hangarlink sandbox", description="Serve a stand-in for a partner's API.")
    parser.add_argument("--partner", choices=PARTNERS, default="flightlogger")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=PORT, help=f"0 takes a free one (default {PORT})")
    parser.add_argument("--mail-port", type=int, help="of the SMTP server (default: the next one, if free)")
    parser.add_argument("--since", type=date.fromisoformat, help="first day of the history (default 2026-06-01)")
    parser.add_argument("--days", type=int, help="begin the history so many days ago instead")
    parser.add_argument("--rate-limit", type=int, default=Limits.calls_per_window, help="calls a minute per user")
    parser.add_argument("--json", action="store_true", help="print the address and keys as one line of JSON")
    parser.add_argument("--brief", action="store_true", help="say only where it listens and how to learn more")
    return parser.parse_args(argv)


def _facts(serving: Serving, others: Mapping[str, WsgiApp]) -> dict[str, Any]:
    mail = others.get("mail")
    return {
        "partner": "flightlogger",
        "url": serving.url,
        "endpoint": serving.endpoint,
        "api_key": DEMO_KEY,
        "control": f"{serving.url}/_control",
        "aircraft": sum(not one.disabled for one in serving.world.aircraft.values()),
        "flights": len(serving.world.timeline),
        "faults": sorted(KINDS),
        "quickbooks": {
            "endpoint": f"{serving.url}/quickbooks",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "verifier_token": VERIFIER_TOKEN,
            "control": f"{serving.url}/quickbooks/_control",
        },
        "slack": {
            "endpoint": f"{serving.url}/slack",
            "client_id": SLACK_ID,
            "client_secret": SLACK_SECRET,
            "control": f"{serving.url}/slack/_control",
        },
        "tracker": {
            "endpoint": f"{serving.url}/tracker",
            "api_key": TRACKER_KEY,
            "username": DEMO_USER,
            "password": DEMO_PASSWORD,
            "control": f"{serving.url}/tracker/_control",
        },
        "mail": {
            "smtp": f"{mail.server.host}:{mail.server.port}" if isinstance(mail, MailApp) else "",
            "page": f"{serving.url}/mail/",
            "control": f"{serving.url}/mail/_control",
        },
    }


def _show(console: Console, serving: Serving, others: Mapping[str, WsgiApp], host: str) -> None:
    facts = _facts(serving, others)
    console.print(
        f"[bold]{serving.world.company}[/] in a sandbox FlightLogger: {facts['aircraft']} aircraft, "
        f"{facts['flights']} flights. Ctrl-C stops it.\n"
    )
    table = Table("", "", show_header=False, box=None, padding=(0, 2))
    table.add_row("endpoint", serving.endpoint)
    for key, meaning in KEYS.items():
        table.add_row("API key", f"{key}  [dim]{meaning}[/]")
    books = facts["quickbooks"]
    table.add_row("QuickBooks", f"{books['endpoint']}  [dim]its own switches: {books['control']}[/]")
    table.add_row("", f"client ID {books['client_id']}")
    table.add_row("", f"client secret {books['client_secret']}, verifier token {books['verifier_token']}")
    chat, mail = facts["slack"], facts["mail"]
    table.add_row("Slack", f"{chat['endpoint']}  [dim]client ID {chat['client_id']}, secret {chat['client_secret']}[/]")
    tracker = facts["tracker"]
    table.add_row("tracker", f"{tracker['endpoint']}  [dim]key {tracker['api_key']}, or a user: {DEMO_USER}[/]")
    table.add_row("", f"password {DEMO_PASSWORD}  [dim]its own switches: {tracker['control']}[/]")
    table.add_row("mail", f"SMTP at {mail['smtp']}, without password and encryption  [dim]received: {mail['page']}[/]")
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
