"""Directives through the API: entered, assessed, read as the status list."""

from collections.abc import Callable
from typing import Any

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.compliance.models import Directive
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, refused

HUNDRED = {"repeat": {"kind": "counter", "counter": "airborne", "every": 360000, "start": "zero"}}


def given(aircraft: Aircraft, **more: Any) -> dict[str, Any]:
    model = aircraft.aircraft_model.name
    directive = {
        "kind": "ad", "issuer": "FAA", "number": "2020-21-22", "subject": "Tail", "effective_on": "2020-12-07",
        "aircraft_models": [model], "paragraphs": [{"code": "(g)", "title": "Inspect", "schedule": HUNDRED}],
    }  # fmt: skip
    return {"directive": directive | more}


def test_a_directive_is_entered_assessed_and_read(
    account: Account, aircraft: Aircraft, api_with: Callable[..., Api]
) -> None:
    api = api_with("compliance_read", "compliance_write", "compliance_assess", "programme_read")
    with acting_in(account):
        body = given(aircraft)
    made = api.post("/directives", body)
    assert made.status_code == 201, made.content
    key = made.json()["directive"]["id"]
    assert api.get("/directives").json()["directives"][0]["number"] == "2020-21-22"
    status = api.get("/aircraft/OY-SKA/directives").json()
    assert [line["standing"] for line in status["directives"]] == ["not_assessed"]
    state = api.get("/aircraft/OY-SKA/airworthiness").json()
    assert state["state"] == "unknown"
    assert "directive_not_assessed" in {one["code"] for one in state["reasons"]}
    refused(
        api.post(f"/aircraft/OY-SKA/directives/{key}/assessment", {"assessment": {"verdict": "not_applicable"}}),
        422, "sync_failed",
    )  # fmt: skip
    answer = api.post(f"/aircraft/OY-SKA/directives/{key}/assessment", {"assessment": {"verdict": "applicable"}})
    assert answer.status_code == 200, answer.content
    assert answer.json()["directive"]["standing"] == "open"
    assert answer.json()["directive"]["paragraphs"][0]["code"] == "(g)"
    with acting_in(account):
        assert DueItem.objects.get(aircraft=aircraft, closed_at=None).requirement.reference == "AD 2020-21-22 (g)"


def test_what_is_wrong_is_named_and_nothing_is_kept(
    account: Account, aircraft: Aircraft, api_with: Callable[..., Api]
) -> None:
    api = api_with("compliance_write")
    with acting_in(account):
        wrong_model = given(aircraft, aircraft_models=["DC-3"])
        wrong_limit = given(aircraft, paragraphs=[{"title": "x", "schedule": {"repeat": {"kind": "first", "of": []}}}])
        twice = given(aircraft)
    assert "DC-3" in refused(api.post("/directives", wrong_model), 422, "sync_failed")
    refused(api.post("/directives", wrong_limit), 422, "sync_failed")
    with acting_in(account):
        assert not Directive.objects.exists()
    assert api.post("/directives", twice).status_code == 201
    assert "here already" in refused(api.post("/directives", twice), 422, "sync_failed")
