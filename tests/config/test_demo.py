"""What a running demo opens: its own ports, while it runs, and nothing that somebody else wrote there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hangarlink.config.demo import doors, opened

FILE = "demo.ports"


def test_its_ports_are_open_while_it_runs(tmp_path: Path) -> None:
    assert doors(tmp_path) == []
    with opened(tmp_path, 8090, 8091):
        assert doors(tmp_path) == ["127.0.0.1:8090", "127.0.0.1:8091"]
        assert oct((tmp_path / FILE).stat().st_mode & 0o777) == "0o600"
    assert doors(tmp_path) == []
    assert not (tmp_path / FILE).exists()


def test_another_process_sees_them(tmp_path: Path) -> None:
    read = "import sys, pathlib; from hangarlink.config.demo import doors; print(doors(pathlib.Path(sys.argv[1])))"
    with opened(tmp_path, 8090):
        done = subprocess.run(
            [sys.executable, "-c", read, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
        )
    assert done.stdout.strip() == "['127.0.0.1:8090']"


def test_what_a_killed_demo_left_behind_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("8090")
    (tmp_path / FILE).chmod(0o600)
    assert doors(tmp_path) == []
    with opened(tmp_path, 8095):
        assert doors(tmp_path) == ["127.0.0.1:8095"]


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0/0",
        "10.0.0.0/8:80",
        "8090 127.0.0.0/8",
        "5432 8090 8091",
        "80",
        "99999",
        "-1",
        "8090,8091",
        "٨٠٩٠",
        "\x00",
    ],
)
def test_anything_but_ports_opens_nothing(tmp_path: Path, text: str) -> None:
    with opened(tmp_path, 8090):
        (tmp_path / FILE).write_text(text)
        assert doors(tmp_path) == []


def test_a_file_that_others_may_write_opens_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, 8090):
        (tmp_path / FILE).chmod(0o622)
        assert doors(tmp_path) == []


def test_a_link_to_another_file_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with opened(elsewhere, 8090):
        os.symlink(elsewhere / FILE, tmp_path / FILE)
        assert doors(tmp_path) == []
        # A demo that starts replaces the link, and does not write through it.
        with opened(tmp_path, 8095):
            assert (elsewhere / FILE).read_text() == "8090"
