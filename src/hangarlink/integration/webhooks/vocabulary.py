"""The words of webhooks, for tables, rules and pages. No Django."""

from enum import StrEnum


class EndpointState(StrEnum):
    """ACTIVE is sent to. PAUSED: by a person. STOPPED: by us, because it does not take what it is sent."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


class StopCode(StrEnum):
    """Why we stopped sending.

    DEAD     nothing was taken during the whole schedule of a delivery
    GONE     it answered 410: it does not want to be called any more
    BLOCKED  in strict order, and one delivery could not be made: what follows must not overtake it
    """

    DEAD = "dead"
    GONE = "gone"
    BLOCKED = "blocked"


class DeliveryState(StrEnum):
    """PENDING is waiting or under way. FAILED: its schedule is spent. SKIPPED: a person resumed without it."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"


class Outcome(StrEnum):
    """What came of one attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    GONE = "gone"
    BUSY = "busy"
    REDIRECTED = "redirected"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    FORBIDDEN = "forbidden"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
