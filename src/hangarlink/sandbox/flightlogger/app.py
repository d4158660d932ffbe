"""POST /graphql as FlightLogger's documentation describes it, and /_control for whoever plays the outside world."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from hangarlink.sandbox.flightlogger.control import Control
from hangarlink.sandbox.flightlogger.faults import INSTEAD, KINDS, Fault, Faults, spoil
from hangarlink.sandbox.flightlogger.gateway import Call, sandbox_schema
from hangarlink.sandbox.flightlogger.journal import Entry, Journal
from hangarlink.sandbox.flightlogger.limits import Limits, RateLimiter, Scales
from hangarlink.sandbox.flightlogger.records import ApiKey
from hangarlink.sandbox.flightlogger.world import World
from hangarlink.sandbox.wsgi import Environ, Problem, Reply, Request, StartResponse

PIECES = 20


@dataclass(frozen=True)
class Question:
    """A GraphQL request that could be read, or the errors for which it could not."""

    document: DocumentNode | None
    variables: dict[str, Any]
    operation_name: str | None
    operation: OperationDefinitionNode | None = None
    errors: tuple[GraphQLError, ...] = ()

    @property
    def name(self) -> str | None:
        named = self.operation.name if self.operation else None
        return named.value if named else self.operation_name

    @property
    def root_fields(self) -> list[str]:
        chosen = self.operation.selection_set.selections if self.operation else ()
        return [node.name.value for node in chosen if isinstance(node, FieldNode)]


class FlightLoggerApp:
    """The WSGI application. Several worlds are several accounts; the Bearer key says which one answers."""

    def __init__(
        self,
        *worlds: World,
        faults: Faults | None = None,
        limits: Limits | None = None,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.worlds = worlds or (World.demo(),)
        self.world = self.worlds[0]
        self.faults, self.limits, self.journal = faults or Faults(), limits or Limits(), Journal()
        self.sleep = sleep
        self._rate = RateLimiter(self.limits, ticks)
        self._control = Control(self.world, self.faults, self.journal)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            reply = self._reply(request)
        except Problem as problem:
            reply = problem.reply
        return reply.send(start_response)

    def _reply(self, request: Request) -> Reply:
        if request.path == "/graphql":
            entry = Entry(request.method, request.path)
            self.journal.add(entry)
            try:
                reply = self._graphql(request, entry)
            except Problem as problem:
                reply = problem.reply
            entry.status = reply.status
            return reply
        if request.path.startswith("/_control/"):
            return self._control.reply(request)
        if request.path == "/":
            return Reply.json(200, {"service": "FlightLogger sandbox", "graphql": "/graphql", "faults": KINDS})
        return Reply.message(404, f"There is nothing at {request.path}; the API is POST /graphql.")

    # --- one GraphQL request ---------------------------------------------------------------------------------------

    def _graphql(self, request: Request, entry: Entry) -> Reply:
        if request.method != "POST":
            raise Problem(Reply.message(405, "Ask with POST.", Allow="POST"))
        world, key = self._caller(request)
        entry.account, entry.user_id = world.subdomain, key.user_id
        if wait := self._rate.take((world.subdomain, key.user_id)):
            raise Problem(Reply.message(429, f"Too many requests. Try again in {wait} seconds.", Retry_After=str(wait)))
        question = self._question(request.json_object(self.limits.max_body_bytes))
        entry.of(question.name, question.root_fields, question.variables, secret=key.token)
        fault = self.faults.take(question.name, question.root_fields) if question.operation else None
        entry.fault = fault.kind if fault else None
        if fault and fault.kind in INSTEAD:
            return _instead(fault, request)
        data = self._answer(world, key, question, repeat_last=fault is not None and fault.kind == "duplicates")
        return self._spoilt(fault, data, request) if fault else Reply.json(200, data)

    def _caller(self, request: Request) -> tuple[World, ApiKey]:
        scheme, _, token = request.header("Authorization").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Problem(_unauthorized("Send your API key as Authorization: Bearer <key>."))
        for world in self.worlds:
            for key in world.keys:
                if key.token == token.strip():
                    if key.expires_at and key.expires_at <= world.now():
                        raise Problem(_unauthorized("The API key has expired."))
                    return world, key
        raise Problem(_unauthorized("The API key is not valid."))

    def _question(self, body: Mapping[str, Any]) -> Question:
        query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
        if not isinstance(query, str) or not query.strip():
            raise Problem(Reply.message(400, "The body needs `query`, a GraphQL document as a string."))
        if not isinstance(variables, dict | None) or not isinstance(name, str | None):
            raise Problem(Reply.message(400, "`variables` must be an object and `operationName` a string."))
        variables = variables or {}
        try:
            document = parse(query, max_tokens=self.limits.max_query_tokens)
        except GraphQLError as error:
            return Question(None, variables, name, errors=(error,))
        operation = get_operation_ast(document, name)
        if operation is None:
            missing = GraphQLError("The document must hold the operation to execute, named if there are several.")
            return Question(document, variables, name, errors=(missing,))
        return Question(document, variables, name, operation)

    def _answer(self, world: World, key: ApiKey, question: Question, *, repeat_last: bool = False) -> dict[str, Any]:
        schema, document, operation = sandbox_schema(), question.document, question.operation
        if document is None or operation is None:
            return _errors(question.errors)
        if errors := validate(schema, document, max_errors=20):
            return _errors(errors)
        weight = Scales(schema, document, question.variables, self.limits).weigh(operation)
        if too_much := weight.over(self.limits):
            return _errors([GraphQLError(too_much)])
        with world.lock:
            world.catch_up()
            result = execute_sync(
                schema,
                document,
                context_value=Call(world, key, self.limits.max_page_size, repeat_last),
                variable_values=question.variables,
                operation_name=question.operation_name,
            )
        answer: dict[str, Any] = {"data": result.data}
        return answer | (_errors(result.errors) if result.errors else {})

    def _spoilt(self, fault: Fault, data: dict[str, Any], request: Request) -> Reply:
        if fault.kind == "lost_response":
            raise request.hang_up()
        reply = Reply.json(200, spoil(fault, data))
        if fault.kind == "slow":
            self.sleep(fault.seconds)
        elif fault.kind == "malformed_json":
            reply.body = reply.body[: len(reply.body) * 2 // 3]
        elif fault.kind == "oversized":
            reply.body += b" " * (fault.megabytes * 1024 * 1024)
        elif fault.kind == "drip":
            reply.pieces = lambda body: self._drip(body, fault.seconds)
        return reply

    def _drip(self, body: bytes, seconds: float) -> Iterator[bytes]:
        size = -(-len(body) // PIECES)
        for start in range(0, len(body), size):
            yield body[start : start + size]
            self.sleep(seconds)

    # --- without HTTP ----------------------------------------------------------------------------------------------

    def ask(self, query: str, variables: dict[str, Any] | None = None, *, key: str | None = None) -> dict[str, Any]:
        """Answer a query in-process, as JSON would be: no faults, no rate limit. For benchmarks that need pages."""
        chosen = next(one for one in self.world.keys if key in {None, one.token})
        answer = self._answer(self.world, chosen, self._question({"query": query, "variables": variables}))
        return dict(json.loads(json.dumps(answer)))


def _instead(fault: Fault, request: Request) -> Reply:
    if fault.kind == "dropped":
        raise request.hang_up()
    if fault.kind == "rate_limited":
        wait = {} if fault.retry_after is None else {"Retry_After": str(fault.retry_after)}
        return Reply.message(429, "Too many requests. Try again later.", **wait)
    if fault.kind == "html":
        page = b"<!doctype html><title>We will be back soon</title><h1>Maintenance</h1>"
        return Reply(200, page, {"Content-Type": "text/html; charset=utf-8"})
    if fault.kind == "redirect":
        return Reply(302, b"", {"Location": fault.location})
    if fault.kind == "server_error":
        return Reply.message(fault.status, "Something went wrong on our side.")
    return _unauthorized("The API key has expired." if fault.kind == "expired_key" else "The API key is not valid.")


def _unauthorized(why: str) -> Reply:
    return Reply.message(401, why, WWW_Authenticate="Bearer")


def _errors(errors: Iterable[GraphQLError]) -> dict[str, Any]:
    return {"errors": [error.formatted for error in errors]}
