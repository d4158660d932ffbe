"""The sandbox tracker by itself: what it refuses, who may ask, and its hands."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from hangarlink.sandbox.server import Served
from hangarlink.sandbox.tracker import DEMO_KEY, DEMO_PASSWORD, DEMO_USER, Shop, TrackerApp
from hangarlink.sandbox.tracker.dialects import DIALECTS
from hangarlink.sandbox.tracker.shop import Refused, SentFlight, Totals
from tests.integration.conftest import now


@pytest.fixture
def tracker() -> Iterator[Served[TrackerApp]]:
    with Served(TrackerApp(Shop.demo(clock=now))) as server:
        yield server


def ask(url: str, *, method: str = "GET", body: Any = None, auth: str = f"Bearer {DEMO_KEY}") -> tuple[int, Any]:
    headers = {"Authorization": auth, "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(url, content, headers, method=method)) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def totals(**values: Any) -> Totals:
    given = {
        "tail": "OY-HLD",
        "serial": "1577",
        "as_of": now(),
        "seconds": 4813 * 3600,
        "landings": 3902,
        "message": "m1",
    }
    return Totals(**{**given, **values})


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"tail": "OY-XXX"}, "unknown_tail"),
        ({"serial": "1"}, "wrong_serial"),
        ({"seconds": 4812 * 3600}, "lower_total"),
        ({"landings": 1}, "lower_total"),
        ({"seconds": 4813 * 3600 * 60}, "implausible"),
        ({"as_of": now() + timedelta(days=2)}, "invalid"),
    ],
)
def test_totals_that_cannot_be(values: dict[str, Any], code: str) -> None:
    shop = Shop.demo(clock=now)
    with pytest.raises(Refused) as refused:
        shop.take_totals(totals(**values))
    assert refused.value.code == code
    assert shop.tails["OY-HLD"].landings == 3901


def test_a_message_it_has_had_changes_nothing() -> None:
    shop = Shop.demo(clock=now)
    assert shop.take_totals(totals()) == "accepted"
    assert shop.take_totals(totals(seconds=4900 * 3600)) == "duplicate"
    assert shop.tails["OY-HLD"].seconds == 4813 * 3600


@pytest.mark.parametrize("change", [{"on": now() - timedelta(hours=9)}, {"seconds": 9 * 3600}, {"tail": "OY-XXX"}])
def test_flights_that_cannot_be(change: dict[str, Any]) -> None:
    given = {"tail": "OY-HLD", "serial": None, "id": "1", "off": now() - timedelta(hours=2), "on": now(),
             "seconds": 3600, "landings": 1}  # fmt: skip
    with pytest.raises(Refused):
        Shop.demo(clock=now).take_flight(SentFlight(**{**given, **change}))


@pytest.mark.parametrize(
    "auth", ["", "Bearer wrong", "Basic wrong", "Basic " + base64.b64encode(b"skyline:no").decode()]
)
def test_who_may_not_ask(tracker: Served[TrackerApp], auth: str) -> None:
    assert ask(f"{tracker.url}/camp/due-list", auth=auth)[0] == 401


def test_everybody_else_may(tracker: Served[TrackerApp]) -> None:
    basic = "Basic " + base64.b64encode(f"{DEMO_USER}:{DEMO_PASSWORD}".encode()).decode()
    for name, path in (
        ("camp", "due-list"),
        ("traxxall", "v1/due-items"),
        ("veryon", "api/dueitems"),
        ("cmp", "due-list.csv"),
    ):
        status, body = ask(f"{tracker.url}/{name}/{path}", auth=basic)
        assert status == 200
        assert b"Propeller overhaul" in body
    assert {entry["dialect"] for entry in tracker.app.journal.entries()} == set(DIALECTS)
    assert DEMO_PASSWORD not in json.dumps(tracker.app.journal.entries())


def test_hands_over_http(tracker: Served[TrackerApp]) -> None:
    control = f"{tracker.url}/_control"
    _, made = ask(
        f"{control}/track", method="POST", body={"tail": "OY-HLE", "code": "72", "title": "x", "due_hours": "1300"}
    )
    item = json.loads(made)["id"]
    assert ask(f"{control}/comply", method="POST", body={"id": item})[0] == 200
    assert tracker.app.shop.items[item].is_done
    assert ask(f"{control}/drop", method="POST", body={"id": item})[0] == 200
    assert ask(f"{control}/track", method="POST", body={"tail": "nobody", "code": "1", "title": "x"})[0] == 400
    assert ask(f"{control}/faults", method="POST", body={"kind": "server_error", "operation": "due_list"})[0] == 200
    assert ask(f"{tracker.url}/cmp/due-list.csv")[0] == 503
    assert ask(f"{tracker.url}/cmp/due-list.csv")[0] == 200
    assert ask(f"{control}/faults", method="POST", body={"kind": "nonsense"})[0] == 400
    assert json.loads(ask(f"{control}/world")[1])["aircraft"][0]["hours"] == "4812.30"
