"""Events and approved variations through the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.programme.actions import (
    add_ready_tolerance_classes,
    add_requirement,
    apply_requirement,
    record_accomplishment,
)
from hangarlink.maintenance.programme.models import DueItem, EventRecord
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, make_application, refused

HOUR = 3600
PATH = "/aircraft/SKA/events"


@pytest.fixture
def item(account: Account, aircraft: Aircraft) -> DueItem:
    """A 100-hour inspection done a week ago, whose class allows 10 h."""
    with acting_in(account):
        add_ready_tolerance_classes(acting_user=SYSTEM)
        schedule = {"repeat": {"kind": "counter", "counter": "hobbs", "every": 100 * HOUR}}
        made = add_requirement(
            reference="100 h", title="Inspection", mandatory_class="programme", schedule=schedule,
            tolerance="part_ml_mip", acting_user=SYSTEM,
        )  # fmt: skip
        apply_requirement(made, aircraft, acting_user=SYSTEM)
        hobbs = Counter.objects.get(aircraft=aircraft, kind="hobbs")
        done = timezone.now() - timedelta(days=7)
        record_accomplishment(made, aircraft, performed_at=done, values={hobbs.pk: 1000 * HOUR}, acting_user=SYSTEM)
        return DueItem.objects.get(requirement=made)


def variation(**more: Any) -> dict[str, Any]:
    said = {
        "path": "repeat", "amount": 5 * HOUR, "approved_by": "CAMO", "reference": "VAR 1",
        "approved_on": timezone.now().date().isoformat(),
    }  # fmt: skip
    return {"variation": said | more}


def test_a_variation_is_recorded_read_and_withdrawn(
    account: Account, item: DueItem, api_with: Callable[..., Api]
) -> None:
    api = api_with("programme_read", "programme_approve")
    path = f"/due_items/{item.pk}/variations"
    made = api.post(path, variation())
    assert made.status_code == 201, made.content
    told = made.json()["variation"]
    assert (told["standing"], told["counts_from"], told["unit"], told["tolerance"]) == (
        "holds",
        "actual",
        "seconds",
        "part_ml_mip",
    )
    assert told["due"]["value"] == 1100 * HOUR
    assert "VAR 1" in refused(api.post(path, variation(reference="VAR 2")), 422, "sync_failed")
    back = api.post(f"{path}/{told['id']}/withdrawal", {"reason": "other aircraft"})
    assert (back.status_code, back.json()["variation"]["standing"]) == (200, "withdrawn")
    assert [one["standing"] for one in api.get(path).json()["variations"]] == ["withdrawn"]
    codes = [one["code"] for one in api.get("/tolerance_classes").json()["tolerance_classes"]]
    assert "part_ml_mip" in codes


def test_beyond_the_class_is_refused_by_field(item: DueItem, api_with: Callable[..., Api]) -> None:
    api = api_with("programme_approve")
    said = refused(api.post(f"/due_items/{item.pk}/variations", variation(amount=11 * HOUR)), 422, "sync_failed")
    assert "variation.amount" in said


def test_recording_work_is_not_approving(
    account: Account, other_account: Account, item: DueItem, api_with: Callable[..., Api]
) -> None:
    mechanic = api_with("programme_read", "programme_record")
    refused(mechanic.post(f"/due_items/{item.pk}/variations", variation()), 403, "insufficient_scope")
    stranger = make_application(other_account)
    refused(stranger.post(f"/due_items/{item.pk}/variations", variation()), 404, "not_found")
    refused(stranger.get(f"/due_items/{item.pk}/variations"), 404, "not_found")


def event(**more: Any) -> dict[str, Any]:
    at = (timezone.now() - timedelta(days=1)).replace(microsecond=0)
    return {"event": {"code": "hard_landing", "at": at.isoformat(), "source": "TL 4711"} | more}


def test_an_event_is_recorded_read_and_withdrawn(
    account: Account, aircraft: Aircraft, api_with: Callable[..., Api]
) -> None:
    api = api_with("programme_read", "programme_record")
    made = api.post(PATH, event(values={"Hobbs": "1000.0"}))
    assert made.status_code == 201, made.content
    told = made.json()["event"]
    assert told["code"] == "hard_landing"
    assert told["values"]["Hobbs"] == 1000 * HOUR
    assert api.get(PATH).json()["events"] == [told]
    assert api.post(f"{PATH}/{told['id']}/withdrawal", {"reason": "other aircraft"}).status_code == 200
    assert api.get(PATH).json() == {"total": 0, "next_cursor": None, "events": []}
    with acting_in(account):
        assert EventRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"code": "9 lives"}, "event.code"),
        ({"at": "2999-01-01T00:00:00Z"}, "event.at"),
        ({"values": {"Tacho": 1}}, "not a counter of this aircraft"),
        ({"values": {"Hobbs": "ten"}}, "Hobbs"),
    ],
)
def test_what_is_wrong_is_named(
    aircraft: Aircraft, api_with: Callable[..., Api], change: dict[str, Any], text: str
) -> None:
    assert text in refused(api_with("programme_record").post(PATH, event(**change)), 422, "sync_failed")


def test_events_take_their_scope(
    account: Account, other_account: Account, aircraft: Aircraft, api_with: Callable[..., Api]
) -> None:
    refused(api_with("programme_read").post(PATH, event()), 403, "insufficient_scope")
    refused(make_application(other_account).get(PATH), 404, "not_found")
