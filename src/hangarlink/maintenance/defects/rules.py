"""Which steps a defect may take, and when two reports are of the same defect. Pure.

Sources: contracts/flightlogger.md 2.6; requirements/2 "Defects appear duplicated".
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from hangarlink.platform.errors import RuleBroken

CLOCK_SKEW = timedelta(minutes=5)
LONGEST_DESCRIPTION = 4000
_ATA = re.compile(r"[0-9]{2}(-[0-9]{2}){0,2}")


class Status(StrEnum):
    """OPEN: reported. DEFERRED: may fly with it for a time. RECTIFIED: repaired. CLOSED: the record is complete."""

    OPEN = "open"
    DEFERRED = "deferred"
    RECTIFIED = "rectified"
    CLOSED = "closed"


UNRECTIFIED = (Status.OPEN, Status.DEFERRED)

# state, action -> next state. Assessment and deferral under the MEL will add their rows here.
STEPS: dict[tuple[Status, str], Status] = {
    (Status.OPEN, "rectify"): Status.RECTIFIED,
    (Status.DEFERRED, "rectify"): Status.RECTIFIED,
    (Status.RECTIFIED, "close"): Status.CLOSED,
    (Status.RECTIFIED, "reopen"): Status.OPEN,
}


def step(status: Status, action: str) -> Status:
    """The state after the action. Raises RuleBroken where the table has no such step."""
    following = STEPS.get((status, action))
    if following is None:
        possible = " or ".join(sorted(name for state, name in STEPS if state is status)) or "nothing more"
        raise RuleBroken(
            f"A defect that is {status} cannot take the step {action}; possible: {possible}.", field="status"
        )
    return following


def checked_description(description: str) -> str:
    text = description.strip()
    if not text:
        raise RuleBroken(
            "Describe what was found: a defect without a description cannot be assessed.", field="description"
        )
    if len(text) > LONGEST_DESCRIPTION:
        raise RuleBroken(
            f"The description has {len(text)} characters; at most {LONGEST_DESCRIPTION} fit.", field="description"
        )
    return text


def check_reported_at(reported_at: datetime, now: datetime) -> None:
    if reported_at > now + CLOCK_SKEW:
        raise RuleBroken(
            f"{reported_at:%Y-%m-%d %H:%M}Z lies in the future. Give the moment of the report in UTC.",
            field="reported_at",
        )


def checked_ata(ata: str) -> str:
    """An ATA iSpec 2200 reference: chapter, or chapter-section, or chapter-section-subject."""
    if ata and not _ATA.fullmatch(ata):
        raise RuleBroken(f"{ata!r} is no ATA reference. Write it like 32, 32-41 or 32-41-00.", field="ata")
    return ata


def description_key(description: str) -> str:
    """Equal for descriptions that differ only in case, blanks, Unicode form and closing punctuation.

    Nothing inside is dropped: "+5 V" and "-5 V" are different findings.
    """
    text = " ".join(unicodedata.normalize("NFKC", description).casefold().split()).rstrip(" .,;:!")
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Report:
    """What decides whether two reports are of one defect. All of the same aircraft."""

    source: str
    external_id: str
    key: str
    reported_on: date


@dataclass(frozen=True, slots=True)
class Known(Report):
    """A defect we have."""

    id: UUID
    status: Status


class MatchedBy(StrEnum):
    EXTERNAL_ID = "external_id"
    DESCRIPTION = "description"


def find_match(report: Report, known: Iterable[Known]) -> tuple[Known, MatchedBy] | None:
    """The defect this report is about, or None: then it is a new one.

    First the same external id from the same source, whatever became of the defect since. Then the same description
    reported on the same day, but only while that defect is unrectified (afterwards it came back) and unless the same
    source gave the two different ids (then it says itself that they are two).
    """
    candidates = sorted(known, key=lambda one: one.id)
    for one in candidates:
        if report.external_id and (one.source, one.external_id) == (report.source, report.external_id):
            return one, MatchedBy.EXTERNAL_ID
    for one in candidates:
        same = (one.key, one.reported_on) == (report.key, report.reported_on)
        told_apart = one.source == report.source and bool(one.external_id) and bool(report.external_id)
        if same and one.status in UNRECTIFIED and not told_apart:
            return one, MatchedBy.DESCRIPTION
    return None
