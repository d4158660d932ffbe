"""ATA chapters and JASC codes, to look up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase

from hangarlink.fleet.reference import chapters, jasc_codes
from hangarlink.web.access import PageRequest, page
from hangarlink.web.listing import Column, Filters, FromRows, Listing, SearchField


@dataclass(frozen=True)
class Line:
    """A chapter or a code under it."""

    ata: str
    jasc: str
    title: str
    chapter: str


class ReferenceFilters(Filters):
    q = SearchField("Number or title")


class ReferenceList(Listing[Line]):
    """Systems by number."""

    name = "ata-jasc"
    noun = ("entry", "entries")
    filters = ReferenceFilters
    sort = "ata"
    page_size = 100
    columns = (
        Column(key="ata", label="ATA", value=lambda r: r.ata, sort=("ata",)),
        Column(key="title", label="System or component", value=lambda r: r.title, sort=("title",)),
        Column(key="jasc", label="JASC", value=lambda r: r.jasc, sort=("jasc",)),
        Column(key="chapter", label="Chapter", value=lambda r: r.chapter, sort=("chapter", "ata"), phone=False),
    )

    def source(self, chosen: Mapping[str, Any]) -> FromRows:
        """All of them, or those whose number or title has the text."""
        titles = {one.number: one.title for one in chapters()}
        lines = [Line(one.number, "", one.title, one.title) for one in chapters()]
        lines += [Line(one.ata, one.code, one.name, titles.get(one.chapter, "")) for one in jasc_codes()]
        text = str(chosen.get("q", "")).lower()
        return FromRows([one for one in lines if text in f"{one.ata} {one.jasc} {one.title}".lower()])


@page(permission="programme.view")
def listing(request: PageRequest) -> HttpResponseBase:
    """What each number means."""
    return ReferenceList(request).respond("amp/reference.html", {})
