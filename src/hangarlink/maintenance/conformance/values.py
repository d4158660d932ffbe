"""The values of a case: days, moments, amounts. What is not written exactly is refused, never guessed."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(_DAY.pattern + r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")

# In place of an amount or a day; `awaiting`: there is no due point before an event.
UNKNOWN, NEVER, AWAITING = "unknown", "never", "awaiting"
WORDS = {UNKNOWN, NEVER, AWAITING}


class Strict(BaseModel):
    """No unknown fields, no "100" for 100."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def wrong(sentence: str) -> PydanticCustomError:
    """A problem of a value, as a sentence that follows its place."""
    return PydanticCustomError("case", "{sentence}", {"sentence": sentence})


def _day(said: Any) -> date:
    if isinstance(said, str) and _DAY.fullmatch(said):
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise wrong(f"there is no day {said}") from None
    raise wrong(f"must be a day, written YYYY-MM-DD; it is {said!r}")


def _moment(said: Any) -> date | datetime:
    if isinstance(said, str) and _MOMENT.fullmatch(said):
        try:
            return datetime.fromisoformat(said.replace("Z", "+00:00"))
        except ValueError:
            raise wrong(f"there is no moment {said}") from None
    if isinstance(said, str) and _DAY.fullmatch(said):
        return _day(said)
    raise wrong(f"must be a day (2026-03-01) or a moment (2026-03-01T16:30, 2026-03-01T16:30Z); it is {said!r}")


def _amount(said: Any) -> str:
    if type(said) is int or isinstance(said, str):
        return str(said)
    raise wrong(f"must be an amount such as 1250, 1105.5 or 1105:30; it is {said!r}")


def _zone(said: str) -> str:
    if said not in available_timezones():
        raise wrong(f"there is no time zone {said!r}; write one like UTC or Europe/Copenhagen")
    return said


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[date | datetime, BeforeValidator(_moment)]
Amount = Annotated[str, BeforeValidator(_amount)]
Zone = Annotated[str, AfterValidator(_zone)]
Name = Annotated[str, BeforeValidator(lambda said: str(said) if type(said) is int else said), Field(min_length=1)]
# By counter, in hours (1105.5 or 1105:30) or counts.
Amounts = dict[Name, Amount]


def instant(said: date | datetime, zone: str) -> datetime:
    """A moment in UTC. A day alone means its noon, a moment without offset the wall clock of the zone."""
    if not isinstance(said, datetime):
        said = datetime.combine(said, time(12))
    return (said if said.tzinfo else said.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
