"""What a pull hands over: pages, each with the place where the next one goes on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from hangarlink.integration.contract.errors import Malformed
from hangarlink.integration.contract.records import is_storable

R = TypeVar("R")
A = TypeVar("A")
MOST_PAGES = 100_000


@dataclass(frozen=True)
class Cursor:
    """Where a pull goes on. Its values are JSON, belong to the connector, and are stored with the page they follow.

    An empty cursor means from the beginning. Cursors outlive versions of a connector: read values with `get`.
    """

    values: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    def moved(self, **values: Any) -> "Cursor":
        """A cursor with these values changed; None removes one."""
        merged = {**self.values, **values}
        return Cursor({name: value for name, value in merged.items() if value is not None})


@dataclass(frozen=True)
class Unreadable:
    """One record of a page that could not be understood; the rest of the page still counts.

    Its texts may hold anything: what cannot be stored is made visible as it is taken over.
    """

    external_id: str
    reason: str
    subject: str = ""
    code: str = "unreadable"

    def __post_init__(self) -> None:
        for name in ("external_id", "reason", "subject"):
            if not is_storable(text := getattr(self, name)):
                object.__setattr__(self, name, ascii(text)[1:-1])


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some records, and where to go on once they are applied: effects and cursor are saved together.

    deleted   external ids that the partner says are gone. Absence from a partial listing means nothing
    complete  with this page a listing of everything ends: what was not in it is no longer there
    total     how many records the whole pull brings, where the partner says so
    """

    records: Sequence[R]
    cursor: Cursor
    deleted: Sequence[str] = ()
    unreadable: Sequence[Unreadable] = ()
    complete: bool = False
    total: int | None = None


def chained(ask: Callable[[str | None], tuple[A, str | None]], *, start: str | None = None) -> Iterator[A]:
    """The answers of a partner whose pages name the next one, from `start` (None: the first) to the last.

    ask  is given the mark of a page and returns the answer and the mark of the next, None or "" at the end
    Raises Malformed where the chain leads back to a page that was seen, or has no end.
    """
    seen = {start}
    mark = start
    for _ in range(MOST_PAGES):
        answer, mark = ask(mark)
        yield answer
        if not mark:
            return
        if mark in seen:
            raise Malformed("The partner's list leads back to a page that was read already.")
        seen.add(mark)
    raise Malformed(f"The partner's list has more than {MOST_PAGES:,} pages.")
