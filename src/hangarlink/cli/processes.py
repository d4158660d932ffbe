"""A small supervisor: several processes, one terminal, a clean stop."""

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from rich.console import Console

COLOURS = ("cyan", "magenta", "green", "yellow")
GRACE_SECONDS = 15


class Supervisor:
    """Starts child processes, shows their output, and stops them all when one ends or on a signal."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.children: dict[str, subprocess.Popen[str]] = {}
        self.stopping = threading.Event()

    def start(self, name: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        child = subprocess.Popen(  # noqa: S603 - our own commands
            arguments,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Ctrl-C reaches this process only; it then stops the children in order.
            start_new_session=True,
        )
        colour = COLOURS[len(self.children) % len(COLOURS)]
        self.children[name] = child
        threading.Thread(target=self._show, args=(name, colour, child), daemon=True).start()

    def _show(self, name: str, colour: str, child: "subprocess.Popen[str]") -> None:
        for line in child.stdout or ():
            self.console.print(f"[{colour}]{name:>8}[/] {line.rstrip()}", highlight=False, markup=True, soft_wrap=True)

    def wait(self) -> int:
        """Until a signal or until a child ends by itself; then stop all. Returns the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        ended = ""
        while not self.stopping.is_set():
            ended = next((name for name, child in self.children.items() if child.poll() is not None), "")
            if ended:
                self.console.print(f"[red]{ended} ended by itself; stopping the rest.[/]")
                break
            time.sleep(0.2)
        self.stop()
        return 1 if ended else 0

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signal handler's signature
        self.stopping.set()

    def stop(self) -> None:
        """Ask every child to end, wait a while, then end it."""
        for child in reversed(self.children.values()):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def this_command(*arguments: str) -> tuple[str, ...]:
    """The command line that runs another `hangarlink` command with this interpreter."""
    return (sys.executable, "-m", "hangarlink.cli.main", *arguments)
