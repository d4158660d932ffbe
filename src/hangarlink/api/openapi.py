"""The OpenAPI 3.1 document: what ninja knows of the operations, and all that it does not."""

import copy
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from hangarlink.api import idempotency, webhooks
from hangarlink.api.errors import REALM
from hangarlink.api.v1 import api
from hangarlink.platform.applications.provider import ApplicationScopes
from hangarlink.platform.tenancy.middleware import subdomain_of

Document = dict[str, Any]

DESCRIPTION = """\
Records of one account for other systems: hours and cycles, defects, aircraft, flight logs, aircraft models, customers,
trips, invoices, payments, expenses.

**Account.** Every request goes to the account's own subdomain, and so does the request for a token: a token is good
there and nowhere else.

**Refusals** all have the same body, `{"error": "code", "error_description": "what is wrong and what to do"}`.

**Lists** come in pages. `next_cursor`, and the `Link` header with `rel="next"`, lead to the next one.

**Rate limit.** Each application has its quota per minute; `RateLimit` and `RateLimit-Policy` say where it stands, and
`Retry-After` how long to wait after a 429.

**Repeating.** A POST, PUT or PATCH may carry an `Idempotency-Key`; sent again with the same key within a day, it is
answered as the first time and done once. Flights and defects are recognised without a key, too.

**Numbers** are read exactly: hours as a decimal (1.4) or as H:MM (1:24), counts as whole numbers. Unknown query
parameters are ignored; unknown fields of a body are refused, so that a misspelled one is not lost. Amounts of money are
decimals in the currency's main unit and come back as text ("1234.50").
"""

