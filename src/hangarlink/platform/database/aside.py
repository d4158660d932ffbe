"""Statements beside whatever transaction the caller is in: each commits by itself, and holds its locks for an instant.

For counts that all workers share (quotas, circuits): in the caller's transaction they would be rolled back with it, or
make everybody wait for its end. Never for rows of accounts: their wall is not opened here.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

MOST = 4
IDLE_SECONDS = 30.0


@contextmanager
def aside() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor that commits every statement at once, as the plain application role. Usable in any thread."""
    with _pool().connection(timeout=10) as connection, connection.cursor() as cursor:
        yield cursor


def is_used() -> bool:
    """Whether this process asked for a cursor yet."""
    return _pool.cache_info().currsize > 0


@cache
def _pool() -> "ConnectionPool[psycopg.Connection[Any]]":
    """Opened at first use, so that every process has its own; empty while nobody asks."""
    return ConnectionPool(
        os.environ["HANGARLINK_APP_DATABASE_URL"],
        min_size=0,
        max_size=MOST,
        max_idle=IDLE_SECONDS,
        kwargs={"autocommit": True},
        check=ConnectionPool.check_connection,
        open=True,
    )
