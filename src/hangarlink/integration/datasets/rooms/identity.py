"""What usage that is sent has in common: of which aircraft, under which name, and a version made from its content."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Exists, Func, OuterRef, QuerySet, TextField, Value

from hangarlink.fleet.models import Aircraft as Row
from hangarlink.integration.connections.models import Connection, Link, LinkState
from hangarlink.integration.contract import Aircraft, Dataset


def known_to(connection: Connection, rows: QuerySet[Any], aircraft: str) -> QuerySet[Any]:
    """Once a partner has told which aircraft it tracks, only those that are linked; before, all: a first plan shows
    what may go out, and never less.

    aircraft  the rows' column with the aircraft's id
    """
    has_told = Link.objects.filter(connection=connection, dataset=Dataset.AIRCRAFT).exists()
    return rows.filter(Exists(_links(connection).filter(internal_id=OuterRef(aircraft)))) if has_told else rows


def partner_names(connection: Connection, aircraft_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The partner's ids of these aircraft, where it told them."""
    rows = _links(connection).filter(internal_id__in=aircraft_ids)
    return {row: name for row, name in rows.values_list("internal_id", "external_id") if row is not None}


def as_aircraft(row: Row, external_id: str) -> Aircraft:
    """Our aircraft as it is named to a partner: identifiers, nothing else."""
    return Aircraft(
        external_id, call_sign=row.call_sign, registration=row.registration, serial_number=row.serial_number, logs=None
    )


def joined(sign: str, *parts: Any) -> Func:
    """Values of a row as one text, whatever their types."""
    return Func(Value(sign), *parts, function="concat_ws", output_field=TextField())


def hashed(text: Any) -> Func:
    """A version for rows that carry none: another number, never negative, whenever the text is another."""
    template = "(%(function)s(%(expressions)s, 0) & 9223372036854775807)"
    return Func(text, function="hashtextextended", template=template, output_field=BigIntegerField())


def _links(connection: Connection) -> QuerySet[Link]:
    return Link.objects.filter(connection=connection, dataset=Dataset.AIRCRAFT, state=LinkState.LINKED)
