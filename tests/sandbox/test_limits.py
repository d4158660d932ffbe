"""Complexity, depth and rate: what one call may ask, and how often."""

from collections.abc import Iterator

import pytest
from graphql import build_schema, get_operation_ast, parse
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.sandbox.flightlogger import DEMO_KEY, SECOND_KEY, STUDENT_KEY, FlightLoggerApp, Limits, World
from hangarlink.sandbox.flightlogger.limits import RateLimiter, Scales, Weight
from hangarlink.sandbox.serve import serve
from tests.sandbox.conftest import NOW, Client

SCHEMA = build_schema(
    "type Query { things(first: Int, last: Int): ThingConnection me: Thing } "
    "type ThingConnection { nodes: [Thing] } type Thing { name: String things(first: Int): ThingConnection }"
)
LIMITS = Limits(max_page_size=50)


def weight(query: str, **variables: int) -> Weight:
    document = parse(query)
    operation = get_operation_ast(document)
    assert operation is not None
    return Scales(SCHEMA, document, variables, LIMITS).weigh(operation)


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("{ me { name } }", {}, Weight(2, 2)),
        ("{ things(first: 10) { nodes { name } } }", {}, Weight(1 + 10 * 2, 3)),
        ("{ things { nodes { name } } }", {}, Weight(1 + 50 * 2, 3)),
        ("{ things(first: 1000) { nodes { name } } }", {}, Weight(1 + 50 * 2, 3)),
        ("query ($n: Int) { things(last: $n) { nodes { name } } }", {"n": 4}, Weight(1 + 4 * 2, 3)),
        ("query ($n: Int = 6) { things(first: $n) { nodes { name } } }", {}, Weight(1 + 6 * 2, 3)),
        ("{ things(first: 10) { nodes { things(first: 10) { nodes { name } } } } }", {}, Weight(1 + 10 * (1 + 21), 5)),
        ("{ ...Me } fragment Me on Query { me { ... on Thing { name ... { name } } } }", {}, Weight(3, 2)),
        ("{ __schema { types { name } } }", {}, Weight(0, 0)),
    ],
)
def test_worked_examples(query: str, variables: dict[str, int], expected: Weight) -> None:
    assert weight(query, **variables) == expected


def test_nested_fragments_are_weighed_without_being_unfolded() -> None:
    doubled = " ".join(f"fragment F{n} on Thing {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    assert weight("{ me { ...F0 } } " + doubled + " fragment F60 on Thing { name }").complexity == 1 + 2**60


@pytest.fixture
def tight() -> Iterator[Client]:
    limits = Limits(max_complexity=500, max_depth=5, max_query_tokens=60)
    with serve(world=World.demo(now=NOW, days=2), limits=limits) as serving:
        yield Client(serving)


def test_too_complex_too_deep_too_long(tight: Client) -> None:
    assert "exceeds max complexity of 500" in tight.errors(
        "{ flights(all: true) { nodes { id offBlock onBlock primaryLog { id } } } }"
    )
    assert tight.ask("{ flights(all: true, first: 20) { nodes { id offBlock onBlock primaryLog { id } } } }")
    assert "exceeds max depth of 5" in tight.errors(
        "{ flights(first: 1) { nodes { aircraft { flights(first: 1) { nodes { id } } } } } }"
    )
    assert "more than 60 tokens" in tight.errors("{ account { " + "company " * 80 + "} }")


def test_the_default_limits_let_a_full_page_through(flightlogger: Client) -> None:
    log = "{ id type durationSeconds flyingDurationSeconds startsAt endsAt startSeconds finishSeconds }"
    query = (
        "{ flights(all: true, first: 100) { nodes { id flightType offBlock onBlock aircraft { id callSign } "
        f"departureAirport {{ name }} arrivalAirport {{ name }} primaryLog {log} secondaryLog {log} tertiaryLog {log} "
        "landings { id landingType landingTypeCount isArrival nightLanding airport { name } } "
        "audit { createdAt updatedAt } } pageInfo { endCursor hasNextPage } } }"
    )
    assert len(flightlogger.ask(query)["flights"]["nodes"]) == 100
    nested = "{ aircraft(first: 100) { nodes { flights(first: 100, all: true) { nodes { id offBlock } } } } }"
    assert "complexity" in flightlogger.errors(nested)


class Stopwatch:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_calls_are_limited_per_user_not_per_key() -> None:
    watch = Stopwatch()
    app = FlightLoggerApp(
        World.demo(now=NOW, days=1), limits=Limits(calls_per_window=3, window_seconds=60), ticks=watch
    )
    with serve(app=app) as serving:
        client = Client(serving)

        def call(key: str = DEMO_KEY) -> int:
            return client.post("{ account { company } }", key=key).status_code

        assert [call(), call(SECOND_KEY), call(), call(SECOND_KEY)] == [200, 200, 200, 429]
        assert call(STUDENT_KEY) == 200
        refused = client.post("{ account { company } }")
        assert (refused.headers["Retry-After"], "60 seconds" in refused.json()["message"]) == ("60", True)
        watch.at += 30
        assert [call(), call(), call()] == [429, 429, 429]
        watch.at += 31  # a minute after the calls that were served, but refused calls count too
        assert call() == 429
        watch.at += 60
        assert call() == 200
        assert [entry["status"] for entry in serving.journal.entries()].count(429) == 6


@given(allowed=st.integers(1, 5), gaps=st.lists(st.integers(0, 240), max_size=40))
def test_never_more_than_allowed_in_any_window_and_waiting_helps(allowed: int, gaps: list[int]) -> None:
    watch = Stopwatch()
    limiter = RateLimiter(Limits(calls_per_window=allowed, window_seconds=10), watch)
    served: list[float] = []
    for gap in gaps:
        watch.at += gap / 8  # eighths of a second are exact in binary
        wait = limiter.take(("demo", 1))
        if wait is None:
            served.append(watch.at)
        else:
            watch.at += wait
            assert limiter.take(("demo", 1)) is None
            served.append(watch.at)
    for moment in served:
        assert sum(moment - 10 < other <= moment for other in served) <= allowed
