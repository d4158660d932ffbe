"""Things that go wrong between two systems, to be switched on for so many requests; and the journal of all of them."""

from collections import deque
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from threading import RLock
from typing import Any

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
class Fault:
    """One switched-on fault. operation: only account, due_list, totals or flights; the rest: see KINDS."""

    kind: str
    times: int | None = 1
    skip: int = 0
    operation: str | None = None
    status: int = 503
    retry_after: int | None = 1
    seconds: float = 1.0
    megabytes: int = 20
    location: str = "http://127.0.0.1:9/"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no fault {self.kind!r}; there are {', '.join(KINDS)}")


class Faults:
    """The switchboard. The first fault that concerns a request spoils it; others wait their turn."""

    def __init__(self) -> None:
        self._active: list[Fault] = []
        self._lock = RLock()

    def add(self, kind: str, **options: Any) -> Fault:
        """Switch a fault on; options are the fields of `Fault`. ValueError names an unknown kind or option."""
        known = {field.name for field in fields(Fault)}
        if unknown := sorted(set(options) - known):
            raise ValueError(f"a fault has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        fault = Fault(kind, **options)
        with self._lock:
            self._active.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._active.clear()

    def active(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._active]

    def take(self, operation: str) -> Fault | None:
        """The fault for this request, used up by one."""
        with self._lock:
            for fault in self._active:
                if fault.operation not in {None, operation}:
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._active.remove(fault)
                return fault
        return None


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
