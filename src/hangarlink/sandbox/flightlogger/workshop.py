"""What a maintenance system may write into FlightLogger: bookings that block an aircraft, parts to approve."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any, TypeVar

from dateutil.rrule import rrulestr

from hangarlink.sandbox.flightlogger.records import Aircraft, Booking, Part, Requirement
from hangarlink.sandbox.flightlogger.school import Refused, School

MOST_OCCURRENCES = 53

Found = TypeVar("Found")


def book_maintenance(
    school: School, wanted: Mapping[str, Any], *, by: int, skip_warnings: bool = False, booking_id: str | None = None
) -> Booking:
    """Create a maintenance booking, or with `booking_id` change one. `wanted`: a MaintenanceBookingInput.

    An overlap with another booking of the aircraft is a warning, refused unless `skip_warnings`. With a recurrence rule
    further bookings follow (a year of them at most); the first is returned.
    """
    aircraft = _by_id(school.aircraft, wanted["aircraftId"], "aircraft")
    starts_at, ends_at = wanted["bookingStart"], wanted["bookingEnd"]
    if ends_at <= starts_at:
        raise Refused("Booking end must be after booking start.")
    changed = None if booking_id is None else _by_id(school.bookings, booking_id, "maintenance booking")
    if changed and changed.subtype != "MAINTENANCE":
        raise Refused(f"Booking {booking_id} is not a maintenance booking.")
    starts = _occurrences(starts_at, wanted.get("recurrenceRule"))
    length = ends_at - starts_at
    if not skip_warnings:
        for start in starts:
            _warn_of_overlap(school, aircraft, start, start + length, changed)
    if changed:
        _fill_in(changed, wanted, aircraft, starts[0], starts[0] + length)
        changed.audit.updated_at, changed.audit.updated_by = school.stamp(), by
        return changed
    made = []
    for start in starts:
        booking = Booking(school.new_id(), "MAINTENANCE", aircraft, start, start + length, school.new_audit(by))
        _fill_in(booking, wanted, aircraft, start, start + length)
        school.bookings[booking.id] = booking
        made.append(booking)
    return made[0]


def _fill_in(
    booking: Booking, wanted: Mapping[str, Any], aircraft: Aircraft, starts_at: datetime, ends_at: datetime
) -> None:
    booking.aircraft, booking.starts_at, booking.ends_at = aircraft, starts_at, ends_at
    booking.comment, booking.color = wanted.get("comment"), wanted.get("color")
    booking.notify, booking.external_reference = bool(wanted.get("notifyViaEmail")), wanted.get("externalReference")


def _occurrences(first: datetime, rule: str | None) -> list[datetime]:
    if not rule:
        return [first]
    try:
        starts = list(islice(rrulestr(rule.removeprefix("RRULE:"), dtstart=first), MOST_OCCURRENCES))
    except (ValueError, TypeError) as error:
        raise Refused(f"Recurrence rule {rule!r} is not understood: {error}") from None
    return starts or [first]


def _warn_of_overlap(
    school: School, aircraft: Aircraft, starts_at: datetime, ends_at: datetime, changed: Booking | None
) -> None:
    clashes = (
        other
        for other in school.bookings.values()
        if other is not changed and other.aircraft is aircraft and other.status == "OPEN"
        if other.starts_at < ends_at and starts_at < other.ends_at
    )
    for other in clashes:
        raise Refused(
            f"Warning: {aircraft.call_sign} is booked from {other.starts_at:%Y-%m-%d %H:%M} to "
            f"{other.ends_at:%Y-%m-%d %H:%M} UTC. Pass skipWarnings to book all the same."
        )


def submit_part(school: School, aircraft_id: str, requirement_id: str, wanted: Mapping[str, Any], *, by: int) -> Part:
    """A new part, pending approval. `wanted`: a MaintenancePartInput; the requirement says what it needs."""
    aircraft = _by_id(school.aircraft, aircraft_id, "aircraft")
    requirement = _by_id(school.requirements, requirement_id, "maintenance requirement")
    if previous := wanted.get("previousMaintenancePartId"):
        _by_id(school.parts, previous, "maintenance part")
    if missing := [name for name in _needed(requirement) if wanted.get(name) is None]:
        raise Refused(f"{requirement.name} needs {', '.join(missing)}.")
    expires_on: date | None = wanted.get("expirationDate")
    part = Part(
        id=school.new_id(),
        aircraft=aircraft,
        requirement=requirement,
        audit=school.new_audit(by),
        serial_number=wanted.get("serialNumber"),
        expires_at=None if expires_on is None else datetime.combine(expires_on, time(), UTC),
        expires_at_cycles=wanted.get("expirationCycles"),
        expires_at_seconds=wanted.get("expirationLogSeconds"),
        expires_on_log=wanted.get("expiresOnLog") or requirement.on_log,
    )
    school.parts[part.id] = part
    return part


def _needed(requirement: Requirement) -> list[str]:
    flags = {
        "expirationDate": requirement.on_date,
        "expirationCycles": requirement.on_cycles,
        "expirationLogSeconds": requirement.on_log is not None,
        "serialNumber": requirement.serial_number,
    }
    return [name for name, needed in flags.items() if needed]


def _by_id(records: Mapping[int, Found], wanted: str, what: str) -> Found:
    try:
        return records[int(wanted)]
    except (KeyError, ValueError):
        raise Refused(f"There is no {what} with id {wanted!r}.") from None
