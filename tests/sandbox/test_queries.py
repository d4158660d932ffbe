"""Documented queries are answered as documented; anything else is refused."""

import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query

from hangarlink.sandbox.flightlogger import DEMO_KEY, EXPIRED_KEY, STUDENT_KEY, World, fleet
from hangarlink.sandbox.serve import serve
from tests.sandbox.conftest import NOW, Client

LOG = "{ id type durationSeconds flyingDurationSeconds startsAt endsAt startSeconds finishSeconds }"
FLIGHTS = (
    "query Flights($first: Int) { flights(all: true, last: $first) { nodes { id flightType offBlock onBlock "
    "aircraft { callSign model aircraftClass } departureAirport { id name } arrivalAirport { name } "
    f"primaryLog {LOG} secondaryLog {LOG} tertiaryLog {LOG} "
    "landings { landingType landingTypeCount isArrival nightLanding airport { name } } departureFuel "
    "activityRegistration { __typename id totalSeconds ... on Training { student { callSign } } } "
    "audit { createdAt updatedAt } } } }"
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_account_of_the_key(flightlogger: Client) -> None:
    answer = flightlogger.ask("{ account { company subdomain disabled country } }")
    expected = {"company": "Skyline Flight School", "subdomain": "demo", "disabled": False, "country": "Denmark"}
    assert answer == {"account": expected}


def test_aircraft_are_the_active_ones_with_their_totals(flightlogger: Client, world: World) -> None:
    query = (
        "{ aircraft { nodes { callSign disabled totalLandings primaryLog { type measurementType totalSeconds } "
        "secondaryLog { type } tertiaryLog { type } } } }"
    )
    nodes = flightlogger.ask(query)["aircraft"]["nodes"]
    assert [node["callSign"] for node in nodes] == [row["call_sign"] for row in fleet() if not row["disabled"]]
    assert not any(node["disabled"] for node in nodes)
    for node in nodes:
        aircraft = world.aircraft_called(node["callSign"])
        assert node["primaryLog"]["totalSeconds"] == aircraft.logs[0].total_seconds
        assert (node["tertiaryLog"] is None) == (len(aircraft.logs) < 3)
        assert node["totalLandings"] == (None if aircraft.is_simulator else aircraft.landings)


def test_aircraft_by_call_sign_exactly_as_written(flightlogger: Client) -> None:
    query = "query ($c: [String!]) { aircraft(callSigns: $c) { nodes { callSign } } }"
    found = flightlogger.ask(query, c=["OY-SKB", "oy-ska", "OYPIA", "OY-SOL", "OY-BKA"])["aircraft"]["nodes"]
    assert [node["callSign"] for node in found] == ["OY-SKB", "OY-BKA"]


def test_a_sold_aircraft_is_not_listed_but_its_flights_are(flightlogger: Client) -> None:
    flights = flightlogger.all_flights(100, "aircraft { callSign disabled }")
    assert {"callSign": "OY-SOL", "disabled": True} in [flight["aircraft"] for flight in flights]


def test_flights_follow_the_documented_null_patterns(flightlogger: Client, world: World) -> None:
    seen: set[tuple[str, str]] = set()
    for node in flightlogger.ask(FLIGHTS, first=100)["flights"]["nodes"]:
        logs = world.flights[int(node["id"])].aircraft.logs
        for slot, name in enumerate(("primaryLog", "secondaryLog", "tertiaryLog")):
            log = node[name]
            if slot >= len(logs):
                assert log is None
                continue
            seen.add((name, logs[slot].measurement))
            assert isinstance(log["durationSeconds"], int)
            if logs[slot].measurement in {"HOURS_MINUTES", "TIMESTAMP"}:
                assert log["startSeconds"] is log["finishSeconds"] is None
                assert (moment(log["endsAt"]) - moment(log["startsAt"])).total_seconds() == log["durationSeconds"]
            else:
                assert log["endsAt"] is None
                assert (log["startsAt"] is None) == (name != "primaryLog")
                assert log["finishSeconds"] - log["startSeconds"] == log["durationSeconds"]
    assert {measurement for _, measurement in seen} == {
        "DECIMAL_HOURS", "LONG_DECIMAL_HOURS", "HOURS_MINUTES", "TIMESTAMP",
    }  # fmt: skip


def test_a_flight_lands_where_it_arrives_and_a_simulator_nowhere(flightlogger: Client) -> None:
    for node in flightlogger.ask(FLIGHTS, first=100)["flights"]["nodes"]:
        arrivals = [landing for landing in node["landings"] if landing["isArrival"]]
        if node["aircraft"]["aircraftClass"] == "SIMULATOR":
            assert node["landings"] == []
            assert node["departureAirport"] is node["arrivalAirport"] is node["departureFuel"] is None
        else:
            assert len(arrivals) == 1
            assert arrivals[0]["airport"] == {"name": node["arrivalAirport"]["name"]}
        assert node["activityRegistration"]["__typename"] in {"Training", "Rental", "Operation"}


def test_without_all_only_flights_of_the_keys_user(flightlogger: Client, world: World) -> None:
    query = "query ($all: Boolean) { flights(all: $all, first: 100) { nodes { id } } }"
    own = {node["id"] for node in flightlogger.ask(query, all=False)["flights"]["nodes"]}
    mine = {str(one.id) for one in world.timeline if 1 in one.sortie.crew}
    assert own == mine
    assert len(own) < len(world.timeline)


def test_what_a_student_may_not_read_is_null_or_absent(flightlogger: Client) -> None:
    query = "{ flights(all: true) { nodes { id audit { updatedAt } } } aircraft { nodes { primaryLog { type } } } }"
    answer = flightlogger.ask(query, key=STUDENT_KEY)
    assert len(answer["flights"]["nodes"]) < len(flightlogger.all_flights(100))
    assert all(node["audit"] is None for node in answer["flights"]["nodes"])
    assert all(node["primaryLog"] is None for node in answer["aircraft"]["nodes"])


def test_the_flights_of_one_aircraft(flightlogger: Client, world: World) -> None:
    query = (
        '{ aircraft(callSigns: ["OY-PIB"], first: 1) { nodes { flights(all: true, first: 100) { nodes { id } } } } }'
    )
    nodes = flightlogger.ask(query)["aircraft"]["nodes"][0]["flights"]["nodes"]
    assert [int(node["id"]) for node in nodes] == [one.id for one in world.aircraft_called("OY-PIB").flights]
    world.fly("OY-PIB", registered=False)
    again = flightlogger.ask(query)["aircraft"]["nodes"][0]["flights"]["nodes"]
    assert again == nodes  # flown, but nobody has entered it


def test_windows_are_open_at_both_ends(flightlogger: Client, world: World) -> None:
    flight = world.timeline[40]
    query = "query ($from: DateTime, $to: DateTime) { flights(all: true, from: $from, to: $to) { nodes { id } } }"

    def found(begin: datetime, end: datetime) -> set[str]:
        window = {"from": begin.isoformat(), "to": end.isoformat()}
        return {node["id"] for node in flightlogger.ask(query, **window)["flights"]["nodes"]}

    one_minute = timedelta(minutes=1)
    assert str(flight.id) in found(flight.sortie.start - one_minute, flight.sortie.end + one_minute)
    assert str(flight.id) not in found(flight.sortie.start, flight.sortie.end + one_minute)
    assert str(flight.id) not in found(flight.sortie.start - one_minute, flight.sortie.end)


def test_moments_may_carry_any_offset(flightlogger: Client) -> None:
    query = "query ($from: DateTime) { flights(all: true, from: $from, first: 1) { nodes { offBlock } } }"
    in_utc = flightlogger.ask(query, **{"from": "2026-10-10T12:00:00Z"})
    assert flightlogger.ask(query, **{"from": "2026-10-10T14:00:00+02:00"}) == in_utc


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("{ aircraft { nodes { registration } } }", "Cannot query field 'registration' on type 'Aircraft'"),
        ("{ aircraft { nodes { serialNumber } } }", "Cannot query field 'serialNumber'"),
        ("{ maintenanceTypes { nodes { id } } }", "Cannot query field 'id' on type 'Maintenance'"),
        ("{ defects { nodes { id } } }", "Cannot query field 'defects' on type 'Queries'"),
        ("{ flights(aircraftId: 101) { nodes { id } } }", "Unknown argument 'aircraftId'"),
        ('{ flights(first: "10") { nodes { id } } }', "Int cannot represent non-integer value"),
        ('{ flights(changedAfter: "last week") { nodes { id } } }', "not an ISO 8601 date-time"),
        ("{ versions(types: [AIRCRAFT]) { nodes { __typename } } }", "Value 'AIRCRAFT' does not exist"),
        ("{ versions { nodes { entityId } } }", "Cannot query field 'entityId' on type 'VersionUnion'"),
        ("{ aircraft }", "must have a selection of subfields"),
        ("{ flights(first: -1) { nodes { id } } }", "must not be negative"),
        ('{ flights(after: "soon") { nodes { id } } }', "not a cursor of this list"),
        ("mutation { deleteFlight(id: 1) { id } }", "Cannot query field 'deleteFlight' on type 'Mutations'"),
        ("{ aircraft { nodes { id ", "Syntax Error"),
        ("query A { account { company } } query B { account { company } }", "named if there are several"),
    ],
)
def test_undocumented_or_wrong_queries_are_refused(flightlogger: Client, query: str, complaint: str) -> None:
    assert complaint in flightlogger.errors(query)


