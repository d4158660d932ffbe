"""Pure decisions about connections: names, what follows from a failure, when somebody is told."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from hangarlink.integration.contract import PartnerError, RateLimited, ServerTrouble, Unreachable

SOURCE_LENGTH = 40
RETRIES = 3
CEILING = 8.0
# A wait up to this long is waited out; a longer one goes into a row and gives the worker back.
SHORT_WAIT = 60.0
UNANNOUNCED_WAIT = 60.0
LONGEST_WAIT = 15 * 60.0
LONGEST_ANNOUNCED = 24 * 3600.0
SHORT_WAITS = 5
OUTAGE_RUNS = 3


@dataclass(frozen=True)
class Repeat:
    """Make the same call again after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Later:
    """Go on with the run after so many seconds, and do something else meanwhile."""

    seconds: float


@dataclass(frozen=True)
class GiveUp:
    """End the run."""


def after_failure(error: PartnerError, *, failures: int, deferrals: int = 0) -> Repeat | Later | GiveUp:
    """What follows when a call failed. Source: requirements/3, "Error handling".

    failures   how often this very call failed before
    deferrals  how often the run has been put off already

    The table names four waits (1, 2, 4, 8 s) for three retries: three retries need three waits, so 8 s is read as the
    ceiling. A 429 without Retry-After is "queued for later", at first for a minute, each time for twice as long.
    """
    if isinstance(error, RateLimited):
        wait = error.retry_after
        if wait is None:
            return Later(min(UNANNOUNCED_WAIT * 2**deferrals, LONGEST_WAIT))
        short = wait <= SHORT_WAIT and failures < SHORT_WAITS
        return Repeat(wait) if short else Later(min(max(wait, 1.0), LONGEST_ANNOUNCED))
    if isinstance(error, Unreachable | ServerTrouble) and failures < RETRIES:
        return Repeat(min(2.0**failures, CEILING))
    return GiveUp()


def needs_alert(error: PartnerError, *, failed_runs: int) -> bool:
    """Whether administrators are told. Source: requirements/3.

    Credentials and refused data: at once, nothing mends itself there. Server errors: after three failures, and a run
    that failed of them has four behind it. Not in the table, and ours: a partner out of reach for three runs on end.
    """
    if isinstance(error, RateLimited):
        return False
    if isinstance(error, Unreachable):
        return failed_runs >= OUTAGE_RUNS
    return True


def source_of(connector: str, identity_key: str) -> str:
    """The name under which a partner account's records are known here, for ever: at most 40 characters.

    It is made from the partner's own name of the account, not from our row, so that disconnecting and connecting again
    recognises every flight instead of recording it twice.
    """
    plain = f"{connector}:{identity_key}"
    if len(plain) <= SOURCE_LENGTH:
        return plain
    digest = hashlib.sha256(identity_key.encode()).hexdigest()
    return f"{connector}:{digest}"[:SOURCE_LENGTH]


@dataclass(frozen=True)
class Beat:
    """A scheduled flow: how often it should succeed, and when it last did."""

    every_seconds: int
    last_success_at: datetime | None


def is_late(beat: Beat, now: datetime) -> bool:
    """Two intervals without success, and ten minutes for the work itself."""
    if beat.last_success_at is None:
        return False
    return now - beat.last_success_at > timedelta(seconds=2 * beat.every_seconds, minutes=10)
