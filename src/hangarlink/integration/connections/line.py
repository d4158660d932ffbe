"""The engine's side of the contract's Http: authentication, classification, retries; on the guarded client."""

from collections.abc import Callable, Mapping
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar

from hangarlink.integration.connections.classifying import classified, sent_through
from hangarlink.integration.connections.keys import Keys, Stored
from hangarlink.integration.connections.pace import Pace, RealPace
from hangarlink.integration.connections.repeating import PutOff, Repeating
from hangarlink.integration.connections.traffic.valve import Unlimited, Valve
from hangarlink.integration.contract import HttpAuth, Response, Transport
from hangarlink.platform import outbound
from hangarlink.platform.vault import Secret

__all__ = ["Line", "PutOff"]

T = TypeVar("T")


class Line:
    """One partner, one credential, one connection pool. A context manager.

    keys       what calls are signed with; a bare Secret stands for an API key
    valve      the partner's quotas and circuit, shared by everybody
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
        valve: Valve | None = None,
    ) -> None:
        self._base_url, self._auth = base_url, auth
        self._keys: Keys = Stored({"api_key": keys}) if isinstance(keys, Secret) else keys
        self._repeating = Repeating(
            self._keys, pace=pace or RealPace(), valve=valve or Unlimited(), deferrals=deferrals
        )
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
        made: Callable[[], T | None] | None = None,
    ) -> T:
        """See contract.Http. Raises PutOff where the table says "queue for later"."""
        sent = {"json": json, "params": params, "headers": headers, "content": content}
        tries = count()

        def work() -> T:
            if next(tries) and made is not None and (told := made()) is not None:
                return told
            return read(self._once(method, path, sent))

        return self._repeating(work)

    def _once(self, method: str, path: str, sent: Mapping[str, Any]) -> Response:
        values = self._keys.values()
        signed = {
            **{name: value for name, value in sent.items() if value is not None},
            "headers": {**(sent["headers"] or {}), **self._auth.headers(values)},
            "params": {**(sent["params"] or {}), **self._auth.params(values)} or None,
        }
        response = sent_through(self._client, method, self._base_url + path, signed)
        if response.status >= 400:
            error = classified(response)
            error.answer = response.body
            raise error
        return response
