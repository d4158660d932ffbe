"""Technical detail that is safe to keep: credentials blotted out, length bounded."""

import re
from collections.abc import Iterable

LONGEST = 4_000
BLOT = "[removed]"
# Repetitions are bounded: these run over whatever a partner chose to send.
_SCHEME = re.compile(r"(?i)\b(bearer|basic|token|apikey)\s+[\w.~+/=-]{4,}")
_NAMED = re.compile(
    r"(?i)([\w-]{0,40}(?:authorization|api[_-]?key|secret|password|token)[\w-]{0,40}[\"']?\s{0,4}[:=]\s{0,4})[^\s,}]+"
)
_USERINFO = re.compile(r"(?i)://[^/\s:@]{1,200}:[^/\s@]{1,200}@")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without these secrets, without anything that looks like a credential, and not longer than LONGEST."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, BLOT)
    text = text if len(text) <= LONGEST else text[:LONGEST] + " ..."
    text = _SCHEME.sub(rf"\1 {BLOT}", text)
    text = _NAMED.sub(rf"\1{BLOT}", text)
    return _USERINFO.sub(f"://{BLOT}@", text)
