"""A limit that all workers share: one row says up to when it is used up. Generic cell rate algorithm, one statement."""

from hangarlink.integration.connections.traffic.rules import Spacing
from hangarlink.platform.database.aside import aside

# The database's clock: the same for every machine.
_RESERVE = """
    INSERT INTO partner_quota AS q (key, used_up_to)
    VALUES (%(key)s, statement_timestamp() + %(apart)s * interval '1 second')
    ON CONFLICT (key) DO UPDATE SET
        used_up_to = greatest(q.used_up_to, statement_timestamp()) + %(apart)s * interval '1 second'
    WHERE q.used_up_to <= statement_timestamp() + (%(slack)s + %(longest)s) * interval '1 second'
    RETURNING extract(epoch FROM q.used_up_to - statement_timestamp())::float8
"""
_LEFT = """
    SELECT extract(epoch FROM used_up_to - statement_timestamp())::float8 FROM partner_quota WHERE key = %s
"""
_BLOCK = """
    INSERT INTO partner_quota AS q (key, used_up_to)
    VALUES (%(key)s, statement_timestamp() + %(seconds)s * interval '1 second')
    ON CONFLICT (key) DO UPDATE SET used_up_to = greatest(q.used_up_to, excluded.used_up_to)
"""


def reserve(key: str, spacing: Spacing, *, longest: float) -> tuple[bool, float]:
    """Take the next free place: (True, seconds to wait for it), or (False, seconds) when that is longer than `longest`
    and nothing was taken."""
    with aside() as cursor:
        given = {"key": key, "apart": spacing.apart, "slack": spacing.slack, "longest": longest}
        cursor.execute(_RESERVE, given)
        if (row := cursor.fetchone()) is not None:
            return True, max(0.0, row[0] - spacing.apart - spacing.slack)
        cursor.execute(_LEFT, [key])
        row = cursor.fetchone()
    return False, max(0.0, (row[0] if row else 0.0) - spacing.slack)


def block(key: str, spacing: Spacing, seconds: float) -> None:
    """The partner asked for a rest: nobody calls under this limit for so many seconds."""
    with aside() as cursor:
        cursor.execute(_BLOCK, {"key": key, "seconds": seconds + spacing.slack})
