"""Programmes as spreadsheets: the same both ways, planned before done, and hostile files refused."""

import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.amp.actions import draft_revision, put_task
from hangarlink.maintenance.amp.contents import tasks_of
from hangarlink.maintenance.amp.files import read_file, write_csv, write_xlsx
from hangarlink.maintenance.amp.importing import import_tasks
from hangarlink.maintenance.amp.models import Programme, Revision, Task
from hangarlink.maintenance.amp.rules.difference import Fate
from hangarlink.maintenance.amp.rules.phrases import limit_from, phrase
from hangarlink.maintenance.amp.sheets import JSON, read_rows, rows_of
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.maintenance.programme.rules.limits import Leaf
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.quantities import Unit
from tests.maintenance.amp.conftest import HUNDRED

UNITS = {"airborne": Unit.SECONDS, "landings": Unit.COUNT, "Engine 1": Unit.SECONDS}
HOUR = 3600


def leaf(data: dict[str, Any]) -> Leaf:
    found = from_json({"repeat": data}).repeat
    assert found is not None
    return found  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("said", "data"),
    [
        ("every 100 h airborne", {"kind": "counter", "counter": "airborne", "every": 100 * HOUR}),
        ("every 0:30:00 h Engine 1", {"kind": "counter", "counter": "Engine 1", "every": 1800}),
        ("every 50 landings", {"kind": "counter", "counter": "landings", "every": 50}),
        ("every 12 calendar months", {"kind": "calendar", "unit": "calendar_months", "every": 12}),
        ("every 14 days from data plate", {"kind": "calendar", "unit": "days", "every": 14, "start": "data_plate"}),
        (
            "at 10000, 15000 then every 1000 h airborne from zero",
            {"kind": "counter", "counter": "airborne", "every": 1000 * HOUR, "start": "zero",
             "thresholds": [10_000 * HOUR, 15_000 * HOUR]},
        ),
        (
            "every 300 h airborne window 30 / 30",
            {"kind": "counter", "counter": "airborne", "every": 300 * HOUR,
             "window": {"before": 30 * HOUR, "after": 30 * HOUR}},
        ),
        (
            "every 12 calendar months window 1 / 1 months",
            {"kind": "calendar", "unit": "calendar_months", "every": 12,
             "window": {"before": 1, "after": 1, "unit": "months"}},
        ),
    ],
)  # fmt: skip
def test_a_phrase_is_a_limit_and_back(said: str, data: dict[str, Any]) -> None:
    assert leaf(limit_from(said, UNITS)) == leaf(data)
    assert phrase(leaf(data), UNITS) == said


