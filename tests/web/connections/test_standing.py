"""In which order bad news is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.web.connections.standing import Beat, is_late, standing

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
WELL: dict[str, Any] = {
    "state": "active", "is_set_up": True, "alert": "", "alert_code": "", "failures": 0, "last_success_at": NOW,
    "beats": [Beat(3600, NOW)], "waiting": 0, "now": NOW,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code", "word"),
    [
        ({}, "ok", "Healthy"),
        ({"waiting": 2}, "due_soon", "Look here"),
        ({"beats": [Beat(3600, NOW - timedelta(hours=2, minutes=11))]}, "restricted", "Late"),
        ({"beats": [Beat(3600, NOW - timedelta(hours=2, minutes=10))]}, "ok", "Healthy"),
        ({"failures": 1}, "due_soon", "Trying again"),
        ({"last_success_at": None}, "unknown", "Not run yet"),
        ({"is_set_up": False}, "unknown", "Not started"),
        ({"alert_code": "auth_failed", "alert": "The key is refused.", "is_set_up": False}, "grounded", "Failing"),
        ({"state": "paused", "alert_code": "auth_failed"}, "unknown", "Paused"),
        ({"state": "disconnected", "waiting": 9}, "unknown", "Disconnected"),
    ],
)
def test_the_worst_is_said_first(changed: dict[str, Any], code: str, word: str) -> None:
    found = standing(**(WELL | changed))
    assert (found.code, found.word) == (code, word)


def test_what_to_do_is_said_with_the_failure() -> None:
    found = standing(**(WELL | {"alert_code": "auth_failed", "alert": "The key is refused."}))
    assert found.text == "The key is refused. Enter a new key."
    found = standing(**(WELL | {"alert_code": "server_trouble", "alert": "FlightLogger fails."}))
    assert found.text == "FlightLogger fails."


@given(
    st.sampled_from(["active", "paused", "disconnected"]),
    st.booleans(),
    st.sampled_from(["", "auth_failed", "unreachable"]),
    st.integers(0, 5),
    st.none() | st.just(NOW),
    st.integers(0, 100_000),
    st.integers(0, 5),
)
def test_healthy_means_that_nothing_is_wrong(
    state: str, is_set_up: bool, alert: str, failures: int, success: datetime | None, quiet: int, waiting: int
) -> None:
    beat = Beat(3600, NOW - timedelta(seconds=quiet))
    found = standing(
        state=state,
        is_set_up=is_set_up,
        alert=alert,
        alert_code=alert,
        failures=failures,
        last_success_at=success,
        beats=[beat],
        waiting=waiting,
        now=NOW,
    )
    well = (
        state == "active"
        and is_set_up
        and not alert
        and not failures
        and success
        and not waiting
        and not is_late(beat, NOW)
    )
    assert (found.code == "ok") == bool(well)
