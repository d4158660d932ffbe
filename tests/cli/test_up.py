"""`hangarlink up`: everything starts, answers, stops cleanly on Ctrl-C, and a second start finds the data."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psutil
import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`hangarlink up` in an installation of its own, ready when it answers."""
    ours = {
        *("DATABASE_URL", "HANGARLINK_APP_DATABASE_URL", "SECRET_KEY"),
        *("HANGARLINK_VAULT_KEYS", "HANGARLINK_OUTBOUND_ALLOW"),
    }
    env = {key: value for key, value in os.environ.items() if key not in ours}
    port = free_port()
    command = [sys.executable, "-m", "hangarlink.cli.main", "up", "--port", str(port), *arguments]
    process = subprocess.Popen(
        command,
        env={**env, "HANGARLINK_DATA_DIR": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until_it_answers(process, port)
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def wait_until_it_answers(process: "subprocess.Popen[str]", port: int) -> None:
    # Long enough for a busy machine to migrate and to seed the demo.
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"it ended: {process.stdout.read() if process.stdout else ''}")
        try:
            if httpx2.get(
                f"http://127.0.0.1:{port}/healthz", headers={"Host": "localhost"}, trust_env=False
            ).is_success:
                return
        except httpx2.HTTPError:
            time.sleep(0.2)
    pytest.fail("it did not answer in time")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("up")
    for folder in (top, *top.parents[:2]):
        folder.chmod(0o755)
    return top / "home"


def test_it_starts_serves_stops_and_keeps_the_data(home: Path) -> None:
    with running(home) as (process, port):
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= 2
        answer = httpx2.get(f"http://127.0.0.1:{port}/", headers={"Host": "nobody.localhost"}, trust_env=False)
        assert answer.status_code == 404
        assert "No account here" in answer.text
        create = [
            sys.executable,
            "-m",
            "hangarlink.cli.main",
            "account",
            "create",
            "--subdomain",
            "demo",
            "--name",
            "Demo",
        ]
        env = {**os.environ, "HANGARLINK_DATA_DIR": str(home), "HANGARLINK_NEW_PASSWORD": "correct horse battery"}
        for name in ("DATABASE_URL", "HANGARLINK_APP_DATABASE_URL", "SECRET_KEY"):
            env.pop(name, None)
        subprocess.run([*create, "--email", "kim@example.com"], env=env, check=True, capture_output=True)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []
    with running(home) as (_, port):
        answer = httpx2.get(f"http://127.0.0.1:{port}/sign-in/", headers={"Host": "demo.localhost"}, trust_env=False)
        assert answer.status_code == 200
        listed = subprocess.run(
            [sys.executable, "-m", "hangarlink.cli.main", "account", "list", "--json"],
            env=env,
            check=True,
            capture_output=True,
        )
        assert [row["subdomain"] for row in json.loads(listed.stdout)] == ["demo"]


@pytest.mark.timeout(300)
def test_a_command_in_another_terminal_reaches_the_demos_partners_and_nothing_else(home: Path) -> None:
    sandbox = free_port()
    env = {**os.environ, "HANGARLINK_DATA_DIR": str(home.parent / "demo")}
    for name in ("DATABASE_URL", "HANGARLINK_APP_DATABASE_URL", "SECRET_KEY", "HANGARLINK_OUTBOUND_ALLOW"):
        env.pop(name, None)

    def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
        whole = [sys.executable, "-m", "hangarlink.cli.main", *arguments]
        return subprocess.run(whole, env=env, capture_output=True, text=True, check=False, timeout=100)

    with running(home.parent / "demo", "--demo", "--sandbox-port", str(sandbox)):
        done = command("sync", "--dry-run", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        runs = json.loads(done.stdout)
        assert [run["flow"] for run in runs] == ["aircraft", "hours_cycles"]
        assert {run["state"] for run in runs} <= {"succeeded", "partial"}
        assert all(run["read"] for run in runs)
        looked = json.loads(command("doctor", "--json").stdout)
        (opened,) = [one["evidence"] for one in looked if one["check"] == "outbound allow-list"]
        assert opened == f"private addresses reachable: 127.0.0.1:{sandbox}, 127.0.0.1:{sandbox + 1}"
    assert not (home.parent / "demo" / "demo.ports").exists()


def test_a_taken_port_is_named_before_anything_starts(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = {**os.environ, "HANGARLINK_DATA_DIR": str(home)}
        done = subprocess.run(
            [sys.executable, "-m", "hangarlink.cli.main", "up", "--port", str(port)],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
