"""Every fault does what it says, as often as it was asked to, and then all is well again."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from hangarlink.sandbox.flightlogger import DEMO_KEY, Faults, World
from hangarlink.sandbox.flightlogger.faults import KINDS
from tests.sandbox.conftest import Client

ACCOUNT = "query Who { account { company } }"
FLIGHTS = (
    "query Flights { flights(all: true, first: 20) { nodes { id primaryLog { durationSeconds } } "
    "pageInfo { endCursor } } }"
)


def status(code: int, **headers: str | None) -> Callable[[httpx2.Response], None]:
    def check(response: httpx2.Response) -> None:
        assert response.status_code == code
        assert response.json()["message"]
        for name, value in headers.items():
            assert response.headers.get(name.replace("_", "-")) == value

    return check


def html(response: httpx2.Response) -> None:
    assert response.headers["Content-Type"].startswith("text/html")
    with pytest.raises(json.JSONDecodeError):
        response.json()


def cut_off(response: httpx2.Response) -> None:
    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        response.json()


def redirected(response: httpx2.Response) -> None:
    assert (response.status_code, response.headers["Location"]) == (302, "http://127.0.0.1:9/elsewhere")


def graphql_error(response: httpx2.Response) -> None:
    assert response.json()["data"] is None
    assert response.json()["errors"]


def huge(response: httpx2.Response) -> None:
    assert len(response.content) > 2 * 1024 * 1024


def no_page_info(response: httpx2.Response) -> None:
    assert "pageInfo" not in response.json()["data"]["flights"]


def two_wrong(response: httpx2.Response) -> None:
    values = [node["primaryLog"]["durationSeconds"] for node in response.json()["data"]["flights"]["nodes"]]
    assert values[:2] == [-60, -60]
    assert all(value > 0 for value in values[2:])


REPLIES: list[tuple[str, dict[str, Any], Callable[[httpx2.Response], None]]] = [
    ("unauthorized", {}, status(401, WWW_Authenticate="Bearer")),
    ("expired_key", {}, status(401)),
    ("rate_limited", {"retry_after": 7}, status(429, Retry_After="7")),
    ("rate_limited", {"retry_after": None}, status(429, Retry_After=None)),
    ("server_error", {"status": 502}, status(502)),
    ("server_error", {}, status(503)),
    ("html", {}, html),
    ("redirect", {"location": "http://127.0.0.1:9/elsewhere"}, redirected),
    ("malformed_json", {}, cut_off),
    ("graphql_error", {}, graphql_error),
    ("oversized", {"megabytes": 2}, huge),
    ("missing_page_info", {}, no_page_info),
    ("wrong_types", {"value": -60, "nodes": 2}, two_wrong),
]


@pytest.mark.parametrize(("kind", "options", "check"), REPLIES)
def test_a_spoilt_reply_then_a_good_one(
    flightlogger: Client, kind: str, options: dict[str, Any], check: Callable[[httpx2.Response], None]
) -> None:
    good = flightlogger.post(FLIGHTS)
    flightlogger.serving.faults.add(kind, times=2, **options)
    check(flightlogger.post(FLIGHTS))
    check(flightlogger.post(FLIGHTS))
    assert flightlogger.post(FLIGHTS).json() == good.json()


def test_every_fault_is_tried_in_this_file() -> None:
    tried = {kind for kind, _, _ in REPLIES}
    assert tried | {"dropped", "lost_response", "slow", "drip", "duplicates", "disorder"} == set(KINDS)


BOOK = (
    'mutation { createMaintenanceBooking(booking: {aircraftId: "101", bookingStart: "2026-11-02T08:00:00Z", '
    'bookingEnd: "2026-11-02T16:00:00Z", externalReference: "WO-17"}) { id } }'
)


@pytest.mark.parametrize(("kind", "booked"), [("dropped", 0), ("lost_response", 1)])
def test_a_broken_connection_before_or_after_the_effect(
    flightlogger: Client, world: World, kind: str, booked: int
) -> None:
    flightlogger.serving.faults.add(kind)
    with pytest.raises(httpx2.RemoteProtocolError):
        flightlogger.post(BOOK)
    assert [one.external_reference for one in world.bookings.values()].count("WO-17") == booked
    entry = flightlogger.serving.journal.entries()[-1]
    assert (entry["fault"], entry["status"]) == (kind, None)


@pytest.mark.parametrize("kind", ["slow", "drip"])
def test_a_patient_client_gets_its_answer_an_impatient_one_a_time_out(flightlogger: Client, kind: str) -> None:
    flightlogger.serving.faults.add(kind, seconds=0.02)
    assert flightlogger.ask(ACCOUNT)["account"]
    flightlogger.serving.faults.add(kind, seconds=5)
    flightlogger.http.timeout = httpx2.Timeout(0.1)
    with pytest.raises(httpx2.ReadTimeout):
        flightlogger.post(ACCOUNT)


def test_duplicates_show_a_node_at_the_end_of_one_page_and_the_start_of_the_next(flightlogger: Client) -> None:
    plain = [node["id"] for node in flightlogger.all_flights(20)]
    flightlogger.serving.faults.add("duplicates", field="flights")
    found = [node["id"] for node in flightlogger.all_flights(20)]
    assert found == plain[:20] + plain[19:]


def test_permanent_duplicates_still_come_to_an_end(flightlogger: Client) -> None:
    plain = [node["id"] for node in flightlogger.all_flights(20)]
    flightlogger.serving.faults.add("duplicates", times=None)
    found = [node["id"] for node in flightlogger.all_flights(20)]
    assert len(found) > len(plain)
    assert list(dict.fromkeys(found)) == plain


def test_disorder_shuffles_a_page_but_loses_nothing(flightlogger: Client) -> None:
    plain = [node["id"] for node in flightlogger.all_flights(20)]
    flightlogger.serving.faults.add("disorder", times=None)
    found = [node["id"] for node in flightlogger.all_flights(20)]
    assert found != plain
    assert sorted(found) == sorted(plain)


def test_a_fault_can_be_aimed_and_delayed(flightlogger: Client) -> None:
    faults = flightlogger.serving.faults
    faults.add("server_error", field="flights", times=1, skip=1)
    faults.add("unauthorized", operation="Who", times=1)
    assert [flightlogger.post(FLIGHTS).status_code for _ in range(3)] == [200, 503, 200]
    assert flightlogger.post("{ account { company } }").status_code == 200
    assert [flightlogger.post(ACCOUNT).status_code for _ in range(2)] == [401, 200]
    assert faults.active() == []


def test_faults_queue_up_and_can_be_cleared(flightlogger: Client) -> None:
    faults = flightlogger.serving.faults
    faults.add("server_error", status=500)
    faults.add("rate_limited", times=None)
    assert [flightlogger.post(ACCOUNT).status_code for _ in range(3)] == [500, 429, 429]
    faults.clear()
    assert flightlogger.post(ACCOUNT).status_code == 200


def test_unknown_faults_and_options_are_named() -> None:
    faults = Faults()
    with pytest.raises(ValueError, match="no fault 'gremlin'; there are unauthorized"):
        faults.add("gremlin")
    with pytest.raises(ValueError, match="a fault has no retries"):
        faults.add("slow", retries=1)
    assert faults.active() == []


def test_a_wrong_key_is_refused_before_any_fault(flightlogger: Client) -> None:
    flightlogger.serving.faults.add("server_error", times=None)
    assert flightlogger.post(ACCOUNT, key="wrong").status_code == 401


def test_control_over_http(flightlogger: Client, world: World) -> None:
    shown = flightlogger.control("faults", kind="rate_limited", times=2, retry_after=3, field="account")
    assert [fault["kind"] for fault in shown["faults"]] == ["rate_limited"]
    assert flightlogger.post(ACCOUNT).headers["Retry-After"] == "3"
    assert flightlogger.control("faults", "GET")["faults"][0]["times"] == 1
    assert flightlogger.control("faults", "DELETE") == {"faults": []}
    assert flightlogger.post(ACCOUNT).status_code == 200

    flown = flightlogger.control("fly", call_sign="OY-SKA", minutes=72, start="2026-10-20T05:00:00+02:00")
    assert world.flights[int(flown["id"])].sortie.start.isoformat() == "2026-10-20T05:00:00+02:00"
    edited = flightlogger.control("edit", id=flown["id"], minutes=90)
    assert edited["logs"]["AIRBORNE"] == 80 * 60
    assert flightlogger.control("delete", id=flown["id"]) == {"deleted": flown["id"]}
    hidden = flightlogger.control("fly", call_sign="OY-SKB", registered=False)
    assert flightlogger.control("register", id=hidden["id"])["registered"] is True
    assert flightlogger.control("world", "GET")["maintenance_requirements"]["702"] == "Annual inspection"

    flightlogger.control("faults", kind="slow")
    flights = len(world.timeline)
    assert flightlogger.control("reset")["account"] == "demo"
    assert len(world.timeline) == flights - 1
    assert flightlogger.control("faults", "GET") == {"faults": []}
    assert flightlogger.control("requests", "GET") == {"requests": []}


@pytest.mark.parametrize(
    ("what", "body", "complaint"),
    [
        ("faults", {"kind": "gremlin"}, "no fault 'gremlin'"),
        ("faults", {"times": 2}, "name the `kind`"),
        ("fly", {}, "name the `call_sign`"),
        ("fly", {"call_sign": "OY-SKA", "start": "noon"}, "noon"),
        ("fly", {"call_sign": "OY-SKA", "minutes": "long"}, "long"),
        ("edit", {"id": "0", "minutes": 5}, "no flight '0'"),
        ("delete", {}, "name the `id`"),
    ],
)
def test_control_says_what_it_does_not_understand(
    flightlogger: Client, what: str, body: dict[str, Any], complaint: str
) -> None:
    response = flightlogger.http.post(f"{flightlogger.serving.url}/_control/{what}", json=body)
    assert (response.status_code, complaint in response.json()["message"]) == (400, True)


def test_a_web_page_of_somebody_else_cannot_work_the_controls(flightlogger: Client, world: World) -> None:
    """A cross-site form can send text/plain unasked, but not application/json."""
    before = len(world.timeline)
    url = f"{flightlogger.serving.url}/_control/fly"
    response = flightlogger.http.post(url, content='{"call_sign": "OY-SKA"}', headers={"Content-Type": "text/plain"})
    assert response.status_code == 415
    assert len(world.timeline) == before
    assert flightlogger.http.delete(url).status_code == 405
    assert flightlogger.http.get(f"{flightlogger.serving.url}/_control/keys").status_code == 404


def test_the_journal_tells_who_asked_for_what_but_no_key(flightlogger: Client) -> None:
    flightlogger.post(
        "query F($callSigns: [String!]) { aircraft(callSigns: $callSigns) { nodes { id } } }", callSigns=[DEMO_KEY]
    )
    flightlogger.post(ACCOUNT, key="some-wrong-key")
    good, bad = flightlogger.control("requests", "GET")["requests"]
    assert (good["operation"], good["fields"], good["account"], good["user_id"]) == ("F", ["aircraft"], "demo", 1)
    assert good["variables"] == {"callSigns": ["[redacted]"]}
    assert (bad["status"], bad["account"]) == (401, None)
    shown = json.dumps([good, bad])
    assert DEMO_KEY not in shown
    assert "some-wrong-key" not in shown
