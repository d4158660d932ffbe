"""Components through the API: the same rules as on pages, and a refusal that says what to do."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.components.actions import add_component_type, set_life_limit
from hangarlink.maintenance.components.models import Component, Item, Placement
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, make_application, refused, told

AT = "2026-02-01T12:00:00Z"


@pytest.fixture
def engine(api: Api, account: Account) -> dict[str, Any]:
    """An engine in stock, kept by landings."""
    with acting_in(account):
        add_component_type(name="O-320", kind="engine", ata="72", acting_user=SYSTEM)
    return make(api)


def make(api: Api, serial: str = "L-1", **changed: Any) -> Any:
    given = {
        "type": "O-320", "part_number": "O-320-D2J", "serial_number": serial, "condition": "serviceable",
        "certificate": "F1-1", "since": "2026-01-02T08:00:00Z", "counters": [{"kind": "landings", "name": "Cycles"}],
    }  # fmt: skip
    answer = api.post("/components", {"component": {**given, **changed}})
    assert answer.status_code == 201, answer.content
    return told(answer)["component"]


def tell(api: Api, engine: Any, value: Any, kind: str = "total", **more: Any) -> Any:
    path = f"/components/{engine['id']}/counters/{engine['counters'][0]['id']}/entries"
    return api.post(path, {"entry": {"kind": kind, "value": value, "at": "2026-01-03T08:00:00Z", **more}})


def put_on(api: Api, engine: Any, **changed: Any) -> Any:
    body = {"aircraft": "SKA", "position": "Engine", "at": AT, **changed}
    return api.post(f"/components/{engine['id']}/installations", {"installation": body})


def test_a_component_goes_its_way(api: Api, account: Account, aircraft: Aircraft, engine: Any) -> None:
    assert engine["counters"][0]["total"] is None, "unknown, never zero"
    answer = tell(api, engine, 5480)
    assert (answer.status_code, told(answer)["total"]) == (201, 5480)
    placed = told(put_on(api, engine))["placement"]
    assert (placed["place"], placed["aircraft_id"], placed["position"]) == ("aircraft", str(aircraft.id), "Engine")
    flight = {"flight": {"external_id": "1", "date": "2026-02-03", "departure_time": "09:00", "arrival_time": "10:00",
                         "landings": 3}}  # fmt: skip
    assert api.post("/aircraft/SKA/hours_cycles", flight).status_code in {200, 201, 404, 422}
    tree = told(api.get("/aircraft/SKA/components"))
    assert tree["positions"][0]["component"]["id"] == engine["id"]
    off = api.post(
        f"/components/{engine['id']}/removals", {"removal": {"at": "2026-02-05T12:00:00Z", "to": "workshop"}}
    )
    assert told(off)["placement"]["place"] == "workshop"
    work = {"work": {"kind": "overhaul", "at": "2026-02-06T12:00:00Z", "certificate": "F1-9"}}
    assert api.post(f"/components/{engine['id']}/work", work).status_code == 201
    life = told(api.get(f"/components/{engine['id']}"))
    assert [p["place"] for p in life["placements"]] == ["workshop", "aircraft", "stock"]
    assert (life["is_back_to_birth"], life["breaks"][0]["kind"]) == (False, "not_born")
    assert (life["work"][0]["kind"], life["component"]["condition"]) == ("overhaul", "overhauled")


def test_the_list_narrows_and_pages(api: Api, engine: Any) -> None:
    other = make(api, "L-2")
    first = told(api.get("/components?per_page=1"))
    second = told(api.get(f"/components?per_page=1&cursor={first['next_cursor']}"))
    assert first["total"] == 2
    assert [first["components"][0]["id"], second["components"][0]["id"]] == [engine["id"], other["id"]]
    assert told(api.get("/components?serial_number=L-2"))["total"] == 1
    assert told(api.get("/components?place=aircraft"))["total"] == 0
    assert told(api.get("/components?serial_number=%00"))["total"] == 0


def test_lives_are_told_exactly(api: Api, account: Account, engine: Any) -> None:
    with acting_in(account):
        item = Item.objects.get()
        for rating, limit in (("22K", 20_000), ("26K", 15_000)):
            set_life_limit(item, kind="landings", rating=rating, limit=limit, acting_user=SYSTEM)
    life = told(api.get(f"/components/{engine['id']}"))["component"]["lives"][0]
    assert (life["is_known"], life["used"], life["left"]) == (False, None, None)
    assert tell(api, engine, 10_500, by_rating={"22K": 6000, "26K": 4500}).status_code == 201
    life = told(api.get(f"/components/{engine['id']}"))["component"]["lives"][0]
    assert (life["used"], life["remaining"]) == ("0.6", {"22K": 8000, "26K": 6000})


def test_an_exchange_is_one_act(api: Api, account: Account, aircraft: Aircraft, engine: Any) -> None:
    spare = make(api, "L-2")
    assert put_on(api, engine).status_code == 201
    body = {"exchange": {"component_id": spare["id"], "at": "2026-02-05T12:00:00Z"}}
    answer = api.post(f"/components/{engine['id']}/exchanges", body)
    assert told(answer)["placement"]["position"] == "Engine"
    assert told(api.get(f"/components/{engine['id']}"))["component"]["placement"]["place"] == "stock"


def test_what_the_check_refuses_changes_nothing(api: Api, account: Account, aircraft: Aircraft, engine: Any) -> None:
    bad = make(api, "L-2", certificate="", condition="unserviceable")
    assert "unserviceable" in refused(put_on(api, bad), 422, "sync_failed")
    assert put_on(api, engine).status_code == 201
    other = make(api, "L-3")
    assert "Another component is at engine" in refused(put_on(api, other, position="engine"), 422, "sync_failed")
    assert "installed already" in refused(put_on(api, engine), 422, "sync_failed")
    with acting_in(account):
        assert Placement.objects.filter(component_id=bad["id"]).count() == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"aircraft": ""}, "either aircraft or component_id"),
        ({"component_id": str(uuid4())}, "either aircraft or component_id"),
        ({"at": "2199-01-01T00:00:00Z"}, "future"),
        ({"at": "2025-01-01T00:00:00Z"}, "since 02 Jan 2026"),
        ({"drivers": {str(uuid4()): str(uuid4())}}, "no counter of it"),
    ],
)
def test_a_bad_installation_says_what_to_do(
    api: Api, aircraft: Aircraft, engine: Any, change: dict[str, Any], says: str
) -> None:
    assert says in refused(put_on(api, engine, **change), 422, "sync_failed")


def test_a_serial_number_is_one_component(api: Api, account: Account, engine: Any) -> None:
    body = {"type": "O-320", "part_number": "O-320-D2J", "serial_number": "L-1", "since": AT}
    assert "tracked already" in refused(api.post("/components", {"component": body}), 422, "sync_failed")
    with acting_in(account):
        assert Component.objects.count() == 1
        assert Counter.objects.filter(component_id__isnull=False).count() == 1


def test_a_total_never_falls(api: Api, engine: Any) -> None:
    assert tell(api, engine, 100).status_code == 201
    answer = tell(api, engine, 90, at="2026-01-05T08:00:00Z")
    assert "never falls" in refused(answer, 422, "sync_failed")
    assert "no meter of its own" in refused(tell(api, engine, 100, "reading"), 422, "sync_failed")


@pytest.mark.parametrize("scope", ["components_read", "components_write", "components_record"])
def test_a_scope_opens_what_it_names(api_with: Callable[..., Api], aircraft: Aircraft, engine: Any, scope: str) -> None:
    holder = api_with(scope)
    refused(put_on(holder, engine), 403, "insufficient_scope")
    assert holder.get("/components").status_code == (200 if scope == "components_read" else 403)


def test_another_accounts_component_is_not_found(other_account: Account, aircraft: Aircraft, engine: Any) -> None:
    theirs = make_application(other_account)
    refused(theirs.get(f"/components/{engine['id']}"), 404, "not_found")
    refused(put_on(theirs, engine), 404, "not_found")
    refused(tell(theirs, engine, 5), 404, "not_found")
    assert told(theirs.get("/components"))["total"] == 0
