"""INSERT for rows that are only written: audit, logs. Django's own compiles its statement anew for every row.

The statement of a model is made once. What a field does to a value before it is stored is done here, too.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from operator import attrgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from hangarlink.platform.database.prepared import prepared_cursor

Fill = Callable[[models.Model], Any]
# What these hold is not yet what the driver takes.
_CONVERTED = (models.JSONField, models.DecimalField, ArrayField)


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model in one statement. Nothing is read back: keys and times come from the fields."""
    if not rows:
        return
    head, marks, fills = _statement(type(rows[0]))
    values = [fill(row) for row in rows for fill in fills]
    # One row has one statement, which is worth preparing; each number of rows would be another one.
    with prepared_cursor() if len(rows) == 1 else connection.cursor() as cursor:
        cursor.execute(head + ", ".join([marks] * len(rows)), values)


@cache
def _statement(model: type[models.Model]) -> tuple[str, str, tuple[Fill, ...]]:
    """Beginning of the INSERT, the marks of one row, and what gives their values."""
    options = model._meta
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in options.concrete_fields)
    marks = ", ".join(["%s"] * len(options.concrete_fields))
    head = f"INSERT INTO {quote(options.db_table)} ({columns}) VALUES "  # noqa: S608 - names of our own models
    return head, f"({marks})", tuple(_fill(field) for field in options.concrete_fields)


def _fill(field: Any) -> Fill:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return partial(field.pre_save, add=True)
    if isinstance(field, _CONVERTED):
        return partial(_converted, field)
    return attrgetter(field.attname)


def _converted(field: Any, row: models.Model) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)
