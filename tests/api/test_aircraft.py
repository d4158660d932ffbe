"""Aircraft and their flight logs through the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.actions import add_aircraft_model
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter, ExpectedCounter
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from tests.api.conftest import Api, make_aircraft, refused, told


def new(aircraft: Aircraft, **changed: Any) -> dict[str, Any]:
    values = {"registration": "OY-NEW", "aircraft_model": {"name": "C172S OY-SKA"}, **changed}
    return {"aircraft": {name: value for name, value in values.items() if value is not ...}}


def stored(registration: str, aircraft: Aircraft) -> Aircraft:
    with acting_in(aircraft.account):
        return Aircraft.objects.get(registration=registration)


def test_an_aircraft_is_created_with_the_logs_its_model_expects(api: Api, aircraft: Aircraft) -> None:
    """[stated: aircraft-synchronization] Read, create, update."""
    with acting_in(aircraft.account):
        ExpectedCounter.objects.create(
            account=aircraft.account,
            aircraft_model=AircraftModel.objects.get(),
            kind="tach",
            name="Tach",
            display="decimal_hours",
        )
    response = api.post("/aircraft", new(aircraft, call_sign="NEW", empty_weight=767.5, notes="Blue", location="EKRK"))
    body = told(response)
    assert (response.status_code, body["result"]) == (201, "created")
    made = body["aircraft"]
    assert (made["registration"], made["call_sign"], made["status"], made["location"]) == (
        "OY-NEW",
        "NEW",
        "in_service",
        "EKRK",
    )
    assert (made["empty_weight"], made["mass_unit"]) == ("767.50", "kg")
    assert [(log["name"], log["total"]) for log in made["flight_logs"]] == [("Tach", None)]
    assert told(api.get("/aircraft/NEW"))["aircraft"] == made


def test_lookup_is_by_call_sign_then_registration(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-1, req-2; aircraft-synchronization]"""
    make_aircraft(aircraft.account, "SKA", "OTHER")
    assert told(api.get("/aircraft/SKA"))["aircraft"]["registration"] == "OY-SKA"
    assert told(api.get("/aircraft/OY-SKA"))["aircraft"]["registration"] == "OY-SKA"
    assert told(api.get("/aircraft/OTHER"))["aircraft"]["registration"] == "SKA"


def test_patch_changes_what_is_given(api: Api, aircraft: Aircraft) -> None:
    api.patch("/aircraft/SKA", {"aircraft": {"notes": "First", "serial_number": "1"}})
    response = api.patch("/aircraft/SKA", {"aircraft": {"notes": "Second"}})
    assert told(response)["result"] == "updated"
    row = stored("OY-SKA", aircraft)
    assert (row.notes, row.serial_number, row.call_sign) == ("Second", "1", "SKA")


def test_put_empties_what_is_left_out(api: Api, aircraft: Aircraft) -> None:
    api.patch("/aircraft/SKA", {"aircraft": {"notes": "First", "empty_weight": "700"}})
    response = api.put("/aircraft/SKA", new(aircraft, registration="OY-SKA", call_sign="SKA"))
    assert told(response)["result"] == "updated"
    row = stored("OY-SKA", aircraft)
    assert (row.notes, row.empty_weight) == ("", None)


def test_what_was_read_can_be_put_back(api: Api, aircraft: Aircraft) -> None:
    read = told(api.get("/aircraft/SKA"))
    assert told(api.put("/aircraft/SKA", read))["result"] == "unchanged"
    assert told(api.patch("/aircraft/SKA", read))["result"] == "unchanged"


