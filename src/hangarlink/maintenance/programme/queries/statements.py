"""Running one of our SQL statements. They are constants of this package; values come in as parameters only."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from hangarlink.platform.database.prepared import prepared_cursor

Row = tuple[Any, ...]


def rows(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """All rows of a statement, planned for these very values: lists and the board, where dates and horizons decide."""
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(parameters))
        return list(cursor.fetchall())


def rows_of_prepared(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """The same, planned once per connection: what every recorded flight runs, and whose plan no value changes."""
    with prepared_cursor() as cursor:
        cursor.execute(sql, dict(parameters))
        return list(cursor.fetchall())
