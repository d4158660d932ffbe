"""The engine's side of the contract's Http: authentication, classification, retries; on the guarded client."""

import contextlib
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from hangarlink.integration.connections.keys import Keys, Stored
from hangarlink.integration.connections.pace import Pace, RealPace
from hangarlink.integration.connections.rules import GiveUp, Later, after_failure
from hangarlink.integration.contract import (
    AuthFailed,
    DataError,
    HttpAuth,
    PartnerError,
    Permanent,
    RateLimited,
    Response,
    ServerTrouble,
    Transport,
    Unreachable,
    redact,
)
from hangarlink.platform import outbound
from hangarlink.platform.vault import Secret

T = TypeVar("T")
GONE = frozenset({404, 405, 410})
SHOWN_OF_BODY = 1_000


class PutOff(PartnerError):
    """The run goes on later: `seconds` from now. Carries the failure that asked for it."""

    code = "put_off"

    def __init__(self, cause: PartnerError, seconds: float) -> None:
        super().__init__(str(cause), detail=cause.detail)
        self.seconds = seconds


class Forbidden(AuthFailed):
    """The credentials are good, but not for this: other ones of the same account would not do either."""


class Line:
    """One partner, one credential, one connection pool. A context manager.

    keys       what calls are signed with; a bare Secret stands for an API key
    deferrals  how often the run was put off before; waits without an announced length grow with it
    """

    transport = Transport.HTTP

    def __init__(
        self,
        base_url: str,
        auth: HttpAuth,
        keys: Keys | Secret,
        *,
        pace: Pace | None = None,
        deadline: float = outbound.DEADLINE,
        max_bytes: int = outbound.MAX_BYTES,
        deferrals: int = 0,
    ) -> None:
        self._base_url, self._auth = base_url, auth
        self._keys: Keys = Stored({"api_key": keys}) if isinstance(keys, Secret) else keys
        self._pace = pace or RealPace()
        self._deferrals = deferrals
        self._client = outbound.client(deadline=deadline, max_bytes=max_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def __repr__(self) -> str:
        return "<Line>"

    def call(
        self,
        method: str,
        path: str = "",
        *,
        read: Callable[[Response], T],
        json: object = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> T:
        """See contract.Http. Raises PutOff where the table says "queue for later"."""
        sent = {"json": json, "params": params, "headers": headers, "content": content}
        failures, is_renewed = 0, False
        while True:
            try:
                return read(self._once(method, path, sent))
            except PartnerError as error:
                if not is_renewed and isinstance(error, AuthFailed) and not isinstance(error, Forbidden):
                    is_renewed = True
                    if self._keys.renew():
                        continue
                decision = after_failure(error, failures=failures, deferrals=self._deferrals)
                if isinstance(decision, GiveUp):
                    raise self._redacted(error) from None
                if isinstance(decision, Later):
                    raise PutOff(self._redacted(error), decision.seconds) from None
                failures += 1
                self._pace.sleep(decision.seconds)

    def _once(self, method: str, path: str, sent: Mapping[str, Any]) -> Response:
        values = self._keys.values()
        signed = {
            **{name: value for name, value in sent.items() if value is not None},
            "headers": {**(sent["headers"] or {}), **self._auth.headers(values)},
            "params": {**(sent["params"] or {}), **self._auth.params(values)} or None,
        }
        try:
            answer = self._client.request(method, self._base_url + path, **signed)
        except (outbound.UrlRefused, outbound.Redirected) as error:
            raise Permanent(str(error)) from None
        except outbound.TooLarge as error:
            raise DataError(str(error)) from None
        except outbound.OutboundError as error:
            raise Unreachable(str(error), may_have_arrived=error.may_have_arrived) from None
        response = Response(
            answer.status_code, answer.content, {name.lower(): value for name, value in answer.headers.items()}
        )
        if response.status >= 400:
            error = _classified(response)
            error.answer = response.body
            raise error
        return response

    def _redacted(self, error: PartnerError) -> PartnerError:
        texts = self._keys.texts()
        error.detail = redact(error.detail, texts)
        error.args = (redact(str(error), texts),)
        return error


def _classified(response: Response) -> PartnerError:
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
    """Seconds from the header; None where it is missing or unreadable. (A date in it is not used by our partners.)"""
    with contextlib.suppress(KeyError, ValueError):
        return max(0.0, float(int(response.headers["retry-after"])))
    return None
