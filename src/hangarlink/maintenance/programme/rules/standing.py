"""Where a requirement stands on one object: the absolute due point of every open term, from the history alone.

A pure fold. Nothing here knows the present: what is left and how it looks today is `status.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hangarlink.maintenance.programme.rules.dues import Accomplishment, Due, Starts
from hangarlink.maintenance.programme.rules.limits import Schedule, Tree
from hangarlink.maintenance.programme.rules.terms import Past, Term, open_term, thresholds_met
from hangarlink.maintenance.programme.rules.trees import Clauses, clauses, leaves


@dataclass(frozen=True)
class Standing:
    """The open terms of a requirement after its history. No terms: the control has ended.

    root  `initial` or `repeat`: which tree of the schedule is in force
    done  how many accomplishments there are
    """

    schedule: Schedule
    root: str
    tree: Tree | None
    terms: tuple[Term, ...]
    done: int
    last: Accomplishment | None

    @property
    def ended(self) -> bool:
        """Nothing remains to be done under this requirement."""
        return not self.terms

    def dues(self) -> dict[str, Due]:
        """Due points by path, as an accomplishment keeps them."""
        return {term.path: term.due for term in self.terms}

    def clauses(self) -> Clauses:
        """The open terms as FIRST over clauses of LAST, for the database."""
        return clauses(self.tree, self.root, set(self.dues())) if self.tree else ()


def standing(schedule: Schedule, history: Sequence[Accomplishment], starts: Starts) -> Standing:
    """Next due points of a requirement.

    history  accomplishments in any order; those of one instant are ordered by their sequence
    starts   the known starting points; a missing one makes the terms that need it unknown
    """
    past = Past(starts)
    for accomplishment in sorted(history, key=lambda one: (one.at, one.sequence, one.id)):
        past = _after(schedule, past, accomplishment)
    return _stand(schedule, past)


def _after(schedule: Schedule, past: Past, accomplishment: Accomplishment) -> Past:
    before = _stand(schedule, past)
    was = before.dues() if accomplishment.was_due is None else accomplishment.was_due
    now = Past(past.starts, past.done + 1, accomplishment, was, past.met)
    met = {term.path: thresholds_met(term, now) for term in before.terms}
    return Past(now.starts, now.done, now.last, now.was, {**now.met, **met})


def _stand(schedule: Schedule, past: Past) -> Standing:
    root, tree = _tree_in_force(schedule, past.done)
    found = [open_term(path, limit, schedule.basis, past) for path, limit in leaves(tree, root)] if tree else []
    terms = tuple(term for term in found if term is not None)
    return Standing(schedule, root, tree, terms, past.done, past.last)


def _tree_in_force(schedule: Schedule, done: int) -> tuple[str, Tree | None]:
    if done == 0 and schedule.initial is not None:
        return "initial", schedule.initial
    over = schedule.times is not None and done >= schedule.times
    return "repeat", None if over else schedule.repeat
