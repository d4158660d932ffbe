"""Structured logs: one line per entry, bound to account, connection, run and request, with nothing secret in it.

`configure` once per process; `structlog.get_logger(__name__)` everywhere. Everything that the standard library's
logging receives (Django, httpx2, procrastinate) goes the same way and through the same redaction.
"""

from hangarlink.platform.logs.context import RequestIdMiddleware, working_on
from hangarlink.platform.logs.redaction import redact, redact_text
from hangarlink.platform.logs.setup import catch_uncaught, configure

__all__ = ["RequestIdMiddleware", "catch_uncaught", "configure", "redact", "redact_text", "working_on"]
