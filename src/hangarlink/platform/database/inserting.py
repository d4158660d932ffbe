"""INSERT for rows that are only written: audit, logs. Django's own compiles its statement anew for every row.

The statement of a model is made once. Values still pass through the model's fields, so what is stored is the same.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from hangarlink.platform.database.prepared import prepared_cursor


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model in one statement. Nothing is read back: keys and times come from the fields."""
    if not rows:
        return
    head, marks, fields = _statement(type(rows[0]))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]
    # One row has one statement, which is worth preparing; each number of rows would be another one.
    with prepared_cursor() if len(rows) == 1 else connection.cursor() as cursor:
        cursor.execute(head + ", ".join([marks] * len(rows)), values)


@cache
def _statement(model: type[models.Model]) -> "tuple[str, str, tuple[models.Field[Any, Any], ...]]":
    """Beginning of the INSERT, the marks of one row, and the fields that fill them."""
    options = model._meta
    fields = tuple(options.concrete_fields)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(options.db_table)} ({columns}) VALUES ", f"({marks})", fields  # noqa: S608
