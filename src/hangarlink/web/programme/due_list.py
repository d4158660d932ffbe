"""The due list across the fleet: filter, sort by forecast, group, export.

Items that another system tracks stand in it where they fall due, marked as such. Counts are told apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.programme.queries import DueRow, Narrow, Sort, due_list, state_counts
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.models import TrackedSource
from hangarlink.maintenance.tracked.queries import Narrow as TrackedNarrow
from hangarlink.maintenance.tracked.queries import TrackedRow, tracked_count, tracked_states
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.listing import Chips, Column, Filters, Grouping, Listing, ModelChoiceFilter, SearchField
from hangarlink.web.listing.sources import Source
from hangarlink.web.programme import words
from hangarlink.web.tracked import words as tracked_words
from hangarlink.web.tracked.merged import Merged, Row, TrackedOnly

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


HERE, ELSEWHERE, GONE = "here", "elsewhere", "gone"
_CHIPS = [(HERE, "Our requirements"), (ELSEWHERE, "Tracked elsewhere"), (GONE, "No longer listed elsewhere")]


class DueFilters(Filters):
    tracked = Chips(_CHIPS, every="Everything due")
    state = Chips(words.STATE_CHIPS)
    q = SearchField("Requirement or registration")
    aircraft = ModelChoiceFilter(Aircraft, every="Every aircraft", order="registration")
    model = ModelChoiceFilter(AircraftModel, every="Every model")
    kind = forms.ChoiceField(
        choices=[("", "Every class"), *((kind.value, word) for kind, word in words.CLASS_WORDS.items())],
        widget=forms.Select(attrs={"aria-label": "Every class"}),
    )
    system = ModelChoiceFilter(TrackedSource, every="Every system", order="partner")


def _own(own: Callable[[DueRow], Any], elsewhere: Callable[[TrackedRow], Any]) -> Callable[[Row], Any]:
    """A cell that reads another way for what is tracked elsewhere."""
    return lambda row: elsewhere(row) if isinstance(row, TrackedRow) else own(row)


def _nothing(_: Row) -> None:
    return None


def _ours(_: DueRow) -> SafeString:
    return format_html('<span class="muted">{}</span>', "Hangarlink")


class DueList(Listing[Row]):
    """What is due, soonest first."""

    name = "due-list"
    noun = ("item", "items")
    filters = DueFilters
    sort = "forecast"
    cards = True
    empty = "due/empty.html"
    columns: tuple[Column[Any], ...] = (
        Column(key="state", label="State", value=lambda r: formats.State(r.state.code)),
        Column(
            key="requirement", label="Requirement", value=_own(lambda r: r.reference, tracked_words.name_of),
            sort=("requirement",), one_way=True, under=lambda r: r.title,
            link=_own(
                lambda r: reverse("due:item", args=[r.item_id]), lambda r: reverse("tracked:item", args=[r.item_id])
            ),
        ),
        Column(
            key="aircraft", label="Aircraft", value=lambda r: r.registration, sort=("aircraft",), one_way=True,
            link=lambda r: reverse("fleet:aircraft", args=[r.aircraft_id]) if r.aircraft_id else "",
            under=_own(lambda r: r.component, lambda _: ""),
        ),
        Column(
            key="left", label="Left", value=_own(words.remaining_number, tracked_words.remaining_number),
            html=_own(words.left_cell, tracked_words.left_cell),
        ),
        Column(
            key="bar", label="", value=_nothing, html=_own(words.bar, lambda _: SafeString("")), phone=False,
            look="bar-cell desk-cell",
        ),
        Column(
            key="limit", label="Limit", value=_own(lambda r: words.limits_text(r.terms), tracked_words.limits_text),
            phone=False, html=_own(lambda r: formats.show(_limit(r)), tracked_words.limit_cell),
        ),
        Column(
            key="forecast", label="Forecast", value=_own(lambda r: r.forecast, lambda r: r.due_on), sort=("forecast",),
            one_way=True, html=_own(lambda r: formats.show(words.forecast_text(r)), lambda r: formats.show(r.due_on)),
        ),
        Column(
            key="tracked", label="Tracked by", value=_own(lambda _: "Hangarlink", lambda r: r.partner),
            html=_own(_ours, tracked_words.by_whom),
        ),
        Column(
            key="class", label="Class", value=_own(lambda r: words.CLASS_WORDS[r.mandatory_class], _nothing),
            phone=False, look="desk-cell",
        ),
        Column(key="ata", label="ATA", value=lambda r: r.ata, shown=False),
        Column(key="source", label="Source", value=_own(lambda r: r.source, _nothing), shown=False),
        Column(
            key="unit", label="Left counts", value=_own(words.remaining_unit, tracked_words.remaining_unit), sheet=True,
        ),
        Column(key="title", label="Title", value=lambda r: r.title, sheet=True),
        Column(
            key="elsewhere", label="Tracked elsewhere", value=_own(lambda _: "no", lambda _: "yes"), sheet=True,
        ),
        Column(key="as_of", label="As of (elsewhere)", value=_own(_nothing, lambda r: r.as_of), sheet=True),
    )  # fmt: skip
    groupings = (
        Grouping(key="aircraft", label="aircraft", sort=("aircraft",), of=lambda r: r.registration, hides="aircraft"),
        Grouping(
            key="requirement", label="requirement", sort=("requirement",), of=lambda r: r.reference,
            heading=lambda r: f"{r.reference or r.title} {r.title if r.reference else ''}",
        ),
    )  # fmt: skip

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request)
        if not self.systems:
            self.columns = tuple(one for one in self.columns if one.key not in {"tracked", "elsewhere", "as_of"})

    @cached_property
    def systems(self) -> list[TrackedSource]:
        """Who tracks items for this account; without any, nothing here speaks of tracking."""
        return list(TrackedSource.objects.order_by("partner"))

    def make_filters(self, data: QueryDict) -> Filters:
        form = super().make_filters(data)
        if not self.systems:
            del form.fields["tracked"], form.fields["system"]
        return form

    def source(self, chosen: Mapping[str, Any]) -> Source[Row]:
        """Items by state, text, aircraft, model and class, ours and those tracked elsewhere."""
        where, by_class = chosen.get("tracked"), bool(chosen.get("kind"))
        if not self.systems or where == HERE or (by_class and where is None):
            return self._own_source(chosen)
        theirs = self._tracked_source(chosen)
        if where in {ELSEWHERE, GONE} or chosen.get("system"):
            return theirs
        return Merged(self._own_source(chosen), theirs)

    def _own_source(self, chosen: Mapping[str, Any]) -> DueSource:
        states = [_STATES[chosen["state"]]] if chosen.get("state") else []
        narrow = Narrow(
            aircraft_id=chosen["aircraft"].pk if chosen.get("aircraft") else None,
            aircraft_model_id=chosen["model"].pk if chosen.get("model") else None,
            states=states,
            classes=[MandatoryClass(chosen["kind"])] if chosen.get("kind") else [],
            text=chosen.get("q", ""),
        )
        only_state = not chosen.keys() - {"state", "tracked"}
        return DueSource(narrow, sum(self.counts[s] for s in states or State) if only_state else None)

    def _tracked_source(self, chosen: Mapping[str, Any]) -> TrackedOnly:
        narrow = TrackedNarrow(
            aircraft_id=chosen["aircraft"].pk if chosen.get("aircraft") else None,
            aircraft_model_id=chosen["model"].pk if chosen.get("model") else None,
            source_id=chosen["system"].pk if chosen.get("system") else None,
            states=[_STATES[chosen["state"]]] if chosen.get("state") else [],
            text=chosen.get("q", ""),
            is_gone=chosen.get("tracked") == GONE,
        )
        return TrackedOnly(narrow, tracked_count(narrow))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int] | None:
        """Items per state, of those that the other chip leaves; not counted once something else narrows the list."""
        if name == "tracked":
            return None if others else {HERE: sum(self.counts.values()), ELSEWHERE: sum(self.tracked.values())}
        if others.keys() - {"tracked"} or others.get("tracked") == GONE:
            return None
        where = others.get("tracked")
        ours = {} if where == ELSEWHERE else self.counts
        theirs = {} if where == HERE else self.tracked
        return {state.code: ours.get(state, 0) + theirs.get(state, 0) for state in State}

    @property
    def counts(self) -> Mapping[State, int]:
        """Items of the whole account by state, counted once a request."""
        if self._counts_by_state is None:
            self._counts_by_state = state_counts()
        return self._counts_by_state

    _counts_by_state: Mapping[State, int] | None = None

    @cached_property
    def tracked(self) -> Mapping[State, int]:
        """Items tracked elsewhere by state."""
        return tracked_states() if self.systems else {}


def _limit(row: DueRow) -> str:
    term = words.deciding_term(row)
    return words.limit_text(term) if term else ""


@page(permission="programme.view")
def due(request: PageRequest) -> HttpResponseBase:
    """What is due across the fleet."""
    listing = DueList(request)
    said = [(state.code, number) for state in sorted(State, reverse=True) if (number := listing.counts[state])]
    worst_first = sorted(State, reverse=True)
    elsewhere = [(state.code, listing.tracked[state]) for state in worst_first if listing.tracked.get(state)]
    return listing.respond("due/list.html", {"said": said, "elsewhere": elsewhere, "systems": listing.systems})
