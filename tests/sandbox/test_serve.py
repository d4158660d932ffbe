"""The server: real sockets, many clients at once, a clean stop, and the command."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO

import httpx2
import pytest

from hangarlink.sandbox.flightlogger import DEMO_KEY, FlightLoggerApp, World
from hangarlink.sandbox.serve import main, serve
from tests.sandbox.conftest import NOW, Client


def test_many_clients_at_once_while_the_school_flies(flightlogger: Client, world: World) -> None:
    def read(_: int) -> int:
        return len({node["id"] for node in Client(flightlogger.serving).all_flights(40)})

    before = len(world.timeline)
    with ThreadPoolExecutor(8) as pool:
        counts = pool.map(read, range(8))
        for _ in range(5):
            world.fly("OY-SKA", minutes=20)
        assert all(before <= count <= before + 5 for count in counts)


def test_after_stop_nobody_answers_and_the_port_is_free() -> None:
    with serve(world=World.demo(now=NOW, days=1)) as serving:
        assert Client(serving).ask("{ account { company } }")
    with pytest.raises(httpx2.ConnectError):
        Client(serving).post("{ account { company } }")
    with serve(serving.port, world=World.demo(now=NOW, days=1)) as again:
        assert Client(again).ask("{ account { company } }")


def test_pages_can_be_had_without_a_socket() -> None:
    app = FlightLoggerApp(World.synthetic(flights=30, aircraft=3, now=NOW))
    query = "query ($first: Int) { flights(all: true, first: $first) { nodes { id } pageInfo { hasNextPage } } }"
    page = app.ask(query, {"first": 20})["data"]["flights"]
    assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (20, True)


@contextmanager
def running(*options: str, stop: signal.Signals) -> Iterator[IO[str]]:
    """The command in a process of its own; what it prints. Afterwards it is told to stop and must end well."""
    arguments = [sys.executable, "-m", "hangarlink.sandbox.serve", "--port", "0", "--days", "3", *options]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout
        process.send_signal(stop)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()


def test_the_command_serves_until_told_to_stop() -> None:
    with running("--json", stop=signal.SIGTERM) as printed:
        facts = json.loads(printed.readline())
        headers = {"Authorization": f"Bearer {facts['api_key']}"}
        body = {"query": "{ account { subdomain } }"}
        answer = httpx2.post(facts["endpoint"], json=body, headers=headers, trust_env=False).json()
        assert answer == {"data": {"account": {"subdomain": "demo"}}}
        assert facts["aircraft"] == 12


def test_the_command_shows_how_to_try() -> None:
    with running(stop=signal.SIGINT) as printed:
        lines: list[str] = []
        while "wrong_types" not in "".join(lines[-1:]):
            lines.append(printed.readline())
            assert lines[-1], "".join(lines)
    shown = "".join(lines)
    for part in ("/graphql", DEMO_KEY, "curl -s", "_control/fly", "lost_response"):
        assert part in shown


def test_the_command_says_so_when_the_port_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1]), "--days", "1"]) == 1
    assert "Choose another --port" in capsys.readouterr().out
