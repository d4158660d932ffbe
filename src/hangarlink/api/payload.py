"""The JSON body, read exactly: a number with a fraction becomes a Decimal, never a float."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest

from hangarlink.api.errors import ApiError, invalid_request

_DEEPEST = 20


def read_payload(request: HttpRequest) -> Any:
    """The parsed body. Raises ApiError 411, 413, 415 or 400, each saying what to send instead.

    The length is checked before a byte of the body is read.
    """
    _check_headers(request)
    try:
        text = request.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid_request(
            f"The body is not valid UTF-8: byte 0x{error.object[error.start]:02x} at position {error.start}. "
            "Encode it as UTF-8."
        ) from None
    except OSError:
        raise invalid_request("The body ended before its Content-Length. Send it again.") from None
    if not text.strip():
        raise invalid_request("The body is empty. Send a JSON object.")
    try:
        payload = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_object)
    except RecursionError:
        raise invalid_request(f"The body is nested too deeply; {_DEEPEST} levels are plenty.") from None
    except ValueError as error:
        raise invalid_request(f"The body is not valid JSON: {error}.") from None
    if not isinstance(payload, dict):
        raise invalid_request('Send a JSON object, e.g. {"flight": {...}}.')
    if "\\u" in text or "\x00" in text:
        _check_storable(payload)
    return payload


def _check_headers(request: HttpRequest) -> None:
    media_type = request.content_type or ""
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        shown = media_type[:60] or "nothing"
        raise ApiError(415, "unsupported_media_type", f"Send Content-Type: application/json; it says {shown}.")
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise ApiError(415, "unsupported_media_type", f"Encode JSON as UTF-8, not {charset[:40]} (RFC 8259).")
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        raise ApiError(411, "length_required", "Send a Content-Length header; chunked bodies are not taken.")
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    if int(length) > limit:
        text = f"The body has {int(length):,} bytes; at most {limit:,} are taken. Send one record per request."
        raise ApiError(413, "payload_too_large", text, {"Connection": "close"})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are distinct: of two values for one name, nobody could say which is meant."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice[:60]!r} stands twice in one object")
    return made


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a JSON number")


def _check_storable(value: Any, depth: int = 0) -> None:
    """Refuse what JSON escapes can smuggle in and no database text can hold: NUL and halves of surrogate pairs."""
    if depth > _DEEPEST:
        raise invalid_request(f"The body is nested too deeply; {_DEEPEST} levels are plenty.")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise invalid_request(
                "A text holds \\u0000 or half of a surrogate pair, which cannot be stored. Leave it out."
            )
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_storable(name, depth)
            _check_storable(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_storable(inner, depth + 1)
