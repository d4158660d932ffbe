"""A program asks why an aircraft does not sync, and learns only what is its own."""

from hangarlink.fleet.models import Aircraft
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, make_application, refused, told

PATH = "/aircraft/SKA/diagnosis"


def test_the_answer_names_what_is_refused(api: Api, aircraft: Aircraft) -> None:
    logs = [{"name": "Hobs", "value": 1}]
    flight = {"reading_date": "2026-06-03", "reading_time": "09:12", "external_id": "F", "logs": logs}
    api.post("/aircraft/SKA/hours_cycles", {"flight": flight})
    body = told(api.get(PATH))
    assert body["id"] == str(aircraft.id)
    assert any(check["result"] == "failed" and "Hobs" in check["evidence"] for check in body["checks"])


def test_other_programs_are_not_mentioned(api: Api, aircraft: Aircraft, account: Account) -> None:
    rival = make_application(account, "aircraft_read", name="Rival")
    rival.get("/aircraft/NOPE")
    assert "Rival" not in api.get(PATH).content.decode()


def test_it_needs_the_scope(account: Account, aircraft: Aircraft) -> None:
    lacking = make_application(account, "defects_read", name="Narrow")
    refused(lacking.get(PATH), 403, "insufficient_scope")
