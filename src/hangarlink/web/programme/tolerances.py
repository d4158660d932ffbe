"""Tolerance classes: the tables that say how far an approved variation may go."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.maintenance.programme.actions import (
    add_ready_tolerance_classes,
    add_tolerance_class,
    change_tolerance_class,
    retire_tolerance_class,
)
from hangarlink.maintenance.programme.models import RequirementRevision, ToleranceClass
from hangarlink.maintenance.programme.models.variation import COUNTS_FROM
from hangarlink.maintenance.programme.rules.ready_tolerances import READY
from hangarlink.maintenance.programme.rules.tolerance import Band, Measure
from hangarlink.platform.errors import Missing
from hangarlink.platform.quantities import BadQuantity, Unit, parse_quantity
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, SearchField
from hangarlink.web.programme.limit_form import amount_text

MOST_BANDS = 8
_MEASURES = [
    ("", "–"), ("hours", "hours of a time counter"), ("counts", "counts: landings, cycles"),
    ("days", "the calendar, in days"), ("months", "the calendar, in months"),
]  # fmt: skip
_AMOUNT = {"inputmode": "decimal", "autocomplete": "off", "class": "num"}


class ToleranceFilters(Filters):
    state = Chips([("retired", "Retired")], every="In use")
    q = SearchField("Code, name or source")


class ToleranceList(Listing[ToleranceClass]):
    """Every tolerance class of the account."""

    name = "tolerance-classes"
    noun = ("tolerance class", "tolerance classes")
    filters = ToleranceFilters
    sort = "code"
    empty = "due/tolerances_empty.html"
    columns = (
        Column(
            key="code", label="Class", value=lambda r: r.code, sort=("code",), under=lambda r: r.name,
            link=lambda r: reverse("tolerances:tolerance", args=[r.pk]),
        ),
        Column(key="allows", label="Allows at most", value=lambda r: bands_text(r.rules)),
        Column(
            key="counts_from", label="The next interval counts", value=lambda r: dict(COUNTS_FROM)[r.counts_from],
            phone=False,
        ),
        Column(key="source", label="Source", value=lambda r: r.source, phone=False),
        Column(key="name", label="Name", value=lambda r: r.name, sheet=True),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Classes by text, in use or retired."""
        found = ToleranceClass.objects.filter(retired_at__isnull=chosen.get("state") != "retired")
        if text := chosen.get("q"):
            found = found.filter(code__icontains=text) | found.filter(name__icontains=text)
        return FromQuerySet(found)


class ToleranceForm(Form):
    """A class by itself; its bands are rows."""

    code = forms.CharField(max_length=40, help_text="Short: part_ml. Requirements name it by this")
    name = forms.CharField(max_length=120)
    source = forms.CharField(max_length=200, required=False, help_text="The document that says so")
    counts_from = forms.ChoiceField(choices=COUNTS_FROM, label="After work under a variation, the next interval counts")


class BandForm(Form):
    """One line of the table. An empty measure leaves it out."""

    use_required_attribute = False
    measure = forms.ChoiceField(choices=_MEASURES, required=False, label="Measured in")
    below = forms.CharField(
        required=False, max_length=12, label="For intervals below", widget=forms.TextInput(attrs=_AMOUNT)
    )
    percent = forms.IntegerField(required=False, min_value=1, max_value=50, label="Percent of the interval")
    most = forms.CharField(required=False, max_length=12, label="At most", widget=forms.TextInput(attrs=_AMOUNT))

    def clean(self) -> dict[str, Any]:
        """Amounts in the unit of the measure."""
        given = super().clean() or {}
        unit = Unit.SECONDS if given.get("measure") == Measure.HOURS else Unit.COUNT
        for name in ("below", "most"):
            if text := given.get(name, "").strip():
                try:
                    given[name] = parse_quantity(text, unit, field=str(self.fields[name].label))
                except BadQuantity as bad:
                    self.add_error(name, ValidationError(str(bad)))
        if given.get("measure") and not given.get("percent") and not given.get("most") and not self.errors:
            self.add_error("percent", "Give a percentage, a largest amount, or both.")
        if not given.get("measure") and (given.get("most") or given.get("percent")):
            self.add_error("measure", "Say what it is measured in.")
        return given

    def band(self) -> dict[str, Any] | None:
        """The band as JSON; None for an empty row."""
        given = self.cleaned_data
        measure = given.get("measure")
        if not measure:
            return None
        said = {name: given[name] for name in ("below", "percent", "most") if given.get(name)}
        if measure in {"days", "months"}:
            return {"measure": "calendar", "unit": measure, **said}
        return {"measure": measure, **said}


BandRows = forms.formset_factory(BandForm, extra=0, min_num=MOST_BANDS, max_num=MOST_BANDS)


