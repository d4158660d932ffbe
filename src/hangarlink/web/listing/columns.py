"""One column of a list: what a cell shows, what it exports, what it sorts by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.html import format_html
from django.utils.safestring import SafeString

from hangarlink.web import formats

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Row]):
    """A column.

    value    of a row; its type decides how it shows and exports (formats.show): moments, dates, quantities, states...
    sort     what the source orders by, ascending; empty: the column does not sort
    link     where the cell leads; every number opens
    under    a second, quieter line
    html     the cell's own markup (safe), instead of the value's
    numeric  right-aligned
    look     more classes of its cells
    phone    also shown at phone width
    shown    False: only after choosing it in the column menu
    one_way  the source orders by it in one direction only
    sheet    only in the spreadsheet: what a cell of the page says together, taken apart
    """

    key: str
    label: str
    value: Callable[[Row], Any]
    sort: tuple[str, ...] = ()
    link: Callable[[Row], str] | None = None
    under: Callable[[Row], Any] | None = None
    html: Callable[[Row], SafeString] | None = None
    numeric: bool = False
    look: str = ""
    phone: bool = True
    shown: bool = True
    one_way: bool = False
    sheet: bool = False

    def cell(self, row: Row) -> SafeString:
        """The markup of one cell."""
        body = self.html(row) if self.html else formats.show(self.value(row))
        href = self.link(row) if self.link and body else ""
        if href:
            body = format_html('<a href="{}">{}</a>', href, body)
        if self.under and (below := formats.show(self.under(row))):
            body = format_html('{}<span class="under">{}</span>', body, below)
        return body

    @property
    def css(self) -> str:
        """Classes of its cells."""
        known = (("num", self.numeric), ("wide-cell", not self.phone), (self.look, self.look))
        return " ".join(name for name, on in known if on)
