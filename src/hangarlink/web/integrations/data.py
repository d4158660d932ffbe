"""Which data types move, which way, and by which rules: all off until somebody switches them on."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from hangarlink.integration import overview
from hangarlink.integration.connections.models import DeletionPolicy, Stream
from hangarlink.integration.connections.rights import EDIT, VIEW, right
from hangarlink.integration.connections.streams import RULES, change_stream
from hangarlink.integration.contract import Area
from hangarlink.integration.sync.reach import Moved, how_moved
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.web.access import PageRequest
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.integrations.areas import area_page, to
from hangarlink.web.integrations.finding import find, tabs
from hangarlink.web.integrations.record import frame, way_words
from hangarlink.web.integrations.steps import next_step, steps_at

RULE_WORDS = {
    "last_write_wins": "the newer one wins",
    "manual_review": "somebody decides",
    "append_only": "only added, never changed",
    "create_only": "only created, never changed",
}


class DataForm(Form):
    """Three inputs a stream: on, what to do in a conflict, what to do about deletions."""

    def __init__(self, *args: Any, streams: Sequence[Stream], name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.streams = {str(stream.pk): stream for stream in streams}
        self.partner = name
        rules = [("", "as is right for this data"), *((rule, RULE_WORDS[rule]) for rule in RULES)]
        for key, stream in self.streams.items():
            label = f"{stream}, {stream.direction}"
            self.fields[f"on:{key}"] = forms.BooleanField(
                label=label,
                required=False,
                initial=stream.is_enabled,
                disabled=how_moved(stream.flow, stream.direction) is Moved.NOT_YET and not stream.is_enabled,
            )
            self.fields[f"rule:{key}"] = forms.ChoiceField(
                label=f"Both sides changed: {label}", choices=rules, required=False, initial=stream.conflict_rule
            )
            self.fields[f"gone:{key}"] = forms.ChoiceField(
                label=f"Gone on one side: {label}",
                choices=DeletionPolicy.choices,
                required=False,
                initial=stream.deletion_policy,
            )

    def lines(self) -> list[tuple[Any, ...]]:
        """(stream, direction in words, how it moves, on, rule, gone): the last three are bound fields."""
        names = ("on", "rule", "gone")
        return [
            (
                stream,
                way_words(stream.direction, self.partner),
                how_moved(stream.flow, stream.direction).value,
                *(self[f"{name}:{key}"] for name in names),
            )
            for key, stream in self.streams.items()
        ]

    def save(self, *, acting_user: Actor) -> None:
        """Change what differs."""
        for key, stream in self.streams.items():
            change_stream(
                stream,
                is_enabled=self.cleaned_data[f"on:{key}"],
                conflict_rule=self.cleaned_data[f"rule:{key}"],
                deletion_policy=self.cleaned_data[f"gone:{key}"] or stream.deletion_policy,
                acting_user=acting_user,
            )


@area_page(VIEW)
def data(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """What moves. In the set-up it leads on to the dry run."""
    found = find(request, area, connection_id)
    if request.method == "POST":
        require(request.actor, right(area, EDIT))
    rows = overview.flow_rows(found, acting_user=request.actor)
    in_set_up = next_step(found, rows) is not None
    context = frame(found, request.actor)
    form = DataForm(sent(request), streams=[row.stream for row in rows], name=context["manifest"].name)
    if form.is_valid():
        with refusals_on(form):
            form.save(acting_user=request.actor)
            chosen = [stream for key, stream in form.streams.items() if form.cleaned_data[f"on:{key}"]]
            if in_set_up and any(how_moved(one.flow, one.direction) is Moved.BY_RUNS for one in chosen):
                return redirect(to(area, "plan", found.pk))
            if in_set_up and chosen:
                messages.success(request, "Switched on. Say in notification rules which messages it sends.")
                return redirect(to(area, "connection", found.pk))
            messages.success(request, "Saved. What is switched off keeps its place and moves nothing.")
            return redirect(to(area, "data", found.pk))
    context |= {"steps": steps_at("data") if in_set_up else None, "tabs": tabs(found, "data")}
    return show_form(request, "integrations/data.html", form, context)
