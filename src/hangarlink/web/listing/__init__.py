"""Lists: declared columns and filters; sorting, paging, grouping and export are the same everywhere."""

from hangarlink.web.listing.columns import Column
from hangarlink.web.listing.filters import Chips, Filters, ModelChoiceFilter, SearchField
from hangarlink.web.listing.listing import Grouping, Listing
from hangarlink.web.listing.sources import FromQuerySet, FromRows, NewestFirst, Source

__all__ = [
    "Chips",
    "Column",
    "Filters",
    "FromQuerySet",
    "FromRows",
    "Grouping",
    "Listing",
    "ModelChoiceFilter",
    "NewestFirst",
    "SearchField",
    "Source",
]
