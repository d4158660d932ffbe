"""What may be written back: bookings that block an aircraft and parts that wait for approval."""

from datetime import timedelta
from typing import Any

import pytest

from hangarlink.sandbox.flightlogger import STUDENT_KEY, World
from tests.sandbox.conftest import NOW, Client

BOOK = (
    "mutation Book($booking: MaintenanceBookingInput!, $skip: Boolean) { createMaintenanceBooking(booking: $booking, "
    "skipWarnings: $skip) { id startsAt endsAt status comment color emailNotifications externalReference "
    "aircraft { callSign } audit { createdById } } }"
)
SUBMIT = (
    "mutation Submit($aircraft: Id!, $requirement: Id!, $part: MaintenancePartInput!) { createMaintenancePart("
    "aircraftId: $aircraft, maintenanceRequirementId: $requirement, maintenancePart: $part) { id name status "
    "serialNumber expirationDate expirationCycles expirationLogSeconds expiresOnLog plane { callSign } approvedAt } }"
)


def booking(**more: Any) -> dict[str, Any]:
    return {
        "aircraftId": "101",
        "bookingStart": "2026-11-02T08:00:00Z",
        "bookingEnd": "2026-11-03T16:00:00+01:00",
        **more,
    }


def test_a_maintenance_booking_blocks_the_aircraft(flightlogger: Client) -> None:
    wanted = booking(comment="100 h", color="#c00", externalReference="WO-17", notifyViaEmail=True)
    made = flightlogger.ask(BOOK, booking=wanted)["createMaintenanceBooking"]
    assert made.pop("id")
    assert made == {
        "startsAt": "2026-11-02T08:00:00Z",
        "endsAt": "2026-11-03T15:00:00Z",
        "status": "OPEN",
        "comment": "100 h",
        "color": "#c00",
        "emailNotifications": True,
        "externalReference": "WO-17",
        "aircraft": {"callSign": "OY-SKA"},
        "audit": {"createdById": "1"},
    }
    query = (
        '{ bookings(all: true, subtypes: [MAINTENANCE], from: "2026-11-01T00:00:00Z", to: "2026-11-05T00:00:00Z") '
        "{ nodes { ... on MaintenanceBooking { externalReference } } } }"
    )
    assert flightlogger.ask(query)["bookings"]["nodes"] == [{"externalReference": "WO-17"}]


def test_an_overlap_is_a_warning_that_can_be_skipped(flightlogger: Client) -> None:
    flightlogger.ask(BOOK, booking=booking())
    again = booking(bookingStart="2026-11-03T14:00:00Z", bookingEnd="2026-11-04T08:00:00Z")
    assert "OY-SKA is booked from 2026-11-02 08:00" in flightlogger.errors(BOOK, booking=again)
    assert flightlogger.ask(BOOK, booking=again, skip=True)
    other = again | {"aircraftId": "102"}
    assert flightlogger.ask(BOOK, booking=other)


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        (booking(aircraftId="999"), "no aircraft with id '999'"),
        (booking(aircraftId="OY-SKA"), "no aircraft with id 'OY-SKA'"),
        (booking(bookingEnd="2026-11-02T08:00:00Z"), "end must be after"),
        (booking(recurrenceRule="EVERY DAY"), "not understood"),
        (booking(mechanic="Kim"), "unknown field 'mechanic'"),
        ({"aircraftId": "101", "bookingStart": "2026-11-02T08:00:00Z"}, "bookingEnd"),
        (booking(bookingStart="2026-02-30T08:00:00Z"), "not an ISO 8601 date-time"),
    ],
)
def test_bookings_that_are_refused(flightlogger: Client, world: World, wanted: dict[str, Any], complaint: str) -> None:
    before = len(world.bookings)
    assert complaint in flightlogger.errors(BOOK, booking=wanted)
    assert len(world.bookings) == before


def test_a_booking_can_recur_but_not_for_ever(flightlogger: Client, world: World) -> None:
    before = len(world.bookings)
    wanted = booking(bookingEnd="2026-11-02T10:00:00Z")
    flightlogger.ask(BOOK, booking=wanted | {"recurrenceRule": "FREQ=WEEKLY;COUNT=3"})
    assert len(world.bookings) == before + 3
    flightlogger.ask(BOOK, booking=wanted | {"aircraftId": "102", "recurrenceRule": "FREQ=WEEKLY"}, skip=True)
    assert len(world.bookings) == before + 3 + 53


def test_a_booking_can_be_moved(flightlogger: Client, world: World) -> None:
    made = flightlogger.ask(BOOK, booking=booking())["createMaintenanceBooking"]
    update = (
        "mutation ($id: ID!, $booking: MaintenanceBookingInput!) { "
        "updateMaintenanceBooking(id: $id, booking: $booking) { id startsAt } }"
    )
    moved = booking(bookingStart="2026-11-02T12:00:00Z")
    assert flightlogger.ask(update, id=made["id"], booking=moved)["updateMaintenanceBooking"] == {
        "id": made["id"],
        "startsAt": "2026-11-02T12:00:00Z",
    }
    lesson = next(one for one in world.bookings.values() if one.subtype == "SINGLE_STUDENT")
    assert "not a maintenance booking" in flightlogger.errors(update, id=str(lesson.id), booking=moved)


