"""Many rows of a model in one statement with one parameter: a JSON document that PostgreSQL takes apart.

A statement with thousands of marks costs more to put together than to carry out. Rows that exist are changed where
`update` says so. Values go as they are: nothing is read back, and no signal is sent.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone

Take = Callable[[models.Model], Any]


def merge(rows: Sequence[models.Model], *, update: Sequence[str] = ()) -> None:
    """Insert these rows of one model; with `update`, those whose id is there already get these fields instead."""
    if not rows:
        return
    statement, takes = _statement(type(rows[0]), tuple(update))
    document = [{column: take(row) for column, take in takes} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(document, cls=DjangoJSONEncoder)])


@cache
def _statement(model: type[models.Model], update: tuple[str, ...]) -> tuple[str, tuple[tuple[str, Take], ...]]:
    options, quote = model._meta, connection.ops.quote_name
    fields = options.concrete_fields
    columns = ", ".join(quote(str(field.column)) for field in fields)
    typed = ", ".join(f"{quote(str(field.column))} {field.db_type(connection)}" for field in fields)
    names = [quote(str(field.column)) for field in fields if field.name in update]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names)
    conflict = f" ON CONFLICT (id) DO UPDATE SET {changes}" if names else ""
    statement = (
        f"INSERT INTO {quote(options.db_table)} ({columns}) "  # noqa: S608 - names of our own models
        f"SELECT {columns} FROM jsonb_to_recordset(%s::jsonb) AS told ({typed}){conflict}"
    )
    return statement, tuple((str(field.column), _take(field)) for field in fields)


def _take(field: "models.Field[Any, Any]") -> Take:
    name = field.attname
    if getattr(field, "auto_now", False):
        return lambda _: timezone.now().isoformat()
    if getattr(field, "auto_now_add", False):
        return lambda row: (getattr(row, name) or timezone.now()).isoformat()
    if isinstance(field, models.BinaryField):
        return lambda row: None if (value := getattr(row, name)) is None else "\\x" + bytes(value).hex()
    if isinstance(field, models.DateTimeField):  # the encoder keeps milliseconds only
        return lambda row: None if (value := getattr(row, name)) is None else value.isoformat()
    if isinstance(field, models.UUIDField | models.ForeignKey):
        return lambda row: None if (value := getattr(row, name)) is None else str(value)
    return lambda row: getattr(row, name)
