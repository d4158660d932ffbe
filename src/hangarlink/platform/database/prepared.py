"""Statements that PostgreSQL parses and plans once per connection, for the few that every request runs.

Row-level security and joins make planning cost more than running. Django's own cursor sends finished text, so nothing
can be prepared there; this one sends parameters beside the statement. Their types must be clear without looking at the
values: write %s::uuid where the place does not say it. HANGARLINK_PREPARED_STATEMENTS=false switches preparing off, for
a connection pooler that cannot carry it (PgBouncer before 1.21).
"""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


class _Preparing(psycopg.Cursor[Any]):
    """Prepares every statement, at its first use; psycopg keeps the hundred used last."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        done = super().execute(query, params, **{"prepare": True, **options})
        if connections[DEFAULT_DB_ALIAS].queries_logged:
            # Where Django's query log looks for what was run.
            self._query = SimpleNamespace(  # type: ignore[assignment]  # stands in for psycopg's own
                query=psycopg.ClientCursor(self.connection).mogrify(query, params).encode()
            )
        return done


def prepared_cursor() -> "CursorWrapper":
    """Like `connection.cursor()`, a context manager. Use it for constant statements only."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.ensure_connection()
    with wrapper.wrap_database_errors:
        return wrapper._prepare_cursor(_Preparing(wrapper.connection))  # type: ignore[attr-defined,no-any-return]
