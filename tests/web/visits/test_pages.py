"""Planning on the aircraft's page."""

import pytest
from django.test import Client

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.visits.models import Visit
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

TYPED = {
    "reason": "100-hour",
    "starts_at_0": "2030-06-03",
    "starts_at_1": "07:00",
    "ends_at_0": "2030-06-03",
    "ends_at_1": "16:00",
}


@pytest.fixture
def aircraft(account: Account) -> Aircraft:
    with acting_in(account):
        model = add_aircraft_model(name="C172S", acting_user=SYSTEM)
        return add_aircraft(registration="OY-SKA", aircraft_model=model, acting_user=SYSTEM)


def test_a_visit_from_plan_to_cancelled(account: Account, aircraft: Aircraft, browser: Client) -> None:
    page = f"/aircraft/{aircraft.pk}/"
    assert "None planned" in browser.get(page).text
    assert browser.post(f"{page}visits/new/", TYPED).status_code == 302
    assert "100-hour" in browser.get(page).text
    with acting_in(account):
        visit = Visit.objects.get()
    assert browser.post(f"{page}visits/{visit.pk}/", {**TYPED, "reason": "Annual"}).status_code == 302
    assert "Annual" in browser.get(page).text
    assert browser.post(f"{page}visits/{visit.pk}/cancel/").status_code == 302
    assert "None planned" in browser.get(page).text


def test_a_refused_visit_keeps_what_was_typed(aircraft: Aircraft, browser: Client) -> None:
    answer = browser.post(f"/aircraft/{aircraft.pk}/visits/new/", {**TYPED, "ends_at_0": "2030-06-01"})
    assert answer.status_code == 422
    assert "ends after it starts" in answer.text
    assert "100-hour" in answer.text


def test_who_may_only_look_cannot_plan(aircraft: Aircraft, reader: Client) -> None:
    assert reader.get(f"/aircraft/{aircraft.pk}/visits/new/").status_code == 403
    assert "Plan a visit" not in reader.get(f"/aircraft/{aircraft.pk}/").text
