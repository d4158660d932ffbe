"""Approved variations: extend one limit of a due item once, with a look at what it moves, and take it back."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.maintenance.programme.actions import approve_variation, withdraw_variation
from hangarlink.maintenance.programme.models import DueItem, ToleranceClass, Variation, VariationUnit
from hangarlink.maintenance.programme.records import OnRecord, read_items
from hangarlink.maintenance.programme.rules import sentences
from hangarlink.maintenance.programme.rules.dues import AtCount, OnDate
from hangarlink.maintenance.programme.rules.limits import Basis
from hangarlink.maintenance.programme.rules.terms import Term
from hangarlink.maintenance.programme.tolerances import most_allowed, why_not
from hangarlink.maintenance.programme.words import CounterWords
from hangarlink.platform.errors import Missing
from hangarlink.platform.quantities import BadQuantity, Unit, parse_quantity
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import DayField, Form, ReasonField, refusals_on, show_form
from hangarlink.web.programme.impact import consequences, is_preview, typed
from hangarlink.web.programme.variation_words import amount_text
from hangarlink.web.programme.work import find_item

_FROM = [
    ("", "As the tolerance class says"),
    (Basis.GRID.value, "From the due point before it"),
    (Basis.ACTUAL.value, "From the work"),
]


class VariationForm(Form):
    """Which limit, how far, and who approved it."""

    path = forms.ChoiceField(label="Limit")
    amount = forms.CharField(max_length=20, label="By", widget=forms.TextInput(attrs={"class": "num"}))
    unit = forms.ChoiceField(
        choices=[("", "hours or counts"), ("days", "days"), ("months", "months")], required=False, label="Unit",
        help_text="Of a calendar limit",
    )  # fmt: skip
    counts_from = forms.ChoiceField(choices=_FROM, required=False, label="The next interval counts")
    approved_by = forms.CharField(max_length=120, label="Approved by", help_text="As the approval names them")
    approved_on = DayField(label="Approved on")
    reference = forms.CharField(max_length=120, label="Reference of the approval")
    conditions = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(self, terms: Sequence[Term], record: OnRecord, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counters = {term.path: record.counters.get(term.measure) for term in terms}
        words = CounterWords(record.counters)
        self.fields["path"].choices = [(one.path, sentences.limit(one.limit, words)) for one in terms]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The amount in the unit of the chosen limit."""
        given = super().clean() or {}
        if "path" not in given or "amount" not in given:
            return given
        counter = self.counters[given["path"]]
        unit = Unit(counter.unit) if counter else Unit.COUNT
        try:
            given["amount"] = parse_quantity(given["amount"].strip(), unit, field="By")
        except BadQuantity as bad:
            self.add_error("amount", ValidationError(str(bad)))
        if counter is None and not given.get("unit"):
            given["unit"] = VariationUnit.DAYS.value
        return given


class WithdrawForm(Form):
    """Why an approval does not hold."""

    reason = ReasonField()


@page(permission="programme.approve")
def approve(request: PageRequest, item_id: UUID) -> HttpResponse:
    """Record an approved variation of a due item."""
    item = find_item(item_id)
    (record,) = read_items([item_id])
    terms = [term for term in record.standing().terms if isinstance(term.due, AtCount | OnDate)]
    form = VariationForm(terms, record, typed(request))

    def act() -> object:
        return approve_variation(item, acting_user=request.actor, **form.cleaned_data)

    never = why_not(record)
    context = {
        "item": item, "cancel": reverse("due:item", args=[item_id]), "never": never,
        "allowed": [] if never else _allowed(record, terms),
    }  # fmt: skip
    return _answer(request, item, form, act, "due/variation_form.html", context)


@page(permission="programme.approve")
def withdraw(request: PageRequest, item_id: UUID, variation_id: UUID) -> HttpResponse:
    """Take back an approval."""
    item = find_item(item_id)
    found = Variation.objects.filter(item_id=item_id, pk=variation_id, withdrawn_at__isnull=True).first()
    if found is None:
        raise Missing("This variation was withdrawn already. Open the due item again and look.")
    form = WithdrawForm(typed(request))

    def act() -> object:
        return withdraw_variation(found, reason=form.cleaned_data["reason"], acting_user=request.actor)

    context = {"item": item, "variation": found, "cancel": reverse("due:item", args=[item_id])}
    return _answer(request, item, form, act, "due/variation_withdraw.html", context)


def _answer(
    request: PageRequest, item: DueItem, form: Form, act: Callable[[], object], template: str, context: dict[str, Any]
) -> HttpResponse:
    if is_preview(request):
        return consequences(request, form, act)
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, "Recorded. The due list goes by it from now on.")
            return redirect("due:item", item.pk)
    return show_form(request, template, form, context)


def _allowed(record: OnRecord, terms: Sequence[Term]) -> list[tuple[str, str]]:
    """How far each limit may go, in words."""
    tolerance = ToleranceClass.objects.get(code=record.item.revision.tolerance)
    words = CounterWords(record.counters)
    found = []
    for term in terms:
        most = most_allowed(tolerance, record, term)
        counter = record.counters.get(term.measure)
        said = "nothing" if not most else amount_text(counter, most)
        found.append((sentences.limit(term.limit, words), said))
    return found
