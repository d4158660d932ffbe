"""From the counters a text speaks of to the counters an aircraft has.

A limit names a counter by its name on the aircraft ("Engine 1") or by its kind (`landings`). The name wins; a kind
counts only when the aircraft has exactly one counter of it, because guessing between two engines is worse than asking.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from hangarlink.maintenance.programme.rules.codec import stages
from hangarlink.maintenance.programme.rules.limits import CounterLimit, DateLimit, First, Last, Schedule, Tree
from hangarlink.maintenance.programme.rules.trees import leaves


@dataclass(frozen=True)
class CounterOnBoard:
    """A counter of one aircraft, as far as binding cares."""

    id: UUID
    kind: str
    name: str


def counters_named(schedule: Schedule) -> set[str]:
    """The counters a schedule speaks of."""
    found = (leaf for root, tree in stages(schedule) for _, leaf in leaves(tree, root))
    return {leaf.counter for leaf in found if isinstance(leaf, CounterLimit)}


def events_named(schedule: Schedule) -> set[str]:
    """The codes of events a schedule speaks of."""
    found = (leaf for root, tree in stages(schedule) for _, leaf in leaves(tree, root))
    return {leaf.event for leaf in found if not isinstance(leaf, DateLimit) and leaf.event}


def bind(names: Iterable[str], on_board: Iterable[CounterOnBoard]) -> dict[str, str]:
    """The counter's id, as text, for every name that one and only one counter answers to."""
    counters = list(on_board)
    by_name = {counter.name: str(counter.id) for counter in counters}
    found = {}
    for name in names:
        of_kind = [str(counter.id) for counter in counters if counter.kind == name]
        if name in by_name:
            found[name] = by_name[name]
        elif len(of_kind) == 1:
            found[name] = of_kind[0]
    return found


def bound(schedule: Schedule, counters: Mapping[str, str]) -> Schedule:
    """The schedule with counter ids in place of names; a name without counter stays, and its term will be unknown."""
    return schedule.model_copy(update={root: _bound(tree, counters) for root, tree in stages(schedule)})


def _bound(tree: Tree, counters: Mapping[str, str]) -> Tree:
    if isinstance(tree, First | Last):
        return tree.model_copy(update={"of": tuple(_bound(child, counters) for child in tree.of)})
    if isinstance(tree, CounterLimit):
        return tree.model_copy(update={"counter": counters.get(tree.counter, tree.counter)})
    return tree