TAGS = (
    "Token", "Hours and cycles", "Defects", "Aircraft", "Aircraft models", "Customers", "Trips", "Invoices", "Payments",
    "Expenses", "Maintenance programmes", "Airworthiness", "Due items", "Aircraft events", "Variations", "Forecast",
    "Directives", "Components", "Webhook endpoints",
)  # fmt: skip
_ERRORS = {
    400: "The request cannot be read: invalid JSON, invalid UTF-8, an unusable header.",
    401: "invalid_token: no access token, or one that is unknown under this subdomain or has expired.",
    403: "insufficient_scope: the token does not hold the scope this needs.",
    404: "not_found: no such record in this account.",
    409: "request_in_progress: a request with this Idempotency-Key is being worked on.",
    411: "length_required: a chunked body, or none.",
    413: "payload_too_large: the body is too large; it was not read.",
    415: "unsupported_media_type: the body is not JSON in UTF-8.",
    422: "sync_failed: understood, and not possible as it is; the description names the field and what to do.",
    429: "rate_limited: the quota of this minute is spent.",
    500: "server_error: a fault on our side; nothing was changed.",
    503: "temporarily_unavailable: try again in a few seconds.",
}
_EXAMPLES = {
    401: ("invalid_token", "The access token has expired. Request a new one at /oauth/token."),
    403: ("insufficient_scope", "This needs the scope defects_write; the token holds: aircraft_read."),
    404: ("not_found", "There is no aircraft with the call sign, registration or id SKX in this account."),
    422: (
        "sync_failed",
        "flight.logs[0].name: no log of this aircraft is named 'Hobs'. Configured are: Hobbs, Landings.",
    ),
    429: ("rate_limited", "600 requests a minute are allowed. Wait 12 s, then go on."),
}
_PARAMETERS = {
    "hours": "Flight time, block to block, as 1.5 or 1:30.",
    "landings": "Landings of the flight.",
    "cycles": "Cycles of the flight.",
    "landing_on": "The day on which it lands; today unless given.",
    "after_planned": "Whether the flights planned up to that day are flown before it.",
    "by": "The length of a period.",
    "periods": "How many of them.",
    "call_sign": "The aircraft's call sign, registration or id; tried in this order, exactly as written.",
    "cursor": "Where the page begins: `next_cursor` of the page before.",
    "per_page": "Records per page.",
    "id": "The record's id.",
    "delivery_id": "The delivery's id, not that of its event.",
    "state": "Only deliveries in this state.",
    "event_type": "Only deliveries of this type of event.",
    "component_id": "The component's id.",
    "counter_id": "The id of one of its counters.",
    "place": "Only components that are there.",
    "part_number": "Only units of this part number.",
    "serial_number": "Only units with this serial number.",
}
_LIMIT_HEADERS = {
    "RateLimit": {
        "description": 'What is left and when the window ends: "default";r=599;t=42',
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {"description": 'Quota and window: "default";q=600;w=60', "schema": {"type": "string"}},
}


def document(request: HttpRequest) -> JsonResponse:
    """GET /api/v1/openapi.json, for everybody."""
    response = JsonResponse(for_request(request))
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response


def for_request(request: HttpRequest) -> Document:
    """The document with the address under which it was asked for."""
    made = copy.copy(_document())
    made["servers"] = [_server(request)]
    return made


def _server(request: HttpRequest) -> Document:
    address = f"{request.scheme}://{request.get_host()}"
    if subdomain_of(request.get_host()):
        return {"url": address, "description": "This account"}
    port = request.get_host().removeprefix(settings.HANGARLINK_DOMAIN)
    return {
        "url": f"{request.scheme}://{{account}}.{settings.HANGARLINK_DOMAIN}{port}",
        "description": "An account",
        "variables": {"account": {"default": "demo", "description": "The account's subdomain."}},
    }


@cache
def _document() -> Document:
    made: Document = dict(copy.deepcopy(api.get_openapi_schema(path_prefix="api/v1/")))
    made["info"]["description"] = DESCRIPTION
    made["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    made["tags"] = [{"name": name} for name in (*TAGS, "Events")]
    for methods in made["paths"].values():
        for operation in methods.values():
            _complete(operation)
    made["paths"] = {"/oauth/token": {"post": _token_operation()}, **made["paths"]}
    made["webhooks"] = webhooks.section()
    flow = {"tokenUrl": "/oauth/token", "scopes": ApplicationScopes().get_all_scopes()}
    made["components"]["securitySchemes"] = {
        "oauth2": {
            "type": "oauth2",
            "description": "Client credentials (RFC 6749, section 4.4). Tokens are good for an hour.",
            "flows": {"clientCredentials": flow},
        }
    }
    return made


def _complete(operation: Document) -> None:
    examples = operation.pop("x-examples")
    scope = operation.pop("x-scope")
    operation["security"] = [{"oauth2": [scope]}]
    for parameter in operation["parameters"]:
        parameter["description"] = _PARAMETERS.get(parameter["name"], "")
    if "requestBody" in operation:
        operation["parameters"].append(_key_parameter())
        operation["requestBody"]["content"]["application/json"]["example"] = examples["request"]
    operation["responses"] = {
        str(status): _response(int(status), response, examples) for status, response in operation["responses"].items()
    }


def _response(status: int, response: Document, examples: Document) -> Document:
    content = response["content"]["application/json"]
    if status < 300:
        content["example"] = examples["response"] if status == 201 else _skipped_too(examples["response"])
        return {
            "description": "Done." if status == 200 else "Created.",
            "headers": _LIMIT_HEADERS,
            "content": response["content"],
        }
    if status in _EXAMPLES:
        content["example"] = _error(*_EXAMPLES[status])
    told: Document = {"description": _ERRORS[status], "content": response["content"]}
    if status in {401, 403}:
        told["headers"] = {
            "WWW-Authenticate": {"description": f'Bearer realm="{REALM}", error="..."', "schema": {"type": "string"}}
        }
    if status in {409, 429, 503}:
        told["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return told


def _skipped_too(example: Document) -> Document:
    """The example of a 200 beside a 201."""
    if example.get("result") == "created" and "reason" in example:
        return {**example, "result": "skipped", "reason": "It is recorded with these values."}
    if example.get("result") == "created" and "matched_by" in example:
        return {**example, "result": "skipped", "matched_by": "external_id"}
    return {**example, "result": "updated"} if example.get("result") == "created" else example


def _error(code: str, text: str) -> Document:
    return {"error": code, "error_description": text}


def _key_parameter() -> Document:
    return {
        "in": "header",
        "name": idempotency.HEADER,
        "required": False,
        "description": "A name for this request, e.g. a UUID: sent again with it, the request is done once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    }


def _token_operation() -> Document:
    """The token endpoint is no operation of ninja's."""
    text = {"type": "string"}
    return {
        "operationId": "token",
        "summary": "Request an access token",
        "description": "Client id and secret in the body, or as HTTP Basic. Without scope: all the application has.",
        "tags": ["Token"],
        "parameters": [],
        "security": [],
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "grant_type": {"const": "client_credentials"},
                            "client_id": text,
                            "client_secret": {**text, "format": "password"},
                            "scope": {**text, "description": "Scopes, separated by blanks."},
                        },
                        "required": ["grant_type"],
                    }
                }
            },
        },
        "responses": {
            "200": {
                "description": "A token.",
                "content": {"application/json": {"schema": _TOKEN_ANSWER, "example": _TOKEN_EXAMPLE}},
            },
            **{str(status): _refused(text) for status, text in _TOKEN_ERRORS.items()},
        },
    }


_TOKEN_ANSWER = {
    "type": "object",
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"const": "Bearer"},
        "expires_in": {"type": "integer", "description": "Seconds."},
        "scope": {"type": "string"},
    },
    "required": ["access_token", "token_type", "expires_in", "scope"],
}
_TOKEN_EXAMPLE = {
    "access_token": "hlt_2ZKf0m0F5vXyJ8Wl3bqJr1x9cQd7s6T4u5V2w1Y0zA8",
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "hours_cycles_write defects_write",
}
_TOKEN_ERRORS = {
    400: "invalid_request, invalid_scope, unsupported_grant_type (RFC 6749, section 5.2).",
    401: "invalid_client: unknown client id or wrong secret.",
    404: "not_found: no account under this subdomain.",
    413: "payload_too_large.",
    429: "rate_limited: too many token requests from this address.",
}


def _refused(text: str) -> Document:
    schema = {"$ref": "#/components/schemas/ErrorBody"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}
