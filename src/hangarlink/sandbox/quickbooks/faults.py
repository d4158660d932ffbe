"""Things that go wrong between two systems, to be switched on for so many requests of a kind."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hangarlink.sandbox.faults import HttpFault, Switchboard

KINDS = {
    "unauthorized": "401, as for a token that was revoked",
    "expired_token": "every access token ends now: 401 until it is refreshed",
    "refused_refresh": "400 invalid_grant from the token endpoint",
    "rate_limited": "429, with Retry-After `retry_after` if that is a number",
    "server_error": "`status` (500, 502, 503, ...) and nothing done",
    "fault_in_200": "200 with a Fault in the body and nothing done",
    "subscription_ended": "403 with fault 6190: the company's subscription is over",
    "html": "200 with an HTML page where JSON belongs",
    "redirect": "302 to `location`",
    "dropped": "the connection is closed before anything is done",
    "lost_response": "everything is done, then the connection is closed without a reply",
    "error_after_effect": "everything is done, then `status` is answered",
    "slow": "the answer comes after `seconds`",
    "malformed_json": "the answer is cut off in the middle",
    "oversized": "the answer is followed by `megabytes` of blanks",
    "somebody_else": "somebody saves the same record just before: SyncToken is stale",
    "duplicates": "every record of the page comes twice",
    "disorder": "the records of the page come in another order",
    "wrong_types": "in `records` records the value of `key` is `value`",
}
"""Every fault with what the client gets to see."""

INSTEAD = frozenset(
    {"unauthorized", "refused_refresh", "rate_limited", "server_error", "fault_in_200", "subscription_ended"}
    | {"html", "redirect", "dropped"}
)
"""Faults that answer instead of QuickBooks; with the others it does its work."""


@dataclass
class Fault(HttpFault):
    """One switched-on fault.

    operation  only these: query, cdc, read, create, update, delete, void, token, revoke, "api" for all but the last two
    entity     only requests about this entity
    """

    KINDS = KINDS

    operation: str = "api"
    entity: str | None = None
    retry_after: int | None = None
    location: str = "http://127.0.0.1:9/v3"
    key: str = "TotalAmt"
    value: Any = "a lot"
    records: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind == "refused_refresh":
            self.operation = "token"

    def concerns(self, operation: str, entity: str | None) -> bool:
        all_of_api = self.operation == "api" and operation not in {"token", "revoke"}
        return (all_of_api or self.operation == operation) and self.entity in {None, entity}


class Faults(Switchboard[Fault]):
    """The switchboard."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def take(self, operation: str, entity: str | None) -> Fault | None:
        """The fault for this request, used up by one."""
        return self.first(lambda fault: fault.concerns(operation, entity))


def spoil(fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
    """Damage an answer that is still data; returns it."""
    change = {"duplicates": _twice, "disorder": _shuffled, "wrong_types": _mistyped}.get(fault.kind)
    if change is not None:
        for held in _lists(answer):
            held[:] = change(fault, held)
    return answer


def _twice(fault: Fault, records: list[Any]) -> list[Any]:  # noqa: ARG001 - one signature for all
    return [one for record in records for one in (record, record)]


def _shuffled(fault: Fault, records: list[Any]) -> list[Any]:  # noqa: ARG001 - one signature for all
    mixed = list(records)
    random.Random(len(mixed)).shuffle(mixed)
    return mixed if mixed != records else mixed[::-1]


def _mistyped(fault: Fault, records: list[Any]) -> list[Any]:
    for record in records[: fault.records]:
        record[fault.key] = fault.value
    return records


_Lists = list[list[Any]]


def _lists(answer: dict[str, Any]) -> _Lists:
    """The lists of records in a query or CDC answer."""
    responses = [answer.get("QueryResponse", {})]
    responses += [one for part in answer.get("CDCResponse", []) for one in part.get("QueryResponse", [])]
    is_list: Callable[[Any], bool] = lambda value: isinstance(value, list)  # noqa: E731
    return [value for response in responses for value in response.values() if is_list(value)]
