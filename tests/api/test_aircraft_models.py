"""Aircraft models through the API: matching by external id, and the preview that withholds old values."""

from collections.abc import Callable
from typing import Any

import pytest

from hangarlink.fleet.models import AircraftModel
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, refused, told

TIE = {"external_id": "tm-1", "external_data_source": "Type master"}


def model(**changed: Any) -> dict[str, Any]:
    return {"aircraft_model": {"name": "C172S", "manufacturer": "Cessna", **TIE, **changed}}


def test_a_model_is_created_read_and_listed(api: Api) -> None:
    """[stated: req-1; aircraft-models] The fields of an aircraft model."""
    response = api.post(
        "/aircraft_models", model(description="Trainer", model_number="172S", specifications={"engine": "IO-360"})
    )
    body = told(response)
    assert (response.status_code, body["result"]) == (201, "created")
    made = body["aircraft_model"]
    assert made["specifications"] == {"engine": "IO-360"}
    assert (made["external_id"], made["external_data_source"], made["sync_status"]) == ("tm-1", "Type master", "local")
    assert told(api.get(f"/aircraft_models/{made['id']}"))["aircraft_model"] == made
    assert told(api.get("/aircraft_models")) == {"total": 1, "next_cursor": None, "aircraft_models": [made]}


def test_external_id_and_source_match_for_update(api: Api) -> None:
    """[stated: req-1, req-2] external_id and external_data_source match and update."""
    first = told(api.post("/aircraft_models", model(description="Trainer")))["aircraft_model"]
    response = api.post("/aircraft_models", model(name="Cessna 172S", manufacturer="Textron"))
    body = told(response)
    assert (response.status_code, body["result"]) == (200, "updated")
    assert body["aircraft_model"]["id"] == first["id"]
    assert (body["aircraft_model"]["name"], body["aircraft_model"]["description"]) == ("Cessna 172S", "Trainer")
    assert (
        told(api.post("/aircraft_models", model(name="Cessna 172S", manufacturer="Textron")))["result"] == "unchanged"
    )


def test_the_same_id_in_another_source_is_another_model(api: Api) -> None:
    api.post("/aircraft_models", model())
    other = api.post("/aircraft_models", model(name="SR22", external_data_source="Elsewhere"))
    assert told(other)["result"] == "created"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": None}, "cannot be null"),
        ({"name": "x" * 121}, "aircraft_model.name"),
        ({"external_data_source": ""}, "belong together"),
        ({"specifications": {"a": 1}}, "aircraft_model.specifications"),
        ({"specifications": []}, "aircraft_model.specifications"),
        ({"colour": "blue"}, "no such field"),
    ],
)
def test_bad_models_are_refused(api: Api, account: Account, changed: dict[str, Any], words: str) -> None:
    assert words in refused(api.post("/aircraft_models", model(**changed)), 422, "sync_failed")
    with acting_in(account):
        assert not AircraftModel.objects.exists()


def test_names_are_unique(api: Api) -> None:
    """[stated: aircraft-models] The name is unique per account."""
    api.post("/aircraft_models", model())
    text = refused(api.post("/aircraft_models", {"aircraft_model": {"name": "C172S"}}), 422, "sync_failed")
    assert text.startswith("aircraft_model.name: There is already a model named C172S")


def test_put_replaces_and_patch_changes(api: Api) -> None:
    made = told(api.post("/aircraft_models", model(description="Trainer")))["aircraft_model"]
    path = f"/aircraft_models/{made['id']}"
    patched = told(api.patch(path, {"aircraft_model": {"model_number": "172S"}}))["aircraft_model"]
    assert (patched["model_number"], patched["description"]) == ("172S", "Trainer")
    replaced = told(api.put(path, {"aircraft_model": {"name": "C172S"}}))["aircraft_model"]
    assert (replaced["model_number"], replaced["description"], replaced["external_id"]) == ("", "", "")
    assert told(api.put(path, {"aircraft_model": replaced}))["result"] == "unchanged"


@pytest.mark.parametrize("identifier", ["1", "nope", "0197379e-0a5e-7b61-8c32-9d1f2e3a4b55", "%00"])
def test_a_model_that_does_not_exist(api: Api, identifier: str) -> None:
    refused(api.get(f"/aircraft_models/{identifier}"), 404, "not_found")
    refused(api.put(f"/aircraft_models/{identifier}", model()), 404, "not_found")
    refused(api.patch(f"/aircraft_models/{identifier}", model()), 404, "not_found")


def test_a_preview_shows_old_and_new_and_changes_nothing(api: Api, account: Account) -> None:
    """[stated: req-2] A preview exists and shows old values."""
    made = told(api.post("/aircraft_models", model()))["aircraft_model"]
    body = told(api.post("/aircraft_models/preview", model(manufacturer="Textron")))
    assert (body["action"], body["id"], body["old_values"]) == ("update", made["id"], True)
    assert body["changes"] == [{"field": "manufacturer", "old": "Cessna", "new": "Textron"}]
    assert told(api.post("/aircraft_models/preview", model()))["action"] == "unchanged"
    with acting_in(account):
        assert AircraftModel.objects.get().manufacturer == "Cessna"


def test_without_the_read_scope_old_values_are_withheld(api: Api, api_with: Callable[..., Api]) -> None:
    """[stated: req-2] Preview withholds the old values when the token lacks the model read scope."""
    made = told(api.post("/aircraft_models", model()))["aircraft_model"]
    writer = api_with("aircraft_models_write")
    answers = [writer.post("/aircraft_models/preview", model(manufacturer=guess)) for guess in ("Cessna", "Textron")]
    for answer, guess in zip(answers, ("Cessna", "Textron"), strict=True):
        body = told(answer)
        assert (body["action"], body["id"], body["old_values"]) == ("update", None, False)
        # Guessing right looks the same as guessing wrong.
        assert {"field": "manufacturer", "old": None, "new": guess} in body["changes"]
        assert [change["field"] for change in body["changes"]] == ["name", "manufacturer", *TIE]
        assert made["id"].encode() not in answer.content


def test_a_preview_of_a_new_model(api: Api) -> None:
    body = told(api.post("/aircraft_models/preview", model()))
    assert (body["action"], body["id"], len(body["changes"])) == ("create", None, 4)
    refused(api.post("/aircraft_models/preview", {"aircraft_model": {"manufacturer": "x"}}), 422, "sync_failed")
