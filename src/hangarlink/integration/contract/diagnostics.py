"""Technical detail that is safe to keep: credentials blotted out, length bounded."""

import re
from collections.abc import Iterable

LONGEST = 4_000
BLOT = "[removed]"
_PATTERNS = (
    re.compile(r"(?i)\b(bearer|basic|token|apikey)\s+[\w.~+/=-]{4,}"),
    re.compile(
        r"(?i)([\"']?[\w-]*(?:authorization|api[_-]?key|secret|password|token)[\w-]*[\"']?\s*[:=]\s*)([\"']?)[^\s\"',}]+"
    ),
    re.compile(r"(?i)://[^/\s:@]+:[^/\s@]+@"),
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without these secrets, without anything that looks like a credential, and not longer than LONGEST."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, BLOT)
    text = _PATTERNS[0].sub(rf"\1 {BLOT}", text)
    text = _PATTERNS[1].sub(rf"\1\2{BLOT}", text)
    text = _PATTERNS[2].sub(f"://{BLOT}@", text)
    return text if len(text) <= LONGEST else text[:LONGEST] + " ..."