def test_spelling_is_forgiven_where_it_is_plain() -> None:
    assert limit_from("Every 1 month", UNITS)["unit"] == "months"
    assert limit_from("every 100 H Airborne", UNITS)["counter"] == "airborne"
    assert limit_from("not later than 2027-03-31", UNITS) == {"kind": "date", "on": "2027-03-31"}


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("100 h", "is not a limit"),
        ("every 100 airborne", "hours: write “h airborne”"),
        ("every 100 h landings", "no hours"),
        ("every 100 h warp", "no counter 'warp'"),
        ("every 1,5 h airborne", "is not a limit"),
        ("every 1.5 landings", "not a whole number"),
        ("every 12 months from birth", "nothing to count from"),
        ("", "is not a limit"),
    ],
)
def test_what_is_no_limit_is_named(said: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        limit_from(said, UNITS)


AMOUNTS = st.integers(1, 10**9)
STARTED = st.sampled_from(["new", "overhaul", "installation", "effective_date"])
COUNTERS = st.builds(
    lambda name, every, start: {"kind": "counter", "counter": name, "every": every, "start": start},
    st.sampled_from(list(UNITS)), AMOUNTS, STARTED | st.just("last_done"),
)  # fmt: skip
CALENDARS = st.builds(
    lambda unit, every, start: {"kind": "calendar", "unit": unit, "every": every, "start": start},
    st.sampled_from(["days", "months", "calendar_months"]), st.integers(1, 75_000), STARTED | st.just("last_done"),
)  # fmt: skip
EVENTS = st.just({"kind": "event", "event": "shop_visit"})
LEAVES = COUNTERS | CALENDARS | EVENTS
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda kind, of: {"kind": kind, "of": of},
        st.sampled_from(["first", "last"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@given(TREES, st.sampled_from(["actual", "grid", "min"]), st.none() | st.integers(1, 9))
def test_every_schedule_survives_a_spreadsheet(tree: dict[str, Any], basis: str, times: int | None) -> None:
    schedule = from_json({"repeat": tree, "basis": basis} | ({"times": times} if times else {}))
    content = {
        "title": "x",
        "mandatory_class": "life_limit",
        "schedule": schedule.model_dump(mode="json", exclude_none=True),
    }
    (row,) = rows_of([Task(reference="1", content=content)], UNITS)
    for written in (write_xlsx([row]), write_csv([row])):
        found = read_rows(read_file(written, "x"), UNITS)
        assert not found.problems
        assert from_json(found.tasks["1"]["schedule"]) == schedule
        assert found.tasks["1"]["mandatory_class"] == "life_limit"


@pytest.fixture
def draft(programme: Programme, acting_user: Actor) -> Revision:
    made = draft_revision(programme, acting_user=acting_user)
    said = {
        "alerts": {"airborne": 10 * HOUR},
        "effectivity": {"serials": [{"first": "1", "last": "9"}], "pre": ["=SB 1"]},
    }
    put_task(made, "=12-10", acting_user=acting_user, **{**HUNDRED, "title": "-Oil", **said})
    return made


def rows(draft: Revision) -> list[Any]:
    from hangarlink.maintenance.programme.counters import units_by_name

    return rows_of(tasks_of(draft).values(), units_by_name())


@pytest.mark.parametrize("write", [write_xlsx, write_csv])
def test_what_is_exported_imports_as_nothing_new(draft: Revision, acting_user: Actor, write: Any) -> None:
    read = read_file(write(rows(draft)), "amp.xlsx")
    plan = import_tasks(draft, read, replace=True, dry_run=False, acting_user=acting_user)
    assert not plan.problems
    assert {one.fate for one in plan.differences} == {Fate.SAME}


def test_a_cell_that_begins_like_a_formula_stays_text(draft: Revision) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(rows(draft))))
    cells = {cell.value: cell.data_type for line in book.worksheets[0].iter_rows() for cell in line}
    assert cells["=12-10"] == "s"
    assert b"'=12-10" in write_csv(rows(draft))


def test_a_dry_run_tells_and_keeps_nothing(draft: Revision, acting_user: Actor) -> None:
    told = [(2, {"Task": "12-20", "Title": "New", "Limit 1": "every 50 h airborne"}),
            (3, {"Task": "05-20-01", "Title": "100-hour inspection", "Limit 1": "every 90 h airborne"})]  # fmt: skip
    plan = import_tasks(draft, told, replace=True, dry_run=True, acting_user=acting_user)
    assert {one.reference: one.fate for one in plan.differences} == {
        "05-20-01": Fate.CHANGED, "12-20": Fate.ADDED, "=12-10": Fate.REMOVED,
    }  # fmt: skip
    assert sorted(draft.tasks.values_list("reference", flat=True)) == ["05-20-01", "=12-10"]
    import_tasks(draft, told, replace=False, dry_run=False, acting_user=acting_user)
    assert draft.tasks.count() == 3


def test_every_problem_is_told_by_row_and_column_and_nothing_is_written(draft: Revision, acting_user: Actor) -> None:
    told = [
        (2, {"Task": "A", "Title": "Good", "Limit 1": "every 50 h airborne"}),
        (3, {"Task": "", "Title": "No name", "Limit 1": "every 50 h airborne"}),
        (4, {"Task": "A", "Title": "Twice", "Limit 1": "every 50 h airborne"}),
        (5, {"Task": "B", "Title": "x", "Limit 1": "every 50 h warp", "Class": "nice"}),
        (6, {"Task": "C", "Title": "", "Limit 1": "every 50 h airborne"}),
        (7, {"Task": "D", "Title": "x", "Limit 1": "every 50 h airborne", JSON: json.dumps({"a": 1})}),
        (8, {"Task": "E", "Title": "x", "Limit 1": "every 50 h airborne", "Serial numbers": "9 to 1"}),
        (9, {"Task": "F", "Title": "x"}),
        (10, {"Task": "G", "Title": "x", "Limit 1": "every 5 days", "Effective date": "2026-02-30"}),
    ]
    plan = import_tasks(draft, told, replace=True, dry_run=False, acting_user=acting_user)
    assert [(one.line, one.column) for one in plan.problems] == [
        (3, "Task"), (4, "Task"), (5, "Class"), (5, "Limit 1"), (6, "Title"), (7, "Limit 1"), (8, "Serial numbers"),
        (9, "Limit 1"), (10, "Effective date"),
    ]  # fmt: skip
    assert draft.tasks.count() == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04nonsense", "cannot|not a spreadsheet"),
        (b"\xff\xfe\x00", "neither an xlsx file nor UTF-8"),
        (b"Task,Titel\n1,x\n", "unknown columns Titel"),
        (b"Title\nx\n", "no column Task"),
        (b"Task,Task\n1,2\n", "there twice"),
        (b"Task,Title\n", "no row below"),
        (b"Task\n" + b"1\n" * 2100, "at most 2000"),
        (b"x" * (5 * 1024 * 1024 + 1), "kB"),
    ],
)
def test_a_file_that_is_none_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        read_file(data, "file")


def test_a_bomb_is_not_unfolded() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (61 * 1024 * 1024))
    with pytest.raises(RuleBroken, match="unfolds to more than"):
        read_file(made.getvalue(), "bomb.xlsx")


def test_a_semicolon_file_of_another_spreadsheet_reads() -> None:
    found = read_file("Task;title;Limit 1\n05;Öl;every 5 days\n".encode(), "x.csv")
    assert found == [(2, {"Task": "05", "Title": "Öl", "Limit 1": "every 5 days"})]


def test_importing_takes_a_draft_and_the_permission(draft: Revision, acting_user: Actor) -> None:
    reader = Actor(ActorKind.PERSON, None, "R", frozenset({"programme.view"}))
    told = [(2, {"Task": "A", "Title": "x", "Limit 1": "every 5 days"})]
    with pytest.raises(NotPermitted):
        import_tasks(draft, told, replace=False, dry_run=True, acting_user=reader)
    with pytest.raises(RuleBroken, match="This revision is active"):
        import_tasks(
            draft.programme.revisions.get(number=1), told, replace=False, dry_run=True, acting_user=acting_user
        )
