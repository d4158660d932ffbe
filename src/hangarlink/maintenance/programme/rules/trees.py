"""Walking a tree of limits, and its normal form: FIRST over clauses of LAST over terms."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import TypeVar

from hangarlink.maintenance.programme.rules.limits import First, Last, Leaf, Tree

Value = TypeVar("Value")
Clauses = tuple[tuple[str, ...], ...]


def leaves(tree: Tree, path: str) -> Iterator[tuple[str, Leaf]]:
    """Every limit with its path, in reading order. `path` names the root, such as `repeat`; children add `/0`, `/1`."""
    if isinstance(tree, First | Last):
        for place, child in enumerate(tree.of):
            yield from leaves(child, f"{path}/{place}")
    else:
        yield path, tree


def combine(
    tree: Tree,
    path: str,
    values: Mapping[str, Value],
    *,
    first: Callable[[Sequence[Value]], Value],
    last: Callable[[Sequence[Value]], Value],
) -> Value | None:
    """The value of the tree from the values of its limits, by path.

    A limit without a value has ended (its last threshold is met, nothing repeats): it neither helps nor hurts, so it
    is left out. None when nothing is left.
    """
    if not isinstance(tree, First | Last):
        return values.get(path)
    parts = [combine(child, f"{path}/{place}", values, first=first, last=last) for place, child in enumerate(tree.of)]
    known = [part for part in parts if part is not None]
    if not known:
        return None
    return first(known) if isinstance(tree, First) else last(known)


def clauses(tree: Tree, path: str, open_paths: Collection[str]) -> Clauses:
    """The tree as FIRST over clauses of LAST: paths of the open limits of each clause, no clause containing another.

    max over (min over terms) of these equals `combine` with first=max and last=min, for any totally ordered values
    (FIRST and LAST distribute over each other); the property test says so. Clauses and paths are sorted, so equal
    trees give equal rows.
    """
    return tuple(sorted(tuple(sorted(clause)) for clause in _absorbed(_product_form(tree, path, open_paths))))


def clause_count(tree: Tree) -> int:
    """How many clauses the tree has at most, without building them (they multiply under LAST)."""
    if isinstance(tree, First):
        return sum(clause_count(child) for child in tree.of)
    if isinstance(tree, Last):
        total = 1
        for child in tree.of:
            total *= clause_count(child)
        return total
    return 1


def depth(tree: Tree) -> int:
    """1 for a limit alone, one more for each FIRST or LAST around it."""
    return 1 + max((depth(child) for child in tree.of), default=0) if isinstance(tree, First | Last) else 1


def _product_form(tree: Tree, path: str, open_paths: Collection[str]) -> list[frozenset[str]]:
    if not isinstance(tree, First | Last):
        return [frozenset({path})] if path in open_paths else []
    parts = [_product_form(child, f"{path}/{place}", open_paths) for place, child in enumerate(tree.of)]
    if isinstance(tree, First):
        return [clause for part in parts for clause in part]
    still_open = [part for part in parts if part]
    return [frozenset().union(*choice) for choice in product(*still_open)] if still_open else []


def _absorbed(found: list[frozenset[str]]) -> set[frozenset[str]]:
    """LAST(a) or LAST(a, b) is LAST(a): a clause that contains another one adds nothing to FIRST."""
    unique = set(found)
    return {clause for clause in unique if not any(other < clause for other in unique)}
