"""The only way a connector talks to its partner. The engine injects it; authentication, retries, limits, size and time
caps are on its side, so a connector has no secret and no loop of its own.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from pydantic_core import from_json

from hangarlink.integration.contract.errors import Malformed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with a status below 400; worse ones are raised before a connector sees them. Lower-case headers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as JSON. Raises Malformed for anything else, invalid UTF-8 and NaN included."""
        with suppress(ValueError):
            return from_json(self.body, allow_inf_nan=False)
        # The fast reader refuses half a surrogate pair, for which one record is to blame and not the page.
        try:
            return json.loads(self.body, parse_constant=_no_such_number)
        except (ValueError, RecursionError) as error:
            shape = f"{len(self.body)} bytes of {self.headers.get('content-type', 'an unnamed type')}"
            raise Malformed("The partner's answer is not JSON.", detail=f"{shape}: {type(error).__name__}") from None


def _no_such_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


class Http(Protocol):
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
        """Call the connection's base URL (plus `path`) and return what `read` makes of the answer.

        content  a body of another kind than JSON; name its type in `headers`
        made     for what must not happen twice at a partner without idempotency keys: asked before the call is
                 repeated; what it says is the answer, and None means that no earlier try arrived

        `read` raises the contract's errors for failures that the partner wraps into a success; the call is repeated or
        given up by the same table as for HTTP errors. Raises PartnerError when it is given up.
        """
        ...
