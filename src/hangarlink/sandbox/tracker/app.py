"""/camp/, /traxxall/, /veryon/ and /cmp/ for clients, /oauth2/ for tokens, /_control/ for whoever plays."""

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from hangarlink.sandbox.tracker.control import Control
from hangarlink.sandbox.tracker.dialects import DIALECTS, Dialect
from hangarlink.sandbox.tracker.faults import INSTEAD, KINDS, Fault, Faults, Journal
from hangarlink.sandbox.tracker.gate import Gate
from hangarlink.sandbox.tracker.shop import Item, Refused, Shop
from hangarlink.sandbox.wsgi import Environ, Problem, Reply, Request, StartResponse

LARGEST = 5_000_000
# method, path below the dialect -> operation
ROUTES = (
    ("GET", r"/(account|v1/account|api/company)", "account"),
    ("GET", r"/(due-list|v1/due-items|api/dueitems|due-list\.csv)", "due_list"),
    ("PUT POST", r"/(aircraft/[^/]+/totals|v1/totals|api/aircraft/[^/]+/times|totals\.csv)", "totals"),
    ("PUT POST", r"/(flights|v1/flights|api/flights|flights\.csv)", "flights"),
)
STATUS = {"unknown_tail": 422, "wrong_serial": 422, "lower_total": 409}
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><x>&i;</x>"
)
# Behind the first of these stands a number in one dialect or another.
_GARBLED = re.compile(rb'<hours>|"(?=\d{4}-\d\d-\d\d")|"(?=OVERDUE|DUE_SOON)')
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'


