"""A file that cannot be played says where it is wrong: file, line, case, field, what to write."""

from pathlib import Path

import pytest

from hangarlink.maintenance.conformance.format import load
from hangarlink.maintenance.conformance.problems import FileInvalid
from hangarlink.maintenance.conformance.reading import read
from hangarlink.maintenance.conformance.running import load_all
from tests.maintenance.conformance.conftest import HEAD, Written

EXPECT = "{expect: 100 h, as_of: 2026-01-02, due: {hours: 1100.0}}"


def problems(path: Path) -> list[str]:
    with pytest.raises(FileInvalid) as refused:
        load(path)
    return [f"{one.line} {one.case} {one.field}: {one.message}" for one in refused.value.problems]


def test_yaml_without_its_surprises(written: Written) -> None:
    told = read(written("{on: yes, h: 4875:27, x: 1.10, d: 2026-01-01, n: 12, t: true, z: null, o: 010, q: '12'}")).data
    assert told == {
        "on": "yes", "h": "4875:27", "x": "1.10", "d": "2026-01-01", "n": 12, "t": True, "z": None,
        "o": "010", "q": "12",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "2  : 'a' is given twice"),
        ("a: &x 1\nb: *x", "1  : an anchor or alias (x) is not allowed here: write it out"),
        ("a: !!python/object:os.system x", "is not allowed here"),
        ("a: [", "this is not YAML"),
        ("a: " + "[" * 60 + "]" * 60, "nested more than 40 deep"),
        ("? [1]\n: 2", "a key must be a word"),
        ("", "version: this field is missing"),
        ("version: 2\ncases: [{id: A, title: B}]", "version: must be one of 1; it is 2"),
        ("version: 1\ncases: [{id: A}]", "A title: this field is missing"),
        ("version: 1\ncases: [{id: A, title: B, wrongly: 1}]", "A wrongly: there is no such field (it holds 1)"),
        ("version: 1\ncases: [{id: A, title: B}]", "A : this case expects nothing"),
        ("version: 1\ncases: [{id: A, title: B, pending: x}, {id: A, title: B, pending: x}]", "two cases A"),
        ("version: 1\ncases: [{id: A, title: B, time_zone: Mars/Base}]", "A time_zone: there is no time zone"),
    ],
)
def test_a_file_that_cannot_be_read(written: Written, text: str, said: str) -> None:
    assert said in "\n".join(problems(written(text)))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{reading: {hours: 1001.0}}", "11 T1 steps.2.at: this field is missing"),
        ("{reeding: {hours: 1001.0}, at: 2026-01-02}", "11 T1 steps.2: this is no step: one of opening, reading"),
        ("{reading: {hourz: 1}, at: 2026-01-02}", "steps.2.reading.hourz: there is no counter 'hourz' in this case"),
        ("{reading: {hours: 1.00001}, at: 2026-01-02}", "steps.2.reading.hours: hours: '1.00001' is not"),
        ("{reading: {landings: 1.5}, at: 2026-01-02}", "steps.2.reading.landings: landings: '1.5' is not"),
        ("{reading: {hours: 1}, at: 2026-02-30}", "steps.2.at: there is no day 2026-02-30"),
        ("{reading: {hours: 1}, at: 20}", "steps.2.at: must be a day (2026-03-01) or a moment"),
        ("{done: 200 h, at: 2026-01-02}", "steps.2.done: there is no requirement '200 h' in this case; it has 100 h"),
        ("{done: 100 h, at: 2026-01-02, aircraft: X}", "steps.2.aircraft: there is no aircraft 'X' in this case"),
        ("{expect: 100 h, as_of: 2026-01-02, state: fine}", "steps.2.state: must be one of 'ok', 'due_soon'"),
        ("{expect: 100 h, as_of: 2026-01-02, due: {hours: soon}}", "steps.2.due.hours: hours: 'soon' is not"),
        ("{done: 100 h, at: 2026-01-02, red: {hours: 1}}", "steps.2.red: there is no such field"),
        (
            "{revise: 100 h, at: 2026-01-02, schedule: {repeat: {kind: counter, counter: apu, every: 1}}}",
            "steps.2.schedule.repeat: there is no counter 'apu'",
        ),
    ],
)
def test_a_step_that_cannot_be_played(stepped: Written, step: str, said: str) -> None:
    found = problems(stepped(f"{step}\n{EXPECT}"))
    assert len(found) == 1
    assert said in found[0]


def test_a_limit_is_checked_before_anything_is_played(written: Written) -> None:
    text = HEAD.replace("every: 100", "every: 0") + f"      - {EXPECT}\n"
    (found,) = problems(written(text))
    assert found == "7 T1 requirements.100 h.schedule.repeat.every: must be more than 0, it is 0"


def test_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("version: 2\ncases: []")
    (tmp_path / "b.yml").write_text("nothing")
    with pytest.raises(FileInvalid) as refused:
        load_all([tmp_path])
    assert {Path(one.file).name for one in refused.value.problems} == {"a.yaml", "b.yml"}
    with pytest.raises(FileInvalid, match="no such file"):
        load_all([tmp_path / "c.yaml"])
