"""A list: declared once, answers as a page, as the part of a page that htmx swaps, and as a spreadsheet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString

from hangarlink.web import formats
from hangarlink.web.access import PageRequest
from hangarlink.web.listing.columns import Column
from hangarlink.web.listing.export import spreadsheet
from hangarlink.web.listing.filters import Chip, Filters, chips_of
from hangarlink.web.listing.sources import Source

Row = TypeVar("Row")


@dataclass(frozen=True)
class Grouping(Generic[Row]):
    """Rows under headings.

    sort     the order that keeps a group together
    of       the heading's identity
    heading  its markup or text; the value when absent
    hides    key of a column that the heading makes superfluous
    """

    key: str
    label: str
    sort: tuple[str, ...]
    of: Callable[[Row], Any]
    heading: Callable[[Row], Any] | None = None
    hides: str = ""


@dataclass(frozen=True)
class Heading:
    """A column's head as drawn."""

    column: Column[Any]
    href: str
    direction: str


@dataclass(frozen=True)
class Line:
    """A row as drawn: its cells, and the heading of the group that begins with it."""

    cells: list[tuple[Column[Any], SafeString]]
    heading: SafeString | None


class Listing(Generic[Row]):
    """The base of every list. Subclasses declare; one instance serves one request.

    name       of the exported file, and of the list for screen readers
    noun       singular and plural
    columns    in order; the first one is the row's name
    sort       default, such as "-at": a column's key
    groupings  offered beside "not grouped"
    cards      at phone width rows become cards; style `.cards .c-<key>`
    empty      template for a list that has no rows at all: what this is, why it is empty, what fills it
    """

    name: ClassVar[str]
    noun: ClassVar[tuple[str, str]] = ("row", "rows")
    columns: tuple[Column[Any], ...]
    filters: ClassVar[type[Filters]] = Filters
    sort: ClassVar[str]
    groupings: ClassVar[tuple[Grouping[Any], ...]] = ()
    page_size: ClassVar[int] = 50
    cards: ClassVar[bool] = False
    empty: ClassVar[str] = "web/listing/empty.html"

    def __init__(self, request: PageRequest) -> None:
        self.request = request
        self.form = self.make_filters(request.GET)
        self.chosen = self.form.chosen()

    def source(self, chosen: Mapping[str, Any]) -> Source[Row]:
        """The rows that the chosen filters leave, in no order."""
        raise NotImplementedError

    def make_filters(self, data: QueryDict) -> Filters:
        """The filter form; override to give it choices of this account."""
        return self.filters(data)

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int] | None:  # noqa: ARG002 - for overriding
        """How many rows each chip of a field would leave, given the other filters; None shows no counts."""
        return None

    def respond(self, template: str, context: Mapping[str, Any] | None = None) -> HttpResponseBase:
        """The page, its list alone for htmx, or the spreadsheet."""
        if self.request.GET.get("export") == "xlsx":
            hidden = [c for c in self.columns if c.sheet or c.key == self._hidden]
            sheet = [column for column in (*self.shown, *hidden) if column.label]
            return spreadsheet(self.name, sheet, self._all_rows())
        if self.request.htmx and self.request.htmx.target == "list":
            return render(self.request, "web/listing/list.html", {"listing": self})
        return render(self.request, template, {**(context or {}), "listing": self})

    # --- what the template asks for -------------------------------------------------------------------------------

    @cached_property
    def count(self) -> int | None:
        """Rows that the filters leave; None when the source does not say."""
        return self._source.count()

    @cached_property
    def is_empty(self) -> bool:
        """No rows even without filters: time to teach."""
        return not self._rows and self.page == 1 and not self.chosen

    @cached_property
    def pages(self) -> int | None:
        """At least one; None when nobody counted."""
        return None if self.count is None else max(1, -(-self.count // self.page_size))

    @cached_property
    def page(self) -> int:
        """From 1, inside the pages there are."""
        given = self.request.GET.get("page", "")
        asked = max(int(given), 1) if given.isdecimal() and len(given) < 7 else 1
        return asked if self.pages is None else min(asked, self.pages)

    @property
    def first(self) -> int:
        """Number of the first row shown."""
        return (self.page - 1) * self.page_size + 1

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return self.first + len(self._rows) - 1

    @cached_property
    def has_rows(self) -> bool:
        """Whether this page has any."""
        return bool(self._rows)

    @cached_property
    def shown(self) -> list[Column[Any]]:
        """Columns to draw: the chosen ones, else the default ones; the first always."""
        chosen = {key for key in self.request.GET.getlist("show") if key}
        places = [c for c in self.columns if not c.sheet and c.key != self._hidden]
        return [c for place, c in enumerate(places) if not place or (c.key in chosen if chosen else c.shown)]

    @cached_property
    def column_choice(self) -> list[tuple[Column[Any], bool]]:
        """Every column but the first, and whether it is drawn."""
        return [(column, column in self.shown) for column in self.columns[1:] if not column.sheet]

    @cached_property
    def grouping(self) -> Grouping[Any] | None:
        """The chosen grouping."""
        return next((g for g in self.groupings if g.key == self.request.GET.get("group")), None)

    @cached_property
    def sort_key(self) -> str:
        """The column sorted by, with "-" for descending."""
        given = self.request.GET.get("sort", "")
        sortable = {column.key for column in self.columns if column.sort}
        return given if given.removeprefix("-") in sortable else self.sort

    @cached_property
    def headings(self) -> list[Heading]:
        """The heads of the drawn columns, with where a click leads."""
        return [Heading(c, self._sort_href(c), self._direction(c)) for c in self.shown]

    @cached_property
    def chips(self) -> list[tuple[Any, list[Chip]]]:
        """Chip fields with their chips."""
        return [(bound, chips_of(bound, self._counts(bound.name))) for bound in self.form.chips()]

    def lines(self) -> Iterable[Line]:
        """The rows of this page, rendered."""
        before: Any = object()
        for row in self._rows:
            heading = None
            if self.grouping and (group := self.grouping.of(row)) != before:
                heading, before = formats.show((self.grouping.heading or self.grouping.of)(row)), group
            yield Line([(column, column.cell(row)) for column in self.shown], heading)

    def href(self, **changes: str | int | None) -> str:
        """This list with parts of its address changed; None takes a part away."""
        query = self.request.GET.copy()
        for key, value in changes.items():
            query.pop(key, None)
            if value is not None:
                query[key] = str(value)
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    @property
    def next_href(self) -> str:
        """The next page, or nothing."""
        return self.href(page=self.page + 1) if self._has_more else ""

    @property
    def previous_href(self) -> str:
        """The page before, or nothing."""
        return self.href(page=self.page - 1) if self.page > 1 else ""

    @property
    def export_href(self) -> str:
        """The same rows as a spreadsheet."""
        return self.href(export="xlsx", page=None)

    @property
    def clear_href(self) -> str:
        """The list without filters."""
        return self.href(**dict.fromkeys(self.form.fields), page=None)

    # --- inside ------------------------------------------------------------------------------------------------------

    @cached_property
    def _source(self) -> Source[Row]:
        return self.source(self.chosen)

    @cached_property
    def _window(self) -> list[Row]:
        """The rows of this page and one more, which tells whether there is a next page."""
        start = self.first - 1
        return list(self._source.rows(self._order, start, start + self.page_size + 1))

    @property
    def _rows(self) -> list[Row]:
        return self._window[: self.page_size]

    @property
    def _has_more(self) -> bool:
        return len(self._window) > self.page_size

    @cached_property
    def _order(self) -> Sequence[str]:
        column = next(c for c in self.columns if c.key == self.sort_key.removeprefix("-"))
        order = [_flipped(key) if self.sort_key.startswith("-") else key for key in column.sort]
        return [*self.grouping.sort, *order] if self.grouping else order

    @property
    def _hidden(self) -> str:
        return self.grouping.hides if self.grouping else ""

    def _all_rows(self) -> Iterable[Row]:
        return self._source.rows(self._order, 0, None)

    def _counts(self, name: str) -> Mapping[str, int] | None:
        return self.chip_counts(name, {key: value for key, value in self.chosen.items() if key != name})

    def _direction(self, column: Column[Any]) -> str:
        if self.sort_key.removeprefix("-") != column.key:
            return ""
        return "descending" if self.sort_key.startswith("-") else "ascending"

    def _sort_href(self, column: Column[Any]) -> str:
        if not column.sort:
            return ""
        flip = "-" if self._direction(column) == "ascending" and not column.one_way else ""
        return self.href(sort=f"{flip}{column.key}", page=None)


def _flipped(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"
