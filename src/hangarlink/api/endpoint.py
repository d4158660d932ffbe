"""One call from end to end: the account's wall, the Idempotency-Key, the work, the log row, the answer.

The work, its log row and its kept answer commit together. A refusal undoes the work; its log row is written after.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import structlog
from django.db import DatabaseError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel

from hangarlink.api import errors, idempotency
from hangarlink.api.errors import ApiError
from hangarlink.api.gate import ApiRequest, Call
from hangarlink.integration.synclog.actions import log_call
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.platform.errors import Refused
from hangarlink.platform.tenancy.context import acting_in

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """What an endpoint returns.

    verdict, count, summary  for the sync log: what became of the record, or how many were read. No personal data
    kept                     what a repetition with the same Idempotency-Key gets, where `body` holds a secret
    """

    body: BaseModel
    verdict: Verdict
    summary: str
    status: int = 200
    count: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: BaseModel | None = None


View = TypeVar("View", bound=Callable[..., Answer])


def answering(view: View) -> View:
    """Wrap an endpoint's function, which returns an Answer, into the whole call."""

    @functools.wraps(view)
    def whole_call(request: ApiRequest, **values: Any) -> HttpResponse:
        try:
            return _perform(request, functools.partial(view, request, **values))
        except (IntegrityError, OperationalError):
            # Lost a race, or the victim of a deadlock: everything is undone, and a second look finds what won.
            return _perform(request, functools.partial(view, request, **values))

    return cast(View, whole_call)


def _perform(request: ApiRequest, work: Callable[[], Answer]) -> HttpResponse:
    call = request.auth
    key = idempotency.key_of(request) if call.payload is not None else ""
    with acting_in(call.caller.account):
        if key and (before := idempotency.kept_answer(request, call.caller.application_id, key)):
            _log(call, Verdict.SKIPPED, f"Repeated with a known Idempotency-Key: answered {before.status_code} again.")
            return with_quota(request, before)
        answer = work()
        response = HttpResponse(
            answer.body.model_dump_json(),
            status=answer.status,
            content_type="application/json",
            headers=dict(answer.headers),
        )
        _log(call, answer.verdict, answer.summary, count=answer.count)
        if key:
            kept = (answer.kept or answer.body).model_dump_json()
            idempotency.keep_answer(request, call.caller.application_id, key, answer.status, kept)
    return with_quota(request, response)


def refuse(request: HttpRequest, error: Exception) -> HttpResponse:
    """ninja's exception handler: the answer to everything that went wrong, logged when we know who asked."""
    refusal = _as_api_error(error)
    response = with_quota(request, refusal.response())
    call: Call | None = getattr(request, "call", None)
    # Who asks too often is not given a row of log for each request.
    if call is not None and refusal.status != 429:
        verdict = Verdict.FAILED if refusal.status >= 500 else Verdict.REJECTED
        try:
            with acting_in(call.caller.account):
                _log(
                    call, verdict, refusal.description, code=refusal.code, technical=_technical(request, refusal, error)
                )
        except DatabaseError as failure:
            # The answer matters more than its row in the log.
            log.error("api_call_not_logged", error=type(failure).__name__)
    return response


def with_quota(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    call: Call | None = getattr(request, "call", None)
    if call is not None:
        for name, value in call.caller.quota.headers().items():
            response.headers.setdefault(name, value)
    return response


def _as_api_error(error: Exception) -> ApiError:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, Refused):
        return errors.of_refusal(error)
    if isinstance(error, ValidationError):
        return errors.of_validation(error.errors)
    if isinstance(error, HttpError):
        return ApiError(error.status_code, "invalid_request", str(error))
    log.error("api_call_failed", error=type(error).__name__, exc_info=error)
    if isinstance(error, OperationalError):
        text = "The database is busy or being restarted. Nothing was changed; try again in a few seconds."
        return ApiError(503, "temporarily_unavailable", text, {"Retry-After": "5"})
    return ApiError(
        500, "server_error", "Something went wrong on our side. Nothing was changed; it is logged. Try again later."
    )


def _technical(request: HttpRequest, refusal: ApiError, error: Exception) -> str:
    """For administrators: which call it was. Neither headers nor body: they hold tokens and names."""
    kind = "" if isinstance(error, ApiError) else f"\n{type(error).__name__}"
    return f"{request.method} {request.path}\n{refusal.status} {refusal.code}{kind}"


def _log(call: Call, verdict: Verdict, summary: str, *, code: str = "", technical: str = "", count: int = 1) -> None:
    log_call(
        flow=call.flow,
        direction=call.direction,
        acting_user=call.actor,
        verdict=verdict,
        summary=summary,
        technical=technical,
        code=code,
        count=count,
        started_at=call.started_at,
    )
