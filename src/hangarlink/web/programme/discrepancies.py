"""Where facts do not agree: what people read at work against what usage says, and readings against flights."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.fleet.models import Counter, Discrepancy
from hangarlink.fleet.queries import discrepancies as usage_discrepancies
from hangarlink.maintenance.programme.actions import settle_value_discrepancy
from hangarlink.maintenance.programme.models import ValueDiscrepancy
from hangarlink.platform.errors import Missing
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet.tabs import Tab
from hangarlink.web.forms import Form, ReasonField, refusals_on, sent, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, SearchField

_OPEN = [("open", "Open"), ("settled", "Settled")]
_CODES = {"partner_total": "a partner's own total differs"}


def _difference(one: ValueDiscrepancy) -> str:
    gap = one.value.value - one.expected
    return f"{'+' if gap > 0 else '−'}{formats.quantity_of(one.value.counter, abs(gap))}"


def _amount(one: Discrepancy, value: int | None) -> formats.Quantity | None:
    return None if value is None else formats.quantity_of(one.counter, value)


def _registration(counter: Counter) -> str:
    return counter.aircraft.registration if counter.aircraft else ""


class DiscrepancyFilters(Filters):
    q = SearchField("Registration or reference")
    state = Chips(_OPEN)


class AtWork(Listing[ValueDiscrepancy]):
    """Values that people read at work and usage does not agree with, latest first."""

    name = "work-discrepancies"
    noun = ("difference", "differences")
    filters = DiscrepancyFilters
    sort = "-raised"
    empty = "due/discrepancies_empty.html"
    columns = (
        Column(
            key="work", label="Work", value=lambda d: d.value.accomplishment.item.revision.title,
            sort=("value__accomplishment__item__requirement__reference",),
            link=lambda d: reverse("due:item", args=[d.value.accomplishment.item_id]),
        ),
        Column(key="on", label="Done", value=lambda d: d.value.accomplishment.on, sort=("value__at",)),
        Column(key="aircraft", label="Aircraft", value=lambda d: _registration(d.value.counter),
               sort=("value__counter__aircraft__registration",)),
        Column(key="counter", label="Counter", value=lambda d: d.value.counter.name, phone=False),
        Column(key="read", label="Read", value=lambda d: formats.quantity_of(d.value.counter, d.value.value),
               numeric=True),
        Column(key="usage", label="Usage says", value=lambda d: formats.quantity_of(d.value.counter, d.expected),
               numeric=True),
        Column(key="difference", label="Difference", value=_difference, numeric=True, phone=False),
        Column(key="raised", label="Raised", value=lambda d: d.raised_at, sort=("raised_at", "id"), phone=False),
        Column(key="settled", label="Settled", value=lambda d: d.note, phone=False),
        Column(key="settle", label="", value=lambda d: "" if d.settled_at else "Settle",
               link=lambda d: "" if d.settled_at else reverse("due:settle", args=[d.pk])),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """By aircraft, requirement and whether they are open."""
        rows = ValueDiscrepancy.objects.select_related(
            "value__counter__aircraft", "value__accomplishment__item__revision"
        )
        found = _chosen(rows, chosen, (
            "value__counter__aircraft__registration__icontains",
            "value__accomplishment__item__requirement__reference__icontains",
        ))  # fmt: skip
        return FromQuerySet(found)


class InUsage(Listing[Discrepancy]):
    """Readings and partners' totals that the flights do not add up to, latest first."""

    name = "usage-discrepancies"
    noun = ("difference", "differences")
    filters = DiscrepancyFilters
    sort = "-raised"
    empty = "due/discrepancies_empty.html"
    columns = (
        Column(
            key="counter", label="Counter", value=lambda d: d.counter.name, sort=("counter__name",),
            link=lambda d: reverse("fleet:counter", args=[d.counter.aircraft_id, d.counter_id]),
        ),
        Column(key="aircraft", label="Aircraft", value=lambda d: _registration(d.counter),
               sort=("counter__aircraft__registration",)),
        Column(key="code", label="What", value=lambda d: _CODES.get(d.code, "a value below what the flights add up to"),
               phone=False),
        Column(key="found", label="Stated", value=lambda d: _amount(d, d.found), numeric=True),
        Column(key="expected", label="Flights say", value=lambda d: _amount(d, d.expected), numeric=True),
        Column(key="raised", label="Raised", value=lambda d: d.raised_at, sort=("raised_at", "id"), phone=False),
        Column(key="settled", label="Settled", value=lambda d: d.note, phone=False),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """By aircraft and whether they are open."""
        rows = usage_discrepancies(with_settled=True).filter(counter__aircraft__isnull=False)
        return FromQuerySet(_chosen(rows, chosen, ("counter__aircraft__registration__icontains",)))


class SettleForm(Form):
    """Why the two differ."""

    reason = ReasonField()


@page(permission="programme.view")
def at_work(request: PageRequest) -> HttpResponseBase:
    """Values read at work that usage contradicts."""
    return AtWork(request).respond("due/discrepancies.html", {"tabs": _tabs("due:discrepancies")})


@page(permission="programme.view")
def in_usage(request: PageRequest) -> HttpResponseBase:
    """Readings and totals that flights contradict."""
    return InUsage(request).respond("due/discrepancies.html", {"tabs": _tabs("due:usage_discrepancies")})


@page(permission="programme.record")
def settle(request: PageRequest, discrepancy_id: UUID) -> HttpResponse:
    """Say why a value read at work and usage differ, and let the value stand."""
    one = _find(discrepancy_id)
    item = one.value.accomplishment.item
    form = SettleForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            settle_value_discrepancy(one, note=form.cleaned_data["reason"], acting_user=request.actor)
            messages.success(request, "Settled. The value that was read stands.")
            return redirect("due:discrepancies")
    context = {
        "one": one,
        "item": item,
        "counter": one.value.counter,
        "registration": _registration(one.value.counter),
        "work": one.value.accomplishment,
        "difference": _difference(one),
        "cancel": reverse("due:discrepancies"),
    }
    return show_form(request, "due/discrepancy.html", form, context)


def _find(discrepancy_id: UUID) -> ValueDiscrepancy:
    rows = ValueDiscrepancy.objects.select_related(
        "value__counter__aircraft", "value__accomplishment__item__revision", "value__accomplishment__item__requirement"
    )
    found = rows.filter(pk=discrepancy_id, settled_at__isnull=True).first()
    if found is None:
        raise Missing("This discrepancy is settled already, or a correction removed the contradiction.")
    return found


def _chosen(rows: QuerySet[Any], chosen: Mapping[str, Any], searched: tuple[str, ...]) -> QuerySet[Any]:
    """Rows by text and by whether they are open; those of versions that stand."""
    if text := chosen.get("q"):
        told = Q()
        for name in searched:
            told |= Q(**{name: text})
        rows = rows.filter(told)
    if state := chosen.get("state"):
        rows = rows.filter(settled_at__isnull=state == "open")
    return rows


def _tabs(current: str) -> list[Tab]:
    at_work_ = ValueDiscrepancy.objects.filter(settled_at__isnull=True).count()
    in_usage_ = usage_discrepancies().count()
    counted = (("Read at work", "due:discrepancies", at_work_), ("In usage", "due:usage_discrepancies", in_usage_))
    return [Tab(label, reverse(url), url == current, number) for label, url, number in counted]
