"""Turns what the database refuses into a sentence: the check of uniqueness that no two requests slip through."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from django.db import IntegrityError, models, transaction

from hangarlink.platform.errors import Missing, RuleBroken

M = TypeVar("M", bound=models.Model)


def existing(rows: "models.QuerySet[M]", what: str) -> M:
    """The one row, or Missing: another account's row is no row."""
    row = rows.first()
    if row is None:
        raise Missing(f"There is no such {what} in this account.")
    return row


@contextmanager
def refusing(constraints: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """Within it, breaking one of these constraints raises RuleBroken.

    constraints  name -> (field, message)
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""))
        if name not in constraints:
            raise
        field, message = constraints[name]
        raise RuleBroken(message, field=field) from None
