"""The five states of a limit, and why they are in this order.

FIRST ("whichever comes first") is as bad as its worst term, LAST ("whichever comes later") only as bad as its best one:
every term of a LAST must be reached. So with one order of the states, FIRST is `max` and LAST is `min`, and the order
must make these true:

* FIRST(due, unknown) is unknown: the limit nobody can see may already be passed.
* FIRST(overdue, unknown) is overdue: the unseen limit cannot make it better.
* LAST(ok, unknown) is ok: one term is known not to be reached, so the whole is not.
* LAST(due, unknown) is due: the known term is exactly reached and not passed, whatever the other one is.
* LAST(overdue, unknown) is unknown: the known term is passed, the other one decides.

Hence OK < DUE_SOON < DUE < UNKNOWN < OVERDUE. Because the order is total, FIRST and LAST distribute over each other,
which is what lets any tree be listed as clauses (`clauses.py`) and asked of the database.
"""

from collections.abc import Sequence
from enum import IntEnum


class State(IntEnum):
    """How a limit stands. Boundaries (domain rule 1.6): something left is OK, exactly nothing left DUE, passed OVERDUE.

    A calendar limit is DUE on its date, which is still legal, and OVERDUE from the next day.
    """

    OK = 0
    DUE_SOON = 1
    DUE = 2
    UNKNOWN = 3
    OVERDUE = 4

    @property
    def code(self) -> str:
        """The spelling used in JSON, events and the API, such as `due_soon`."""
        return self.name.lower()


def first(states: Sequence[State]) -> State:
    """Whichever comes first: the worst."""
    return max(states)


def last(states: Sequence[State]) -> State:
    """Whichever comes later: the best."""
    return min(states)
