"""How the API says no: one body, `{error, error_description}`, for everything from a typo to a fault of ours.

The codes invalid_token, insufficient_scope, not_found and sync_failed are published (contracts/flightlogger.md 1.1).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse

from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing, NotPermitted, Refused, RuleBroken

REALM = "Hangarlink"


class ApiError(Exception):
    """A refusal with everything the answer needs."""

    def __init__(self, status: int, code: str, description: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description
        self.headers = dict(headers or {})

    def response(self) -> HttpResponse:
        return error_response(self.status, self.code, self.description, self.headers)


def error_response(status: int, code: str, description: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    body = json.dumps({"error": code, "error_description": description})
    return HttpResponse(body, status=status, content_type="application/json", headers=dict(headers or {}))


def invalid_token(description: str) -> ApiError:
    return ApiError(401, "invalid_token", description, _challenge(error="invalid_token", error_description=description))


def insufficient_scope(needed: Scope, held: Iterable[Scope]) -> ApiError:
    has = " ".join(sorted(held)) or "none"
    text = f"This needs the scope {needed}; the token holds: {has}. Grant it under OAuth applications, request a token."
    return ApiError(403, "insufficient_scope", text, _challenge(error="insufficient_scope", scope=needed.value))


def not_found(description: str) -> ApiError:
    return ApiError(404, "not_found", description)


def sync_failed(description: str) -> ApiError:
    """The request was understood and could not be carried out as it is: change it, then send it again."""
    return ApiError(422, "sync_failed", description)


def invalid_request(description: str) -> ApiError:
    """The request could not be read."""
    return ApiError(400, "invalid_request", description)


def of_refusal(refusal: Refused) -> ApiError:
    """What an action's no is in HTTP."""
    if isinstance(refusal, Missing):
        return not_found(str(refusal))
    if isinstance(refusal, NotPermitted):
        return ApiError(403, "insufficient_scope", str(refusal), _challenge(error="insufficient_scope"))
    text = str(refusal)
    named = refusal.field and not text.startswith(refusal.field)
    return sync_failed(f"{refusal.field}: {text}" if named else text)


@contextmanager
def under(place: str) -> Iterator[None]:
    """Name the fields of refusals by their place in the body: "registration" becomes "aircraft.registration"."""
    try:
        yield
    except RuleBroken as refusal:
        path = f"{place}.{refusal.field}" if refusal.field else place
        raise RuleBroken(f"{path}: {refusal}", field=path) from None


def of_validation(problems: list[dict[str, Any]]) -> ApiError:
    """What pydantic found wrong with the input, at most five problems, each with the field's path."""
    told = [_problem(problem) for problem in problems[:5]]
    more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
    return sync_failed("; ".join(told) + more)


def _problem(problem: dict[str, Any]) -> str:
    place, *path = problem["loc"]
    # ninja puts the name of the view's parameter between "body" and the body's own fields.
    path = path[1:] if place == "body" else path
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    if problem["type"] == "missing" and len(path) == 1 and place == "body":
        return f'{name}: missing. Put the record under a top-level "{name}" object: {{"{name}": {{...}}}}'
    if problem["type"] == "missing":
        return f"{name}: missing"
    if problem["type"] == "extra_forbidden":
        return f"{name}: no such field"
    return f"{name}: {problem['msg']}" if name else str(problem["msg"])


def _challenge(**parameters: str) -> dict[str, str]:
    """RFC 6750, section 3. Only characters that a quoted string may hold."""
    told = {"realm": REALM, **parameters}
    parts = [f'{name}="{_quotable(value)}"' for name, value in told.items()]
    return {"WWW-Authenticate": "Bearer " + ", ".join(parts)}


def _quotable(text: str) -> str:
    return "".join(letter if " " <= letter <= "~" and letter not in '"\\' else "?" for letter in text)
