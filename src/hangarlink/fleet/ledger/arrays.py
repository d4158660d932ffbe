"""Columns for `unnest`. COPY cannot write tables that row-level security guards; arrays can, at about the same speed.

Ids, numbers and moments cannot hold a character that an array literal treats as its own, so they are joined as they
are; text goes to the driver as a list, which quotes it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from hangarlink.platform.database.prepared import prepared_cursor
from hangarlink.platform.tenancy.context import current_account

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


def literal(values: Iterable[UUID | int | datetime | None]) -> str:
    """A one-dimensional PostgreSQL array literal; None becomes NULL."""
    return array(["NULL" if value is None else str(value) for value in values])


def repeating(values: Iterable[UUID | datetime]) -> str:
    """The same for values that come again and again: each is written out once."""
    written: dict[UUID | datetime, str] = {}
    return array([written.get(value) or written.setdefault(value, str(value)) for value in values])


def array(written: Iterable[str]) -> str:
    """The same for values that are text already."""
    return "{" + ",".join(written) + "}"


def walled_cursor() -> "CursorWrapper":
    """A cursor for statements that name no account, because the database shows this account's rows only.

    Raises LookupError outside `acting_in`: there every table would look empty, and a flight would be of no aircraft.
    """
    current_account()
    return prepared_cursor()
