"""The retry table of requirements/3, exactly; and names that last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.connections.rules import GiveUp, Later, Repeat, after_failure, needs_alert, source_of
from hangarlink.integration.contract import (
    AuthFailed,
    DataError,
    Malformed,
    NotReady,
    PartnerError,
    Permanent,
    RateLimited,
    ServerTrouble,
    Unreachable,
)


@pytest.mark.parametrize("error", [Unreachable("x"), ServerTrouble("x"), Malformed("x")])
def test_one_two_four_and_no_more(error: PartnerError) -> None:
    decisions = [after_failure(error, failures=n) for n in range(5)]
    assert decisions == [Repeat(1.0), Repeat(2.0), Repeat(4.0), GiveUp(), GiveUp()]


@pytest.mark.parametrize("error", [AuthFailed("x"), DataError("x"), NotReady("x"), Permanent("x")])
def test_what_waiting_does_not_mend(error: PartnerError) -> None:
    assert after_failure(error, failures=0) == GiveUp()


@pytest.mark.parametrize(
    ("asked", "failures", "deferrals", "decision"),
    [
        (1, 0, 0, Repeat(1)),
        (60, 4, 0, Repeat(60)),
        (60, 5, 0, Later(60)),
        (0, 9, 0, Later(1)),
        (61, 0, 0, Later(61)),
        (10**9, 0, 0, Later(86_400)),
        (None, 0, 0, Later(60)),
        (None, 0, 1, Later(120)),
        (None, 0, 9, Later(900)),
    ],
)
def test_rate_limits(asked: float | None, failures: int, deferrals: int, decision: Repeat | Later) -> None:
    found = after_failure(RateLimited("x", retry_after=asked), failures=failures, deferrals=deferrals)
    assert found == decision


@pytest.mark.parametrize(
    ("error", "failed_runs", "alert"),
    [
        (AuthFailed("x"), 1, True),
        (DataError("x"), 1, True),
        (ServerTrouble("x"), 1, True),
        (RateLimited("x"), 9, False),
        (Unreachable("x"), 2, False),
        (Unreachable("x"), 3, True),
    ],
)
def test_who_is_alerted_when(error: PartnerError, failed_runs: int, alert: bool) -> None:
    assert needs_alert(error, failed_runs=failed_runs) is alert


def test_a_source_is_readable_where_it_fits() -> None:
    assert source_of("flightlogger", "skyline") == "flightlogger:skyline"


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_sources_fit_and_differ(a: str, b: str) -> None:
    assert len(source_of("flightlogger", a)) <= 40
    assert (source_of("flightlogger", a) == source_of("flightlogger", b)) == (a == b)


ERRORS = st.sampled_from(
    [Unreachable, ServerTrouble, Malformed, AuthFailed, DataError, NotReady, PartnerError, Permanent, RateLimited]
)


@given(ERRORS, st.integers(0, 50), st.integers(0, 50))
def test_every_failure_ends(kind: type[PartnerError], failures: int, deferrals: int) -> None:
    """Whatever fails, however often: repeated at most three times, put off for minutes at most, or ended."""
    decision = after_failure(kind("x"), failures=failures, deferrals=deferrals)
    if isinstance(decision, Repeat):
        assert failures < 3
        assert issubclass(kind, Unreachable | ServerTrouble)
        assert decision.seconds in {1.0, 2.0, 4.0}
    elif isinstance(decision, Later):
        assert kind is RateLimited
        assert 60 <= decision.seconds <= 900
    else:
        assert decision == GiveUp()


@given(st.floats(0, 1e12), st.integers(0, 50), st.integers(0, 50))
def test_retry_after_is_respected(asked: float, failures: int, deferrals: int) -> None:
    """Never sooner than asked, but for a day at most: a partner cannot put a connection to sleep for ever."""
    decision = after_failure(RateLimited("x", retry_after=asked), failures=failures, deferrals=deferrals)
    assert isinstance(decision, Repeat | Later)
    assert decision.seconds >= min(asked, 86_400)
    assert decision.seconds <= 86_400
