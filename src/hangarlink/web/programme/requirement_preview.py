"""What limits mean while somebody types them: the sentence, where they would be due, the next five dues.

Everything is done, looked at and undone: the same actions as saving.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.components.models import Component, Item
from hangarlink.maintenance.programme.actions import apply_requirement
from hangarlink.maintenance.programme.actions.requirements import Target
from hangarlink.maintenance.programme.models import DueItem, Requirement
from hangarlink.maintenance.programme.queries import Narrow, due_list
from hangarlink.maintenance.programme.queries.ahead import next_dues
from hangarlink.maintenance.programme.rules import sentences
from hangarlink.maintenance.programme.rules.ahead import Ahead
from hangarlink.maintenance.programme.rules.dues import AtCount, OnDate, Unknown
from hangarlink.maintenance.programme.rules.limits import Schedule
from hangarlink.maintenance.programme.rules.status import TermStatus
from hangarlink.maintenance.programme.words import CounterWords
from hangarlink.platform.quantities import Unit
from hangarlink.web.access import PageRequest
from hangarlink.web.forms import Form, field_as
from hangarlink.web.programme.saying import sentence

# A preview works out every aircraft it would apply to; beyond this it only tells the sentence.
MOST_PREVIEWED = 60
SHOWN = 8


class AheadForm(Form):
    """The aircraft on which the next dues are shown."""

    ahead_on: "forms.ModelChoiceField[Aircraft]" = forms.ModelChoiceField(
        queryset=None, required=False, label="Show the next five dues on", empty_label="no aircraft"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_as(self, "ahead_on", forms.ModelChoiceField).queryset = Aircraft.objects.order_by("registration")

    def aircraft(self) -> Aircraft | None:
        """The chosen one."""
        return self.cleaned_data.get("ahead_on") if self.is_valid() else None


@dataclass(frozen=True)
class DueToCome:
    """One line of the next dues: where each limit stands, and when the first of them is reached."""

    number: int
    points: tuple[str, ...]
    on: date | None
    why_not: str


def preview(
    request: PageRequest,
    schedule: Schedule,
    units: Mapping[str, Unit],
    *,
    write: Callable[[], Requirement],
    targets: Sequence[Target],
    aircraft: Aircraft | None,
) -> HttpResponse:
    """The panel under the limits.

    write     makes the requirement, or its revision, as saving would
    targets   to which a new one is applied
    aircraft  on which its next dues are shown; without one, those on the only component it is applied to
    """
    shown = aircraft or _only_component(targets)
    context: dict[str, Any] = {"said": sentence(schedule, units), "on": shown}
    with transaction.atomic():
        made = write()
        if _few(targets):
            context |= _consequences(request, made, targets)
        if shown is not None:
            apply_requirement(made, shown, acting_user=request.actor)
            context["dues"] = list(_dues(made, shown))
        transaction.set_rollback(True)
    return render(request, "due/requirement_preview.html", context)


def _only_component(targets: Sequence[Target]) -> Component | None:
    return targets[0] if len(targets) == 1 and isinstance(targets[0], Component) else None


def _few(targets: Sequence[Target]) -> bool:
    models = [one.pk for one in targets if isinstance(one, AircraftModel)]
    parts = [one.pk for one in targets if isinstance(one, Item)]
    aircraft = Aircraft.objects.filter(aircraft_model__in=models).count()
    units = Component.objects.filter(serialised_item__item__in=parts).count()
    return bool(targets) and aircraft + units + len(targets) <= MOST_PREVIEWED


def _consequences(request: PageRequest, made: Requirement, targets: Sequence[Target]) -> dict[str, Any]:
    for target in targets:
        apply_requirement(made, target, acting_user=request.actor)
    found = due_list(Narrow(requirement_id=made.pk), limit=MOST_PREVIEWED)
    return {"rows": found.rows[:SHOWN], "more": max(0, len(found.rows) - SHOWN)}


def _dues(made: Requirement, on: Aircraft | Component) -> Iterator[DueToCome]:
    own = {"component": on} if isinstance(on, Component) else {"component": None, "aircraft": on}
    item = DueItem.objects.filter(requirement=made, closed_at__isnull=True, **own).first()
    found = next_dues(item.pk) if item else None
    if found is None:
        return
    record, dues = found
    words = CounterWords(record.counters)
    for number, due in enumerate(dues, start=1):
        points = tuple(_point(term, words) for term in due.status.terms)
        yield DueToCome(number, points, due.on, _why_not(due, words))


def _point(term: TermStatus, words: CounterWords) -> str:
    due = term.term.due
    if isinstance(due, AtCount):
        return f"{words.name(due.counter)} {words.amount(due.counter, due.value)}"
    if isinstance(due, OnDate):
        return words.day(due.on)
    if isinstance(due, Unknown):
        return "unknown"
    return f"when it happens: {due.event.replace('_', ' ')}"


def _why_not(due: Ahead, words: CounterWords) -> str:
    if due.on is not None:
        return ""
    unknown = next((term.unknown for term in due.status.terms if term.unknown), None)
    return sentences.unknown(unknown, words) if unknown else "not reached at the present use"
