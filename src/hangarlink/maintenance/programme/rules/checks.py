"""What may not be recorded: moments out of order, values nobody can have read. Each refusal names value and rule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from hangarlink.platform.errors import RuleBroken

# Nothing was maintained before the first powered flight.
EARLIEST = datetime(1903, 12, 17, tzinfo=UTC)
MOST_COUNTED_PER_DAY = 200


@dataclass(frozen=True)
class Moments:
    """When work was performed, when released, and from when its intervals count (domain rule 1.3)."""

    performed_at: datetime
    released_at: datetime
    due_reference: datetime


def moments(
    performed_at: datetime, released_at: datetime | None, due_reference: datetime | None, *, now: datetime
) -> Moments:
    """The three moments with their defaults. All aware; performed, then released, none before aviation or after now."""
    released = released_at or performed_at
    found = Moments(performed_at, released, due_reference or released)
    for field, value in vars(found).items():
        check_moment(field, value, now)
    if found.released_at < found.performed_at:
        raise RuleBroken(
            f"Released {found.released_at:%Y-%m-%d %H:%M} is before performed {found.performed_at:%Y-%m-%d %H:%M}. "
            "Work is performed first.",
            field="released_at",
        )
    if found.due_reference < found.performed_at:
        raise RuleBroken(
            f"The reference {found.due_reference:%Y-%m-%d %H:%M} is before performed "
            f"{found.performed_at:%Y-%m-%d %H:%M}. Intervals cannot count from before the work.",
            field="due_reference",
        )
    return found


def check_moment(field: str, value: datetime, now: datetime) -> None:
    """Refuse a moment without time zone, one that is still to come, and one before aviation."""
    if value.tzinfo is None:
        raise RuleBroken(f"{field}: {value:%Y-%m-%d %H:%M} has no time zone.", field=field)
    if value > now:
        raise RuleBroken(f"{field}: {value:%Y-%m-%d %H:%M} is in the future. Record work when it is done.", field=field)
    if value < EARLIEST:
        raise RuleBroken(f"{field}: {value:%Y-%m-%d} is before the first powered flight.", field=field)


@dataclass(frozen=True)
class Gauge:
    """A counter as far as a value read from it must fit: its present total and when it last moved.

    show     how its values are written
    step     the least difference its display can show, in its unit
    earlier  the highest value on record before the moment, later the lowest after it
    """

    name: str
    show: Callable[[int], str]
    timed: bool
    step: int
    total: int | None
    total_at: datetime | None
    earlier: int | None = None
    later: int | None = None


def check_value(gauge: Gauge, value: int, at: datetime, *, field: str = "values") -> None:
    """Refuse a value read at a moment that contradicts what is certain.

    A total never falls, so it lies between its neighbours on record. It cannot exceed the present total by more than
    can have been used since: an hour an hour, or 200 counts a day. One digit too many is caught here.
    """
    if type(value) is not int or value < 0:
        raise RuleBroken(f"{gauge.name}: {value!r} must be a whole number of 0 or more.", field=field)
    most = _most(gauge, at)
    if gauge.earlier is not None and value < gauge.earlier - gauge.step:
        raise _contradicts(gauge, value, field, f"below {gauge.show(gauge.earlier)}, recorded for an earlier date")
    if gauge.later is not None and value > gauge.later + gauge.step:
        raise _contradicts(gauge, value, field, f"above {gauge.show(gauge.later)}, recorded for a later date")
    if most is not None and value > most:
        raise RuleBroken(
            f"{gauge.name}: {gauge.show(value)} is more than the {gauge.show(most)} it can have reached by then. "
            "Check the value, or enter the missing usage first.",
            field=field,
        )


def _contradicts(gauge: Gauge, value: int, field: str, how: str) -> RuleBroken:
    return RuleBroken(
        f"{gauge.name}: {gauge.show(value)} is {how}, and a total never falls. "
        "Check the value, or correct the other record first.",
        field=field,
    )


def _most(gauge: Gauge, at: datetime) -> int | None:
    if gauge.total is None:
        return None
    since = max(0, int((at - gauge.total_at).total_seconds())) if gauge.total_at else 0
    used = since if gauge.timed else (since // 86_400 + 1) * MOST_COUNTED_PER_DAY if since else 0
    return gauge.total + used + gauge.step
