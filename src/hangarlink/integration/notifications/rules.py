"""Pure decisions about notifications: what concerns a rule, when a digest is due, when to try again."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

# A partner that is down is asked again after so long; then every SLOWEST until LONGEST has passed.
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
SLOWEST = timedelta(hours=2)
LONGEST = timedelta(days=3)
MONDAY = 0


class Cadence(StrEnum):
    """AT_ONCE: a message per event. The others: everything since the last one, at the rule's hour, if there is any."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


def concerns(type: str, data: Mapping[str, Any], *, event_types: Collection[str], aircraft: Collection[str]) -> bool:
    """Whether an event is one of a rule's. A rule for some aircraft leaves out events that name none."""
    return type in event_types and (not aircraft or data.get("aircraft_id") in aircraft)


def digest_due(moment: datetime, cadence: Cadence, *, hour: int, zone: str) -> datetime:
    """When the digest goes out that tells of something at this moment: the next time the clock of the account shows the
    hour, for a weekly one on a Monday. An hour that daylight saving skips is the one after it; a doubled one the first.
    """
    there = ZoneInfo(zone)
    local = moment.astimezone(there)
    day = local.date()
    while True:
        due = datetime.combine(day, time(hour), there).astimezone(UTC)
        if due > moment and (cadence is not Cadence.WEEKLY or day.weekday() == MONDAY):
            return due
        day += timedelta(days=1)


def next_try(attempts: int, *, since: datetime, now: datetime) -> datetime | None:
    """When a message that could not be handed over is tried again; None: it had its days, somebody has to look.

    attempts  how often it was tried, at least once
    since     when it was first due
    """
    if now - since >= LONGEST:
        return None
    wait = RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else SLOWEST
    return now + wait
