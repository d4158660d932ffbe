"""What we write into FlightLogger: a maintenance part, which waits there for approval. Source: api-ref, 7.3 and 7.4.

There is no idempotency key, and nothing of ours can be read back from a part. One whose answer was lost is found again
by what it says: the aircraft and the very limits, among parts that wait for approval and were not there before.
"""

from collections.abc import Collection, Mapping
from typing import Any

from hangarlink.connectors.flightlogger.graphql import GraphQL, refusal
from hangarlink.integration.contract import Change, DataError, MaintenancePart, Pushed, ServerTrouble

CREATE = """
mutation Submit($aircraft: Id!, $type: Id!, $part: MaintenancePartInput!) {
  createMaintenancePart(aircraftId: $aircraft, maintenanceRequirementId: $type, maintenancePart: $part) { id }
}
"""
WAITING = """
query Parts($first: Int!, $after: String) {
  maintenanceParts(first: $first, after: $after) {
    nodes { id approvedAt plane { id } expirationDate expirationCycles expirationLogSeconds expiresOnLog }
    pageInfo { hasNextPage endCursor }
  }
}
"""
Part = Mapping[str, Any]


def submit(graphql: GraphQL, change: Change[MaintenancePart], before: Collection[str]) -> Pushed:
    """Submit one part. before: ids of parts that waited already when this run began to send.

    What FlightLogger refuses is this record's own trouble, not the run's.
    """
    try:
        return _submit(graphql, change, before)
    except DataError as error:
        return Pushed(change.key, error=error)


def waiting(graphql: GraphQL) -> list[Part]:
    """Parts that nobody approved yet; one that is past its limit counts as expired and not as waiting."""
    pages = graphql.pages("maintenanceParts", WAITING)
    return [node for page in pages for node in page.nodes if isinstance(node, Mapping) and not node.get("approvedAt")]


def _submit(graphql: GraphQL, change: Change[MaintenancePart], before: Collection[str]) -> Pushed:
    record = change.record
    if change.is_deletion:
        raise DataError("FlightLogger's API cannot withdraw a maintenance part. Reject or disable it there.")
    if not record.aircraft.external_id:
        raise DataError(f"{record.aircraft.label} is not linked to an aircraft of FlightLogger. Link it, then retry.")
    # A part whose run died with the answer may have waited before this run began.
    if change.is_repeat and (found := _made(graphql, record, {record.external_id})):
        return Pushed(change.key, found, was_there=True)
    given = {"aircraft": record.aircraft.external_id, "type": record.requirement.external_id, "part": _input(record)}
    try:
        answer = graphql.once(CREATE, made=lambda: _made_here(graphql, record, before), **given)
    except ServerTrouble as error:
        raise refusal(error, "the maintenance part") from None
    told = answer.get("createMaintenancePart")
    if not isinstance(told, Mapping) or not told.get("id"):
        raise ServerTrouble("FlightLogger did not say which maintenance part it made.")
    return Pushed(change.key, str(told["id"]), was_there=bool(answer.get("was_there")))


def _made_here(graphql: GraphQL, record: MaintenancePart, before: Collection[str]) -> Mapping[str, Any] | None:
    found = _made(graphql, record, before)
    return {"createMaintenancePart": {"id": found}, "was_there": True} if found else None


def _made(graphql: GraphQL, record: MaintenancePart, before: Collection[str]) -> str:
    """The one part that says this and is none of `before`; "" when there is none."""
    found = [str(part["id"]) for part in waiting(graphql) if str(part["id"]) not in before and _is_it(part, record)]
    if len(found) > 1:
        names = ", ".join(found)
        raise DataError(f"Several parts that wait in FlightLogger say this ({names}). Reject the doubles, then retry.")
    return found[0] if found else ""


def _is_it(part: Part, record: MaintenancePart) -> bool:
    plane = part.get("plane")
    wanted = _input(record)
    limits = ("expirationCycles", "expirationLogSeconds")
    return (
        isinstance(plane, Mapping)
        and str(plane.get("id")) == record.aircraft.external_id
        and str(part.get("expirationDate") or "")[:10] == wanted.get("expirationDate", "")
        and all(part.get(name) == wanted.get(name) for name in limits)
        and (not record.expires_on_log or part.get("expiresOnLog") == wanted["expiresOnLog"])
    )


def _input(record: MaintenancePart) -> dict[str, Any]:
    given = {
        "description": record.description,
        "referenceNo": record.reference,
        "serialNumber": record.serial_number,
        "expirationDate": record.expires_on.isoformat() if record.expires_on else None,
        "expirationCycles": record.expires_at_cycles,
        "expirationLogSeconds": record.expires_at_seconds,
        "expiresOnLog": record.expires_on_log.value.upper() if record.expires_on_log else None,
        "previousMaintenancePartId": record.external_id,
    }
    return {name: value for name, value in given.items() if value not in (None, "")}
