"""How a client learns what changed: `changedAfter` for what is there, `versions` for what is gone."""

from datetime import datetime, timedelta
from typing import Any

from hangarlink.sandbox.flightlogger import World
from tests.sandbox.conftest import NOW, Client

VERSIONS = (
    "query ($from: DateTime, $to: DateTime, $types: [VersionableEntityEnum!], $after: String) "
    "{ versions(from: $from, to: $to, types: $types, first: 2, after: $after) { nodes { __typename "
    "... on VersionEvent { entityId entityType eventType happenedAt whoDoneIt { callSign } } } "
    "pageInfo { endCursor hasNextPage } } }"
)


def changed_after(client: Client, moment: datetime) -> set[str]:
    return {node["id"] for node in client.all_flights(50, changedAfter=moment.isoformat())}


def versions(client: Client, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = client.ask(VERSIONS, after=after, **asked)["versions"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def test_nothing_changed_after_now(flightlogger: Client) -> None:
    assert changed_after(flightlogger, NOW) == set()


def test_a_new_flight_is_a_change(flightlogger: Client, world: World) -> None:
    flight = world.fly("OY-SKA", minutes=61)
    assert changed_after(flightlogger, NOW - timedelta(seconds=1)) == {str(flight.id)}


def test_a_change_at_exactly_that_moment_is_not_after_it(flightlogger: Client, world: World) -> None:
    flight = world.fly("OY-SKA")
    stored = flight.audit.updated_at
    assert changed_after(flightlogger, stored) == set()
    assert changed_after(flightlogger, stored - timedelta(microseconds=1)) == {str(flight.id)}


def test_an_edit_changes_the_flight_and_the_readings_after_it(flightlogger: Client, world: World) -> None:
    flights = world.aircraft_called("OY-RNT").flights
    edited = flights[-3]
    world.edit_flight(edited.id, minutes=edited.sortie.minutes + 30)
    moved = {str(flight.id) for flight in flights[-3:] if flight.registered}
    assert changed_after(flightlogger, NOW - timedelta(microseconds=1)) == moved


def test_an_edit_of_landings_changes_that_flight_alone(flightlogger: Client, world: World) -> None:
    edited = world.aircraft_called("OY-RNT").flights[-3]
    world.edit_flight(edited.id, touch_and_goes=11)
    assert changed_after(flightlogger, NOW - timedelta(microseconds=1)) == {str(edited.id)}


def test_a_flight_entered_late_is_found_by_change_not_by_date(flightlogger: Client, world: World) -> None:
    flight = world.fly("OY-SKA", registered=False)
    world.advance(days=2)
    assert str(flight.id) not in changed_after(flightlogger, NOW)
    last_seen = world.now()
    world.advance(hours=1)
    world.register(flight.id)
    assert str(flight.id) in changed_after(flightlogger, last_seen)
    assert flight.sortie.start < NOW


def test_asking_again_from_the_last_change_seen_repeats_rather_than_loses(flightlogger: Client, world: World) -> None:
    """Moments are kept finer than they are written, so the written one lies just before the stored one."""
    world.fly("OY-SKA")
    second = world.fly("OY-SKB")
    query = "query ($c: DateTime) { flights(all: true, changedAfter: $c) { nodes { id audit { updatedAt } } } }"
    nodes = flightlogger.ask(query, c=(NOW - timedelta(seconds=1)).isoformat())["flights"]["nodes"]
    latest = max(node["audit"]["updatedAt"] for node in nodes)
    assert str(second.id) in changed_after(flightlogger, datetime.fromisoformat(latest))


def test_a_deletion_shows_in_versions_only(flightlogger: Client, world: World) -> None:
    gone = world.aircraft_called("OY-SKA").flights[-1]
    world.delete_flight(gone.id, by=2)
    assert str(gone.id) not in {node["id"] for node in flightlogger.all_flights(100)}
    assert str(gone.id) not in changed_after(flightlogger, NOW - timedelta(days=300))
    found = versions(flightlogger, **{"from": (NOW - timedelta(seconds=1)).isoformat(), "types": ["FLIGHT"]})
    assert found == [
        {
            "__typename": "Deletion",
            "entityId": str(gone.id),
            "entityType": "FLIGHT",
            "eventType": "DELETION",
            "happenedAt": "2026-10-20T04:30:00Z",
            "whoDoneIt": {"callSign": "MSK"},
        }
    ]


def test_versions_by_window_type_and_page(flightlogger: Client, world: World) -> None:
    for flight in world.aircraft_called("OY-SKB").flights[:5]:
        world.delete_flight(flight.id)
        world.advance(hours=1)
    everything = versions(flightlogger)
    assert [one["entityId"] for one in everything] == [str(one.entity_id) for one in world.deletions]
    later = versions(flightlogger, **{"from": (NOW + timedelta(minutes=90)).isoformat()})
    assert later == everything[-3:]
    assert versions(flightlogger, types=["BOOKING"]) == []
    assert versions(flightlogger, to=(NOW - timedelta(minutes=1)).isoformat()) == everything[:-5]
