"""Idempotency-Key: one effect, one answer."""

import json

import pytest
from django.db import connection

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.platform.applications.models import Application, KeptAnswer
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, make_application, refused, told

MODEL = {"aircraft_model": {"name": "C172S"}}
KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}


def models(account: Account) -> int:
    with acting_in(account):
        return AircraftModel.objects.count()


def test_a_repeated_request_gets_the_first_answer(api: Api, account: Account) -> None:
    first = api.post("/aircraft_models", MODEL, **KEY)
    again = api.post("/aircraft_models", MODEL, **KEY)
    assert (first.status_code, first.content) == (again.status_code, again.content) == (201, first.content)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "RateLimit" in again.headers
    assert models(account) == 1
    # Without the key the name is taken.
    refused(api.post("/aircraft_models", MODEL), 422, "sync_failed")


def test_a_key_belongs_to_one_request(api: Api, account: Account) -> None:
    api.post("/aircraft_models", MODEL, **KEY)
    refused(api.post("/aircraft_models", {"aircraft_model": {"name": "SR22"}}, **KEY), 422, "idempotency_key_reused")
    refused(api.post("/aircraft_models/preview", MODEL, **KEY), 422, "idempotency_key_reused")
    assert models(account) == 1


def test_keys_of_different_applications_do_not_meet(api: Api, account: Account) -> None:
    other = make_application(account, name="Other")
    api.post("/aircraft_models", MODEL, **KEY)
    refused(other.post("/aircraft_models", MODEL, **KEY), 422, "sync_failed")


def test_a_refused_request_frees_its_key(api: Api, account: Account) -> None:
    """Nothing was done, so the corrected request may use the key."""
    refused(api.post("/aircraft_models", {"aircraft_model": {}}, **KEY), 422, "sync_failed")
    assert api.post("/aircraft_models", MODEL, **KEY).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "ø", "a\tb"])
def test_an_unusable_key_is_refused(api: Api, account: Account, key: str) -> None:
    refused(api.post("/aircraft_models", MODEL, **{"Idempotency-Key": key}), 400, "invalid_request")
    assert models(account) == 0


def test_reading_needs_no_key(api: Api) -> None:
    assert api.get("/aircraft_models", **KEY).status_code == 200


def test_while_the_first_is_under_way_the_second_is_told_to_wait(
    committed_api: Api, account_committed: Account
) -> None:
    """The first holds the key in its open transaction, here in the hands of the test."""
    import psycopg
    from django.conf import settings

    with acting_in(account_committed):
        application = Application.objects.get()
    database = settings.DATABASES["default"]
    holder = psycopg.connect(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"] or None,
        port=database["PORT"] or None,
    )
    with holder:
        holder.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"{application.id}:{KEY['Idempotency-Key']}"]
        )
        waiting = committed_api.post("/aircraft_models", MODEL, **KEY)
        refused(waiting, 409, "request_in_progress")
        assert waiting.headers["Retry-After"] == "1"
    assert committed_api.post("/aircraft_models", MODEL, **KEY).status_code == 201


@pytest.fixture
def account_committed(committed: None) -> Account:
    return Account.objects.create(subdomain="demo", name="Skyline")


@pytest.fixture
def committed_api(account_committed: Account) -> Api:
    return make_application(account_committed)


def test_a_kept_answer_holds_what_was_said(api: Api, aircraft: Aircraft) -> None:
    body = told(api.post("/aircraft_models", MODEL, **KEY))
    with acting_in(aircraft.account):
        kept = KeptAnswer.objects.get()
    assert json.loads(kept.body) == body
    assert kept.status == 201
    assert connection.vendor == "postgresql"
