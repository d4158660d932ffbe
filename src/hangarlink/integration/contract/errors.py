"""How a call to a partner can fail. A connector raises these; what follows from each is decided once, in `retrying`.

The message is for a person: what happened and what to do, never a credential, a request body or a full URL. `detail`
is for administrators; it is redacted before it is kept. `answer` is the body of an HTTP refusal: a
connector may read its partner's own codes from it; it is neither kept nor shown.
"""

from typing import ClassVar


class PartnerError(Exception):
    """Base. `code` names the kind of failure in the sync log and in the API."""

    code: ClassVar[str] = "failed"

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail
        self.answer = b""


class Unreachable(PartnerError):
    """No answer: a time-out, no connection, or a connection that broke before the answer was whole.

    may_have_arrived  the partner may have acted on the request: a push must ask before it repeats
    """

    code = "unreachable"

    def __init__(self, message: str, *, detail: str = "", may_have_arrived: bool = False) -> None:
        super().__init__(message, detail=detail)
        self.may_have_arrived = may_have_arrived


class ServerTrouble(PartnerError):
    """The partner failed on its side: a 5xx, or an error that its protocol wraps into a 200."""

    code = "server_trouble"


class Malformed(ServerTrouble):
    """An answer that is not what the partner's contract promises: not JSON, half a page, a page chain without end."""

    code = "malformed"


class RateLimited(PartnerError):
    """Too many calls. retry_after: seconds to wait as the partner asked, None when it did not say."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: float | None = None, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after


class AuthFailed(PartnerError):
    """The credentials are wrong, expired or revoked: only a person can mend that."""

    code = "auth_failed"


class NotReady(PartnerError):
    """The partner does not offer this (yet): a module that is not enabled, an account that is not set up."""

    code = "not_ready"


class DataError(PartnerError):
    """The partner refuses what we asked or sent, or sent a record that breaks its own rules. Never simply repeated."""

    code = "data_error"


class Permanent(PartnerError):
    """Nothing will change by waiting: the endpoint is gone, the protocol version ended."""

    code = "permanent"
