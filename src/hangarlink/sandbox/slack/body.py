"""What a request to a method holds: Slack takes a query, a form, or JSON."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from hangarlink.sandbox.wsgi import Problem, Reply, Request

LARGEST = 1_000_000


def fields_of(request: Request) -> dict[str, Any]:
    """All arguments of the request; lists and objects that a form carries as JSON are read."""
    given: dict[str, Any] = dict(request.query)
    length = request.environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST:
        raise Problem(Reply.json(200, {"ok": False, "error": "invalid_post_type"}))
    body: bytes = request.environ["wsgi.input"].read(int(length)) if int(length) else b""
    kind = request.environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return given | _json(body)
    for name, values in parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True).items():
        given[name] = values[-1]
    for name in ("blocks", "metadata"):
        if isinstance(given.get(name), str):
            with suppress(ValueError):
                given[name] = json.loads(given[name])
    return given


def _json(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Problem(Reply.json(200, {"ok": False, "error": "invalid_json"})) from None
    if not isinstance(data, dict):
        raise Problem(Reply.json(200, {"ok": False, "error": "json_not_object"}))
    return data
