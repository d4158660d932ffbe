"""The last processor before an entry is written: what must not be read is masked, whoever logged it."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from hangarlink.platform.logs.patterns import MASK, TEXT_PATTERNS, URL_BEHIND_HOST, is_sensitive, mask_assigned
from hangarlink.platform.vault.secret import Secret, mask_living

LONGEST = 20_000
_TAIL = 1_000
_DEEPEST = 6
_MANY_LINES = ("exception", "stack")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_CONTROL_AND_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_NAME = re.compile(r"[\w.-]{1,80}")
_HTTP_LIBRARIES = ("httpx2", "httpcore2")


def redact(_logger: Any, _method: str, event: Any) -> dict[str, Any]:
    """A structlog processor. An entry that cannot be redacted is withheld, never written as it is."""
    try:
        cleaned = {redact_text(_name(key)): _clean(key, value, _DEEPEST) for key, value in event.items()}
    except Exception as error:  # noqa: BLE001 - anything at all: an object's own repr may have failed
        kept = {key: str(event.get(key, "")) for key in ("level", "timestamp")}
        return {"event": f"A log entry was withheld: redacting it failed ({type(error).__name__}).", **kept}
    if str(event.get("logger", "")).startswith(_HTTP_LIBRARIES):
        cleaned["event"] = URL_BEHIND_HOST.sub(r"\1/…", str(cleaned.get("event", "")))
    return cleaned


def redact_text(text: str, *, lines: bool = False) -> str:
    """The text with secrets and e-mail addresses masked and control characters shown as escapes.

    lines  keep line breaks, as in a traceback; otherwise one entry stays one line, whatever a partner sent
    """
    left_out = len(text) - LONGEST
    text = mask_living(text[: LONGEST + _TAIL])
    for pattern, replacement in TEXT_PATTERNS:
        text = pattern.sub(replacement, text)
    text = mask_assigned(text)
    if left_out > _TAIL:
        # The cut may have gone through a secret, which then no longer looked like one: it is in the tail.
        text = f"{text[:-_TAIL]} … ({left_out} characters left out)"
    return (_CONTROL if lines else _CONTROL_AND_BREAKS).sub(_escaped, text)


def _clean(key: Any, value: Any, depth: int) -> Any:
    """The value that stands behind a name."""
    if value is None or isinstance(value, bool):
        return value
    if is_sensitive(_name(key)):
        return MASK
    if isinstance(value, str) and key in _MANY_LINES:
        return redact_text(value, lines=True)
    return _clean_value(value, depth)


def _clean_value(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return _clean_container(value, depth - 1) if depth else "…"
    return redact_text(_as_text(value))


def _clean_container(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {redact_text(_name(key)): _clean(key, inner, depth) for key, inner in value.items()}
    if _is_named_pair(value):
        return [_name(value[0]), MASK]
    return [_clean_value(inner, depth) for inner in value]


def _as_text(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return bytes(value[: LONGEST + 2 * _TAIL]).decode("utf-8", "backslashreplace")
    return str(value) if isinstance(value, str | Enum | PurePath | UUID | Decimal | date | Secret) else repr(value)


def _is_named_pair(value: Any) -> bool:
    """A header as HTTP libraries keep it: ("Authorization", "Bearer ...") or the same in bytes."""
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and isinstance(value[0], str | bytes)
        and _NAME.fullmatch(_name(value[0])) is not None
        and is_sensitive(_name(value[0]))
    )


def _name(key: Any) -> str:
    return key.decode("latin-1") if isinstance(key, bytes) else str(key)


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
