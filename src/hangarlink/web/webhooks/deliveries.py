"""The log of an endpoint, one delivery, and sending again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from hangarlink.integration.webhooks import actions, queries
from hangarlink.integration.webhooks.actions import MANAGE, VIEW
from hangarlink.integration.webhooks.catalogue import catalogue
from hangarlink.integration.webhooks.models import Delivery, Endpoint
from hangarlink.integration.webhooks.vocabulary import DeliveryState, Outcome
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import refusals_on, sent, show_form
from hangarlink.web.listing import Chips, Column, Filters, Listing, NewestFirst
from hangarlink.web.webhooks import words
from hangarlink.web.webhooks.forms import ReplayForm


class TypeField(forms.ChoiceField):
    """A type of event. The choices are the installation's catalogue."""

    def __init__(self) -> None:
        super().__init__(choices=lambda: [("", "Every type"), *((name, name) for name in catalogue())])
        self.widget.attrs["aria-label"] = "Every type"


class DeliveryFilters(Filters):
    state = Chips([(state.value, words.DELIVERY_STATES[state][1]) for state in DeliveryState])
    event_type = TypeField()


def _state_html(delivery: Delivery) -> SafeString:
    code, word = words.DELIVERY_STATES[DeliveryState(delivery.state)]
    return formats.state(formats.State(code, word))


def _duration(delivery: Delivery) -> str:
    return "" if delivery.last_ms is None else f"{delivery.last_ms} ms"


def _type_html(delivery: Delivery) -> SafeString:
    return format_html("<code>{}</code>", delivery.event_type)


class DeliveryList(Listing[Delivery]):
    """What an endpoint was sent."""

    name = "deliveries"
    noun = ("delivery", "deliveries")
    filters = DeliveryFilters
    sort = "-at"
    empty = "webhooks/no_deliveries.html"
    columns: tuple[Column[Any], ...] = (
        Column(
            key="at",
            label="Happened",
            value=lambda d: d.event_at,
            sort=("event_at",),
            link=lambda d: reverse("webhooks:delivery", args=[d.pk]),
        ),
        Column(key="type", label="Event", value=lambda d: d.event_type, html=_type_html),
        Column(key="state", label="State", value=lambda d: words.DELIVERY_STATES[d.state][1], html=_state_html),
        Column(key="answer", label="Answer", value=words.outcome_words),
        Column(key="took", label="Took", value=_duration, numeric=True, phone=False),
        Column(key="attempts", label="Attempts", value=lambda d: d.attempts, numeric=True, phone=False),
        Column(key="last", label="Last attempt", value=lambda d: d.last_at, phone=False, shown=False),
        Column(
            key="due",
            label="Next",
            value=lambda d: d.due_at if d.state == "pending" else None,
            phone=False,
            shown=False,
        ),
        Column(key="id", label="Event id", value=lambda d: str(d.event_id), phone=False, shown=False),
    )

    def __init__(self, request: PageRequest, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        super().__init__(request)

    def source(self, chosen: Mapping[str, Any]) -> NewestFirst:
        return NewestFirst(queries.deliveries(self.endpoint, acting_user=self.request.actor, **chosen), "event_at")

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int] | None:  # noqa: ARG002 - one chip field
        return None if others else queries.counts_by_state(self.endpoint)


@page(permission=VIEW)
def delivery(request: PageRequest, delivery_id: UUID) -> HttpResponse:
    """One delivery: the message, and every attempt with what came back."""
    detail = queries.delivery_detail(delivery_id, acting_user=request.actor)
    state, word = words.DELIVERY_STATES[DeliveryState(detail.delivery.state)]
    attempts = [(attempt, words.OUTCOMES[Outcome(attempt.outcome)]) for attempt in detail.attempts]
    context = {
        "delivery": detail.delivery,
        "endpoint": detail.delivery.endpoint,
        "body": detail.body,
        "attempts": attempts,
        "state": state,
        "word": word,
    }
    return render(request, "webhooks/delivery.html", context)


@page(permission=MANAGE)
@require_POST
def delivery_replay(request: PageRequest, delivery_id: UUID) -> HttpResponse:
    """Send it again."""
    found = queries.delivery_detail(delivery_id, acting_user=request.actor).delivery
    actions.replay(found, acting_user=request.actor)
    messages.success(request, "It is on its way again, under the same id.")
    return redirect("webhooks:delivery", delivery_id)


@page(permission=MANAGE)
def replay_since(request: PageRequest, endpoint_id: UUID) -> HttpResponse:
    """Send everything since a moment again."""
    found = queries.find_endpoint(endpoint_id, acting_user=request.actor)
    form = ReplayForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            count = actions.replay_since(
                found,
                form.cleaned_data["since"],
                undelivered_only=form.cleaned_data["which"] == "undelivered",
                acting_user=request.actor,
            )
            messages.success(request, f"{count} {'delivery is' if count == 1 else 'deliveries are'} on the way.")
            return redirect("webhooks:endpoint", found.pk)
    return show_form(request, "webhooks/replay.html", form, {"endpoint": found})