def test_bookings_by_window_overlap_status_and_owner(flightlogger: Client, world: World) -> None:
    flightlogger.ask(BOOK, booking=booking())
    query = (
        "query ($overlap: Boolean, $statuses: [BookingStatusEnum!]) { bookings(all: true, overlap: $overlap, "
        'statuses: $statuses, subtypes: [MAINTENANCE], from: "2026-11-03T00:00:00Z", to: "2026-11-03T02:00:00Z") '
        "{ nodes { ... on Booking { id } } } }"
    )
    assert flightlogger.ask(query)["bookings"]["nodes"] == []
    assert len(flightlogger.ask(query, overlap=True)["bookings"]["nodes"]) == 1
    assert flightlogger.ask(query, overlap=True, statuses=["CANCELLED"])["bookings"]["nodes"] == []
    everything = flightlogger.ask("{ bookings(all: true) { nodes { ... on Booking { id } } } }")["bookings"]["nodes"]
    assert {node["id"] for node in everything} == {str(number) for number in world.bookings}
    own = "{ bookings { nodes { __typename ... on SingleStudentBooking { student { callSign } } } } }"
    mine = flightlogger.ask(own, key=STUDENT_KEY)["bookings"]["nodes"]
    assert {node["student"]["callSign"] for node in mine} <= {"S011"}
    assert all(one.starts_at < NOW + timedelta(days=3) for one in world.bookings.values() if one.crew)


def test_a_new_part_waits_for_approval(flightlogger: Client) -> None:
    part = {"expirationDate": "2027-10-20", "serialNumber": "ELT-4711"}
    made = flightlogger.ask(SUBMIT, aircraft="101", requirement="703", part=part)["createMaintenancePart"]
    assert made.pop("id")
    assert made == {
        "name": "ELT battery",
        "status": "TO_APPROVAL",
        "serialNumber": "ELT-4711",
        "expirationDate": "2027-10-20T00:00:00Z",
        "expirationCycles": None,
        "expirationLogSeconds": None,
        "expiresOnLog": None,
        "plane": {"callSign": "OY-SKA"},
        "approvedAt": None,
    }
    query = "{ maintenanceParts(status: TO_APPROVAL) { nodes { name } } }"
    assert flightlogger.ask(query)["maintenanceParts"]["nodes"] == [{"name": "ELT battery"}]


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"requirement": "703", "part": {"expirationDate": "2027-10-20"}}, "ELT battery needs serialNumber"),
        ({"requirement": "701", "part": {}}, "100 hour inspection needs expirationLogSeconds"),
        ({"requirement": "705", "part": {}}, "Landing gear overhaul needs expirationCycles"),
        ({"requirement": "700", "part": {}}, "no maintenance requirement with id '700'"),
        ({"requirement": "702", "part": {"expirationDate": "2027-13-01"}}, "not an ISO 8601 date"),
        (
            {"requirement": "702", "part": {"expirationDate": "2027-10-20", "previousMaintenancePartId": "1"}},
            "no maintenance part with id '1'",
        ),
    ],
)
def test_parts_that_are_refused(flightlogger: Client, world: World, asked: dict[str, Any], complaint: str) -> None:
    before = len(world.parts)
    assert complaint in flightlogger.errors(SUBMIT, aircraft="101", **asked)
    assert len(world.parts) == before


def test_types_and_parts_can_be_read(flightlogger: Client) -> None:
    types = flightlogger.ask("{ maintenanceTypes { nodes { name expiresOnDate expiresOnCycles expiresOnLog } } }")
    assert {
        "name": "100 hour inspection",
        "expiresOnDate": False,
        "expiresOnCycles": False,
        "expiresOnLog": "TACH",
    } in (types["maintenanceTypes"]["nodes"])
    query = "{ aircraft(first: 1) { nodes { maintenanceParts(first: 9) { nodes { name plane { callSign } } } } } }"
    parts = flightlogger.ask(query)["aircraft"]["nodes"][0]["maintenanceParts"]["nodes"]
    assert {part["name"] for part in parts} == {"100 hour inspection", "Annual inspection"}
    assert {part["plane"]["callSign"] for part in parts} == {"OY-SKA"}


def test_a_part_expires_when_its_counter_passes_the_limit(flightlogger: Client, world: World) -> None:
    query = "{ maintenanceParts(status: EXPIRED) { nodes { name plane { callSign } } } }"
    assert flightlogger.ask(query)["maintenanceParts"]["nodes"] == []
    world.fly("OY-SKA", start=NOW - timedelta(hours=2), minutes=60, durations={"TACH": 100 * 3600 + 1})
    expired = flightlogger.ask(query)["maintenanceParts"]["nodes"]
    assert {"name": "100 hour inspection", "plane": {"callSign": "OY-SKA"}} in expired


def test_a_student_may_not_write(flightlogger: Client, world: World) -> None:
    before = len(world.bookings)
    assert "not allowed" in flightlogger.errors(BOOK, booking=booking(), key=STUDENT_KEY)
    assert len(world.bookings) == before


def test_customers(flightlogger: Client) -> None:
    nodes = flightlogger.ask("{ customers { nodes { id name company } } }")["customers"]["nodes"]
    assert {"id": "802", "name": "KM", "company": "Kattegat Medical"} in nodes
