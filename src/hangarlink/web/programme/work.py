"""Work done: recorded, corrected, withdrawn, each with a look at what follows before it is saved."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.programme.actions import (
    correct_accomplishment,
    record_accomplishment,
    withdraw_accomplishment,
)
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, ValueSource
from hangarlink.maintenance.programme.queries import item_detail
from hangarlink.maintenance.programme.readings import counters_of
from hangarlink.platform.errors import Missing
from hangarlink.platform.quantities import Unit
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, MomentField, QuantityField, ReasonField, refusals_on, show_form
from hangarlink.web.programme.impact import consequences, is_preview, typed
from hangarlink.web.programme.item import answer


class WorkForm(Form):
    """What was done, when, and what the counters showed."""

    performed_at = MomentField(label="Performed at")
    released_at = MomentField(
        label="Released at", required=False, help_text="When that differs: intervals count from the release."
    )
    certificate = forms.CharField(
        max_length=120, required=False, label="Release certificate", help_text="Its number or log page"
    )
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)

    finding = forms.ChoiceField(
        choices=[("", "Not said"), ("no", "Nothing was found"), ("yes", "Something was found")], required=False,
        label="Findings",
    )  # fmt: skip

    def __init__(self, counters: Iterable[Counter], done: Accomplishment | None, *args: Any, **kwargs: Any) -> None:
        counters = list(counters)
        if done is not None:
            kwargs["initial"] = _initial(done, counters)
        super().__init__(*args, **kwargs)
        self.counters = counters
        for counter in counters:
            self.fields[_name(counter)] = QuantityField(
                unit=Unit(counter.unit), label=counter.name, required=False,
                help_text="Empty follows from the recorded usage",
            )  # fmt: skip
        if done is not None:
            self.fields["reason"] = ReasonField()

    def counter_fields(self) -> list[forms.BoundField]:
        """The counters' fields, for the page."""
        return [self[_name(counter)] for counter in self.counters]

    def done(self) -> dict[str, Any]:
        """As the action wants it."""
        given = self.cleaned_data
        values = {c.pk: given[_name(c)] for c in self.counters if given.get(_name(c)) is not None}
        names = ("performed_at", "released_at", "certificate", "note")
        finding = {"yes": True, "no": False}.get(given["finding"])
        return {name: given[name] for name in names} | {"values": values, "finding": finding}


class WithdrawForm(Form):
    """Why work is said not to have happened."""

    reason = ReasonField()


@page(permission="programme.record")
def record(request: PageRequest, item_id: UUID) -> HttpResponse:
    """Record work done under a due item."""
    item = find_item(item_id)
    form = WorkForm(_counters(item), None, typed(request))

    def act() -> object:
        return record_accomplishment(item.requirement, item.holder, acting_user=request.actor, **form.done())

    context = {"item": item, "verb": "Record work done", "cancel": reverse("due:item", args=[item_id])}
    return _answer(request, item, form, act, "due/work_form.html", context)


@page(permission="programme.record")
def correct(request: PageRequest, item_id: UUID, done_id: UUID) -> HttpResponse:
    """Correct work on record: a new version, the old one is kept."""
    item, done = find_item(item_id), _done(item_id, done_id)
    form = WorkForm(_counters(item), done, typed(request))

    def act() -> object:
        reason = form.cleaned_data["reason"]
        return correct_accomplishment(done, reason=reason, acting_user=request.actor, **form.done())

    context = {
        "item": item, "done": done, "verb": "Correct work done", "cancel": reverse("due:item", args=[item_id]),
        "withdraw_href": reverse("due:withdraw", args=[item_id, done_id]),
    }  # fmt: skip
    return _answer(request, item, form, act, "due/work_form.html", context)


@page(permission="programme.record")
def withdraw(request: PageRequest, item_id: UUID, done_id: UUID) -> HttpResponse:
    """Say that work on record did not happen."""
    item, done = find_item(item_id), _done(item_id, done_id)
    form = WithdrawForm(typed(request))

    def act() -> object:
        return withdraw_accomplishment(done, reason=form.cleaned_data["reason"], acting_user=request.actor)

    context = {
        "item": item, "done": done, "verb": "Withdraw work done", "cancel": reverse("due:item", args=[item_id]),
        "danger": True,
    }  # fmt: skip
    return _answer(request, item, form, act, "due/work_withdraw.html", context)


def _answer(
    request: PageRequest, item: DueItem, form: Form, act: Callable[[], object], template: str, context: dict[str, Any]
) -> HttpResponse:
    if is_preview(request):
        return _preview(request, item, form, act)
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, f"Recorded. {answer(item_detail(item.pk))}")
            return redirect("due:item", item.pk)
    return show_form(request, template, form, context)


def _preview(request: PageRequest, item: DueItem, form: Form, act: Callable[[], object]) -> HttpResponse:
    """What would follow, with the item's own answer in front."""
    seen: dict[str, Any] = {}

    def look() -> None:
        act()
        detail = item_detail(item.pk)
        seen.update(state=detail.status.state.code, answer=answer(detail))

    return consequences(request, form, look, more=seen)


def find_item(item_id: UUID) -> DueItem:
    """An open due item with requirement, aircraft and revision. Raises Missing."""
    rows = DueItem.objects.select_related("requirement", "aircraft", "revision").filter(closed_at__isnull=True)
    found = rows.filter(pk=item_id).first()
    if found is None:
        raise Missing("There is no such due item in this account, or nothing demands it any more.")
    return found


def _done(item_id: UUID, done_id: UUID) -> Accomplishment:
    rows = Accomplishment.objects.filter(item_id=item_id, superseded_at__isnull=True, is_withdrawn=False)
    found = rows.select_related("item").prefetch_related("values").filter(pk=done_id).first()
    if found is None:
        raise Missing("This record was corrected or withdrawn meanwhile. Open the due item again and look.")
    return found


def _counters(item: DueItem) -> list[Counter]:
    return list(counters_of(item.holder))


def _initial(done: Accomplishment, counters: list[Counter]) -> dict[str, Any]:
    by_id = {counter.pk: counter for counter in counters}
    read = [value for value in done.values.all() if value.source == ValueSource.READ and value.counter_id in by_id]
    amounts = {_name(by_id[v.counter_id]): formats.quantity_of(by_id[v.counter_id], v.value) for v in read}
    released = done.released_at if done.released_at != done.performed_at else None
    return {
        "performed_at": done.performed_at, "released_at": released, "certificate": done.certificate,
        "note": done.note, "finding": {True: "yes", False: "no"}.get(done.finding, ""), **amounts,  # type: ignore[arg-type]
    }  # fmt: skip


def _name(counter: Counter) -> str:
    return f"value-{counter.pk}"
