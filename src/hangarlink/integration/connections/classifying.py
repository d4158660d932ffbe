"""What an answer, or none, means in the contract's errors. Decided once, for calls and for token endpoints alike."""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from hangarlink.integration.contract import (
    AuthFailed,
    DataError,
    PartnerError,
    Permanent,
    RateLimited,
    Response,
    ServerTrouble,
    Unreachable,
)
from hangarlink.platform import outbound

GONE = frozenset({404, 405, 410})
SHOWN_OF_BODY = 1_000


class Forbidden(AuthFailed):
    """The credentials are good, but not for this: other ones of the same account would not do either."""


def sent_through(client: httpx2.Client, method: str, url: str, sent: Mapping[str, Any]) -> Response:
    """Send one request on a guarded client and return whatever answer came. Raises PartnerError where none came."""
    try:
        answer = client.request(method, url, **sent)
    except (outbound.UrlRefused, outbound.Redirected) as error:
        raise Permanent(str(error)) from None
    except outbound.TooLarge as error:
        raise DataError(str(error)) from None
    except outbound.OutboundError as error:
        raise Unreachable(str(error), may_have_arrived=error.may_have_arrived) from None
    return Response(answer.status_code, answer.content, {name.lower(): value for name, value in answer.headers.items()})


def classified(response: Response) -> PartnerError:
    """What a status of 400 and more means. Source: requirements/3, "Error handling"."""
    status = response.status
    detail = f"HTTP {status}: {response.body[:SHOWN_OF_BODY].decode('utf-8', 'replace')}"
    if status == 429:
        return RateLimited("The partner asks for fewer calls.", retry_after=_retry_after(response), detail=detail)
    if status in (401, 403):
        refusal = AuthFailed if status == 401 else Forbidden
        return refusal("The partner refuses the credentials. Enter valid ones.", detail=detail)
    if status == 408:
        return Unreachable("The partner gave up waiting for the request.", detail=detail)
    if status >= 500:
        return ServerTrouble(f"The partner reports a failure on its side ({status}).", detail=detail)
    if status in GONE:
        return Permanent(f"There is no such service at this address ({status}). Check the endpoint.", detail=detail)
    return DataError(f"The partner refuses the request ({status}).", detail=detail)


def _retry_after(response: Response) -> float | None:
    """Seconds from the header, which may also name a moment (RFC 9110, 10.2.3); None: missing or unreadable.

    A moment is compared with the partner's own Date where it sends one, so that our clocks need not agree.
    """
    told = response.headers.get("retry-after", "")
    with contextlib.suppress(ValueError, OverflowError):
        return max(0.0, float(int(told)))
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        moment, now = _moment(told), datetime.now(UTC)
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            now = _moment(response.headers["date"]) if "date" in response.headers else now
        return max(0.0, (moment - now).total_seconds())
    return None


def _moment(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
