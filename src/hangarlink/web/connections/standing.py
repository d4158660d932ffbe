"""How a connection is doing, in a word and a sentence. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hangarlink.integration.connections.rules import Beat, is_late

# What a person does about each kind of failure; anything else is waited for.
REMEDIES = {
    "auth_failed": "Enter a new key.",
    "not_ready": "Enter a key whose user may see everything.",
    "permanent": "Check the endpoint.",
    "data_error": "Look at the last run.",
    "malformed": "Look at the last run.",
}


@dataclass(frozen=True)
class Standing:
    """code: a state of the page language; word: what it is called here; text: the answer line."""

    code: str
    word: str
    text: str


def standing(
    *,
    state: str,
    is_set_up: bool,
    alert: str,
    alert_code: str,
    failures: int,
    last_success_at: datetime | None,
    beats: Iterable[Beat],
    waiting: int,
    now: datetime,
) -> Standing:
    """The worst that is true comes first. A connection that nobody has heard of for long is never healthy."""
    times = "The last run failed" if failures == 1 else f"The last {failures} runs failed"
    some = "1 thing needs" if waiting == 1 else f"{waiting:,} things need"
    late = any(is_late(beat, now) for beat in beats)
    ladder = (
        (state == "disconnected", "unknown", "Disconnected", "The key is forgotten. What was imported stays."),
        (state == "paused", "unknown", "Paused", "Nothing runs until somebody resumes it."),
        (bool(alert_code), "grounded", "Failing", f"{alert} {REMEDIES.get(alert_code, '')}".strip()),
        (not is_set_up, "unknown", "Not started", "The set-up is not finished: nothing is imported yet."),
        (last_success_at is None, "unknown", "Not run yet", "No sync has succeeded yet."),
        (failures > 0, "due_soon", "Trying again", f"{times}; the schedule tries again."),
        (late, "restricted", "Late", "A scheduled sync did not run. Check that a worker is running."),
        (waiting > 0, "due_soon", "Look here", f"It works, and {some} a decision."),
        (True, "ok", "Healthy", "Everything that the partner sent was taken."),
    )
    return next(Standing(*step) for is_so, *step in ladder if is_so)
