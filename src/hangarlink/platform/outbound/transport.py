"""One exchange within its limits: check, dial, send, read, unpack; every failure becomes an OutboundError."""

import functools
import ssl
import time
from collections.abc import Iterator
from datetime import timedelta

import httpcore2
import httpx2

from hangarlink.platform.outbound.addresses import AllowList
from hangarlink.platform.outbound.dialling import Budget, GuardedBackend, spending
from hangarlink.platform.outbound.errors import ConnectionFailed, OutboundError, Redirected, TimedOut, TooLarge
from hangarlink.platform.outbound.resolving import Resolver, Unresolvable
from hangarlink.platform.outbound.urls import Target, origin_of, read_target

_ROOM_FOR_HEADERS = 256 * 2**10
_REDIRECTS = (301, 302, 303, 307, 308)
_CODINGS = ("identity", "gzip", "deflate")
_NOT_OURS_TO_PASS_ON = ("content-encoding", "content-length", "transfer-encoding")


class GuardedTransport(httpx2.BaseTransport):
    """Checks, dials, reads the whole answer within its budget, and turns every failure into an OutboundError.

    The answer is read and unpacked here, not in the client, so that `client.stream(...)` cannot pass the caps either.
    """

    def __init__(
        self,
        allow: AllowList,
        deadline: float,
        max_bytes: int,
        ssl_context: ssl.SSLContext | None,
        resolver: Resolver,
    ) -> None:
        self._allow = allow
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context or _trusted(),
            max_connections=10,
            max_keepalive_connections=4,
            keepalive_expiry=15.0,
            network_backend=GuardedBackend(allow, resolver),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        target = read_target(request.url, allow=self._allow)
        budget = Budget(target, self._deadline, self._max_bytes + _ROOM_FOR_HEADERS)
        started = time.monotonic()
        with spending(budget):
            try:
                response = self._exchange(request, budget)
            except httpcore2.TimeoutException:
                raise _timed_out(budget) from None
            except httpcore2.NetworkError as error:
                raise _failed(budget, _network_trouble(error)) from error
            except (httpcore2.ProtocolError, httpx2.DecodingError) as error:
                # Not chained: these messages repeat header lines, ours and the partner's.
                raise _failed(budget, _protocol_trouble(error)) from None
        response.elapsed = timedelta(seconds=time.monotonic() - started)
        return response

    def close(self) -> None:
        self._pool.close()

    def _exchange(self, request: httpx2.Request, budget: Budget) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions={"timeout": request.extensions.get("timeout", {})},
            )
        )
        try:
            headers = httpx2.Headers(answer.headers)
            _refuse_early(answer.status, headers, budget, self._max_bytes)
            body = self._body(answer, headers, request, budget)
        finally:
            answer.close()
        kept = [(name, value) for name, value in headers.raw if name.lower().decode() not in _NOT_OURS_TO_PASS_ON]
        return httpx2.Response(
            answer.status,
            headers=kept,
            content=body,
            extensions={k: v for k, v in answer.extensions.items() if k in ("http_version", "reason_phrase")},
        )

    def _body(
        self, answer: httpcore2.Response, headers: httpx2.Headers, request: httpx2.Request, budget: Budget
    ) -> bytes:
        packed = httpx2.Response(answer.status, headers=headers, stream=_Stream(answer), request=request)
        body = bytearray()
        for chunk in packed.iter_bytes():  # at most 1 MiB at a time, however well it was packed
            body += chunk
            if len(body) > self._max_bytes:
                raise _too_large(budget, self._max_bytes)
            budget.wait(None)
        return bytes(body)


class _Stream(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@functools.cache
def _trusted() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)


def _refuse_early(status: int, headers: httpx2.Headers, budget: Budget, max_bytes: int) -> None:
    """What can be refused before the body is read."""
    origin = budget.target.origin
    if status == 101:
        raise _failed(budget, "wants to leave HTTP")
    if status in _REDIRECTS and "location" in headers:
        raise Redirected(origin, status, _where(headers["location"], budget.target))
    # Two packings inside each other are the recipe of a bomb whose middle layer no cap can see.
    codings = [coding.strip().lower() for coding in headers.get("content-encoding", "identity").split(",")]
    if len(codings) > 1 or codings[0] not in _CODINGS:
        raise _failed(budget, "packed its answer in a way that was not asked for")
    if (length := headers.get("content-length", "")).isdecimal() and len(length) < 20 and int(length) > max_bytes:
        raise _too_large(budget, max_bytes)


def _where(location: str, asked: Target) -> str:
    """The origin a redirect points to, nothing that could be a secret or a surprise on a page."""
    try:
        url = httpx2.URL(asked.origin).join(location)
        host = url.raw_host.decode("ascii")
    except (httpx2.InvalidURL, ValueError):
        return "an unreadable address"
    origin = origin_of(url.scheme, host, url.port)
    return "another path of itself" if origin == asked.origin else origin[:200]


def _timed_out(budget: Budget) -> OutboundError:
    what = "did not answer in time" if budget.sent else "could not be reached in time"
    message = f"{budget.target.origin} {what} (limit {budget.seconds:g} s). Try again later, or check its status page."
    return TimedOut(message, origin=budget.target.origin, may_have_arrived=budget.sent)


def _too_large(budget: Budget, max_bytes: int) -> OutboundError:
    message = f"{budget.target.origin} sent more than {max_bytes:,} bytes. Ask for less at a time."
    return TooLarge(message, origin=budget.target.origin, may_have_arrived=True)


def _failed(budget: Budget, trouble: str) -> OutboundError:
    return ConnectionFailed(
        f"{budget.target.origin} {trouble}.", origin=budget.target.origin, may_have_arrived=budget.sent
    )


def _network_trouble(error: BaseException) -> str:
    """The operating system's or TLS's own short reason; never the text of the exchange."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Unresolvable):
            return "cannot be found by name"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"shows a certificate that is not trusted ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError):
            return "does not speak TLS the way it should"
        if isinstance(cause, OSError) and cause.strerror:
            return f"could not be reached ({cause.strerror})"
        cause = cause.__cause__ or cause.__context__  # the pool raises "from None", which hides but keeps the context
    return "closed the connection"


def _protocol_trouble(error: Exception) -> str:
    if isinstance(error, httpcore2.LocalProtocolError):
        return "was not called: a header or the address holds characters that HTTP does not allow"
    if str(error).startswith(("Server disconnected", "peer closed connection")):
        return "closed the connection before its answer was complete"
    return "answered with something that is not proper HTTP"
