"""Pages are complete and stable: every record once, whatever the size, whatever happens meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangarlink.sandbox.flightlogger import Limits, World
from hangarlink.sandbox.flightlogger.paging import cursor_of, position_of
from hangarlink.sandbox.flightlogger.records import Requirement
from hangarlink.sandbox.serve import serve
from tests.sandbox.conftest import NOW, Client

PAGE = (
    "query ($first: Int, $last: Int, $after: String, $before: String) { flights(all: true, first: $first, last: $last, "
    "after: $after, before: $before) { nodes { id } edges { cursor node { id } } "
    "pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }"
)


@pytest.fixture(scope="module")
def still() -> Iterator[Client]:
    """A school that nobody changes."""
    with serve(world=World.demo(now=NOW, days=5)) as serving:
        yield Client(serving)


def ids(client: Client) -> list[str]:
    return [str(flight.id) for flight in client.serving.world.timeline]


@settings(max_examples=12, deadline=None)
@given(size=st.integers(3, 150))
def test_forward_every_flight_once_in_order(still: Client, size: int) -> None:
    assert [node["id"] for node in still.all_flights(size)] == ids(still)


@settings(max_examples=12, deadline=None)
@given(size=st.integers(3, 150))
def test_backward_every_flight_once_in_order(still: Client, size: int) -> None:
    found: list[str] = []
    before = None
    while True:
        page = still.ask(PAGE, last=size, before=before)["flights"]
        found = [node["id"] for node in page["nodes"]] + found
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]
    assert found == ids(still)


def test_edges_and_nodes_tell_the_same(still: Client) -> None:
    page = still.ask(PAGE, first=7)["flights"]
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    info = page["pageInfo"]
    assert (info["startCursor"], info["endCursor"]) == (page["edges"][0]["cursor"], page["edges"][-1]["cursor"])
    assert (info["hasPreviousPage"], info["hasNextPage"]) == (False, True)


def test_a_page_is_never_longer_than_the_server_likes() -> None:
    with serve(world=World.demo(now=NOW, days=5), limits=Limits(max_page_size=9)) as serving:
        client = Client(serving)
        assert len(client.ask(PAGE, first=500)["flights"]["nodes"]) == 9
        assert len(client.ask(PAGE)["flights"]["nodes"]) == 9  # nor when no size is asked for
        assert [node["id"] for node in client.all_flights(500)] == ids(client)


def test_an_empty_list_has_a_page_too(flightlogger: Client) -> None:
    page = flightlogger.ask(
        "{ aircraft(callSigns: []) { nodes { id } edges { cursor } pageInfo { endCursor hasNextPage } } }"
    )
    assert page["aircraft"] == {"nodes": [], "edges": [], "pageInfo": {"endCursor": None, "hasNextPage": False}}


@pytest.mark.parametrize("change", ["delete read", "delete unread", "insert read", "edit read"])
def test_changes_between_pages_neither_repeat_nor_lose_the_others(
    flightlogger: Client, world: World, change: str
) -> None:
    everything = [str(flight.id) for flight in world.timeline]
    first = flightlogger.ask(PAGE, first=10)["flights"]
    read, unread = world.timeline[4], world.timeline[30]
    match change:
        case "delete read":
            world.delete_flight(read.id)
        case "delete unread":
            world.delete_flight(unread.id)
            everything.remove(str(unread.id))
        case "insert read":
            world.fly("OY-HSK", start=read.sortie.start + timedelta(seconds=1), minutes=2)
        case "edit read":
            world.edit_flight(read.id, touch_and_goes=9)
    rest: list[Any] = []
    after = first["pageInfo"]["endCursor"]
    while after:
        page = flightlogger.ask(PAGE, first=50, after=after)["flights"]
        rest += page["nodes"]
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert [node["id"] for node in first["nodes"] + rest] == everything


@given(moment=st.integers(-(10**17), 10**17), number=st.integers(0, 10**15))
def test_a_cursor_leads_back_to_its_place(moment: int, number: int) -> None:
    class Somewhere(Requirement):
        @property
        def position(self) -> tuple[int, int]:
            return (moment, number)

    placed = Somewhere.__new__(Somewhere)
    assert position_of(cursor_of(placed)) == (moment, number)
