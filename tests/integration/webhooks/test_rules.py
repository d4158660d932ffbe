"""Worked examples of the schedule, and what must hold for any answer."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from hangarlink.integration.webhooks import rules
from hangarlink.integration.webhooks.vocabulary import DeliveryState, Outcome, StopCode

AT = datetime(2026, 3, 14, 9, 12, tzinfo=UTC)
WHOLE = sum(rules.WAITS)


def after(outcome: Outcome = Outcome.REFUSED, **given_: object) -> rules.Verdict:
    values = {"attempts": 1, "failures": 1, "failing_for": 0.0, "strict": False, **given_}
    return rules.after_attempt(outcome, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("attempts", "wait"), [(1, 60), (2, 300), (3, 1800), (4, 7200)])
def test_the_published_schedule(attempts: int, wait: float) -> None:
    """Source: issue 3; planeconnection.md 4.1: at once, 1 min, 5 min, 30 min, 2 h."""
    verdict = after(attempts=attempts)
    assert (verdict.state, verdict.wait, verdict.holds) == (DeliveryState.PENDING, wait, 0)
    assert after(attempts=attempts, jitter=1.0).wait == pytest.approx(wait * 1.1)


def test_the_fifth_failure_is_the_last() -> None:
    assert after(attempts=5) == rules.Verdict(DeliveryState.FAILED)
    assert after(attempts=5, strict=True).stops is StopCode.BLOCKED


def test_a_receiver_that_is_away_has_a_schedule_of_its_own() -> None:
    for failures, wait in ((1, 60), (2, 300), (3, 1800), (4, 7200)):
        verdict = after(Outcome.TIMED_OUT, failures=failures)
        assert (verdict.holds, verdict.wait) == (wait, wait)
    assert after(Outcome.TIMED_OUT, failures=5, failing_for=WHOLE).stops is StopCode.DEAD
    assert after(Outcome.TIMED_OUT, failures=5, failing_for=WHOLE - 1).stops is None, "not for a whole schedule yet"


def test_refusals_of_one_delivery_leave_the_others_alone_until_they_are_many() -> None:
    assert after(failures=9).holds == 0
    assert after(failures=10).holds == 60
    assert after(failures=14, failing_for=WHOLE).stops is StopCode.DEAD


@pytest.mark.parametrize(("asked", "wait"), [(None, 60), (5, 60), (600, 600), (7200, 7200), (10**9, 7200)])
def test_retry_after_lengthens_and_is_clamped(asked: float | None, wait: float) -> None:
    assert after(Outcome.BUSY, asked=asked).wait == wait


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("Sat, 14 Mar 2026 09:13:00 GMT", 60), ("Sat, 14 Mar 2026 09:00:00 GMT", 0),
        ("", None), ("soon", None), ("-5", None), ("1.5", None), ("9" * 30, None), ("Sat, 99 Mar 2026", None),
    ],
)  # fmt: skip
def test_reading_retry_after(header: str, seconds: float | None) -> None:
    assert rules.asked_wait(header, AT) == seconds


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "delivered"), (204, "delivered"), (299, "delivered"), (300, "refused"), (400, "refused"), (404, "refused"),
     (410, "gone"), (429, "busy"), (500, "refused"), (503, "busy")],
)  # fmt: skip
def test_what_an_answer_means(status: int, outcome: str) -> None:
    assert rules.outcome_of(status) == outcome


@given(
    st.sampled_from(Outcome), st.integers(1, 9), st.integers(1, 50), st.floats(0, 10**6), st.booleans(),
    st.none() | st.floats(0, 10**9), st.floats(0, 1),
)  # fmt: skip
def test_nothing_is_tried_for_ever_and_nothing_is_tried_too_soon(
    outcome: Outcome, attempts: int, failures: int, failing_for: float, strict: bool, asked: float | None, jitter: float
) -> None:
    verdict = after(
        outcome,
        attempts=attempts,
        failures=failures,
        failing_for=failing_for,
        strict=strict,
        asked=asked,
        jitter=jitter,
    )
    if outcome is Outcome.DELIVERED:
        assert verdict == rules.Verdict(DeliveryState.DELIVERED)
        return
    if verdict.wait is not None:
        assert verdict.state is DeliveryState.PENDING
        assert attempts <= 4
        assert 60 <= verdict.wait <= 7200 * 1.1
    if verdict.state is DeliveryState.PENDING and verdict.stops is None:
        assert verdict.wait is not None
    if strict and verdict.stops is None:
        assert verdict.holds == verdict.wait, "what follows waits, too"


@given(st.text(max_size=20), st.integers(0, 4_000_000_000))
def test_any_standard_library_verifies_what_we_sign(text: str, second: int) -> None:
    secret = rules.new_secret()
    at = datetime.fromtimestamp(second, UTC)
    body = rules.body_of(UUID(int=1), "defect.reported", UUID(int=2), at, '{"text": "é"}')
    headers = rules.headers_of("msg", at, body, [Webhook(rules.new_secret()), Webhook(secret)])
    expected = Webhook(secret).sign("msg", at, body)
    assert expected in headers["webhook-signature"].split(" ")
    assert headers["webhook-timestamp"] == str(second)


def test_secrets_are_long_and_new() -> None:
    made = {rules.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(secret) == len("whsec_") + 44 for secret in made)


def test_the_timestamp_is_utc() -> None:
    there = AT.astimezone(datetime.now(UTC).astimezone().tzinfo) + timedelta(microseconds=5)
    assert rules.timestamp_of(there) == "2026-03-14T09:12:00.000005Z"
