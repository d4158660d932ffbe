"""Small files of cases, written for one test each."""

from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = """\
version: 1
cases:
  - id: T1
    title: A test
    aircraft: {OY-AAA: {counters: {hours: {kind: airborne}, landings: {kind: landings}}}}
    requirements:
      100 h: {schedule: {repeat: {kind: counter, counter: hours, every: 100}}}
    steps:
      - {opening: {hours: 1000.0}, at: 2026-01-01}
      - {done: 100 h, at: 2026-01-01}
"""

Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a file of cases."""

    def write(text: str) -> Path:
        path = tmp_path / "cases.yaml"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def stepped(written: Written) -> Written:
    """Writes a file of one case: an aircraft at 1000.0 h whose 100-hour inspection was done there, and these steps."""
    return lambda steps: written(HEAD + "".join(f"      - {line}\n" for line in steps.strip().splitlines()))
