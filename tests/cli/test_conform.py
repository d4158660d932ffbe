"""`hangarlink due conform`: each case with pass or the difference, JSON, and the exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hangarlink.cli.due import command
from tests.maintenance.conformance.conftest import HEAD

pytestmark = pytest.mark.django_db
RIGHT = "      - {expect: 100 h, as_of: 2026-01-02, due: {hours: 1100.0}}\n"
WRONG = "      - {expect: 100 h, as_of: 2026-01-02, due: {hours: 1099.0}}\n"
PENDING = "  - {id: T2, title: Later, pending: nobody built it}\n"


def conform(*words: str) -> Result:
    return CliRunner().invoke(command, ["conform", *words], catch_exceptions=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


def test_cases_of_ones_own(file: Path) -> None:
    file.write_text(HEAD + RIGHT + PENDING)
    told = conform(str(file))
    assert told.exit_code == 0
    assert "1 passed, 0 failed, 1 pending." in told.output
    assert "cannot be played yet: nobody built it" in told.output
    file.write_text(HEAD + WRONG)
    told = conform(str(file))
    assert told.exit_code == 1
    assert "expected 1099.0" in told.output


def test_json_for_programs(file: Path) -> None:
    file.write_text(HEAD + WRONG + PENDING)
    told = conform("--json", str(file))
    assert told.exit_code == 1
    found = json.loads(told.output)
    assert (found["passed"], found["failed"], found["pending"]) == (0, 1, 1)
    told_by = ["the facts", "the rules", "the due list"]
    assert found["cases"][0]["differences"] == [
        {"step": 3, "what": "due hours", "expected": "1099.0", "found": "1100.0", "by": by} for by in told_by
    ]


def test_a_file_that_cannot_be_read_plays_nothing(file: Path) -> None:
    file.write_text(HEAD + RIGHT.replace("due:", "dew:"))
    told = conform(str(file))
    assert told.exit_code == 2
    assert "mine.yaml:11: case T1, steps.2.dew: there is no such field" in told.stderr
    assert "Nothing was played" in told.stderr
    assert json.loads(conform("--json", str(file)).output)["problems"][0]["line"] == 11


def test_one_of_the_shipped_examples() -> None:
    told = conform("--case", "E01")
    assert told.exit_code == 0
    assert "1 passed, 0 failed, 0 pending." in told.output
    assert "There is no case E99" in conform("--case", "E99").stderr
