"""OpenAPI's `webhooks` are the catalogue: every type, with an example that its schema accepts."""

import json
from typing import Any

import pytest
from django.test import Client
from jsonschema.validators import Draft202012Validator

from hangarlink.integration.webhooks.catalogue import catalogue
from hangarlink.platform.tenancy.models import Account


@pytest.fixture
def section(account: Account) -> Any:
    response = Client().get("/api/v1/openapi.json", headers={"Host": "demo.localhost:8000"})
    return json.loads(response.content)["webhooks"]


def test_every_type_is_there_with_a_true_example(section: Any) -> None:
    assert set(section) == set(catalogue())
    for name, item in section.items():
        media = item["post"]["requestBody"]["content"]["application/json"]
        Draft202012Validator.check_schema(media["schema"])
        Draft202012Validator(media["schema"]).validate(media["example"])
        assert media["example"]["type"] == name


def test_it_says_how_a_message_is_signed_and_repeated(section: Any) -> None:
    operation = section["defect.reported"]["post"]
    assert [one["name"] for one in operation["parameters"]] == ["webhook-id", "webhook-timestamp", "webhook-signature"]
    assert operation["security"] == []
    assert {"2XX", "410", "default"} == set(operation["responses"])
    assert "defects_read" in operation["description"]


def test_the_documentation_page_lists_every_type(account: Account) -> None:
    page = Client().get("/api/v1/docs", headers={"Host": "demo.localhost:8000"}).content.decode()
    for name in catalogue():
        assert f'id="event-{name}"' in page
