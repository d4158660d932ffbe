"""The assessment queue: every directive on every object it names, what asks for a decision first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http.response import HttpResponseBase

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.compliance.models import Directive
from hangarlink.maintenance.compliance.queries.rows import Narrow, Pair, counts, pairs
from hangarlink.maintenance.compliance.rules.standing import Standing
from hangarlink.maintenance.compliance.rules.words import DirectiveKind
from hangarlink.web.access import PageRequest, page
from hangarlink.web.compliance.words import assessment_url, product_text, standing_cell
from hangarlink.web.listing import Chips, Column, Filters, Listing, ModelChoiceFilter, SearchField

STATES = [(one.value, one.label) for one in Standing]


class PairSource:
    """Directives on objects as a list's source; it orders in its own ways."""

    def __init__(self, narrow: Narrow) -> None:
        self._narrow = narrow

    def count(self) -> int:
        """All of them."""
        return sum(counts(self._narrow).values())

    def rows(self, order: Sequence[str], start: int, stop: int | None) -> Iterable[Pair]:
        """A window."""
        limit = None if stop is None else stop - start
        return pairs(self._narrow, order=order[0], limit=limit, offset=start)


class QueueFilters(Filters):
    state = Chips(STATES, every="Everything")
    q = SearchField("Directive, aircraft, component or part number")
    aircraft = ModelChoiceFilter(Aircraft, every="Every aircraft", order="registration")
    directive = ModelChoiceFilter(Directive, every="Every directive", order="number")
    kind = forms.ChoiceField(
        choices=[("", "Every kind"), *((one.value, one.label) for one in DirectiveKind)],
        widget=forms.Select(attrs={"aria-label": "Every kind"}),
    )


class Queue(Listing[Pair]):
    """What is to be assessed, and how everything else stands."""

    name = "directives"
    noun = ("directive on an object", "directives on objects")
    filters = QueueFilters
    sort = "urgency"
    cards = True
    empty = "compliance/queue_empty.html"
    columns: tuple[Column[Any], ...] = (
        Column(key="state", label="Standing", value=lambda p: p.state.label, html=standing_cell, sort=("state",)),
        Column(
            key="directive", label="Directive", value=lambda p: p.name, sort=("directive",), link=assessment_url,
            under=lambda p: p.subject,
        ),
        Column(
            key="object", label="On", value=lambda p: p.object_name, sort=("object",), under=product_text,
        ),
        Column(key="serial", label="Serial number", value=lambda p: p.serial_number, phone=False),
        Column(key="effective", label="Effective", value=lambda p: p.effective_on, sort=("effective",), phone=False),
        Column(
            key="urgency", label="To note", value=lambda p: p.stale or p.proposed or _note(p), sort=("urgency",),
            one_way=True, phone=False,
        ),
        Column(key="issuer", label="Issued by", value=lambda p: p.issuer, phone=False, shown=False),
        Column(key="subject", label="Subject", value=lambda p: p.subject, sheet=True),
        Column(key="product", label="Product", value=product_text, sheet=True),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> PairSource:
        """By state, text, aircraft, directive and kind."""
        return PairSource(self._narrow(chosen))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """How many stand how."""
        return {state.value: number for state, number in counts(self._narrow(others)).items()}

    def _narrow(self, chosen: Mapping[str, Any]) -> Narrow:
        aircraft, directive, kind = (chosen.get(name) for name in ("aircraft", "directive", "kind"))
        return Narrow(
            directive_id=directive.pk if directive else None,
            aircraft_ids=[aircraft.pk] if aircraft else None,
            states=[Standing(chosen["state"])] if chosen.get("state") else [],
            kind=DirectiveKind(kind) if kind else None,
            search=chosen.get("q", ""),
        )


@page(permission="compliance.view")
def queue(request: PageRequest) -> HttpResponseBase:
    """Every directive on every object."""
    return Queue(request).respond("compliance/queue.html")


def _note(pair: Pair) -> str:
    if pair.state is Standing.NOT_ASSESSED and pair.is_example:
        return "Example: its text prevails"
    return "" if pair.is_named else "The directive names it no more"
