"""The documentation page: the OpenAPI document, rendered for people. No scripts, nothing from elsewhere."""

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from markdown_it import MarkdownIt

from hangarlink.api import openapi
from hangarlink.api.webhooks import ACCOUNT
from hangarlink.integration.webhooks.catalogue import catalogue, field_words, message_example


@dataclass(frozen=True)
class Field:
    """One row of a table of fields or parameters."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    tag: str
    parameters: list[Field]
    fields: list[Field]
    request: str
    answers: list[tuple[str, str, str]]
    refusals: list[tuple[str, str]]


def page(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/docs, for everybody."""
    document = openapi.for_request(request)
    operations = [
        _operation(document, method, path, told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    ]
    order = [tag["name"] for tag in document["tags"]]
    operations.sort(key=lambda one: order.index(one.tag))
    server = document["servers"][0]
    context = {
        "info": document["info"],
        "description": MarkdownIt("commonmark", {"html": False}).render(document["info"]["description"]),
        "address": server["url"].replace(
            "{account}", server.get("variables", {}).get("account", {}).get("default", "")
        ),
        "groups": [(tag, list(group)) for tag, group in groupby(operations, key=lambda one: one.tag)],
        "events": [(one, field_words(one), _pretty(message_example(one, ACCOUNT))) for one in catalogue().values()],
        "scopes": document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"],
    }
    return render(request, "api/documentation.html", context)


def _operation(document: dict[str, Any], method: str, path: str, told: dict[str, Any]) -> Operation:
    body: dict[str, Any] = next(iter(told.get("requestBody", {}).get("content", {}).values()), {})
    answers, refusals = [], []
    for status, response in told["responses"].items():
        content = response.get("content", {}).get("application/json", {})
        if status < "300":
            answers.append((status, response["description"], _pretty(content.get("example"))))
        else:
            refusals.append((status, response["description"]))
    return Operation(
        anchor=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        description=told.get("description", ""),
        scope=next((scope for need in told.get("security", []) for scope in need.get("oauth2", [])), ""),
        tag=told["tags"][0],
        parameters=[_parameter(one) for one in told["parameters"]],
        fields=list(_fields(document, body.get("schema", {}), "")),
        request=_pretty(body.get("example")),
        answers=answers,
        refusals=refusals,
    )


def _parameter(one: dict[str, Any]) -> Field:
    return Field(
        f"{one['name']} ({one['in']})", _kind(one["schema"]), one.get("required", False), one.get("description", "")
    )


def _fields(document: dict[str, Any], schema: dict[str, Any], prefix: str) -> Any:
    """The fields of a body, nested ones by their path."""
    schema = _resolved(document, schema)
    required = schema.get("required", [])
    for name, inner in schema.get("properties", {}).items():
        told = _resolved(document, inner)
        path = f"{prefix}{name}"
        array = told.get("type") == "array"
        nested = _resolved(document, told.get("items", {})) if array else told
        description = (
            inner.get("description") or told.get("description", "")
            if not nested.get("properties")
            else inner.get("description", "")
        )
        if description == "Ignored.":
            continue
        yield Field(path + ("[]" if array else ""), _kind(told), name in required, description)
        if nested.get("properties"):
            yield from _fields(document, nested, f"{path}{'[]' if array else ''}.")


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference, or behind "this or null"."""
    for _ in range(5):
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in schema and len(some := [one for one in schema["anyOf"] if one.get("type") != "null"]) == 1:
            schema = some[0]
        else:
            break
    return schema


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a word or two."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"] if one.get("type") != "null"))
    if "enum" in schema or "const" in schema:
        return ", ".join(str(word) for word in schema.get("enum", [schema.get("const")]))
    kind = str(schema.get("format") or schema.get("type") or "any")
    longest = schema.get("maxLength")
    return f"{kind}, at most {longest}" if longest else kind


def _pretty(example: Any) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)
