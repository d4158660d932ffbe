"""Identical requests at the same moment: one is created, the others are told so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse

from hangarlink.fleet.models import Aircraft, AircraftModel, Counter, Flight
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.maintenance.defects.models import Defect
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, make_aircraft, make_application, told
from tests.api.test_defects import defect
from tests.api.test_hours_cycles import flight

pytestmark = pytest.mark.committed


@pytest.fixture
def account(committed: None) -> Account:
    return Account.objects.create(subdomain="demo", name="Skyline Flight School")


def at_once(call: Callable[[int], HttpResponse], requests: int, threads: int = 16) -> list[HttpResponse]:
    """All these calls, as many at a time as there are threads."""

    def one(number: int) -> HttpResponse:
        try:
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(requests)))


def results(responses: list[HttpResponse]) -> list[Any]:
    return sorted(told(response).get("result", told(response)) for response in responses)


def fresh(api: Api) -> Api:
    """The same token, in a client of its own."""
    return Api(api.token, api.subdomain)


def test_flights_that_race_are_recorded_once(account: Account) -> None:
    aircraft, api = make_aircraft(account), make_application(account)
    body = [flight(external_id=f"F-{number}", reading_time=f"0{number}:00", landings=1) for number in range(4)]
    responses = at_once(lambda number: fresh(api).post("/aircraft/SKA/hours_cycles", body[number % 4]), 32)
    assert results(responses) == ["created"] * 4 + ["skipped"] * 28
    with acting_in(account):
        assert Flight.objects.count() == 4
        totals = dict(Counter.objects.filter(aircraft=aircraft).values_list("name", "total"))
        assert (totals["Hobbs"], totals["Landings"]) == (3_600_000 + 4 * 5040, 2004)
        assert SyncRun.objects.count() == 32


def test_one_name_for_two_aircraft_goes_to_one(account: Account) -> None:
    make_aircraft(account)
    make_aircraft(account, "OY-SKB", "SKB")
    api = make_application(account)
    responses = at_once(
        lambda number: fresh(api).post(f"/aircraft/{'SKA' if number % 2 else 'SKB'}/hours_cycles", flight()), 16
    )
    answers = [response.status_code for response in responses]
    assert answers.count(201) == 1
    assert set(answers) <= {200, 201, 422}
    with acting_in(account):
        assert Flight.objects.count() == 1


def test_overlapping_flights_that_race_leave_one(account: Account) -> None:
    make_aircraft(account)
    api = make_application(account)
    times = {"started_at": "2026-06-03T08:00:00Z", "ended_at": "2026-06-03T09:00:00Z"}
    responses = at_once(
        lambda number: fresh(api).post("/aircraft/SKA/hours_cycles", flight(external_id=f"F-{number}", **times)), 8
    )
    assert sorted(response.status_code for response in responses) == [201] + [422] * 7


def test_defects_that_race_are_reported_once(account: Account) -> None:
    make_aircraft(account)
    api = make_application(account)
    responses = at_once(lambda _: fresh(api).post("/aircraft/SKA/defects", defect()), 16)
    assert results(responses) == ["created"] + ["skipped"] * 15
    with acting_in(account):
        assert Defect.objects.count() == 1


def test_one_idempotency_key_has_one_effect(account: Account) -> None:
    api = make_application(account)
    body = {"aircraft_model": {"name": "C172S"}}
    responses = at_once(lambda _: fresh(api).post("/aircraft_models", body, **{"Idempotency-Key": "k"}), 16)
    assert {response.status_code for response in responses} <= {201, 409}
    created = {response.content for response in responses if response.status_code == 201}
    assert len(created) == 1
    with acting_in(account):
        assert AircraftModel.objects.count() == 1


def test_one_registration_is_given_once(account: Account) -> None:
    aircraft = make_aircraft(account)
    api = make_application(account)
    body = {"aircraft": {"registration": "OY-NEW", "aircraft_model": {"name": f"C172S {aircraft.registration}"}}}
    responses = at_once(lambda _: fresh(api).post("/aircraft", body), 8)
    assert sorted(response.status_code for response in responses) == [201] + [422] * 7
    with acting_in(account):
        assert Aircraft.objects.filter(registration="OY-NEW").count() == 1


def test_the_quota_is_counted_exactly(account: Account, settings: Any) -> None:
    settings.HANGARLINK_API_REQUESTS_PER_MINUTE = 10
    api = make_application(account)
    responses = at_once(lambda _: fresh(api).get("/aircraft"), 24)
    assert sorted(response.status_code for response in responses) == [200] * 10 + [429] * 14