def test_the_schema_can_be_asked_for(flightlogger: Client) -> None:
    schema = flightlogger.ask(get_introspection_query())["__schema"]
    assert (schema["queryType"]["name"], schema["mutationType"]["name"]) == ("Queries", "Mutations")


@pytest.mark.parametrize(
    ("sent", "status", "complaint"),
    [
        (
            {"content": b"{ account { company } }", "headers": {"Content-Type": "application/graphql"}},
            415,
            "Content-Type",
        ),
        ({"content": b'{"query": ', "headers": {"Content-Type": "application/json"}}, 400, "not valid JSON"),
        ({"content": b'{"query": "\xff"}', "headers": {"Content-Type": "application/json"}}, 400, "UTF-8"),
        ({"content": b"[" * 50_000, "headers": {"Content-Type": "application/json"}}, 400, "not valid JSON"),
        ({"json": [{"query": "{ account { company } }"}]}, 400, "one JSON object"),
        ({"json": {"variables": {}}}, 400, "needs `query`"),
        ({"json": {"query": "{ account { company } }", "variables": []}}, 400, "must be an object"),
        ({"json": {"query": "#" + "x" * 200_000}}, 413, "at most 100000"),
        ({"content": iter([b"{}"]), "headers": {"Content-Type": "application/json"}}, 411, "Content-Length"),
    ],
)
def test_bodies_that_are_not_taken(flightlogger: Client, sent: dict[str, Any], status: int, complaint: str) -> None:
    headers = {"Authorization": "Bearer demo-skyline-head-of-training"} | sent.pop("headers", {})
    response = flightlogger.http.post(flightlogger.serving.endpoint, headers=headers, **sent)
    assert (response.status_code, complaint in response.json()["message"]) == (status, True)


