"""What can go wrong on the way out.

No message ever holds more of a URL than scheme, host and port: a path or a query may be a secret.
"""

from hangarlink.platform.errors import Refused


class OutboundError(Exception):
    """Base of everything the guarded client raises for an exchange that brought no usable answer.

    origin            "https://api.example.com", never a path, a query or credentials
    may_have_arrived  False only when it is certain that the partner saw nothing of the request. True means: ask before
                      repeating something that must not happen twice
    """

    def __init__(self, message: str, *, origin: str = "", may_have_arrived: bool = False) -> None:
        super().__init__(message)
        self.origin = origin
        self.may_have_arrived = may_have_arrived


class UrlRefused(OutboundError, Refused):
    """The address may not be called. Raised by `check_url` for a form or API field, and by the client before dialling.

    field   the input at fault, as the caller named it
    reason  what is wrong, as words that follow the value: "points to a private network"
    remedy  what to do, as a sentence
    """

    def __init__(self, field: str, origin: str, reason: str, remedy: str) -> None:
        OutboundError.__init__(self, f"{field}: {origin or 'the address'} {reason}. {remedy}", origin=origin)
        self.field = field
        self.reason = reason
        self.remedy = remedy


class Redirected(OutboundError):
    """The partner answered with a redirect. It is not followed: it could lead anywhere."""

    def __init__(self, origin: str, status_code: int, target: str) -> None:
        super().__init__(
            f"{origin} answered {status_code} and points to {target}. Redirects are never followed: "
            "enter the final address instead.",
            origin=origin,
            may_have_arrived=True,
        )
        self.status_code = status_code


class TimedOut(OutboundError):
    """The deadline of the whole exchange, or of connecting, passed."""


class TooLarge(OutboundError):
    """The answer is larger than the cap, as sent or unpacked."""


class ConnectionFailed(OutboundError):
    """No connection, no trust in the certificate, a broken connection, or an answer that is not HTTP."""
