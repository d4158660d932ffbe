"""OpenAPI's `webhooks`: every type of event that an endpoint may be told of, made from the registry of events."""

from typing import Any

from hangarlink.integration.webhooks.catalogue import EventType, catalogue, message_example

ACCOUNT = "0197379e-0a5e-7b61-8c32-9d1f2e3a4b55"
_SIGNATURE = (
    "One signature, or two (separated by a blank) while a secret rotates: `v1,` and the base64 of HMAC-SHA256 over "
    "`{webhook-id}.{webhook-timestamp}.{body}` with the secret's bytes. https://www.standardwebhooks.com"
)
_HEADERS = (
    ("webhook-id", "The event's id: the same in every repetition. Remember the ids that were handled.", "string"),
    ("webhook-timestamp", "Seconds since 1970 of this attempt. Refuse what is older than five minutes.", "integer"),
    ("webhook-signature", _SIGNATURE, "string"),
)


def section() -> dict[str, Any]:
    """The value of `webhooks`: one path item per type."""
    return {one.name: {"post": _operation(one)} for one in catalogue().values()}


def _operation(event: EventType) -> dict[str, Any]:
    who = f"Applications with the scope {event.scope}" if event.scope else "Endpoints of the account, no application"
    return {
        "operationId": f"event_{event.name.replace('.', '_')}",
        "summary": event.name,
        "description": f"{event.meaning}\n\nTold to: {who}.",
        "tags": ["Events"],
        "security": [],
        "parameters": [
            {"in": "header", "name": name, "required": True, "description": text, "schema": {"type": type}}
            for name, text, type in _HEADERS
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _message(event), "example": message_example(event, ACCOUNT)},
            },
        },
        "responses": {
            "2XX": {"description": "Taken. The body is not looked at."},
            "410": {"description": "Do not call again: the endpoint is stopped."},
            "default": {
                "description": "Not taken: repeated after 1 min, 5 min, 30 min and 2 h. Retry-After lengthens a wait."
            },
        },
    }


def _message(event: EventType) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "type": {"const": event.name},
            "account_id": {"type": "string", "format": "uuid"},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": event.schema,
        },
        "required": ["id", "type", "account_id", "timestamp", "data"],
    }
