"""Things that go wrong between two systems, to be switched on for so many requests; and the journal of all of them."""

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from hangarlink.sandbox.faults import HttpFault, Switchboard

KINDS = {
    "unauthorized": "401, as for credentials that were revoked",
    "expired_token": "401 until a token is refreshed: every OAuth token ends now",
    "rate_limited": "429 with Retry-After `retry_after` (null: without the header)",
    "server_error": "`status` (500, 502, 503, ...) and nothing done",
    "html": "200 with an HTML page where the document belongs",
    "redirect": "302 to `location`",
    "dropped": "the connection is closed before anything is done",
    "lost_response": "everything is done, then the connection is closed without a reply",
    "slow": "the answer comes after `seconds`",
    "half": "the answer is cut off in the middle",
    "oversized": "the answer is followed by `megabytes` of blanks",
    "duplicates": "every item of the page comes twice",
    "disorder": "the items of the page come in another order",
    "endless": "the page says that another one follows, for ever",
    "garbage": "the values of the first item are not what they should be",
    "entity_bomb": "XML that declares entities that grow",
    "external_entity": "XML that asks for a file of the reader's machine",
}
INSTEAD = frozenset({"unauthorized", "expired_token", "rate_limited", "server_error", "html", "redirect", "dropped"})
KEPT = 2_000


@dataclass
class Fault(HttpFault):
    """One switched-on fault. operation: only account, due_list, totals or flights."""

    KINDS = KINDS

    operation: str | None = None


class Faults(Switchboard[Fault]):
    """The switchboard."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def take(self, operation: str) -> Fault | None:
        """The fault for this request, used up by one."""
        return self.first(lambda fault: fault.operation in {None, operation})


class Journal:
    """What was asked and sent, oldest first, the last 2,000. Credentials never enter it."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._lock = RLock()

    def add(self, **entry: Any) -> dict[str, Any]:
        made = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}
        with self._lock:
            self._entries.append(made)
        return made

    def entries(self, operation: str = "") -> list[dict[str, Any]]:
        with self._lock:
            return [dict(one) for one in self._entries if operation in {"", one.get("operation")}]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
