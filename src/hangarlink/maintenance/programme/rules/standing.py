"""Where a requirement stands on one object: the absolute due point of every open term, from the history alone.

A pure fold. Nothing here knows the present: what is left and how it looks today is `status.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hangarlink.maintenance.programme.rules.dues import (
    Accomplishment,
    Due,
    Happening,
    Reason,
    Starts,
    Unknown,
    Variation,
)
from hangarlink.maintenance.programme.rules.limits import RepeatWhen, Schedule, Tree
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


def standing(
    schedule: Schedule,
    history: Sequence[Accomplishment],
    starts: Starts,
    events: Sequence[Happening] = (),
    variations: Sequence[Variation] = (),
) -> Standing:
    """Next due points of a requirement.

    history     accomplishments in any order; those of one instant are ordered by their sequence
    starts      the known starting points; a missing one makes the terms that need it unknown
    events      recorded on the object, whatever their code, in any order
    variations  approved extensions; each holds for the one interval it names
    """
    past = Past(starts)
    for accomplishment in sorted(history, key=lambda one: (one.at, one.sequence, one.id)):
        past = _after(schedule, past.knowing(_until(events, accomplishment.at)), accomplishment, variations)
    return _stand(schedule, past.knowing(events), variations)


def _until(events: Sequence[Happening], at: datetime) -> Sequence[Happening]:
    return [one for one in events if one.at <= at]


def _after(schedule: Schedule, past: Past, accomplishment: Accomplishment, variations: Iterable[Variation]) -> Past:
    before = _stand(schedule, past, ())
    was = before.dues() if accomplishment.was_due is None else accomplishment.was_due
    now = replace(
        past,
        done=past.done + 1,
        last=accomplishment,
        was=was,
        variations=_holding(past, variations),
        ever_found=_ever(past.ever_found, accomplishment.finding),
    )
    met = dict(past.met)
    for term in before.terms:
        met |= thresholds_met(term, now)
    return replace(now, met=met)


def _ever(so_far: bool | None, finding: bool | None) -> bool | None:
    if so_far or finding:
        return True
    return None if so_far is None or finding is None else False


def _holding(past: Past, variations: Iterable[Variation]) -> dict[str, Variation]:
    """The variations of the interval that is running, by path."""
    after = past.last.id if past.last else ""
    return {one.path: one for one in variations if one.after == after}


def _stand(schedule: Schedule, past: Past, variations: Iterable[Variation]) -> Standing:
    root, tree = _tree_in_force(schedule, past)
    found = [open_term(path, limit, schedule.basis, past) for path, limit in leaves(tree, root)] if tree else []
    holding = _holding(past, variations)
    terms = [_varied(term, holding) for term in found if term is not None]
    if root == "repeat" and past.done and _repeats(schedule, past) is None:
        terms = [replace(term, due=Unknown(Reason.FINDING_NOT_STATED), base=None) for term in terms]
    return Standing(schedule, root, tree, tuple(terms), past.done, past.last)


def _varied(term: Term, holding: dict[str, Variation]) -> Term:
    found = holding.get(term.path)
    return replace(term, variation=found) if found and found.measure == term.measure else term


def _tree_in_force(schedule: Schedule, past: Past) -> tuple[str, Tree | None]:
    if past.done == 0 and schedule.initial is not None:
        return "initial", schedule.initial
    over = schedule.times is not None and past.done >= schedule.times
    return "repeat", None if over or _repeats(schedule, past) is False else schedule.repeat


def _repeats(schedule: Schedule, past: Past) -> bool | None:
    """Whether what was found lets the repeat hold; None when nobody said what was found."""
    if schedule.repeat_when is None or past.last is None:
        return True
    if schedule.repeat_when is RepeatWhen.FOUND:
        return past.last.finding
    if schedule.repeat_when is RepeatWhen.EVER_FOUND:
        return past.ever_found
    return None if past.ever_found is None else not past.ever_found