def test_a_sync_never_moves_the_status(api: Api, aircraft: Aircraft) -> None:
    """[stated: aircraft-synchronization] Ownership of status stays with maintenance."""
    with acting_in(aircraft.account):
        Aircraft.objects.update(status="out_of_service")
    text = refused(api.patch("/aircraft/SKA", {"aircraft": {"status": "in_service"}}), 422, "sync_failed")
    assert text.startswith("aircraft.status:")
    refused(api.put("/aircraft/SKA", new(aircraft, status="maintenance")), 422, "sync_failed")
    refused(api.post("/aircraft", new(aircraft, status="maintenance")), 422, "sync_failed")
    assert (
        told(api.patch("/aircraft/SKA", {"aircraft": {"status": "out_of_service", "notes": "x"}}))["result"]
        == "updated"
    )
    assert stored("OY-SKA", aircraft).status == "out_of_service"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"registration": "OY-SKA"}, "aircraft.registration: The registration OY-SKA is taken"),
        ({"call_sign": "SKA"}, "aircraft.call_sign: The call sign SKA is taken"),
        ({"registration": ""}, "aircraft.registration"),
        ({"registration": ...}, "aircraft.registration: missing"),
        ({"registration": "x" * 21}, "aircraft.registration"),
        ({"registration": 5}, "aircraft.registration"),
        ({"aircraft_model": ...}, "aircraft.aircraft_model: missing"),
        ({"aircraft_model": {"name": "No such"}}, "no aircraft model with the name No such"),
        ({"aircraft_model": {}}, "by id or by name"),
        ({"aircraft_model": "C172S"}, "aircraft.aircraft_model"),
        ({"empty_weight": 0}, "is not a weight"),
        ({"empty_weight": 1.234}, "is not a weight"),
        ({"empty_weight": "heavy"}, "is not a number"),
        ({"empty_weight": "NaN"}, "is not a weight"),
        ({"empty_weight": "1e999999999"}, "is not a weight"),
        ({"empty_weight": 2_000_000}, "aircraft.empty_weight"),
        ({"mass_unit": "stone"}, "aircraft.mass_unit"),
        ({"callsign": "X"}, "aircraft.callsign: no such field"),
        ({"notes": None}, "aircraft.notes"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_aircraft_are_refused_with_the_field(
    api: Api, aircraft: Aircraft, changed: dict[str, Any], words: str
) -> None:
    assert words in refused(api.post("/aircraft", new(aircraft, **changed)), 422, "sync_failed")
    with acting_in(aircraft.account):
        assert Aircraft.objects.count() == 1


def test_null_empties_only_what_may_be_unknown(api: Api, aircraft: Aircraft) -> None:
    api.patch("/aircraft/SKA", {"aircraft": {"empty_weight": 700}})
    assert told(api.patch("/aircraft/SKA", {"aircraft": {"empty_weight": None}}))["aircraft"]["empty_weight"] is None
    assert "cannot be null" in refused(
        api.patch("/aircraft/SKA", {"aircraft": {"call_sign": None}}), 422, "sync_failed"
    )


def test_put_and_patch_create_nothing(api: Api, aircraft: Aircraft) -> None:
    refused(api.put("/aircraft/NOPE", new(aircraft)), 404, "not_found")
    refused(api.patch("/aircraft/NOPE", {"aircraft": {}}), 404, "not_found")


def test_a_page_is_a_fixed_number_of_statements(api: Api, aircraft: Aircraft) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert api.get("/aircraft").status_code == 200
        return len(seen)

    few = statements()
    for number in range(5):
        make_aircraft(aircraft.account, f"OY-N{number}", "")
    assert statements() == few


def test_flight_logs_are_read_and_configured(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-1, aircraft-synchronization] Flight-log configuration through the API."""
    body = told(
        api.put("/aircraft/SKA/flight_logs", {"flight_logs": [{"name": "Tach", "kind": "tach", "slot": "secondary"}]})
    )
    assert (body["result"], body["added"], body["changed"]) == ("updated", ["Tach"], [])
    logs = told(api.get("/aircraft/SKA/flight_logs"))["flight_logs"]
    assert [log["name"] for log in logs] == ["Hobbs", "Block", "Landings", "Cycles", "Tach"]
    assert logs[4] | {"id": None} == {
        "id": None, "name": "Tach", "kind": "tach", "unit": "seconds", "display": "decimal_hours", "slot": "secondary",
        "total": None, "total_shown": None, "total_at": None,
    }  # fmt: skip


def test_logs_that_are_not_listed_stay(api: Api, aircraft: Aircraft) -> None:
    again = {"flight_logs": [{"name": "Hobbs", "kind": "hobbs"}]}
    body = told(api.put("/aircraft/SKA/flight_logs", again))
    assert (body["result"], len(body["flight_logs"])) == ("unchanged", 4)


def test_a_log_is_changed_by_name_and_renamed_by_id(api: Api, aircraft: Aircraft) -> None:
    logs = told(api.get("/aircraft/SKA/flight_logs"))["flight_logs"]
    wanted = [
        {"name": "Block", "kind": "block", "display": "decimal_hours"},
        {"id": logs[0]["id"], "name": "Hobbs meter", "kind": "hobbs", "slot": "primary"},
    ]
    body = told(api.put("/aircraft/SKA/flight_logs", {"flight_logs": wanted}))
    assert body["changed"] == ["Block", "Hobbs meter"]
    assert [(log["name"], log["display"], log["slot"]) for log in body["flight_logs"][:2]] == [
        ("Hobbs meter", "decimal_hours", "primary"), ("Block", "decimal_hours", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ({"name": "X", "kind": "moon"}, "flight_logs[0].kind"),
        ({"name": "", "kind": "tach"}, "flight_logs[0].name"),
        ({"name": "Hobbs", "kind": "landings"}, "flight_logs[0]"),
        ({"name": "New", "kind": "landings", "display": "decimal_hours"}, "flight_logs[0].display"),
        ({"name": "New", "kind": "landings", "slot": "primary"}, "flight_logs[0].slot"),
        ({"name": "New", "kind": "tach", "id": "0197379e-0a5e-7b61-8c32-9d1f2e3a4b55"}, "no log with the id"),
        ({"name": "New", "kind": "tach", "total": 5}, "flight_logs[0].total: no such field"),
    ],
)
def test_bad_logs_are_refused(api: Api, aircraft: Aircraft, log: dict[str, Any], words: str) -> None:
    good = {"name": "Good", "kind": "vdo"}
    assert words in refused(api.put("/aircraft/SKA/flight_logs", {"flight_logs": [log, good]}), 422, "sync_failed")
    with acting_in(aircraft.account):
        assert Counter.objects.count() == 4


def test_writes_are_logged_under_their_flow(api: Api, aircraft: Aircraft) -> None:
    api.post("/aircraft", new(aircraft))
    api.patch("/aircraft/SKA", {"aircraft": {"notes": "x"}})
    api.patch("/aircraft/SKA", {"aircraft": {"notes": "x"}})
    api.put("/aircraft/SKA/flight_logs", {"flight_logs": [{"name": "Tach", "kind": "tach"}]})
    with acting_in(aircraft.account):
        rows = [(run.flow, run.created, run.updated, run.unchanged) for run in SyncRun.objects.order_by("id")]
    assert rows == [("aircraft", 1, 0, 0), ("aircraft", 0, 1, 0), ("aircraft", 0, 0, 1), ("flight_logs", 0, 1, 0)]


def test_models_are_named_by_id_too(api: Api, aircraft: Aircraft) -> None:
    with acting_in(aircraft.account):
        model = add_aircraft_model(name="SR22", acting_user=SYSTEM)
    body = told(api.post("/aircraft", new(aircraft, aircraft_model={"id": str(model.id)})))
    assert body["aircraft"]["aircraft_model"]["name"] == "SR22"
    mismatch = {"id": str(model.id), "name": "C172S OY-SKA"}
    refused(api.post("/aircraft", new(aircraft, registration="OY-N2", aircraft_model=mismatch)), 422, "sync_failed")
