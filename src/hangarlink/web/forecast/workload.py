"""What falls due when: the workload by week, month or year, the calendar of a month, and the items behind a figure."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries import DueRow, Narrow, Period, Step, due_list, workload
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.dates import add_months
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.charts import BarChart, bar_chart
from hangarlink.web.forms import DayField
from hangarlink.web.listing import Column, Filters, FromRows, ModelChoiceFilter, SearchField
from hangarlink.web.listing.export import spreadsheet
from hangarlink.web.programme import words
from hangarlink.web.programme.due_list import DueList, DueSource

# Which steps people choose, and how many periods make a useful look ahead.
STEPS = {Step.WEEK: ("Weeks", 26), Step.MONTH: ("Months", 12), Step.YEAR: ("Years", 10)}
MOST_LISTED = 1_000
IN_A_DAY = 4


class ForecastFilters(Filters):
    """What narrows chart, calendar and list alike."""

    q = SearchField("Requirement or registration")
    aircraft = ModelChoiceFilter(Aircraft, every="Every aircraft", order="registration")
    model = ModelChoiceFilter(AircraftModel, every="Every model")
    kind = forms.ChoiceField(
        choices=[("", "Every class"), *((kind.value, word) for kind, word in words.CLASS_WORDS.items())],
        widget=forms.Select(attrs={"aria-label": "Every class"}),
    )


class ItemFilters(ForecastFilters):
    """The same, and between which days."""

    since = DayField(required=False, widget=forms.DateInput(attrs={"type": "date", "aria-label": "From"}))
    until = DayField(required=False, widget=forms.DateInput(attrs={"type": "date", "aria-label": "To"}))


@dataclass(frozen=True)
class PeriodRow:
    """One period as the table shows it."""

    label: str
    period: Period
    href: str
    calendar: str = ""


@dataclass(frozen=True)
class DayCell:
    """One day of the calendar."""

    day: date
    rows: tuple[DueRow, ...]
    more: int
    href: str
    in_month: bool
    is_today: bool


class ItemList(DueList):
    """The items whose forecast lies between two days, soonest first."""

    name = "forecast"

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request)
        self.columns = tuple(one for one in self.columns if one.key not in {"tracked", "elsewhere", "as_of"})

    def make_filters(self, data: QueryDict) -> Filters:
        """What another system tracks has no place here, so nothing speaks of it."""
        return ItemFilters(data)

    def source(self, chosen: Mapping[str, Any]) -> DueSource:
        """Our own items: what another system tracks has no forecast of ours."""
        narrow = replace(
            narrow_of(chosen), forecast_from=chosen.get("since") or today(), forecast_until=chosen.get("until")
        )
        return DueSource(narrow, None)


@page(permission="programme.view")
def chart(request: PageRequest) -> HttpResponseBase:
    """The workload, with the same figures as a table and as a spreadsheet."""
    step = _step(request)
    form = ForecastFilters(request.GET)
    chosen = _chosen(form)
    found = workload(step, STEPS[step][1], narrow_of(chosen))
    rows = [_period_row(one, step, chosen, found.as_of) for one in found.periods]
    if request.GET.get("export"):
        return spreadsheet("workload", _COLUMNS, FromRows(rows).rows((), 0, None))
    context = {
        "form": form,
        "chart": _chart(step, rows),
        "periods": rows,
        "found": found,
        "steps": [(one.value, label, one is step) for one, (label, _) in STEPS.items()],
        "step": step.value,
        "query": urlencode({k: v for k, v in _plain(chosen).items() if v}),
        "tab": "chart",
        "head": {Step.WEEK: "Week", Step.MONTH: "Month", Step.YEAR: "Year"}[step],
    }
    return render(request, "forecast/workload.html", context)


@page(permission="programme.view")
def calendar(request: PageRequest) -> HttpResponseBase:
    """A month, day by day."""
    form = ForecastFilters(request.GET)
    chosen, day = _chosen(form), today()
    first = _month(request.GET.get("month", ""), day)
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    narrow = replace(narrow_of(chosen), forecast_from=max(weeks[0][0], day), forecast_until=weeks[-1][-1])
    past = weeks[-1][-1] < day
    found = due_list(narrow, limit=MOST_LISTED).rows if not past else []
    by_day: dict[date, list[DueRow]] = defaultdict(list)
    for row in found:
        if row.forecast:
            by_day[row.forecast].append(row)
    context = {
        "form": form,
        "month": first,
        "label": f"{first:%B %Y}",
        "weeks": [[_cell(one, by_day[one], first, day, chosen) for one in week] for week in weeks],
        "items": sum(len(rows) for one, rows in by_day.items() if one.month == first.month),
        "cut": len(found) == MOST_LISTED,
        "past": past,
        "before": _address("forecast:calendar", chosen, month=f"{add_months(first, -1):%Y-%m}"),
        "after": _address("forecast:calendar", chosen, month=f"{add_months(first, 1):%Y-%m}"),
        "names": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        "tab": "calendar",
    }
    return render(request, "forecast/calendar.html", context)


@page(permission="programme.view")
def items(request: PageRequest) -> HttpResponseBase:
    """The items behind a figure."""
    return ItemList(request).respond("forecast/items.html", {"tab": "items"})


def narrow_of(chosen: Mapping[str, Any]) -> Narrow:
    """What the filters leave."""
    return Narrow(
        aircraft_id=chosen["aircraft"].pk if chosen.get("aircraft") else None,
        aircraft_model_id=chosen["model"].pk if chosen.get("model") else None,
        classes=[MandatoryClass(chosen["kind"])] if chosen.get("kind") else [],
        text=chosen.get("q", ""),
    )


_COLUMNS: tuple[Column[PeriodRow], ...] = (
    Column(key="from", label="From", value=lambda r: r.period.first),
    Column(key="to", label="To", value=lambda r: r.period.last),
    Column(key="items", label="Items", value=lambda r: r.period.items),
)


def _step(request: PageRequest) -> Step:
    known = {step.value: step for step in STEPS}
    return known.get(request.GET.get("by", ""), Step.MONTH)


def _chosen(form: Filters) -> dict[str, Any]:
    """The filters that are set; one that is not understood narrows nothing."""
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if value}


def _plain(chosen: Mapping[str, Any]) -> dict[str, str]:
    """The filters as an address writes them."""
    return {name: str(getattr(value, "pk", value)) for name, value in chosen.items() if value}


def _address(name: str, chosen: Mapping[str, Any], **more: str) -> str:
    return f"{reverse(name)}?{urlencode({**_plain(chosen), **more})}"


def _label(first: date, step: Step) -> str:
    if step is Step.YEAR:
        return str(first.year)
    return formats.month_text(first) if step is Step.MONTH else f"{first.day} {first:%b}"


def _period_row(period: Period, step: Step, chosen: Mapping[str, Any], as_of: date) -> PeriodRow:
    first = max(period.first, as_of)
    href = _address("forecast:items", chosen, since=first.isoformat(), until=period.last.isoformat())
    month = _address("forecast:calendar", chosen, month=f"{period.first:%Y-%m}") if step is Step.MONTH else ""
    label = f"{first.day} {first:%b} – {period.last.day} {period.last:%b %Y}" if step is Step.WEEK else (
        f"{period.first:%B %Y}" if step is Step.MONTH else str(period.first.year)
    )  # fmt: skip
    return PeriodRow(label, period, href, month)


def _chart(step: Step, rows: list[PeriodRow]) -> BarChart:
    return bar_chart(
        f"Items falling due by {step.value}",
        [(_label(row.period.first, step), row.period.items) for row in rows],
        words=lambda number: f"{number} item{'' if number == 1 else 's'}",
        mark=str,
    )


def _month(text: str, day: date) -> date:
    """The first day of the month asked for; this month when nobody, or nothing sensible, was asked."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return day.replace(day=1)
    return first if 1900 < first.year < 9000 else day.replace(day=1)


def _cell(one: date, rows: list[DueRow], first: date, day: date, chosen: Mapping[str, Any]) -> DayCell:
    href = _address("forecast:items", chosen, since=one.isoformat(), until=one.isoformat())
    shown = tuple(rows[:IN_A_DAY])
    return DayCell(one, shown, len(rows) - len(shown), href, one.month == first.month, one == day)
