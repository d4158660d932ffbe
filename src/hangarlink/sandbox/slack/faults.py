"""Things that go wrong between two systems, to be switched on for so many requests of a method."""

from dataclasses import asdict, dataclass, fields
from threading import RLock
from typing import Any

KINDS = {
    "error": "200 with `ok: false` and `error` (token_revoked, channel_not_found, fatal_error, ...), nothing done",
    "unauthorized": "401, as a proxy on the way may answer",
    "expired_token": "200 with `ok: false, error: token_expired`",
    "rate_limited": "429 with Retry-After `retry_after` (null: without the header)",
    "server_error": "`status` (500, 502, 503, ...) and nothing done",
    "html": "200 with an HTML page where JSON belongs",
    "redirect": "302 to `location`",
    "dropped": "the connection is closed before anything is done",
    "lost_response": "everything is done, then the connection is closed without a reply",
    "slow": "the answer comes after `seconds`",
    "malformed_json": "the answer is cut off in the middle",
    "oversized": "the answer is followed by `megabytes` of blanks",
    "wrong_types": "200 with a JSON list where an object belongs",
    "duplicates": "the last channel of the page comes again on the next one",
    "disorder": "the channels of the page come in another order",
    "endless": "every page of channels says that there is another",
}
"""Every fault with what the client gets to see."""

INSTEAD = frozenset(
    {"error", "unauthorized", "expired_token", "rate_limited", "server_error", "html", "redirect", "dropped"}
)
"""Faults that answer instead of Slack; with the others it does its work first."""


@dataclass
class Fault:
    """One switched-on fault.

    times     requests it spoils before everything is well again; None: until cleared
    skip      requests it lets pass first
    method    only this API method, such as chat.postMessage
    the rest  see KINDS
    """

    kind: str
    times: int | None = 1
    skip: int = 0
    method: str | None = None
    error: str = "fatal_error"
    status: int = 503
    retry_after: int | None = 1
    seconds: float = 1.0
    megabytes: int = 20
    location: str = "http://127.0.0.1:9/api"

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

    def take(self, method: str) -> Fault | None:
        """The fault for this request, used up by one."""
        with self._lock:
            for fault in self._active:
                if fault.method not in (None, method):
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
