"""What we write into FlightLogger: a maintenance booking that blocks an aircraft. Source: api-ref, 7.3 and 7.4.

There is no idempotency key. Our own is kept in `externalReference`, so that a booking whose answer was lost is found
again instead of being made twice.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from hangarlink.connectors.flightlogger.graphql import GraphQL, refusal
from hangarlink.integration.contract import Change, DataError, MaintenanceBooking, Pushed, ServerTrouble

CREATE = """
mutation Book($booking: MaintenanceBookingInput!) {
  createMaintenanceBooking(booking: $booking, skipWarnings: false) { id externalReference }
}
"""
UPDATE = """
mutation Rebook($id: ID!, $booking: MaintenanceBookingInput!) {
  updateMaintenanceBooking(id: $id, booking: $booking, skipWarnings: false) { id externalReference }
}
"""
BOOKINGS = """
query Bookings($first: Int!, $after: String, $from: DateTime, $to: DateTime) {
  bookings(from: $from, to: $to, overlap: true, subtypes: [MAINTENANCE], first: $first, after: $after) {
    nodes { ... on MaintenanceBooking { id externalReference } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def book(graphql: GraphQL, change: Change[MaintenanceBooking]) -> Pushed:
    """Make or move one booking. What FlightLogger refuses is this record's own trouble, not the run's."""
    try:
        return _book(graphql, change)
    except DataError as error:
        return Pushed(change.key, error=error)


def _book(graphql: GraphQL, change: Change[MaintenanceBooking]) -> Pushed:
    record = change.record
    if not record.aircraft.external_id:
        raise DataError(f"{record.aircraft.label} is not linked to an aircraft of FlightLogger. Link it, then retry.")
    if record.is_cancelled or change.is_deletion:
        raise DataError("FlightLogger's API cannot cancel a booking. Cancel it there; it is booking " + _name(change))
    if record.external_id:
        answer = _told(graphql, UPDATE, "updateMaintenanceBooking", id=record.external_id, booking=_input(change))
        return Pushed(change.key, str(answer["id"]))
    if change.is_repeat and (found := _made_before(graphql, change)):
        return Pushed(change.key, found, was_there=True)
    try:
        answer = _told(graphql, CREATE, "createMaintenanceBooking", booking=_input(change))
    except DataError:
        # A call that was repeated for its lost answer overlaps the booking that it made.
        if not (found := _made_before(graphql, change)):
            raise
        return Pushed(change.key, found, was_there=True)
    return Pushed(change.key, str(answer["id"]))


def _input(change: Change[MaintenanceBooking]) -> dict[str, Any]:
    record = change.record
    return {
        "aircraftId": record.aircraft.external_id,
        "bookingStart": record.starts_at.isoformat(),
        "bookingEnd": record.ends_at.isoformat(),
        "comment": record.comment,
        "notifyViaEmail": False,
        "externalReference": change.key,
    }


def _told(graphql: GraphQL, mutation: str, field: str, **variables: Any) -> Mapping[str, Any]:
    try:
        answer = graphql.ask(mutation, **variables).get(field)
    except ServerTrouble as error:
        # A refusal comes as an error beside `data`: a warning of an overlap, an unknown aircraft.
        raise refusal(error, "the booking") from None
    if not isinstance(answer, Mapping) or not answer.get("id"):
        raise ServerTrouble("FlightLogger did not say which booking it made.")
    return answer


def _made_before(graphql: GraphQL, change: Change[MaintenanceBooking]) -> str:
    record = change.record
    around = {
        "from": (record.starts_at - timedelta(minutes=1)).isoformat(),
        "to": (record.ends_at + timedelta(minutes=1)).isoformat(),
    }
    for page in graphql.pages("bookings", BOOKINGS, **around):
        for node in _mappings(page.nodes):
            if node.get("externalReference") == change.key:
                return str(node["id"])
    return ""


def _mappings(nodes: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [node for node in nodes if isinstance(node, Mapping)]


def _name(change: Change[MaintenanceBooking]) -> str:
    return f"{change.record.external_id}." if change.record.external_id else "unknown there."
