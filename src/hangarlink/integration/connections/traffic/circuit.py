"""A partner that fails one call after the other is left alone, by everybody; after a rest one call tries it."""

from dataclasses import dataclass
from datetime import datetime

from hangarlink.integration.connections.traffic.rules import LONGEST_REST, OPENS_AFTER, SHORTEST_REST
from hangarlink.platform.database.aside import aside

_LOOK = """
    SELECT failures, extract(epoch FROM retry_at - statement_timestamp())::float8 FROM partner_circuit WHERE key = %s
"""
# Whoever moves the moment is the one who tries; the others see that it has moved.
_PROBE = """
    UPDATE partner_circuit SET retry_at = statement_timestamp() + %(rest)s * interval '1 second'
    WHERE key = %(key)s AND retry_at <= statement_timestamp()
    RETURNING 1
"""
_FAILED = """
    INSERT INTO partner_circuit AS c (key, failures, reopenings, retry_at, failed_at, code)
    VALUES (%(key)s, 1, 0, NULL, statement_timestamp(), %(code)s)
    ON CONFLICT (key) DO UPDATE SET
        failures = c.failures + 1,
        failed_at = statement_timestamp(),
        code = %(code)s,
        reopenings = c.reopenings + CASE WHEN %(probe)s THEN 1 ELSE 0 END,
        retry_at = CASE
            WHEN %(probe)s THEN statement_timestamp()
                + least(%(rest)s * power(2, least(c.reopenings + 1, 10)), %(longest)s) * interval '1 second'
            WHEN c.retry_at IS NULL AND c.failures + 1 >= %(opens)s
                THEN statement_timestamp() + %(rest)s * interval '1 second'
            ELSE c.retry_at END
"""
_LISTED = """
    SELECT key, failures, retry_at, failed_at, code FROM partner_circuit
    WHERE retry_at IS NOT NULL AND key = ANY(%s)
"""


@dataclass(frozen=True)
class Look:
    """failures: since the last good call; wait: seconds to leave it alone, 0.0: go ahead; is_probe: we try for all."""

    failures: int
    wait: float = 0.0
    is_probe: bool = False


@dataclass(frozen=True)
class Open:
    """An open circuit, for the health page."""

    failures: int
    retry_at: datetime
    failed_at: datetime
    code: str


def look(key: str) -> Look:
    """Whether the partner may be called now."""
    with aside() as cursor:
        cursor.execute(_LOOK, [key])
        row = cursor.fetchone()
        if row is None:
            return Look(0)
        failures, wait = row
        if wait is None:
            return Look(failures)
        if wait > 0:
            return Look(failures, wait)
        cursor.execute(_PROBE, {"key": key, "rest": SHORTEST_REST})
        if cursor.fetchone() is not None:
            return Look(failures, is_probe=True)
    return Look(failures, SHORTEST_REST)


def note_failure(key: str, *, code: str, is_probe: bool) -> None:
    """A call was given up. Opens the circuit after OPENS_AFTER on end, and for longer when the trial failed."""
    with aside() as cursor:
        cursor.execute(
            _FAILED,
            {
                "key": key,
                "code": code,
                "probe": is_probe,
                "opens": OPENS_AFTER,
                "rest": SHORTEST_REST,
                "longest": LONGEST_REST,
            },
        )


def note_success(key: str) -> None:
    """It answers: everything is forgotten."""
    with aside() as cursor:
        cursor.execute("DELETE FROM partner_circuit WHERE key = %s", [key])


def open_circuits(keys: list[str]) -> dict[str, Open]:
    """Which of these are open, in one query."""
    with aside() as cursor:
        cursor.execute(_LISTED, [keys])
        return {key: Open(*rest) for key, *rest in cursor.fetchall()}
