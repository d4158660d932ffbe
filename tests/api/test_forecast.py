"""May it fly, what is planned, what falls due when: by API."""

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from hangarlink.fleet.actions import plan_flight, record_reading
from hangarlink.fleet.models import Aircraft, PlannedFlight
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, make_aircraft, make_application, refused, told

HOUR = 3600
DAY = timedelta(days=1)


def limited(account: Account, aircraft: Aircraft) -> None:
    """A limit at 1,002 h on the Hobbs, and one on a date in five days; usage is fresh."""
    at = {"initial": {"kind": "counter", "counter": "hobbs", "thresholds": [1002 * HOUR], "start": "zero"}}
    by_date = {"initial": {"kind": "date", "on": (date.today() + 5 * DAY).isoformat()}}
    with acting_in(account):
        for counter in aircraft.counters.all():
            record_reading(counter, reading=counter.total, at=timezone.now(), acting_user=SYSTEM)
        for reference, schedule in (("HOURS", at), ("DATE", by_date)):
            one = add_requirement(
                reference=reference, title="Task", mandatory_class="programme", schedule=schedule, acting_user=SYSTEM
            )
            apply_requirement(one, aircraft, acting_user=SYSTEM)


def ask(api: Api, hours: str, **more: object) -> dict[str, object]:
    query = "&".join(f"{name}={value}" for name, value in {"hours": hours, **more}.items())
    return told(api.get(f"/aircraft/SKA/dispatch?{query}"))


def test_the_dispatch_question(account: Account, aircraft: Aircraft, api: Api) -> None:
    limited(account, aircraft)
    assert (ask(api, "2.0")["answer"], ask(api, "2:00")["answer"]) == ("yes", "yes")
    found = ask(api, "2.1")
    assert found["answer"] == "no"
    (reason,) = found["reasons"]
    assert (reason["code"], reason["reference"]) == ("item_overdue", "HOURS")
    assert "0.1 h over" in reason["said"]
    assert {one["name"]: one["value"] for one in found["added"]}["Hobbs"] == "2.1"
    late = ask(api, "1.0", landing_on=(date.today() + 6 * DAY).isoformat())
    assert [one["reference"] for one in late["reasons"]] == ["DATE"]


def test_a_question_that_makes_no_sense(account: Account, aircraft: Aircraft, api: Api) -> None:
    refused(api.get("/aircraft/SKA/dispatch?hours=lots"), 422, "sync_failed")
    assert "past" in refused(api.get("/aircraft/SKA/dispatch?hours=1&landing_on=2020-01-01"), 422, "sync_failed")
    refused(api.get("/aircraft/SKA/dispatch?hours=1&landings=-1"), 422, "sync_failed")
    refused(api.get("/aircraft/XXX/dispatch?hours=1"), 404, "not_found")


def test_a_schedule_is_sent_and_read_back(account: Account, aircraft: Aircraft, api: Api) -> None:
    limited(account, aircraft)
    tomorrow = timezone.now().replace(microsecond=0) + DAY
    with acting_in(account):
        plan_flight(aircraft, starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=1), acting_user=SYSTEM)
    later = tomorrow + timedelta(hours=3)
    flight = {"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=2)).isoformat(), "departure": "EKRK"}
    named = {**flight, "logs": [{"name": "Hobbs", "value": "1:30"}], "landings": 6}
    until = (date.today() + 3 * DAY).isoformat()
    for flights in ([flight, flight], [named]):
        sent = api.put("/aircraft/SKA/planned_flights", {"flights": flights, "complete_until": until})
        assert sent.status_code == 200, sent.content
    read = told(api.get("/aircraft/SKA/planned_flights"))
    assert (read["complete_until"], [one["planned_by"] for one in read["flights"]]) == (until, ["manual", "api"])
    assert {one["name"]: one["value"] for one in read["flights"][1]["logs"]} == {"Hobbs": "1.5", "Landings": "6"}
    found = ask(api, "0.1", landing_on=(date.today() + 2 * DAY).isoformat(), after_planned="true")
    assert found["answer"] == "no", "1.0 h and 1.5 h are flown before it"


def test_a_schedule_is_taken_whole_or_not_at_all(account: Account, aircraft: Aircraft, api: Api) -> None:
    tomorrow = timezone.now() + DAY
    good = {"starts_at": tomorrow.isoformat(), "ends_at": (tomorrow + timedelta(hours=1)).isoformat()}
    bad = {"starts_at": tomorrow.isoformat(), "ends_at": tomorrow.isoformat()}
    said = refused(api.put("/aircraft/SKA/planned_flights", {"flights": [good, bad]}), 422, "sync_failed")
    assert "not after it starts" in said
    refused(api.put("/aircraft/SKA/planned_flights", {"flights": [{**good, "logs": [{"name": "Tach", "value": 1}]}]}),
            422, "sync_failed")  # fmt: skip
    refused(api.put("/aircraft/SKA/planned_flights", {"flights": [{**good, "pilot": "Kim"}]}), 422, "sync_failed")
    with acting_in(account):
        assert not PlannedFlight.objects.exists()


def test_the_workload(account: Account, aircraft: Aircraft, api: Api) -> None:
    limited(account, aircraft)
    found = told(api.get("/forecast?by=week&periods=3"))
    assert (found["by"], len(found["periods"])) == ("week", 3)
    assert sum(one["items"] for one in found["periods"]) == 1
    refused(api.get("/forecast?by=century"), 422, "sync_failed")
    refused(api.get("/forecast?periods=0"), 422, "sync_failed")


def test_each_needs_its_scope(aircraft: Aircraft, api_with: Callable[..., Api]) -> None:
    narrow = api_with("defects_read")
    for path in ("/aircraft/SKA/dispatch?hours=1", "/aircraft/SKA/planned_flights", "/forecast"):
        refused(narrow.get(path), 403, "insufficient_scope")
    reader = api_with("aircraft_read", "programme_read")
    refused(reader.put("/aircraft/SKA/planned_flights", {"flights": []}), 403, "insufficient_scope")


def test_another_account_finds_nothing(aircraft: Aircraft, other_account: Account) -> None:
    stranger = make_application(other_account)
    refused(stranger.get("/aircraft/SKA/dispatch?hours=1"), 404, "not_found")
    refused(stranger.put("/aircraft/SKA/planned_flights", {"flights": []}), 404, "not_found")
    make_aircraft(other_account, "OY-OTH", "OTH")
    assert told(stranger.get("/forecast"))["unknown"] == 0
