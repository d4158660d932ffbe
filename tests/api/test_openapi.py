"""The document and the page: valid, complete, public, and true to what the API does."""

import json
import re
from typing import Any

import jsonschema
import pytest
from django.test import Client
from jsonschema.validators import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31

from hangarlink.api.v1 import api as ninja_api
from hangarlink.fleet.models import Aircraft
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, told
from tests.api.test_gate import ROUTES


@pytest.fixture
def document(account: Account) -> Any:
    response = Client().get("/api/v1/openapi.json", headers={"Host": "demo.localhost:8000"})
    assert response.status_code == 200
    return json.loads(response.content)


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [(path, method, told) for path, methods in document["paths"].items() for method, told in methods.items()]


def schema_of(document: Any, schema: Any) -> Draft202012Validator:
    """A validator for a schema inside the document."""
    whole = {**schema, "components": document["components"]}
    return Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())


def test_it_is_valid_openapi_3_1(document: Any) -> None:
    """Against the structure that the OpenAPI Initiative publishes, and every schema against JSON Schema 2020-12."""
    assert document["openapi"].startswith("3.1.")
    Draft202012Validator(OPENAPI_31).validate(document)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(document: Any) -> None:
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
        assert name in document["components"]["schemas"]


def test_it_is_public_and_names_this_account(document: Any) -> None:
    assert document["servers"][0]["url"] == "http://demo.localhost:8000"
    bare = Client().get("/api/v1/openapi.json", headers={"Host": "localhost:8000"})
    server = told(bare)["servers"][0]
    assert server["url"] == "http://{account}.localhost:8000"
    assert server["variables"]["account"]["default"] == "demo"


def test_it_describes_every_operation_with_its_scope(document: Any) -> None:
    described = {
        (method.upper(), path.removeprefix("/api/v1"), told["security"][0]["oauth2"][0])
        for path, method, told in operations(document)
        if path != "/oauth/token"
    }
    assert described == {(method, path, scope.value) for method, path, scope in ROUTES}
    names = [told["operationId"] for _, _, told in operations(document)]
    assert len(names) == len(set(names))


def test_the_security_scheme_is_client_credentials_with_the_eight_scopes(document: Any) -> None:
    scheme = document["components"]["securitySchemes"]["oauth2"]
    assert set(scheme["flows"]) == {"clientCredentials"}
    assert set(scheme["flows"]["clientCredentials"]["scopes"]) == {scope.value for scope in Scope}


def test_every_refusal_has_the_one_body(document: Any) -> None:
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert response["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorBody"}


def test_the_examples_are_true_to_their_schemas(document: Any) -> None:
    checked = 0
    for _, _, operation in operations(document):
        contents = [response.get("content", {}) for response in operation["responses"].values()]
        for content in (*contents, operation.get("requestBody", {}).get("content", {})):
            for media in content.values():
                if "example" in media:
                    schema_of(document, media["schema"]).validate(media["example"])
                    checked += 1
    assert checked > 3 * len(ROUTES)


def test_the_examples_work(document: Any, api: Api, aircraft: Aircraft) -> None:
    """What the documentation shows can be sent as it is."""
    paths = document["paths"]

    def send(method: str, path: str, real: str) -> Any:
        example = paths[f"/api/v1{path}"][method]["requestBody"]["content"]["application/json"]["example"]
        response = api.call(method.upper(), f"/api/v1{real}", example)
        assert response.status_code in {200, 201}, response.content
        return told(response)

    model = send("post", "/aircraft_models", "/aircraft_models")["aircraft_model"]
    send("post", "/aircraft_models/preview", "/aircraft_models/preview")
    send("put", "/aircraft_models/{id}", f"/aircraft_models/{model['id']}")
    send("patch", "/aircraft_models/{id}", f"/aircraft_models/{model['id']}")
    send("patch", "/aircraft/{call_sign}", "/aircraft/SKA")
    send("put", "/aircraft/{call_sign}", "/aircraft/SKA")
    send("put", "/aircraft/{call_sign}/flight_logs", "/aircraft/SKA/flight_logs")
    api.put("/aircraft/SKA/flight_logs", {"flight_logs": [{"name": "Tach", "kind": "tach"}]})
    assert send("post", "/aircraft/{call_sign}/hours_cycles", "/aircraft/SKA/hours_cycles")["result"] == "created"
    assert send("post", "/aircraft/{call_sign}/defects", "/aircraft/SKA/defects")["result"] == "created"


def test_what_comes_back_is_as_described(document: Any, api: Api, aircraft: Aircraft) -> None:
    for path in (
        "/aircraft",
        "/aircraft/{call_sign}",
        "/aircraft/{call_sign}/flight_logs",
        "/aircraft/{call_sign}/hours_cycles",
    ):
        media = document["paths"][f"/api/v1{path}"]["get"]["responses"]["200"]["content"]["application/json"]
        schema_of(document, media["schema"]).validate(told(api.get(path.replace("{call_sign}", "SKA"))))


def test_the_page_needs_nothing_from_elsewhere(account: Account) -> None:
    response = Client().get("/api/v1/docs", headers={"Host": "demo.localhost:8000"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "<script" not in page
    assert "style=" not in page
    assert "<style" not in page
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert loaded == ["data:,", "/static/api/documentation.css", "openapi.json"]


def test_the_page_begins_with_a_quick_start_and_shows_every_operation(account: Account) -> None:
    page = Client().get("/api/v1/docs", headers={"Host": "demo.localhost:8000"}).content.decode()
    start = page.index("Quick start", page.index("<main"))
    assert page.index("http://demo.localhost:8000/oauth/token") > start
    for operation in ninja_api.get_openapi_schema()["paths"].values():
        for told_ in operation.values():
            assert f'id="{told_["operationId"]}"' in page
    for scope in Scope:
        assert scope.value in page
    # Links inside the page lead somewhere.
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page


def test_names_of_hosts_are_shown_safely(account: Account) -> None:
    page = Client().get("/api/v1/docs", headers={"Host": 'demo.localhost:8000"><script>'}).content.decode()
    assert "<script" not in page