class TrackerApp:
    """The WSGI application over one shop."""

    def __init__(
        self,
        shop: Shop | None = None,
        *,
        faults: Faults | None = None,
        page_size: int = 1_000,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.shop, self.faults, self.journal = shop or Shop.demo(), faults or Faults(), Journal()
        self.gate, self.page_size, self.sleep = Gate(), page_size, sleep
        self._control = Control(self.shop, self.faults, self.journal)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            reply = self._reply(request)
        except Problem as problem:
            reply = problem.reply
        return reply.send(start_response)

    def _reply(self, request: Request) -> Reply:
        if request.path.startswith("/_control/"):
            return self._control.reply(request)
        if request.path == "/oauth2/authorize":
            return self.gate.authorize(request)
        if request.path == "/oauth2/token":
            return self.gate.token(request, request.body(LARGEST))
        if request.path == "/":
            return Reply.json(200, {"service": "maintenance tracker sandbox", "dialects": [*DIALECTS], "faults": KINDS})
        name, _, rest = request.path.removeprefix("/").partition("/")
        dialect, operation = DIALECTS.get(name), _operation(request.method, f"/{rest}")
        if dialect is None or operation is None:
            return Reply.message(404, f"There is nothing at {request.method} {request.path}.")
        return self._call(request, dialect, operation)

    def _call(self, request: Request, dialect: Dialect, operation: str) -> Reply:
        entry = self.journal.add(dialect=dialect.name, operation=operation, path=request.path, query=request.query)
        body = request.body(LARGEST) if request.method != "GET" else b""
        fault = self.faults.take(operation)
        entry["fault"] = fault.kind if fault else None
        try:
            if fault and fault.kind in INSTEAD:
                reply = self._instead(fault, request)
            else:
                self.gate.check(request)
                reply = self._answer(request, dialect, operation, body, fault, entry)
        except Problem as problem:
            reply = problem.reply
        entry["status"] = reply.status
        return reply

    def _answer(
        self,
        request: Request,
        dialect: Dialect,
        operation: str,
        body: bytes,
        fault: Fault | None,
        entry: dict[str, Any],
    ) -> Reply:
        if operation == "account":
            content, status = dialect.account(self.shop), 200
        elif operation == "due_list":
            content, status = self._due_list(request, dialect, fault), 200
        else:
            content, status = self._take(dialect, operation, body, entry)
        media_type = "application/json" if operation != "due_list" and dialect.suffix == "csv" else dialect.media_type
        reply = Reply(status, content, {"Content-Type": media_type})
        return reply if fault is None else self._spoilt(fault, reply, request)

    def _due_list(self, request: Request, dialect: Dialect, fault: Fault | None) -> bytes:
        """A page where the dialect has pages, else everything."""
        kind = fault.kind if fault else ""
        items, following = self.shop.listed(), None
        if dialect.name == "traxxall":
            size, start = self._size(request, "limit"), int(request.query.get("after") or 0)
            more = start + size < len(items)
            items, following = items[start : start + size], str(start + size) if more else None
            if kind == "endless":
                following = request.query.get("after") or "0"
        elif dialect.name == "veryon":
            size, page = self._size(request, "pageSize"), int(request.query.get("page", "1"))
            start = 0 if kind == "endless" else (page - 1) * size
            items = items[start : start + size]
        content = dialect.due_list(self.shop, _disturbed(items, kind), next=following)
        return _GARBLED.sub(rb"\g<0>many ", content, count=1) if kind == "garbage" else content

    def _take(self, dialect: Dialect, operation: str, body: bytes, entry: dict[str, Any]) -> tuple[bytes, int]:
        """Every record is taken or refused; one refused record refuses the request, as such services do."""
        try:
            if operation == "totals":
                said = [self.shop.take_totals(one) for one in dialect.totals(body)]
            else:
                said = [self.shop.take_flight(one) for one in dialect.flights(body)]
            if not said:
                raise Refused("invalid", "it holds no record")
        except Refused as error:
            entry["refused"] = error.code
            return dialect.answer(False, str(error)), STATUS.get(error.code, 200)
        except (KeyError, TypeError, ValueError, UnicodeDecodeError, ArithmeticError) as error:
            entry["refused"] = "invalid"
            return dialect.answer(False, f"not the documented shape: {error!r}"), 400
        entry["accepted"] = said
        return dialect.answer(True, ""), 200

    def _size(self, request: Request, name: str) -> int:
        return max(1, min(int(request.query.get(name) or self.page_size), self.page_size))

    def _spoilt(self, fault: Fault, reply: Reply, request: Request) -> Reply:
        if fault.kind == "lost_response":
            raise request.hang_up()
        if fault.kind == "slow":
            self.sleep(fault.seconds)
        elif fault.kind == "half":
            reply.body = reply.body[: len(reply.body) // 2]
        elif fault.kind == "oversized":
            reply.body += b" " * (fault.megabytes * 1024 * 1024)
        elif fault.kind in {"entity_bomb", "external_entity"}:
            reply.body = (BOMB if fault.kind == "entity_bomb" else OUTSIDE).encode()
        return reply

    def _instead(self, fault: Fault, request: Request) -> Reply:
        if fault.kind == "dropped":
            raise request.hang_up()
        if fault.kind == "expired_token":
            self.gate.expire()
        if fault.kind == "rate_limited":
            wait = {} if fault.retry_after is None else {"Retry_After": str(fault.retry_after)}
            return Reply.message(429, "Too many requests. Try again later.", **wait)
        if fault.kind == "html":
            return Reply.html(200, "<!doctype html><title>We will be back soon</title><h1>Maintenance</h1>")
        if fault.kind == "redirect":
            return Reply(302, b"", {"Location": fault.location})
        if fault.kind == "server_error":
            return Reply.message(fault.status, "Something went wrong on our side.")
        return Reply.message(401, "The credentials are not valid.", WWW_Authenticate="Bearer")


def _operation(method: str, rest: str) -> str | None:
    return next((name for methods, path, name in ROUTES if method in methods and re.fullmatch(path, rest)), None)


def _disturbed(items: list[Item], kind: str) -> list[Item]:
    if kind == "duplicates":
        return [item for item in items for _ in range(2)]
    return list(reversed(items)) if kind == "disorder" else items