def test_a_very_long_body_still_gets_its_answer(flightlogger: Client) -> None:
    """Also a client that looks up only after it has sent everything: the server reads on to the end."""
    assert flightlogger.post("#" + "x" * 20_000_000).status_code == 413
    serving = flightlogger.serving
    head = (
        "POST /graphql HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {DEMO_KEY}\r\nContent-Length: 20000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", serving.port), timeout=5) as raw:
        raw.sendall(head.encode() + b"x" * 20_000_000)
        assert raw.recv(100).startswith(b"HTTP/1.0 413")


@pytest.mark.parametrize(
    ("key", "complaint"), [(None, "Send your API key"), ("wrong", "not valid"), (EXPIRED_KEY, "expired")]
)
def test_a_key_is_needed(flightlogger: Client, key: str | None, complaint: str) -> None:
    response = flightlogger.post("{ account { company } }", key=key)
    assert response.status_code == 401
    assert complaint in response.json()["message"]
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_only_post_and_only_there(flightlogger: Client) -> None:
    response = flightlogger.http.get(flightlogger.serving.endpoint)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert flightlogger.http.get(f"{flightlogger.serving.url}/api/v1/aircraft").status_code == 404
    assert flightlogger.http.get(flightlogger.serving.url).json()["graphql"] == "/graphql"


def test_each_key_opens_its_own_account() -> None:
    mine = World.demo(now=NOW, days=2)
    theirs = World.synthetic(flights=10, aircraft=1, now=NOW)
    theirs.subdomain = "theirs"
    theirs.keys = [type(theirs.keys[0])("key-of-theirs", 1)]
    with serve(world=mine, others=[theirs]) as serving:
        client = Client(serving)
        assert client.ask("{ account { company } }")["account"]["company"] == "Skyline Flight School"
        answer = client.ask("{ account { company } aircraft { nodes { callSign } } }", key="key-of-theirs")
        assert answer == {"account": {"company": "Synthetic Air"}, "aircraft": {"nodes": [{"callSign": "SY-0001"}]}}


def test_the_fleet_table_in_the_documents_is_true() -> None:
    page = (Path(__file__).parents[2] / "docs/integrator/sandbox-flightlogger.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    documented = {row[0]: row for row in rows}
    for aircraft in fleet():
        cells = [f"{log['type']} {log['measurement']} {log['total_seconds']}" for log in aircraft["logs"]]
        expected = [aircraft["call_sign"], aircraft["model"], str(aircraft["landings"]), *cells, "", ""][:6]
        assert documented[aircraft["call_sign"]] == expected
