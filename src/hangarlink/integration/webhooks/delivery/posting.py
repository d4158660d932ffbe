"""One message over the wire. No database: this runs in threads that do nothing else."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import httpx2
from standardwebhooks import Webhook

from hangarlink.integration.contract import redact
from hangarlink.integration.webhooks import rules
from hangarlink.integration.webhooks.delivery.desk import Parcel, Result
from hangarlink.integration.webhooks.vocabulary import Outcome
from hangarlink.platform import outbound
from hangarlink.platform.outbound import OutboundError

# A receiver's answer is for people who look for a fault: its beginning is enough, and more is never read.
MAX_ANSWER = 64 * 2**10
SHOWN_OF_ANSWER = 300
SHOWN_OF_ERROR = 500

_TROUBLE: tuple[tuple[type[OutboundError], Outcome], ...] = (
    (outbound.UrlRefused, Outcome.FORBIDDEN),
    (outbound.Redirected, Outcome.REDIRECTED),
    (outbound.TimedOut, Outcome.TIMED_OUT),
    (outbound.TooLarge, Outcome.TOO_LARGE),
)


def new_client(deadline: float) -> httpx2.Client:
    """A guarded client for one endpoint; it keeps connections open between messages."""
    return outbound.client(
        deadline=deadline, max_bytes=MAX_ANSWER, headers={"User-Agent": "Hangarlink-Webhooks", "Accept": "*/*"}
    )


def post(client: httpx2.Client, url: str, signers: Sequence[Webhook], account_id: UUID, parcel: Parcel) -> Result:
    """Send one delivery; never raises for what the receiver does."""
    body = rules.body_of(parcel.event_id, parcel.type, account_id, parcel.at, parcel.data)
    at = datetime.now(UTC)
    headers = rules.headers_of(str(parcel.event_id), at, body, signers)
    started = time.monotonic()
    try:
        answer = client.post(url, content=body.encode(), headers=headers)
    except OutboundError as error:
        outcome = next((word for kind, word in _TROUBLE if isinstance(error, kind)), Outcome.UNREACHABLE)
        status = getattr(error, "status_code", None)
        return Result(parcel, outcome, at, _ms(started), status, str(error)[:SHOWN_OF_ERROR])
    asked = rules.asked_wait(answer.headers.get("retry-after", ""), at) if answer.status_code >= 300 else None
    return Result(
        parcel, rules.outcome_of(answer.status_code), at, _ms(started), answer.status_code, _beginning(answer), asked
    )


def _ms(started: float) -> int:
    return int((time.monotonic() - started) * 1000)


def _beginning(answer: httpx2.Response) -> str:
    """The first part of what came back, as text without credentials and control characters."""
    text = answer.content[: SHOWN_OF_ANSWER * 4].decode("utf-8", "replace")
    plain = "".join(character if character.isprintable() else " " for character in text)
    return redact(" ".join(plain.split()))[:SHOWN_OF_ANSWER]