@page(permission="programme.view")
def listing(request: PageRequest) -> HttpResponseBase:
    """Every tolerance class."""
    return ToleranceList(request).respond("due/tolerances.html", {"ready": len(READY)})


@page(permission="programme.approve")
def add_ready(request: PageRequest) -> HttpResponse:
    """Take over the published tables."""
    if request.method == "POST":
        made = add_ready_tolerance_classes(acting_user=request.actor)
        messages.success(request, f"{len(made)} added. Check each against your own approval before you use it.")
    return redirect("tolerances:list")


@page(permission="programme.view")
def tolerance(request: PageRequest, tolerance_id: UUID) -> HttpResponse:
    """One class: its table, and what names it."""
    found = _find(tolerance_id)
    naming = RequirementRevision.objects.filter(
        tolerance=found.code, number=F("requirement__current"), requirement__retired_at__isnull=True
    )
    context = {
        "tolerance": found,
        "bands": [band_text(one) for one in found.rules],
        "counts_from": dict(COUNTS_FROM)[found.counts_from],
        "naming": naming.select_related("requirement").order_by("requirement__reference")[:200],
    }
    return render(request, "due/tolerance.html", context)


@page(permission="programme.approve")
def new(request: PageRequest) -> HttpResponse:
    """Add a class."""
    form, rows = ToleranceForm(sent(request)), BandRows(sent(request), prefix="bands")
    if form.is_valid() and rows.is_valid():
        with refusals_on(form):
            made = add_tolerance_class(acting_user=request.actor, bands=_bands(rows), **form.cleaned_data)
            messages.success(request, f"{made} is added. A requirement that names it may have variations approved.")
            return redirect("tolerances:tolerance", made.pk)
    return _form(request, form, rows, "Add tolerance class", reverse("tolerances:list"))


@page(permission="programme.approve")
def change(request: PageRequest, tolerance_id: UUID) -> HttpResponse:
    """Change what a class allows from now on."""
    found = _find(tolerance_id)
    values = {name: getattr(found, name) for name in ("code", "name", "source", "counts_from")}
    form = ToleranceForm(sent(request), initial=values)
    form.fields["code"].disabled = True
    rows = BandRows(sent(request), prefix="bands", initial=[_row(one) for one in found.rules])
    if form.is_valid() and rows.is_valid():
        given = {name: form.cleaned_data[name] for name in ("name", "source", "counts_from")}
        with refusals_on(form):
            change_tolerance_class(found, bands=_bands(rows), acting_user=request.actor, **given)
            messages.success(request, "Changed. What was approved under it stays as it was approved.")
            return redirect("tolerances:tolerance", found.pk)
    return _form(request, form, rows, "Change tolerance class", reverse("tolerances:tolerance", args=[found.pk]))


@page(permission="programme.approve")
def retire(request: PageRequest, tolerance_id: UUID) -> HttpResponse:
    """No longer to be chosen."""
    found = _find(tolerance_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            retire_tolerance_class(found, acting_user=request.actor)
            messages.success(request, f"{found.code} is retired.")
            return redirect("tolerances:list")
    return show_form(request, "due/tolerance_retire.html", form, {"tolerance": found})


def _form(
    request: PageRequest, form: ToleranceForm, rows: "forms.BaseFormSet[BandForm]", verb: str, cancel: str
) -> HttpResponse:
    return show_form(request, "due/tolerance_form.html", form, {"rows": rows, "verb": verb, "cancel": cancel})


def _bands(rows: "forms.BaseFormSet[BandForm]") -> list[dict[str, Any]]:
    return [band for row in rows if (band := row.band()) is not None]


def _row(band: Band) -> dict[str, Any]:
    unit = Unit.SECONDS if band.measure is Measure.HOURS else Unit.COUNT
    return {
        "measure": band.unit.value if band.unit else band.measure.value,
        "below": amount_text(band.below, unit) if band.below else "",
        "percent": band.percent,
        "most": amount_text(band.most, unit) if band.most else "",
    }


def _find(tolerance_id: UUID) -> ToleranceClass:
    found = ToleranceClass.objects.filter(pk=tolerance_id).first()
    if found is None:
        raise Missing("There is no such tolerance class in this account.")
    return found


def bands_text(bands: Sequence[Band]) -> str:
    """A table in one line."""
    return "; ".join(band_text(one) for one in bands)


def band_text(band: Band) -> str:
    """One band in words: "below 200 h: 10 %, at most 10 h"."""
    row = _row(band)
    unit = {Measure.HOURS: "h", Measure.COUNTS: "counts"}.get(band.measure) or (band.unit.value if band.unit else "")
    parts = [f"{band.percent} %" if band.percent else "", f"at most {row['most']} {unit}" if band.most else ""]
    before = f"below {row['below']} {unit}: " if band.below else ""
    whole = ", ".join(part for part in parts if part)
    return f"{before}{whole}" if band.most else f"{before}{whole} of {unit}"
