"""Things that go wrong between two systems, to be switched on for so many requests of a method."""

from dataclasses import dataclass

from hangarlink.sandbox.faults import HttpFault, Switchboard

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
class Fault(HttpFault):
    """One switched-on fault. method: only this API method, such as chat.postMessage; error: what `error` says."""

    KINDS = KINDS

    method: str | None = None
    error: str = "fatal_error"
    location: str = "http://127.0.0.1:9/api"


class Faults(Switchboard[Fault]):
    """The switchboard."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def take(self, method: str) -> Fault | None:
        """The fault for this request, used up by one."""
        return self.first(lambda fault: fault.method in {None, method})
