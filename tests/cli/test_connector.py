"""`hangarlink connector new` makes a package that is installed, found, clean, and passes its own tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hangarlink.cli.connector import command
from hangarlink.integration.connections.catalogue import connectors, unusable
from tests.integration.connections.conftest import site

__all__ = ["site"]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "acme_air"
    done = CliRunner().invoke(command, ["new", "acme_air", "--to", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    environment = {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_its_tests_pass(made: Path) -> None:
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=made)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 passed" in done.stdout


def test_its_tests_can_fail(made: Path) -> None:
    """They would not be worth much otherwise."""
    reading = made / "src/hangarlink_acme_air/reading.py"
    reading.write_text(
        reading.read_text().replace('row.get("model")', 'row["model"]').replace("DataError as", "TypeError as")
    )
    assert run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=made).returncode == 1


def test_it_is_clean(made: Path) -> None:
    done = run(
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--config",
        str(ROOT / "pyproject.toml"),
        "--ignore",
        "I001",
        "src",
        cwd=made,
    )
    assert done.returncode == 0, done.stdout


def test_installed_it_is_in_the_directory(made: Path, site: Path) -> None:
    done = run("-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target",
               str(site), ".", cwd=made)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert unusable() == []
    manifest = connectors()["acme_air"].manifest
    assert (manifest.name, manifest.docs) == ("Acme Air", "acme_air")


@pytest.mark.parametrize("key", ["A", "acme air", "../x", "", "x" * 21, "9lives", "acme-air"])
def test_a_name_that_is_no_key(key: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["new", key, "--to", str(tmp_path / "x")])
    assert done.exit_code == 1
    assert "no key" in done.output
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ['"', "a\nb", "%key%", "'''", ""])
def test_a_title_that_would_break_the_code(name: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["new", "acme", "--name", name or " " * 70, "--to", str(tmp_path / "x")])
    assert done.exit_code == 1


def test_nothing_is_overwritten(made: Path) -> None:
    before = (made / "README.md").read_text()
    done = CliRunner().invoke(command, ["new", "acme_air", "--to", str(made)])
    assert done.exit_code == 1
    assert "there already" in done.output
    assert (made / "README.md").read_text() == before
