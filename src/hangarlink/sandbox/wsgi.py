"""The little that every sandbox partner needs of HTTP: a request read safely, a reply, and hanging up."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
HANG_UP = "hangarlink.sandbox.hang_up"
"""Environ key under which the server offers a function that closes the connection without a reply."""

DRAINED_AT_MOST = 64 * 1024 * 1024


class HungUp(ConnectionAbortedError):
    """The connection was closed on purpose; servers and in-process callers see a broken connection."""


@dataclass
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Callable[[bytes], Iterator[bytes]] | None = None

    @classmethod
    def json(cls, status: int, data: Any, **headers: str) -> "Reply":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, json.dumps(data).encode(), {"Content-Type": "application/json; charset=utf-8"} | named)

    @classmethod
    def message(cls, status: int, text: str, **headers: str) -> "Reply":
        return cls.json(status, {"message": text}, **headers)

    @classmethod
    def html(cls, status: int, page: str, **headers: str) -> "Reply":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"} | named)

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        headers = {**self.headers, "Content-Length": str(len(self.body))}
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", list(headers.items()))
        return self.pieces(self.body) if self.pieces else [self.body]


class Problem(Exception):
    """Ends the handling of a request with this reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class Request:
    def __init__(self, environ: Environ) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"].upper()
        self.path: str = environ.get("PATH_INFO", "") or "/"
        self.query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}

    def header(self, name: str) -> str:
        return str(self.environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))

    def json_object(self, at_most: int) -> Mapping[str, Any]:
        """The body, a JSON object. Problems: 411 no length, 413 too long, 415 not JSON by type, 400 not by content."""
        body = self.body(at_most)
        if self.content_type() != "application/json":
            raise Problem(Reply.message(415, "Send JSON with Content-Type: application/json."))
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            raise Problem(Reply.message(400, "The body is not valid JSON in UTF-8.")) from None
        if not isinstance(data, dict):
            raise Problem(Reply.message(400, "The body must be one JSON object."))
        return data

    def form(self, at_most: int) -> dict[str, str]:
        """The body, a form. Problems: as for `body`, and 415 for another type."""
        body = self.body(at_most)
        if self.content_type() != "application/x-www-form-urlencoded":
            raise Problem(Reply.message(415, "Send a form with Content-Type: application/x-www-form-urlencoded."))
        text = body.decode("utf-8", "replace")
        return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}

    def content_type(self) -> str:
        return str(self.environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()

    def body(self, at_most: int) -> bytes:
        """The raw body. Problems: 411 no length, 413 too long."""
        stated = self.environ.get("CONTENT_LENGTH") or ""
        if not stated.isdigit():
            raise Problem(Reply.message(411, "State the Content-Length."))
        length = int(stated)
        if length > at_most:
            self._drain(length)
            raise Problem(Reply.message(413, f"The body is {length} bytes; at most {at_most} are taken."))
        return bytes(self.environ["wsgi.input"].read(length))

    def _drain(self, length: int) -> None:
        """Read what comes and forget it: hanging up on a sender in mid-sentence would hide the 413 from it."""
        left = min(length, DRAINED_AT_MOST)
        while left > 0 and (piece := self.environ["wsgi.input"].read(min(left, 65_536))):
            left -= len(piece)

    def hang_up(self) -> HungUp:
        """Close the connection; raise what this returns."""
        if close := self.environ.get(HANG_UP):
            close()
        return HungUp("connection closed without a reply")
