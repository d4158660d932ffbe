"""Every due date opens as a tree: limits, baseline, policy, counters, arithmetic in words, sources.

Values stay integers and ISO dates beside the sentences; a reader that wants its own words takes those. How an amount
of a counter is written (decimal hours, HH:MM, a count) is decided by the `Words` passed in, at the edge.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from hangarlink.maintenance.programme.rules import sentences
from hangarlink.maintenance.programme.rules.dues import due_to_json
from hangarlink.maintenance.programme.rules.forecast import Forecast, Use, forecast, forecast_term
from hangarlink.maintenance.programme.rules.limits import First, Last, Tree
from hangarlink.maintenance.programme.rules.outlook import outlook
from hangarlink.maintenance.programme.rules.sentences import Words
from hangarlink.maintenance.programme.rules.status import Status, TermStatus, state_of_branch
from hangarlink.maintenance.programme.rules.trees import combine

Json = dict[str, Any]


@dataclass(frozen=True)
class TermExplanation:
    """One limit: what it says, step by step how its due point was found, what is left, when it will be reached."""

    kind: str
    path: str
    says: str
    state: str
    due: Json
    remaining: int | None
    forecast: str | None
    steps: tuple[str, ...]
    unknown: str | None
    accomplishment: str | None
    policy: str | None


@dataclass(frozen=True)
class CombinationExplanation:
    """FIRST or LAST: what decides, and the parts in reading order."""

    kind: str
    path: str
    says: str
    state: str
    forecast: str | None
    parts: tuple["Part", ...]


Part = TermExplanation | CombinationExplanation


@dataclass(frozen=True)
class Explanation:
    """A requirement on an object, explained as of a day. `tree` is None when the control has ended."""

    state: str
    as_of: str
    forecast: str | None
    summary: str
    source: str
    accomplishments: int
    tree: Part | None

    def to_json(self) -> Json:
        """The same as plain JSON values."""
        return asdict(self)


def explain(status: Status, rates: Mapping[str, Use], words: Words, *, source: str = "") -> Explanation:
    """The explanation tree of a status.

    source  the document and paragraph the requirement comes from
    """
    whole = forecast(status, rates)
    tree = status.standing.tree
    root = None if tree is None else _Explainer(status, rates, words).part(tree, status.standing.root)
    return Explanation(
        state=status.state.code,
        as_of=status.today.isoformat(),
        forecast=_iso(whole),
        summary=sentences.summary(status, whole, words),
        source=source,
        accomplishments=status.standing.done,
        tree=root,
    )


class _Explainer:
    """Walks the tree in force; ended limits are left out, so an empty branch explains to nothing."""

    def __init__(self, status: Status, rates: Mapping[str, Use], words: Words) -> None:
        self.status, self.rates, self.words = status, rates, words
        self.terms = {term.term.path: term for term in status.terms}
        self.forecasts = {path: forecast_term(term, rates, status.today) for path, term in self.terms.items()}

    def part(self, tree: Tree, path: str) -> Part | None:
        if not isinstance(tree, First | Last):
            return self._term(self.terms[path]) if path in self.terms else None
        parts = [self.part(child, f"{path}/{place}") for place, child in enumerate(tree.of)]
        kept = tuple(part for part in parts if part is not None)
        return self._combination(tree, path, kept) if kept else None

    def _combination(self, tree: First | Last, path: str, parts: tuple[Part, ...]) -> CombinationExplanation:
        when = combine(tree, path, self.forecasts, first=min, last=max)
        return CombinationExplanation(
            kind=tree.kind,
            path=path,
            says=sentences.COMBINATIONS[tree.kind],
            state=state_of_branch(tree, path, self.status.terms).code,
            forecast=_iso(when),
            parts=parts,
        )

    def _term(self, now: TermStatus) -> TermExplanation:
        term, when = now.term, self.forecasts[now.term.path]
        last = self.status.standing.last
        return TermExplanation(
            kind="term",
            path=term.path,
            says=sentences.limit(term.limit, self.words, threshold=term.step),
            state=now.state.code,
            due=due_to_json(term.due),
            remaining=now.remaining,
            forecast=_iso(when),
            steps=(
                *sentences.reckoning(term, last, self.words),
                *sentences.variation(term, self.words),
                *sentences.present(now, self.status.today, self.words),
                *outlook(now, when, self.rates, self.status.today, self.words),
            ),
            unknown=sentences.unknown(now.unknown, self.words) if now.unknown else None,
            accomplishment=last.id if last and term.policy else None,
            policy=term.policy.value if term.policy else None,
        )


def _iso(when: Forecast | None) -> str | None:
    day: date | None = when.on if when else None
    return day.isoformat() if day else None
