"""The forecast's pages: dispatch, planning, workload, calendar, items."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.fleet.models import Aircraft, FlightSchedule, Parking, PlannedFlight, UseRatio
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in

HOUR = 3600


def on_date(day: date) -> dict[str, object]:
    return {"initial": {"kind": "date", "on": day.isoformat()}}


@pytest.fixture
def aircraft(account: Account) -> Aircraft:
    """1,000.0 h a minute ago; a limit at 1,002.0 h, and one on a date in ten days."""
    with acting_in(account):
        model = add_aircraft_model(name="C172S", acting_user=SYSTEM)
        found = add_aircraft(registration="OY-SKA", aircraft_model=model, acting_user=SYSTEM)
        airborne = add_counter(found, kind="airborne", display="decimal_hours", acting_user=SYSTEM)
        add_counter(found, kind="apu_hours", acting_user=SYSTEM)
        set_opening(airborne, total=1000 * HOUR, at=timezone.now() - timedelta(minutes=1), acting_user=SYSTEM)
        at_1002 = {"initial": {"kind": "counter", "counter": "airborne", "thresholds": [1002 * HOUR], "start": "zero"}}
        for reference, schedule in (("HOURS", at_1002), ("DATE", on_date(date.today() + timedelta(days=10)))):
            demanded = add_requirement(
                reference=reference, title="Inspection", mandatory_class="programme", schedule=schedule,
                acting_user=SYSTEM,
            )  # fmt: skip
            apply_requirement(demanded, found, acting_user=SYSTEM)
        return found


def ask(browser: Client, aircraft: Aircraft, hours: str, day: date | None = None, **more: str) -> str:
    landing = (day or date.today()).isoformat()
    query = {"hours": hours, "landings": "1", "cycles": "1", "landing_on": landing, **more}
    return browser.get(f"/aircraft/{aircraft.pk}/dispatch/", query).text


def test_the_dispatch_question(aircraft: Aircraft, browser: Client) -> None:
    page = f"/aircraft/{aircraft.pk}/dispatch/"
    assert "Ask about a flight" in browser.get(page).text
    assert "Nothing that is tracked stands in the way" in ask(browser, aircraft, "2.0")
    refused = ask(browser, aircraft, "2.1")
    assert "1 reason against it" in refused
    assert "1000.0 h + 2.1 h = 1002.1 h of 1002.0 h, 0.1 h over" in refused
    late = ask(browser, aircraft, "1.0", date.today() + timedelta(days=11))
    assert "and it lands" in late
    assert f'href="{page}"' in browser.get(f"/aircraft/{aircraft.pk}/").text


def test_a_question_that_makes_no_sense_keeps_what_was_typed(aircraft: Aircraft, browser: Client) -> None:
    page = f"/aircraft/{aircraft.pk}/dispatch/"
    answer = browser.get(page, {"hours": "lots", "landings": "1", "cycles": "1", "landing_on": "2030-01-01"})
    assert answer.status_code == 422
    assert "lots" in answer.text
    past = browser.get(page, {"hours": "1", "landings": "1", "cycles": "1", "landing_on": "2020-01-01"})
    assert (past.status_code, "which is past" in past.text) == (422, True)


def test_planning_from_flight_to_ratio(account: Account, aircraft: Aircraft, browser: Client) -> None:
    page = f"/aircraft/{aircraft.pk}/planning/"
    assert "No flights are planned" in browser.get(page).text
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    typed = {"starts_at_0": f"{tomorrow:%Y-%m-%d}", "starts_at_1": "09:00", "ends_at_0": f"{tomorrow:%Y-%m-%d}",
             "ends_at_1": "10:30", "departure": "EKRK", "arrival": "EKOD"}  # fmt: skip
    assert browser.post(f"{page}flights/new/", typed).status_code == 302
    shown = browser.get(page).text
    assert "EKRK to EKOD" in shown
    assert "1 flight planned" in shown
    later = date.today() + timedelta(days=2)
    after = ask(browser, aircraft, "1.0", later, after_planned="on")
    assert "1000.0 h + 2.5 h = 1002.5 h" in after
    with acting_in(account):
        flight = PlannedFlight.objects.get()
        airborne, apu = aircraft.counters.get(kind="airborne"), aircraft.counters.get(kind="apu_hours")
    assert browser.post(f"{page}complete/", {"until": later.isoformat()}).status_code == 302
    assert "that is all it will fly" in browser.get(page).text
    assert browser.post(f"{page}ratio/{apu.pk}/", {"follows": airborne.pk, "use": "1", "per": "2"}).status_code == 302
    assert "1 for each 2 of Airborne" in browser.get(page).text
    assert browser.post(f"{page}ratio/{apu.pk}/", {"follows": "", "use": "1", "per": "2"}).status_code == 302
    assert browser.post(f"{page}flights/{flight.pk}/withdraw/").status_code == 302
    with acting_in(account):
        assert not PlannedFlight.objects.exists()
        assert not UseRatio.objects.exists()
        assert FlightSchedule.objects.get().complete_until == later


def test_days_of_standing_on_the_page(account: Account, aircraft: Aircraft, browser: Client) -> None:
    page = f"/aircraft/{aircraft.pk}/planning/"
    typed = {"starts_on": date.today().isoformat(), "ends_on": "", "reason": "storage", "note": "winter"}
    assert browser.post(f"{page}standing/new/", typed).status_code == 302
    shown = browser.get(page).text
    assert "It stands today" in shown
    assert "until somebody says otherwise" in shown
    twice = browser.post(f"{page}standing/new/", typed)
    assert (twice.status_code, "stands then already" in twice.text, "winter" in twice.text) == (422, True, True)
    with acting_in(account):
        stands = Parking.objects.get()
    moved = {"starts_on": "2030-01-01", "ends_on": "2030-02-01"}
    assert browser.post(f"{page}standing/{stands.pk}/", moved).status_code == 302
    assert browser.post(f"{page}standing/{stands.pk}/remove/").status_code == 302
    assert "None. Days in storage" in browser.get(page).text


def test_the_workload_its_table_and_sheet(aircraft: Aircraft, browser: Client) -> None:
    for by in ("week", "month", "year", "century"):
        assert "Items falling due" in browser.get("/forecast/", {"by": by}).text
    sheet = openpyxl.load_workbook(BytesIO(browser.get("/forecast/", {"export": "xlsx"}).getvalue())).active
    assert sheet is not None
    rows = list(sheet.values)
    assert (rows[0], len(rows)) == (("From", "To", "Items"), 13)
    assert sum(row[2] for row in rows[1:] if isinstance(row[2], int)) == 1, "the hours are never reached without use"


def test_the_calendar_and_the_items_behind_a_day(aircraft: Aircraft, browser: Client) -> None:
    due = date.today() + timedelta(days=10)
    shown = browser.get("/forecast/calendar/", {"month": f"{due:%Y-%m}"}).text
    assert "DATE" in shown
    assert "HOURS" not in shown
    listed = browser.get("/forecast/items/", {"since": due.isoformat(), "until": due.isoformat()}).text
    assert "DATE" in listed
    assert "HOURS" not in listed
    nothing = browser.get("/forecast/items/", {"since": (due + timedelta(days=1)).isoformat()}).text
    assert "No items match" in nothing
    assert "looks ahead" in browser.get("/forecast/calendar/", {"month": "2020-01"}).text
    assert browser.get("/forecast/calendar/", {"month": "nonsense"}).status_code == 200
    assert browser.get("/forecast/items/", {"export": "xlsx"}).status_code == 200


def test_an_empty_account_is_told_what_would_be_here(account: Account, browser: Client) -> None:
    assert "Nothing falls due in this time" in browser.get("/forecast/").text


def test_who_may_only_look_cannot_plan(account: Account, aircraft: Aircraft, reader: Client) -> None:
    page = f"/aircraft/{aircraft.pk}/planning/"
    assert "Plan a flight" not in reader.get(page).text
    with acting_in(account):
        counter = aircraft.counters.first()
    for address in ("flights/new/", "complete/", "standing/new/", f"ratio/{counter.pk}/"):
        assert reader.get(f"{page}{address}").status_code == 403


def test_another_account_finds_nothing(aircraft: Aircraft, other_account: Account) -> None:
    stranger = sign_in(make_member(other_account, email="other@example.com", role="Administrator"))
    assert stranger.get(f"/aircraft/{aircraft.pk}/dispatch/").status_code == 404
    assert stranger.get(f"/aircraft/{aircraft.pk}/planning/").status_code == 404
    assert "OY-SKA" not in stranger.get("/forecast/items/").text


def test_statements_do_not_grow_with_items(account: Account, aircraft: Aircraft, browser: Client) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    pages = ("/forecast/", "/forecast/calendar/", "/forecast/items/", f"/aircraft/{aircraft.pk}/planning/")
    few = {page: asked(page) for page in pages}
    with acting_in(account):
        for number in range(8):
            day = date.today() + timedelta(days=number)
            one = add_requirement(
                reference=f"R{number}", title="Task", mandatory_class="programme", schedule=on_date(day),
                acting_user=SYSTEM,
            )  # fmt: skip
            apply_requirement(one, aircraft, acting_user=SYSTEM)
    assert {page: asked(page) for page in pages} == few
