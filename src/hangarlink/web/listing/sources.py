"""Where a list's rows come from: a queryset, a room's own set-wise query, or a short sequence."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from django.db.models import F, Model, QuerySet

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)
Entity = TypeVar("Entity", bound=Model)


class Source(Protocol[Row_co]):
    """Rows that can be counted, ordered and cut. `order` is made of sort keys, with "-" for descending.

    count  None when counting would cost more than it tells; then paging goes on while there are rows
    """

    def count(self) -> int | None: ...

    def rows(self, order: Sequence[str], start: int, stop: int | None) -> Iterable[Row_co]: ...


class FromQuerySet:
    """A queryset as a source. Nulls sort last both ways; the id makes the order total, so that pages never overlap."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.queryset = queryset

    def count(self) -> int:
        """All rows."""
        return self.queryset.count()

    def rows(self, order: Sequence[str], start: int, stop: int | None) -> Iterable[Any]:
        """A window; all of them are streamed."""
        ordered = self.queryset.order_by(*(_by(key) for key in order), "pk")
        return ordered[start:stop] if stop is not None else ordered[start:].iterator(chunk_size=2000)


class NewestFirst:
    """A log: read backwards in time in the order of its index (moment and id, descending), sorted by nothing else."""

    def __init__(self, queryset: QuerySet[Any, Any], moment: str) -> None:
        self._queryset = queryset
        self._moment = moment

    def count(self) -> int:
        """All rows."""
        return self._queryset.count()

    def rows(self, order: Sequence[str], start: int, stop: int | None) -> Iterable[Any]:
        """A window; all of them are streamed."""
        way = "-" if not order or order[0].startswith("-") else ""
        found = self._queryset.order_by(f"{way}{self._moment}", f"{way}id")
        return found[start:stop] if stop is not None else found[start:].iterator(chunk_size=2000)


class FromRows:
    """A short list already in memory, ordered by attributes."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def count(self) -> int:
        """All rows."""
        return len(self._rows)

    def rows(self, order: Sequence[str], start: int, stop: int | None) -> Iterable[Any]:
        """A window, by a stable sort per key, last key first; None sorts last both ways."""
        found = list(self._rows)
        for key in reversed(order):
            name, backwards = key.removeprefix("-"), key.startswith("-")
            known = sorted(
                (r for r in found if _get(r, name) is not None), key=lambda r: _get(r, name), reverse=backwards
            )
            found = known + [r for r in found if _get(r, name) is None]
        return found[start:stop]


def _get(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _by(key: str) -> Any:
    return F(key[1:]).desc(nulls_last=True) if key.startswith("-") else F(key).asc(nulls_last=True)
