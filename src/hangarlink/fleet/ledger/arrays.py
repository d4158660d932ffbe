"""Columns for `unnest`. COPY cannot write tables that row-level security guards; arrays can, at about the same speed.

Ids, numbers and moments cannot hold a character that an array literal treats as its own, so they are joined as they
are; text goes to the driver as a list, which quotes it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID


def literal(values: Iterable[UUID | int | datetime | None]) -> str:
    """A one-dimensional PostgreSQL array literal; None becomes NULL."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
