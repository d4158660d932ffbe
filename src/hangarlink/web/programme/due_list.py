"""The due list across the fleet: filter, sort by forecast, group, export."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.programme.queries import DueRow, Narrow, Sort, due_list, state_counts
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.listing import Chips, Column, Filters, Grouping, Listing, ModelChoiceFilter, SearchField
from hangarlink.web.programme import words

_STATES = {state.code: state for state in State}
# One question fetches at most this many rows for a spreadsheet.
_WINDOW = 1_000


class DueSource:
    """The programme's due list as a list's source. It orders in its own way and does not count."""

    def __init__(self, narrow: Narrow, total: int | None) -> None:
        self._narrow, self._total = narrow, total

    def count(self) -> int | None:
        """Known when nothing but a state is chosen."""
        return self._total

    def rows(self, order: Sequence[str], start: int, stop: int | None) -> Iterable[DueRow]:
        """A window; all of them in windows of a thousand."""
        sort = Sort(order[0])
        while True:
            size = _WINDOW if stop is None else min(_WINDOW, stop - start)
            found = due_list(self._narrow, sort=sort, offset=start, limit=size)
            yield from found.rows
            start += len(found.rows)
            if not found.has_more or (stop is not None and start >= stop):
                return


class DueFilters(Filters):
    state = Chips(words.STATE_CHIPS)
    q = SearchField("Requirement or registration")
    aircraft = ModelChoiceFilter(Aircraft, every="Every aircraft", order="registration")
    model = ModelChoiceFilter(AircraftModel, every="Every model")
    kind = forms.ChoiceField(
        choices=[("", "Every class"), *((kind.value, word) for kind, word in words.CLASS_WORDS.items())],
        widget=forms.Select(attrs={"aria-label": "Every class"}),
    )


class DueList(Listing[DueRow]):
    """What is due, soonest first."""

    name = "due-list"
    noun = ("item", "items")
    filters = DueFilters
    sort = "forecast"
    cards = True
    empty = "due/empty.html"
    columns = (
        Column(key="state", label="State", value=lambda r: formats.State(r.state.code)),
        Column(
            key="requirement", label="Requirement", value=lambda r: r.reference, sort=("requirement",), one_way=True,
            link=lambda r: reverse("due:item", args=[r.item_id]), under=lambda r: r.title,
        ),
        Column(
            key="aircraft", label="Aircraft", value=lambda r: r.registration, sort=("aircraft",), one_way=True,
            link=lambda r: reverse("fleet:aircraft", args=[r.aircraft_id]),
        ),
        Column(key="left", label="Left", value=words.remaining_number, html=words.left_cell),
        Column(key="bar", label="", value=lambda _: None, html=words.bar, phone=False, look="bar-cell desk-cell"),
        Column(
            key="limit", label="Limit", value=lambda r: words.limits_text(r.terms), phone=False,
            html=lambda r: formats.show(_limit(r)),
        ),
        Column(
            key="forecast", label="Forecast", value=lambda r: r.forecast, sort=("forecast",), one_way=True,
            html=lambda r: formats.show(words.forecast_text(r)),
        ),
        Column(
            key="class", label="Class", value=lambda r: words.CLASS_WORDS[r.mandatory_class], phone=False,
            look="desk-cell",
        ),
        Column(key="ata", label="ATA", value=lambda r: r.ata, shown=False),
        Column(key="source", label="Source", value=lambda r: r.source, shown=False),
        Column(key="unit", label="Left counts", value=words.remaining_unit, sheet=True),
        Column(key="title", label="Title", value=lambda r: r.title, sheet=True),
    )  # fmt: skip
    groupings = (
        Grouping(key="aircraft", label="aircraft", sort=("aircraft",), of=lambda r: r.registration, hides="aircraft"),
        Grouping(
            key="requirement", label="requirement", sort=("requirement",), of=lambda r: r.reference,
            heading=lambda r: f"{r.reference} {r.title}",
        ),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> DueSource:
        """Items by state, text, aircraft, model and class."""
        states = [_STATES[chosen["state"]]] if chosen.get("state") else []
        narrow = Narrow(
            aircraft_id=chosen["aircraft"].pk if chosen.get("aircraft") else None,
            aircraft_model_id=chosen["model"].pk if chosen.get("model") else None,
            states=states,
            classes=[MandatoryClass(chosen["kind"])] if chosen.get("kind") else [],
            text=chosen.get("q", ""),
        )
        only_state = not chosen.keys() - {"state"}
        return DueSource(narrow, sum(self.counts[s] for s in states or State) if only_state else None)

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int] | None:  # noqa: ARG002
        """Items per state; not counted once something else narrows the list."""
        return None if others else {state.code: number for state, number in self.counts.items()}

    @property
    def counts(self) -> Mapping[State, int]:
        """Items of the whole account by state, counted once a request."""
        if self._counts_by_state is None:
            self._counts_by_state = state_counts()
        return self._counts_by_state

    _counts_by_state: Mapping[State, int] | None = None


def _limit(row: DueRow) -> str:
    term = words.deciding_term(row)
    return words.limit_text(term) if term else ""


@page(permission="programme.view")
def due(request: PageRequest) -> HttpResponseBase:
    """What is due across the fleet."""
    listing = DueList(request)
    said = [(state.code, number) for state in sorted(State, reverse=True) if (number := listing.counts[state])]
    return listing.respond("due/list.html", {"said": said})
