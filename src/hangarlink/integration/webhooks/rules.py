"""Pure decisions about deliveries: what follows from an answer, when to try again, what is signed."""

import base64
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

from standardwebhooks import Webhook

from hangarlink.integration.webhooks.vocabulary import DeliveryState, Outcome, StopCode

# Source: issue 3 and the partner's published table: at once, 1 min, 5 min, 30 min, 2 h.
WAITS = (60.0, 300.0, 1800.0, 7200.0)
# A wait is made longer by up to this part, so that what failed together does not come back together.
JITTER = 0.1
LONGEST_ASKED = 7200.0
# So many refusals on end, and the whole endpoint waits instead of each delivery for itself.
FAILURES_IN_A_ROW = 10
LONGEST_OVERLAP = timedelta(days=7)
SECRET_BYTES = 32
PREFIX = "whsec_"

# One delivery is at fault, or the receiver as a whole: then the others wait, too, instead of failing one by one.
_WHOLE_RECEIVER = frozenset(
    {Outcome.BUSY, Outcome.REDIRECTED, Outcome.TIMED_OUT, Outcome.UNREACHABLE, Outcome.FORBIDDEN, Outcome.GONE}
)
_BUSY = frozenset({429, 502, 503, 504})


def outcome_of(status: int) -> Outcome:
    """What an answer means. Any 2xx is taken."""
    if 200 <= status < 300:
        return Outcome.DELIVERED
    if status == 410:
        return Outcome.GONE
    return Outcome.BUSY if status in _BUSY else Outcome.REFUSED


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from one attempt.

    state  of the delivery from now on
    wait   seconds until its next attempt; None when there is none
    holds  seconds that the whole endpoint is left alone, 0 for none
    stops  why the endpoint is not sent to any more, "" when it is
    """

    state: DeliveryState
    wait: float | None = None
    holds: float = 0.0
    stops: StopCode | None = None


def after_attempt(
    outcome: Outcome,
    *,
    attempts: int,
    failures: int,
    failing_for: float,
    strict: bool,
    asked: float | None = None,
    jitter: float = 0.0,
    waits: Sequence[float] = WAITS,
) -> Verdict:
    """What follows from the newest attempt of a delivery.

    A receiver that is away as a whole has a schedule of its own, by its failures on end: otherwise each of a thousand
    waiting deliveries would have to fail for itself before anybody learns that it is dead.

    attempts     of this round, this one included
    failures     of the endpoint on end, this one included
    failing_for  seconds since the first of them: dead is what took nothing for as long as a whole schedule lasts
    asked        seconds that the receiver asked for (Retry-After); they lengthen a wait, up to two hours
    jitter       0 to 1
    """
    if outcome is Outcome.DELIVERED:
        return Verdict(DeliveryState.DELIVERED)
    if outcome is Outcome.GONE:
        return Verdict(DeliveryState.FAILED, stops=StopCode.GONE)
    spent = attempts > len(waits)
    level = failures if outcome in _WHOLE_RECEIVER else failures - FAILURES_IN_A_ROW + 1
    if spent and strict:
        return Verdict(DeliveryState.FAILED, stops=StopCode.BLOCKED)
    if level > len(waits) and failing_for >= sum(waits):
        return Verdict(DeliveryState.FAILED if spent else DeliveryState.PENDING, stops=StopCode.DEAD)
    own = _wait(waits, attempts)
    hold = max(_wait(waits, level), own if strict else 0.0)
    wait = max(own, hold, min(asked or 0.0, LONGEST_ASKED)) * (1 + JITTER * jitter)
    held = wait if hold else 0.0
    return Verdict(DeliveryState.FAILED, holds=held) if spent else Verdict(DeliveryState.PENDING, wait, held)


def _wait(waits: Sequence[float], number: int) -> float:
    """The wait that follows the nth failure: the last one also follows later ones, and none follows none."""
    return waits[min(number, len(waits)) - 1] if number > 0 else 0.0


def halts(outcome: Outcome, *, strict: bool) -> bool:
    """Whether the deliveries behind this one are left for later at once."""
    return outcome in _WHOLE_RECEIVER or (strict and outcome is not Outcome.DELIVERED)


def asked_wait(retry_after: str, now: datetime) -> float | None:
    """Seconds of a Retry-After header: a number of them, or a date. None for anything else."""
    text = retry_after.strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def body_of(event_id: UUID, type: str, account_id: UUID, at: datetime, data: str) -> str:
    """The message: `{id, type, account_id, timestamp, data}`. `data` is JSON already."""
    return (
        f'{{"id":"{event_id}","type":{json.dumps(type)},"account_id":"{account_id}",'
        f'"timestamp":"{timestamp_of(at)}","data":{data}}}'
    )


def timestamp_of(at: datetime) -> str:
    """`2026-03-14T09:12:00.123456Z`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def new_secret() -> str:
    """A signing secret in the form that Standard Webhooks libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def headers_of(message_id: str, sent_at: datetime, body: str, signers: Iterable[Webhook]) -> dict[str, str]:
    """Standard Webhooks' three headers; one signature per secret while two are good."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": " ".join(signer.sign(message_id, sent_at, body) for signer in signers),
    }
