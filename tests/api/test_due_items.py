"""What is due and why, by API: present, as of, as known at; corrections and work with a look ahead."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hangarlink.fleet.models import Aircraft, Counter, Flight
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement
from hangarlink.maintenance.programme.models import Accomplishment, DueItem
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, make_application, refused, told

HOUR = 3600
FIFTY = {"repeat": {"kind": "counter", "counter": "hobbs", "every": 50 * HOUR}}


@pytest.fixture
def item(aircraft: Aircraft, account: Account) -> DueItem:
    """An inspection every 50 h."""
    with acting_in(account):
        made = add_requirement(
            reference="172-50", title="Oil", mandatory_class="programme", schedule=FIFTY, acting_user=SYSTEM
        )
        apply_requirement(made, aircraft, acting_user=SYSTEM)
        return DueItem.objects.get()


def done(**changed: Any) -> dict[str, Any]:
    return {"performed_at": "2026-01-02T12:00:00Z", "values": [{"name": "Hobbs", "value": "1000.0"}], **changed}


def fly(api: Api, day: str = "2026-06-03", value: str = "1.4") -> str:
    flight = {
        "external_id": day,
        "reading_date": day,
        "reading_time": "09:12",
        "logs": [{"name": "Hobbs", "value": value}],
    }
    return str(told(api.post("/aircraft/SKA/hours_cycles", {"flight": flight}))["flight"]["id"])


def test_work_is_looked_at_and_then_recorded(api: Api, item: DueItem, account: Account) -> None:
    path = f"/due_items/{item.pk}/accomplishments"
    look = told(api.post(f"{path}?preview=true", done()))
    assert (look["result"], look["impact"]["items"][0]["after"]["state"]) == ("preview", "unknown")
    assert look["impact"]["items"][0]["terms"][0]["after"]["limit"] == 1050 * HOUR
    with acting_in(account):
        assert not Accomplishment.objects.exists()
    answer = api.post(path, done())
    assert (answer.status_code, told(answer)) == (201, {"result": "done", "impact": None})
    with acting_in(account):
        assert Accomplishment.objects.get().values.get(source="read").value == 1000 * HOUR


def test_what_nobody_can_have_read_is_refused(api: Api, item: DueItem, account: Account) -> None:
    path = f"/due_items/{item.pk}/accomplishments"
    for body in (
        done(values=[{"name": "Hobs", "value": 1}]),
        done(values=[{"name": "Hobbs", "value": 1}] * 2),
        done(performed_at="2199-01-01T00:00:00Z"),
    ):
        assert api.post(path, body).status_code == 422, body
        assert api.post(f"{path}?preview=true", body).status_code == 422, body
    with acting_in(account):
        assert not Accomplishment.objects.exists()


def test_a_correction_tells_what_becomes_overdue_and_keeps_nothing(
    api: Api, item: DueItem, account: Account, aircraft: Aircraft
) -> None:
    api.post(f"/due_items/{item.pk}/accomplishments", done())
    flight = fly(api)
    body = {"logs": [{"name": "Hobbs", "value": "51.0"}], "reason": "Misread"}
    look = told(api.post(f"/flights/{flight}/correct?preview=true", body))
    impact = look["impact"]
    assert impact["becomes_overdue"] == 1
    assert impact["items"][0]["change"] == "becomes_overdue"
    assert [(one["name"], one["before"], one["after"]) for one in impact["counters"]] == [
        ("Hobbs", 3_605_040, 3_783_600)
    ]
    with acting_in(account):
        assert Counter.objects.get(aircraft=aircraft, name="Hobbs").total == 3_605_040
    assert told(api.post(f"/flights/{flight}/correct", body))["result"] == "done"
    with acting_in(account):
        assert Counter.objects.get(aircraft=aircraft, name="Hobbs").total == 3_783_600
    told(api.post(f"/flights/{flight}/cancel", {"reason": "never flown"}))
    with acting_in(account):
        assert Flight.objects.get().cancelled_at
    told(api.post(f"/flights/{flight}/reinstate", {"reason": "it was"}))
    with acting_in(account):
        assert Flight.objects.get().cancelled_at is None


def test_items_and_their_explanation(api: Api, item: DueItem) -> None:
    api.post(f"/due_items/{item.pk}/accomplishments", done())
    fly(api)
    (listed,) = told(api.get("/aircraft/SKA/due_items"))["items"]
    assert (listed["id"], listed["terms"][0]["limit"]) == (str(item.pk), 1050 * HOUR)
    explained = told(api.get(f"/due_items/{item.pk}/explanation"))
    assert explained["tree"]["due"]["value"] == 1050 * HOUR
    assert explained["counters"][0]["total"] == 3_605_040
    before = told(api.get(f"/due_items/{item.pk}/explanation?as_of=2026-03-01"))
    assert (before["counters"][0]["total"], before["as_of"]) == (3_600_000, "2026-03-01")
    assert before["known_at"] is not None


def test_the_same_question_about_the_past_gets_the_same_answer(api: Api, item: DueItem) -> None:
    api.post(f"/due_items/{item.pk}/accomplishments", done())
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    path = f"/due_items/{item.pk}/explanation?as_of=2026-06-10&known_at={now}"
    first = told(api.get(path))
    fly(api)
    assert told(api.get(path)) == first
    assert told(api.get(f"/due_items/{item.pk}/explanation?as_of=2026-06-10")) != first


def test_questions_that_have_no_answer(api: Api, item: DueItem) -> None:
    path = f"/due_items/{item.pk}/explanation"
    refused(api.get(f"{path}?known_at=2199-01-01T00:00:00Z"), 422, "sync_failed")
    assert api.get(f"{path}?as_of=2026-02-31").status_code == 422
    assert api.get(f"{path}?known_at=2001-01-01T00:00:00Z").status_code == 404


def test_the_wall_and_the_scopes(item: DueItem, api: Api, account: Account, other_account: Account) -> None:
    flight = fly(api)
    foreign = make_application(other_account)
    assert foreign.get(f"/due_items/{item.pk}/explanation").status_code == 404
    assert foreign.post(f"/due_items/{item.pk}/accomplishments", done()).status_code == 404
    assert foreign.post(f"/flights/{flight}/cancel", {"reason": "x"}).status_code == 404
    writer = make_application(account, "hours_cycles_write", name="Writer")
    refused(writer.post(f"/flights/{flight}/cancel", {"reason": "x"}), 403, "insufficient_scope")
    corrector = make_application(account, "usage_correct", name="Corrector")
    look = told(corrector.post(f"/flights/{flight}/cancel?preview=true", {"reason": "x"}))
    assert (look["impact"]["sees_due"], look["impact"]["items"]) == (False, [])
