"""Columns for `unnest`. COPY cannot write tables that row-level security guards; arrays can, at about the same speed.

Ids, numbers and moments cannot hold a character that an array literal treats as its own, so they are joined as they
are; text is quoted.
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


def texts(values: Iterable[str]) -> str:
    """The same for any text: quoted, with the two characters that mean something inside quotes escaped."""
    quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
    return array(quoted)


def hexed(values: Iterable[bytes | None]) -> str:
    """The same for bytes."""
    return array(["NULL" if value is None else f'"\\\\x{value.hex()}"' for value in values])


def array(written: Iterable[str]) -> str:
    """The same for values that are text already."""
    return "{" + ",".join(written) + "}"


def walled_cursor() -> "CursorWrapper":
    """A cursor for statements that name no account, because the database shows this account's rows only.

    Raises LookupError outside `acting_in`: there every table would look empty, and a flight would be of no aircraft.
    """
    current_account()
    return prepared_cursor()
