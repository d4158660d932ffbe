"""The words of a choice between two sides. Pure; the rules are in `integration.conflicts.rules`."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Choice(StrEnum):
    """What follows when both sides have something to say.

    REVIEW  a person decides, and nothing of the record moves until then
    LEAVE   what is here stays, and what the partner says is not wanted
    """

    OURS = "ours"
    THEIRS = "theirs"
    REVIEW = "review"
    LEAVE = "leave"


class Side(NamedTuple):
    """What a rule may look at: when this side changed, None where nobody knows."""

    changed_at: datetime | None


# ours, theirs -> what follows
Judge = Callable[[Side, Side], Choice]


def nobody_knows(ours: Side, theirs: Side) -> Choice:
    """The judge where no rule was given: a person."""
    del ours, theirs
    return Choice.REVIEW
