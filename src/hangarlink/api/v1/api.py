"""The API object, and `endpoint`, which declares one operation with all that every operation has."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.http import Http404, HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from pydantic import BaseModel

from hangarlink.api.endpoint import Answer, answering, refuse
from hangarlink.api.gate import Call, Gate
from hangarlink.api.v1.outgoing import ErrorBody
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.applications.scopes import Scope


class PayloadParser(Parser):
    """ninja gets the body that the gate read: exact numbers, no duplicate names."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        call: Call = request.call  # type: ignore[attr-defined]
        return call.payload or {}


api = NinjaAPI(
    parser=PayloadParser(),
    title="Hangarlink API",
    version="1.0.0",
    urls_namespace="api_v1",
    docs_url=None,
    # Served by hangarlink.api.openapi, completed with what ninja does not know.
    openapi_url=None,
)
for kind in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(kind, refuse)  # type: ignore[arg-type]  # it passes no classes

V = TypeVar("V", bound=Callable[..., Answer])
_ALWAYS = (401, 403, 404, 422, 429, 500, 503)
_WITH_BODY = (400, 409, 411, 413, 415)


def endpoint(
    method: str,
    path: str,
    *,
    scope: Scope,
    flow: Flow,
    tag: str,
    summary: str,
    answers: Mapping[int, type[BaseModel]],
    examples: Mapping[str, Any] | None = None,
) -> Callable[[V], V]:
    """Declare an operation: who may, what is logged, what it answers.

    examples  "request" and "response" bodies for the documentation
    """

    def declare(view: V) -> V:
        refusals = (*_ALWAYS, *(_WITH_BODY if method != "GET" else ()))
        extra: dict[str, Any] = {"x-scope": scope.value, "x-examples": dict(examples or {})}
        api.api_operation(
            [method],
            path,
            auth=Gate(scope, flow),
            response={**answers, **dict.fromkeys(refusals, ErrorBody)},
            summary=summary,
            description=view.__doc__,
            tags=[tag],
            operation_id=view.__name__,
            openapi_extra=extra,
        )(answering(view))
        return view

    return declare
