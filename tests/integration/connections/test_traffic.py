"""What all workers may ask of a partner together: shared quotas, and a circuit that spares one that is down."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.connections.dialling import _digest
from hangarlink.integration.connections.keys import Stored
from hangarlink.integration.connections.line import Line
from hangarlink.integration.connections.repeating import PutOff
from hangarlink.integration.connections.traffic import circuit, quota
from hangarlink.integration.connections.traffic.rules import OPENS_AFTER, Spacing, opens_circuit, rest, spacing
from hangarlink.integration.connections.traffic.valve import LONGEST_WAIT, Closed, Shared
from hangarlink.integration.contract import (
    ApiKey,
    AuthFailed,
    DataError,
    Malformed,
    PartnerError,
    Rate,
    RateLimited,
    ServerTrouble,
    Unreachable,
)
from hangarlink.platform.database.aside import aside
from hangarlink.platform.vault import Secret
from tests.integration.conftest import Waits
from tests.integration.connections.partner import API_KEY, Partner

HERE = "acme@http://here.example"
pytestmark = pytest.mark.usefixtures("db")


# --- quotas --------------------------------------------------------------------------------------------------------


def calls_in(rate: Rate, seconds: float) -> list[float]:
    """When calls are made by somebody who always has one more to make: the algorithm, in plain words."""
    found, used_up_to, now = [], 0.0, 0.0
    space = spacing(rate)
    while now < seconds and len(found) < 2_000:
        now = max(now, used_up_to - space.slack)
        found.append(now)
        used_up_to = max(used_up_to, now) + space.apart
    return found


@given(st.integers(1, 300), st.floats(0.5, 3600))
def test_no_window_holds_more_than_the_rate(calls: int, seconds: float) -> None:
    made = calls_in(Rate(calls, seconds), 4 * seconds)
    for start in made[:200]:
        assert sum(start <= one < start + seconds * 0.999_999 for one in made) <= calls


@given(st.integers(8, 300), st.floats(1, 3600))
def test_most_of_the_rate_is_used(calls: int, seconds: float) -> None:
    assert len(calls_in(Rate(calls, seconds), 10 * seconds)) >= 10 * calls * 0.6


@pytest.mark.parametrize("wrong", [(0, 1), (1, 0), (-1, 5)])
def test_a_rate_that_lets_nothing_pass_is_none(wrong: tuple[int, float]) -> None:
    with pytest.raises(ValueError, match="lets nothing pass"):
        Rate(*wrong)


def test_places_are_handed_out_one_after_the_other() -> None:
    space = Spacing(apart=1000, slack=1000)
    waits = [quota.reserve("k", space, longest=9_000) for _ in range(4)]
    assert [has for has, _ in waits] == [True] * 4
    assert [round(seconds / 1000) for _, seconds in waits] == [0, 0, 1, 2]


def test_a_place_too_far_away_is_not_taken() -> None:
    space = Spacing(apart=50, slack=0)
    assert quota.reserve("k", space, longest=60)[0]
    assert quota.reserve("k", space, longest=60) == (True, pytest.approx(50, abs=25))
    for _ in range(3):
        has_place, seconds = quota.reserve("k", space, longest=60)
        assert not has_place
        assert seconds == pytest.approx(100, abs=25)


def test_workers_share_one_quota() -> None:
    space = Spacing(apart=100, slack=0)
    waits: list[float] = []

    def work() -> None:
        waits.extend(quota.reserve("shared", space, longest=9_000)[1] for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(round(one / 100) for one in waits) == list(range(20))


def test_a_429_stops_everybody_who_shares_the_limit() -> None:
    space = spacing(Rate(60, 60))
    one, other = Shared(HERE, [("k", space)]), Shared(HERE, [("k", space)])
    assert one.wait() == 0
    one.told(RateLimited("slow down", retry_after=30), is_final=False)
    assert other.wait() == pytest.approx(30, abs=25)
    one.told(RateLimited("slow down", retry_after=600), is_final=False)
    with pytest.raises(Closed) as closed:
        other.wait()
    assert closed.value.seconds == pytest.approx(600, abs=25)


def test_a_line_waits_for_its_place_and_gives_the_worker_back_when_it_is_far(partner: Partner) -> None:
    waits = Waits()
    valve = Shared("acme@" + partner.url, [("far", Spacing(apart=40, slack=0))])
    with Line(partner.url, ApiKey(), Secret(API_KEY), pace=waits, valve=valve) as line:
        line.call("GET", "/me", read=lambda answer: answer.json())
        line.call("GET", "/me", read=lambda answer: answer.json())
        assert waits.seconds == [pytest.approx(40, abs=15)]
        with pytest.raises(PutOff) as put_off:
            line.call("GET", "/me", read=lambda answer: answer.json())
    assert put_off.value.seconds > LONGEST_WAIT
    assert len(partner.called("/me")) == 2


# --- the circuit ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (Unreachable("x"), True),
        (ServerTrouble("x"), True),
        (Malformed("x"), True),
        (AuthFailed("x"), False),
        (DataError("x"), False),
        (RateLimited("x"), False),
    ],
)
def test_what_counts_against_a_partner(error: PartnerError, counts: bool) -> None:
    assert opens_circuit(error) is counts


@given(st.integers(0, 1000))
def test_rests_grow_and_end(reopenings: int) -> None:
    assert 60 <= rest(reopenings) <= rest(reopenings + 1) <= 900


def fail(valve: Shared, times: int = 1, error: PartnerError | None = None) -> None:
    for _ in range(times):
        valve.wait()
        valve.told(error or ServerTrouble("down"), is_final=True)


def elapse() -> None:
    """The rest is over."""
    with aside() as cursor:
        cursor.execute("UPDATE partner_circuit SET retry_at = statement_timestamp() WHERE retry_at IS NOT NULL")


def test_it_opens_after_failures_of_anybody_and_closes_for_everybody() -> None:
    lines = [Shared(HERE) for _ in range(OPENS_AFTER)]
    for line in lines:
        fail(line)
    for line in (*lines, Shared(HERE)):
        with pytest.raises(Closed, match="5 times on end"):
            line.wait()
    assert circuit.open_circuits([HERE, "x"])[HERE].failures == OPENS_AFTER
    elapse()
    trying, waiting = Shared(HERE), Shared(HERE)
    assert trying.wait() == 0
    with pytest.raises(Closed):
        waiting.wait()
    trying.told(None, is_final=True)
    assert waiting.wait() == 0
    assert circuit.open_circuits([HERE]) == {}


def test_a_trial_that_fails_makes_the_rest_longer() -> None:
    fail(Shared(HERE), OPENS_AFTER)
    for expected in (120, 240, 480, 900, 900):
        elapse()
        fail(Shared(HERE))
        with pytest.raises(Closed) as closed:
            Shared(HERE).wait()
        assert closed.value.seconds == pytest.approx(expected, abs=25)


def test_a_success_in_between_starts_the_count_anew() -> None:
    line = Shared(HERE)
    fail(line, OPENS_AFTER - 1)
    line.wait()
    line.told(None, is_final=True)
    fail(line, OPENS_AFTER - 1)
    assert Shared(HERE).wait() == 0


def test_a_refusal_is_an_answer() -> None:
    """Wrong data and wrong keys say nothing about the partner's health, but that it is there."""
    line = Shared(HERE)
    fail(line, OPENS_AFTER - 1)
    fail(line, 1, DataError("no"))
    fail(line, OPENS_AFTER - 1)
    assert Shared(HERE).wait() == 0


