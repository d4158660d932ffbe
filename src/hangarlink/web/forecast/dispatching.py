"""May it fly the next flight? A question with an answer and its reasons, in an address that can be passed on."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.queries import flight_amounts
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries import Dispatch, dispatch
from hangarlink.maintenance.programme.rules.airworthiness import Ground
from hangarlink.maintenance.programme.rules.dispatch import Answer
from hangarlink.platform.quantities import Unit
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.reasons import reason_page
from hangarlink.web.fleet.tabs import tabs_of
from hangarlink.web.forms import DayField, Form, QuantityField, refusals_on

# The answer as a state of the page language: word and shape.
ANSWERS = {
    Answer.YES: ("ok", "Yes"),
    Answer.NO: ("grounded", "No"),
    Answer.UNKNOWN: ("unknown", "Unknown"),
}
SAID = {
    "usage_stale": "No usage was recorded lately: more may have been flown than is known",
    "no_programme": "No requirement applies to it, so nothing can be said",
    "not_assessed": "A requirement applies to it and was not assessed yet",
}


class FlightForm(Form):
    """The flight asked about."""

    hours = QuantityField(unit=Unit.SECONDS, label="Flight time", help_text="1.5 or 1:30, block to block")
    landings = forms.IntegerField(min_value=0, max_value=100, initial=1)
    cycles = forms.IntegerField(min_value=0, max_value=100, initial=1)
    landing_on = DayField(label="Landing on")
    after_planned = forms.BooleanField(
        required=False, label="After the flights planned until then", help_text="They use up hours before it does."
    )


@page(permission="programme.view")
def ask(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """The question, and its answer once it is asked."""
    aircraft = reads.find_aircraft(aircraft_id)
    asked = "hours" in request.GET
    form = FlightForm(request.GET if asked else None, initial={"hours": "1.0", "landing_on": today()})
    found = None
    if form.is_valid():
        with refusals_on(form):
            found = _answered(aircraft, form)
    context = {
        "aircraft": aircraft,
        "form": form,
        "tabs": tabs_of(request, aircraft, "dispatch"),
        "cancel": reverse("fleet:aircraft", args=[aircraft.pk]),
        **(_told(found) if found else {}),
    }
    status = 422 if form.is_bound and found is None else 200
    return render(request, "forecast/dispatch.html", context, status=status)


def _answered(aircraft: Aircraft, form: FlightForm) -> Dispatch:
    asked = form.cleaned_data
    added = flight_amounts(aircraft, asked["hours"], landings=asked["landings"], cycles=asked["cycles"])
    return dispatch(aircraft, added, landing_on=asked["landing_on"], after_planned=asked["after_planned"])


def _told(found: Dispatch) -> dict[str, object]:
    code, word = ANSWERS[found.answer]
    counters = Counter.objects.filter(pk__in=found.added).order_by("position", "name")
    return {
        "found": found,
        "code": code,
        "word": word,
        "reasons": [_line(one) for one in found.decision.reasons],
        "remarks": [_line(one) for one in found.decision.remarks],
        "added": [(counter, found.added[counter.pk]) for counter in counters if found.added[counter.pk]],
    }


def _line(ground: Ground) -> dict[str, str]:
    said = ground.said or SAID.get(ground.code, f"{ground.reference} {ground.title}".strip())
    href = reason_page(ground.code, ground.subject)
    return {"state": ground.state.code, "said": said, "source": ground.source, "href": href}
