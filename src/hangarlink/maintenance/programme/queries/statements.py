"""Running one of our SQL statements."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def rows(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """All rows of a statement. Statements are constants of this package; values come in as parameters only."""
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(parameters))
        return list(cursor.fetchall())