def test_tries_that_are_repeated_count_once() -> None:
    line = Shared(HERE)
    for _ in range(20):
        line.wait()
        line.told(ServerTrouble("down"), is_final=False)
    assert Shared(HERE).wait() == 0


def test_another_place_of_the_same_partner_stays_open() -> None:
    fail(Shared(HERE), OPENS_AFTER)
    assert Shared("acme@http://there.example").wait() == 0


def test_a_person_may_try_all_the_same_and_open_it() -> None:
    fail(Shared(HERE), OPENS_AFTER)
    person = Shared(HERE, is_patient=False)
    assert person.wait() == 0
    person.told(None, is_final=True)
    assert Shared(HERE).wait() == 0


def test_a_line_leaves_a_partner_alone_that_is_down(partner: Partner) -> None:
    place = "acme@" + partner.url

    def ask() -> Any:
        with Line(partner.url, ApiKey(), Secret(API_KEY), pace=Waits(), valve=Shared(place)) as line:
            return line.call("GET", "/me", read=lambda answer: answer.json())

    partner.fail("/me", *[(503, {}, b"")] * 4 * OPENS_AFTER)
    for _ in range(OPENS_AFTER):
        with pytest.raises(ServerTrouble):
            ask()
    calls = len(partner.calls)
    with pytest.raises(PutOff) as put_off:
        ask()
    assert len(partner.calls) == calls == 4 * OPENS_AFTER
    assert put_off.value.seconds == pytest.approx(60, abs=25)
    elapse()
    assert ask()["realm"] == "r-1"


def test_keys_in_quotas_tell_nothing() -> None:
    assert API_KEY not in _digest(API_KEY)
    assert _digest(API_KEY) != _digest(API_KEY + "x")
    assert Stored({"api_key": Secret(API_KEY)}).texts() == [API_KEY]
