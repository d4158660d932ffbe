"""What every entry says about itself: for whom, for which connection and run, during which request."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from structlog.contextvars import bound_contextvars

HEADER = "X-Request-ID"
_USABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")


@contextmanager
def working_on(
    *, account: object = None, connection: object = None, run: object = None, request_id: object = None
) -> Iterator[None]:
    """Bind these to every entry until the block ends. Ids and subdomains, no names."""
    given = {"account": account, "connection": connection, "run": run, "request_id": request_id}
    with bound_contextvars(**{name: str(value) for name, value in given.items() if value is not None}):
        yield


class RequestIdMiddleware:
    """Gives each request an id, or takes a plausible one from the proxy in front, and returns it in the answer.

    The audit trail keeps the same id, so an entry there can be followed into the logs.
    """

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        given = request.headers.get(HEADER, "")
        request_id = given if _USABLE.fullmatch(given) else uuid.uuid4().hex
        with working_on(request_id=request_id):
            response = self.get_response(request)
        response[HEADER] = request_id
        return response
