"""How often somebody may ask. The count is one row in PostgreSQL, so all web processes share one quota.

Fixed windows that start with the first request. One statement counts and answers; it must run outside a transaction
(or in one of its own), otherwise all requests of an application would wait for each other's commits.
"""

from dataclasses import dataclass

from django.db import connection

# statement_timestamp() is the database's clock: the same for every web process.
COUNT_REQUEST = """
    INSERT INTO request_window AS w (key, started_at, used) {source}
    ON CONFLICT (key) DO UPDATE SET
        used = CASE WHEN w.started_at > excluded.started_at - {seconds} * interval '1 second'
                    THEN w.used + 1 ELSE 1 END,
        started_at = CASE WHEN w.started_at > excluded.started_at - {seconds} * interval '1 second'
                          THEN w.started_at ELSE excluded.started_at END
    RETURNING used,
        ceil(extract(epoch FROM started_at + {seconds} * interval '1 second' - statement_timestamp()))::int AS seconds
"""
WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Quota:
    """Where somebody stands. Headers: draft-ietf-httpapi-ratelimit-headers.

    limit    requests per window
    used     requests in this window, this one included
    seconds  until the window ends
    """

    limit: int
    used: int
    seconds: int

    @property
    def is_spent(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """RateLimit-Policy and RateLimit, and Retry-After when nothing is left for this request."""
        remaining = max(self.limit - self.used, 0)
        told = {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={remaining};t={max(self.seconds, 1)}',
        }
        return {**told, "Retry-After": str(max(self.seconds, 1))} if self.is_spent else told


def count_request(key: str, limit: int) -> Quota:
    """Count one request under this key."""
    statement = COUNT_REQUEST.format(source="VALUES (%s, statement_timestamp(), 1)", seconds=WINDOW_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        used, seconds = cursor.fetchone()
    return Quota(limit, used, seconds)
