"""FlightLogger's GraphQL over the injected HTTP: questions, Relay pages, and what its errors mean."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from hangarlink.integration.contract import (
    AuthFailed,
    DataError,
    Http,
    Malformed,
    NotReady,
    PartnerError,
    Response,
    ServerTrouble,
)

# GraphQL reports failures inside a 200; these words tell them apart. Lower case, looked for in code and message.
TOO_MUCH = ("complexity", "max depth", "too complex", "exceeds max")
KEY_REFUSED = ("unauthenticated", "unauthorized", "not authorized", "invalid token", "api key")
NOT_ENABLED = ("module", "not enabled", "not activated")


class TooComplex(DataError):
    """The question weighs more than FlightLogger allows; a smaller page may pass."""


@dataclass(frozen=True)
class Nodes:
    """One page of a Relay connection. `answered_at`: FlightLogger's own clock when it answered."""

    nodes: list[Any]
    after: str | None
    answered_at: datetime


class GraphQL:
    """Asks questions; shrinks pages that are too heavy and remembers the size that passed."""

    def __init__(self, http: Http, *, page_size: int) -> None:
        self.http = http
        self.page_size = page_size

    def ask(self, query: str, **variables: Any) -> Mapping[str, Any]:
        """The `data` of the answer. Any `errors` beside it count as failure: half an answer is none."""
        data, _ = self._ask(query, variables)
        return data

    def once(self, query: str, *, made: Callable[[], Mapping[str, Any] | None], **variables: Any) -> Mapping[str, Any]:
        """As `ask`, for what must not happen twice: before it is asked again, `made` says what an earlier try made."""
        given = {name: value for name, value in variables.items() if value is not None}
        body = {"query": query, "variables": given}
        return self.http.call("POST", json=body, read=lambda response: _data(response.json()), made=made)

    def pages(self, field: str, query: str, *, after: str | None = None, **variables: Any) -> Iterator[Nodes]:
        """The pages of a connection from `after` on."""
        while True:
            page = self._page(field, query, after, variables)
            yield page
            if page.after is None:
                return
            if page.after == after:
                raise Malformed(f"FlightLogger's list of {field} does not move on: a page ends where it began.")
            after = page.after

    def _page(self, field: str, query: str, after: str | None, variables: dict[str, Any]) -> Nodes:
        while True:
            try:
                data, answered_at = self._ask(query, {**variables, "first": self.page_size, "after": after}, field)
            except TooComplex:
                if self.page_size <= 1:
                    raise
                self.page_size = self.page_size // 2
            else:
                return _nodes(data.get(field), field, answered_at)

    def _ask(self, query: str, variables: dict[str, Any], connection: str = "") -> tuple[Mapping[str, Any], datetime]:
        def read(response: Response) -> tuple[Mapping[str, Any], datetime]:
            data = _data(response.json())
            if connection:
                _nodes(data.get(connection), connection, datetime.min.replace(tzinfo=UTC))  # half a page is asked again
            return data, _answered_at(response)

        given = {name: value for name, value in variables.items() if value is not None}
        try:
            return self.http.call("POST", json={"query": query, "variables": given}, read=read)
        except DataError as error:
            if any(word in error.detail.lower() for word in TOO_MUCH):
                raise TooComplex(str(error), detail=error.detail) from None
            raise


def _data(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, Mapping):
        raise Malformed("FlightLogger's answer is not a GraphQL answer.")
    if answer.get("errors"):
        raise _classified(answer["errors"])
    if not isinstance(answer.get("data"), Mapping):
        raise Malformed("FlightLogger's answer holds neither data nor errors.")
    data: Mapping[str, Any] = answer["data"]
    return data


def _classified(errors: Any) -> PartnerError:
    rows = [row for row in errors if isinstance(row, Mapping)] if isinstance(errors, list) else []
    said = "; ".join(str(row.get("message", "")) for row in rows)[:1000] or "no message"
    words = f"{said} {[row.get('extensions') for row in rows]}".lower()
    if any(word in words for word in TOO_MUCH):
        return TooComplex("FlightLogger finds the question too heavy.", detail=said)
    if any(word in words for word in KEY_REFUSED):
        return AuthFailed("FlightLogger refuses the API key. Enter a valid one.", detail=said)
    if any(word in words for word in NOT_ENABLED):
        return NotReady(
            "FlightLogger's API is not enabled for this organisation. Ask FlightLogger for it.", detail=said
        )
    if any(row.get("locations") and not row.get("path") for row in rows):
        return DataError("FlightLogger does not accept the question of this version of Hangarlink.", detail=said)
    return ServerTrouble("FlightLogger reports an error on its side.", detail=said)


def refusal(error: PartnerError, what: str) -> PartnerError:
    """A refusal of a mutation: it comes as an error beside `data`, like a trouble of FlightLogger's own."""
    if not error.detail:
        return error
    return DataError(f"FlightLogger refuses {what}: {error.detail}", detail=error.detail)


def _nodes(connection: Any, field: str, answered_at: datetime) -> Nodes:
    page = connection.get("pageInfo") if isinstance(connection, Mapping) else None
    if not isinstance(page, Mapping) or not isinstance(connection.get("nodes"), list):
        raise Malformed(f"FlightLogger sent only part of a page of {field}.")
    more, after = page.get("hasNextPage"), page.get("endCursor")
    if not isinstance(more, bool) or (more and not isinstance(after, str)):
        raise Malformed(f"FlightLogger does not say whether more {field} follow.")
    return Nodes(connection["nodes"], after if more else None, answered_at)


def _answered_at(response: Response) -> datetime:
    """The answer's Date header. Without one our own clock must do; `pull` leaves room for its being wrong."""
    try:
        return parsedate_to_datetime(response.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return datetime.now(UTC)
