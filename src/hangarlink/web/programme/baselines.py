"""Starting points: when an aircraft was new, overhauled, or a directive took effect, and its counters then."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.programme.actions import set_baseline
from hangarlink.maintenance.programme.readings import counters_of
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.platform.quantities import Unit
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import DayField, Form, QuantityField, refusals_on, show_form
from hangarlink.web.programme.impact import consequences, is_preview, typed
from hangarlink.web.programme.words import START_WORDS
from hangarlink.web.programme.work import find_item

EVENTS = [start for start in Start if start.is_baseline]


class BaselineForm(Form):
    """When it happened, what the counters showed, where that is written."""

    start = forms.ChoiceField(choices=[(start.value, START_WORDS[start]) for start in EVENTS], label="What happened")
    on = DayField(label="On")
    only_here = forms.BooleanField(required=False, label="Holds for this requirement only")
    source = forms.CharField(
        max_length=200, required=False, label="Where it is written", help_text="Logbook, certificate"
    )

    def __init__(self, counters: Iterable[Counter], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counters = list(counters)
        for counter in self.counters:
            self.fields[f"value-{counter.pk}"] = QuantityField(
                unit=Unit(counter.unit), label=counter.name, required=False,
                help_text="Then. Empty follows from the recorded usage",
            )  # fmt: skip

    def values(self) -> dict[UUID, int]:
        """What was typed, by counter."""
        given = {counter.pk: self.cleaned_data.get(f"value-{counter.pk}") for counter in self.counters}
        return {counter_id: value for counter_id, value in given.items() if value is not None}

    def counter_fields(self) -> list[forms.BoundField]:
        """The counters' fields, for the page."""
        return [self[f"value-{counter.pk}"] for counter in self.counters]


@page(permission="programme.record")
def baseline(request: PageRequest, item_id: UUID) -> HttpResponse:
    """Say when something happened that limits of a due item count from."""
    item = find_item(item_id)
    counters = counters_of(item.craft)
    form = BaselineForm(counters, typed(request), initial={"start": request.GET.get("start")})

    def act() -> object:
        given = form.cleaned_data
        return set_baseline(
            item.craft, Start(given["start"]), on=given["on"], values=form.values(), source=given["source"],
            requirement=item.requirement if given["only_here"] else None, acting_user=request.actor,
        )  # fmt: skip

    if is_preview(request):
        return consequences(request, form, act)
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, "Set. What counts from it is worked out anew.")
            return redirect("due:item", item_id)
    context = {"item": item, "cancel": reverse("due:item", args=[item_id])}
    return show_form(request, "due/baseline.html", form, context)
