"""Maintenance programmes by API: read, and put tasks into a draft."""

from typing import Any

import pytest

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.amp.actions import add_programme, assign_programme, draft_revision
from hangarlink.maintenance.amp.models import Programme
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, told

TASK: dict[str, Any] = {
    "reference": "05-20-01",
    "title": "100-hour inspection",
    "schedule": {"repeat": {"kind": "counter", "counter": "airborne", "every": 360_000}},
}


@pytest.fixture
def programme(account: Account, aircraft: Aircraft) -> Programme:
    with acting_in(account):
        made = add_programme(code="AMP-172", name="Cessna 172S", acting_user=SYSTEM)
        assign_programme(made, aircraft, acting_user=SYSTEM)
        draft_revision(made, acting_user=SYSTEM)
        return made


def test_tasks_go_into_the_draft_and_the_report_says_what_they_would_open(
    api: Api, account: Account, programme: Programme
) -> None:
    at = f"/programmes/{programme.pk}/revisions/1"
    put = told(api.post(f"{at}/tasks", {"tasks": [TASK]}))
    assert put["tasks"] == [{"task": "05-20-01", "fate": "added", "fields": []}]
    assert put["revision"]["stage"] == "draft"
    again = told(api.post(f"{at}/tasks", {"tasks": [TASK]}))
    assert again["tasks"] == [{"task": "05-20-01", "fate": "same", "fields": []}]
    (task,) = told(api.get(f"{at}/tasks"))["tasks"]
    assert (task["title"], task["mandatory_class"]) == ("100-hour inspection", "programme")
    report = told(api.get(f"{at}/report"))["report"]
    assert [(one["requirement"], one["change"]) for one in report["dues"]] == [("AMP-172 05-20-01", "appears")]
    with acting_in(account):
        assert not DueItem.objects.exists()


def test_programmes_are_listed_and_read(api: Api, programme: Programme) -> None:
    (listed,) = told(api.get("/programmes"))["programmes"]
    assert listed == told(api.get(f"/programmes/{programme.pk}"))["programme"]
    assert [one["stage"] for one in listed["revisions"]] == ["draft"]
    for path in ("/programmes/nonsense", f"/programmes/{programme.pk}/revisions/9/tasks"):
        assert api.get(path).status_code == 404


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schedule": {}}, "needs schedule"),
        ({"schedule": {"repeat": {"kind": "counter", "counter": "warp", "every": 1}}}, "warp"),
        ({"ata": "x"}, "ATA"),
        ({"effectivity": {"serials": [{"first": "9", "last": "1"}]}}, "ends before"),
        ({"minimum_task": "M"}, "minimum programme"),
        ({"reference": " "}, ""),
        ({"effectivity": {"post": ["SB\x00"]}}, "cannot be stored"),
        ({"effectivity": {"serials": 5}}, "Effectivity: serials"),
        ({"schedule": {"repeat": {"kind": "counter", "counter": "\x00", "every": 1}}}, "cannot be stored"),
        ({"schedule": {"repeat": {"kind": "counter", "counter": "airborne", "every": 10**30}}}, "every"),
        ({"alerts": {"airborne": -1}}, "0 or more"),
        ({"alerts": {"\x00": 1}}, "cannot be stored"),
        ({"tolerance": "nobody-made-this"}, "tolerance"),
    ],
)
def test_tasks_that_make_no_sense_are_refused_whole(
    api: Api, account: Account, programme: Programme, change: dict[str, Any], says: str
) -> None:
    answer = api.post(
        f"/programmes/{programme.pk}/revisions/1/tasks", {"tasks": [TASK, {**TASK, "reference": "B", **change}]}
    )
    assert answer.status_code in {400, 422}
    assert says in told(answer)["error_description"]
    with acting_in(account):
        assert not programme.revisions.get().tasks.exists()


def test_a_task_given_twice_is_refused(api: Api, programme: Programme) -> None:
    answer = api.post(f"/programmes/{programme.pk}/revisions/1/tasks", {"tasks": [TASK, TASK]})
    assert "given twice" in told(answer)["error_description"]


def test_what_is_no_draft_takes_no_tasks(api: Api, account: Account, programme: Programme) -> None:
    with acting_in(account):
        programme.revisions.update(stage="discarded")
    answer = api.post(f"/programmes/{programme.pk}/revisions/1/tasks", {"tasks": [TASK]})
    assert "discarded" in told(answer)["error_description"]
    assert api.get(f"/programmes/{programme.pk}/revisions/1/report").status_code == 404
