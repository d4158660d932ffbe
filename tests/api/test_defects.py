"""Defects through the API."""

from typing import Any

import pytest

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.maintenance.defects.models import Defect
from hangarlink.platform.tenancy.context import acting_in
from tests.api.conftest import Api, make_application, refused, told

PATH = "/aircraft/SKA/defects"


def defect(**changed: Any) -> dict[str, Any]:
    values = {
        "description": "Nose wheel shimmy",
        "reported_at": "2026-06-03T09:40:00Z",
        "external_id": "FL-1",
        **changed,
    }
    return {"defect": {name: value for name, value in values.items() if value is not ...}}


def test_a_report_creates_a_defect(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-2] A top-level defect with description, reported information and due date."""
    response = api.post(PATH, defect(reported_by="A. Jensen", due_date="2026-06-10", ata="32-50"))
    body = told(response)
    assert (response.status_code, body["result"], body["matched_by"]) == (201, "created", None)
    made = body["defect"]
    assert (made["number"], made["status"], made["description"]) == (1, "open", "Nose wheel shimmy")
    assert (made["reported_by"], made["due_date"], made["reported_at"]) == (
        "A. Jensen",
        "2026-06-10",
        "2026-06-03T09:40:00Z",
    )
    assert made["aircraft"] == {"id": str(aircraft.id), "registration": "OY-SKA", "call_sign": "SKA"}
    assert told(api.get(PATH)) == {"total": 1, "next_cursor": None, "defects": [made]}


def test_the_same_report_is_skipped(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-1, req-2] Matching is best effort."""
    api.post(PATH, defect())
    by_name = api.post(PATH, defect(description="Reworded"))
    by_words = api.post(PATH, defect(external_id=..., description="nose wheel  SHIMMY."))
    assert (by_name.status_code, told(by_name)["result"], told(by_name)["matched_by"]) == (
        200,
        "skipped",
        "external_id",
    )
    assert (by_words.status_code, told(by_words)["result"], told(by_words)["matched_by"]) == (
        200,
        "skipped",
        "description",
    )
    assert told(by_name)["defect"]["description"] == "Nose wheel shimmy"


def test_an_external_id_is_no_permanent_key(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-1, req-2] Not a permanent shared upsert key: it means nothing in another system."""
    api.post(PATH, defect())
    other = make_application(aircraft.account, name="Another system")
    assert told(other.post(PATH, defect(description="Flat tyre")))["result"] == "created"


@pytest.mark.parametrize(
    "changed",
    [
        {"external_id": "FL-2"},
        {"external_id": ..., "description": "Other"},
        {"external_id": ..., "reported_at": "2026-06-04T00:00:00Z"},
    ],
)
def test_what_can_break_a_match_does(api: Api, aircraft: Aircraft, changed: dict[str, Any]) -> None:
    """[stated: req-2] External id, description, date can break a match; a lost report would be worse."""
    api.post(PATH, defect())
    assert told(api.post(PATH, defect(**changed)))["result"] == "created"


def test_missing_details_are_filled_in(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-2] The log tells create from update."""
    api.post(PATH, defect())
    body = told(api.post(PATH, defect(due_date="2026-06-10")))
    assert (body["result"], body["defect"]["due_date"]) == ("updated", "2026-06-10")
    with acting_in(aircraft.account):
        assert [(run.created, run.updated) for run in SyncRun.objects.order_by("id")] == [(1, 0), (0, 1)]
        assert "defect 1" in SyncRun.objects.latest("id").summary


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"description": ""}, "defect.description"),
        ({"description": ...}, "defect.description: missing"),
        ({"description": " "}, "defect.description"),
        ({"reported_at": ...}, "defect.reported_at: missing"),
        ({"reported_at": "2026-06-03"}, "with its offset"),
        ({"reported_at": "2026-06-31T09:00:00Z"}, "does not exist"),
        ({"reported_at": "2099-01-01T00:00:00Z"}, "future"),
        ({"reported_at": "0001-01-01T00:00:00+14:00"}, "does not exist"),
        ({"due_date": "10/06/2026"}, "defect.due_date: '10/06/2026' is not a date in the form YYYY-MM-DD"),
        ({"due_date": "2026-02-30"}, "defect.due_date: '2026-02-30' is a date that does not exist"),
        ({"ata": "nose"}, "no ATA reference"),
        ({"severity": "high"}, "defect.severity: no such field"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_reports_are_refused(api: Api, aircraft: Aircraft, changed: dict[str, Any], words: str) -> None:
    assert words in refused(api.post(PATH, defect(**changed)), 422, "sync_failed")
    with acting_in(aircraft.account):
        assert not Defect.objects.exists()


def test_the_record_stands_under_defect(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-2] A top-level defect object."""
    text = refused(api.post(PATH, {"description": "x"}), 422, "sync_failed")
    assert 'under a top-level "defect" object' in text


def test_no_personal_data_in_the_log(api: Api, aircraft: Aircraft) -> None:
    api.post(PATH, defect(reported_by="Ann Jensen"))
    api.post(PATH, defect(reported_by="Ann Jensen", ata="x"))
    with acting_in(aircraft.account):
        assert "Jensen" not in str(list(SyncRun.objects.values()))
