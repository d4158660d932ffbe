"""The AD/SB status of an aircraft: a list to read, to print, and as a spreadsheet or CSV."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.compliance.models import SpecialFlightPermit
from hangarlink.maintenance.compliance.queries.report import Entry, status_report
from hangarlink.maintenance.compliance.rules.words import DirectiveKind
from hangarlink.maintenance.programme.days import today
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.compliance.words import assessment_url, next_text, product_text, standing_cell, value_text
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.tabs import tabs_of
from hangarlink.web.listing import Chips, Column, Filters, FromRows, Listing

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ReportFilters(Filters):
    kind = Chips([(one.value, one.value.upper()) for one in DirectiveKind], every="All")
    superseded = forms.ChoiceField(
        choices=[("", "Without superseded ones"), ("with", "With superseded ones")],
        widget=forms.Select(attrs={"aria-label": "Superseded ones"}),
    )


class Line:
    """One directive on the aircraft, or on a component of it, in the columns of the status list."""

    def __init__(self, entry: Entry) -> None:
        self.entry, self.pair = entry, entry.pair
        self.name, self.state, self.object_name = entry.pair.name, entry.pair.state.label, entry.pair.object_name
        last = [part.done for part in entry.parts if part.done is not None]
        self.done = max(last, key=lambda one: one.due_reference) if last else None
        self.on = self.done.on if self.done else (entry.decision.on if entry.decision else None)
        self.hours, self.counts = _values(entry, Unit.SECONDS), _values(entry, Unit.COUNT)
        self.next_due = "; ".join(
            f"{part.paragraph.code} {next_text(part)}".strip() for part in entry.parts if part.paragraph is not None
        )

    @property
    def method(self) -> str:
        """How it is complied with: an AMOC, what was said, what was done."""
        said = [f"AMOC {one.reference}" for one in self.entry.amocs]
        if self.entry.decision and self.entry.decision.method:
            said.append(self.entry.decision.method)
        return "; ".join(said)

    @property
    def reference(self) -> str:
        """Of the release it rests on."""
        if self.done and self.done.certificate:
            return self.done.certificate
        return self.entry.decision.reference if self.entry.decision else ""


class Report(Listing[Line]):
    """The status list of one aircraft."""

    name = "directive-status"
    noun = ("directive", "directives")
    filters = ReportFilters
    sort = "directive"
    page_size = 500
    cards = True
    empty = "compliance/report_empty.html"
    columns: tuple[Column[Any], ...] = (
        Column(
            key="directive", label="Directive", value=lambda r: r.name, sort=("name",), under=lambda r: r.pair.subject,
            link=lambda r: assessment_url(r.pair),
        ),
        Column(key="revision", label="Revision", value=lambda r: r.pair.revision_label, phone=False, shown=False),
        Column(
            key="state", label="Standing", value=lambda r: r.state, html=lambda r: standing_cell(r.pair),
            under=lambda r: r.entry.reason, sort=("state",),
        ),
        Column(key="object", label="On", value=lambda r: r.object_name, under=lambda r: product_text(r.pair)),
        Column(key="method", label="Method", value=lambda r: r.method, phone=False),
        Column(key="done", label="Last done", value=lambda r: r.on, sort=("on",)),
        Column(key="hours", label="Hours then", value=lambda r: r.hours, phone=False),
        Column(key="counts", label="Cycles then", value=lambda r: r.counts, phone=False),
        Column(key="next", label="Next due", value=lambda r: r.next_due),
        Column(key="repeats", label="Repeats", value=lambda r: r.entry.repeats, phone=False),
        Column(key="reference", label="Release", value=lambda r: r.reference, phone=False),
        Column(key="effective", label="Effective", value=lambda r: r.pair.effective_on, phone=False, shown=False),
        Column(key="subject", label="Subject", value=lambda r: r.pair.subject, sheet=True),
        Column(key="reason", label="Applicability and reason", value=lambda r: r.entry.reason, sheet=True),
        Column(key="product", label="Product", value=lambda r: product_text(r.pair), sheet=True),
    )  # fmt: skip

    def __init__(self, request: PageRequest, aircraft: Aircraft) -> None:
        self.aircraft = aircraft
        super().__init__(request)

    def source(self, chosen: Mapping[str, Any]) -> FromRows:
        """By kind, with or without superseded ones."""
        kind = DirectiveKind(chosen["kind"]) if chosen.get("kind") else None
        found = status_report(self.aircraft.pk, kind=kind, superseded=bool(chosen.get("superseded")))
        return FromRows([Line(entry) for entry in found])


@page(permission="compliance.view")
def of_aircraft(request: PageRequest, aircraft_id: UUID) -> HttpResponseBase:
    """The status list: on the page, as a spreadsheet, as CSV."""
    aircraft = reads.find_aircraft(aircraft_id)
    report = Report(request, aircraft)
    if request.GET.get("export") == "csv":
        return _csv(report, aircraft)
    counters = list(Counter.objects.filter(aircraft=aircraft).order_by("position", "name"))
    context = {
        "aircraft": aircraft,
        "tabs": tabs_of(request, aircraft, "directives"),
        "as_of": today(),
        "totals": [(one.name, _total(one)) for one in counters],
        "permits": SpecialFlightPermit.objects.filter(aircraft=aircraft).order_by("-valid_to")[:20],
    }  # fmt: skip
    return report.respond("compliance/report.html", context)


def _total(counter: Counter) -> str:
    return "unknown" if counter.total is None else str(formats.quantity_of(counter, counter.total))


def _csv(report: Report, aircraft: Aircraft) -> HttpResponse:
    """The same columns as text. A cell that begins like a formula is never one."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"directive-status-{aircraft.registration}-{today().isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    columns = [column for column in report.columns if column.label]
    writer.writerow(["As of", "Registration", *(column.label for column in columns)])
    for line in report.source(report.chosen).rows(["name"], 0, None):
        cells = [_cell(column.value(line)) for column in columns]
        writer.writerow([today().isoformat(), _cell(aircraft.registration), *cells])
    return answer


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _values(entry: Entry, unit: Unit) -> str:
    found: Iterable[Sequence[Any]] = (part.values for part in entry.parts)
    return ", ".join(dict.fromkeys(value_text(one) for values in found for one in values if one.unit is unit))
