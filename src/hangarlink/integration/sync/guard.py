"""One run at a time per connection, whatever job, command or machine starts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection as database


class TakenOver(Exception):
    """The run is not ours any more: another worker has it, or somebody stopped it. Nothing more may be written."""


class Halted(Exception):
    """Somebody here does not want the run to go on: the connection was paused, the feature switched off."""


@contextmanager
def only_one(connection_id: UUID) -> Iterator[bool]:
    """Hold PostgreSQL's advisory lock of this connection; yields whether we got it.

    The lock belongs to the database session, so it ends with a killed process. It keeps two drains from doing the same
    work; that they cannot do harm is guaranteed by the run's own row, which every page checks.
    """
    key = connection_id.int & (2**63 - 1)
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (got_it,) = cursor.fetchone()
    try:
        yield bool(got_it)
    finally:
        if got_it:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
