"""The mapping of requirements to the partner's maintenance types, by whole class or one by one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import EDIT, VIEW, right
from hangarlink.integration.contract import Area, Dataset
from hangarlink.integration.datasets.part_types import Mappable, map_types, mappable
from hangarlink.integration.datasets.parts import Types
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import require
from hangarlink.web.access import PageRequest
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.integrations.areas import area_page, to
from hangarlink.web.integrations.finding import find, tabs
from hangarlink.web.integrations.record import frame


class TypesForm(Form):
    """A type's id per class, per requirement that has one of its own, and for one requirement more."""

    def __init__(self, *args: Any, known: Mappable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        own = {str(id): type for id, type in known.types.requirements.items()}
        for name, label in known.classes.items():
            self._add(name, label, known.types.classes.get(name, ""))
        for name, type_id in own.items():
            self._add(name, known.requirements.get(UUID(name), "A requirement that is retired"), type_id)
        others = [(str(id), name) for id, name in known.requirements.items() if str(id) not in own]
        self.fields["more"] = forms.ChoiceField(
            label="One requirement", choices=[("", "Choose a requirement"), *others], required=False
        )
        self._add("more_type", "Its type", "")
        self.own = list(own)

    def _add(self, name: str, label: str, initial: str) -> None:
        self.fields[name] = forms.CharField(label=label, max_length=60, required=False, initial=initial)

    def of_classes(self) -> list[forms.BoundField]:
        return [self[name] for name in self.known.classes]

    def of_requirements(self) -> list[forms.BoundField]:
        return [self[name] for name in self.own]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("more")) != bool(cleaned.get("more_type")):
            name = "more_type" if cleaned.get("more") else "more"
            self.add_error(name, "Choose a requirement and enter the id of its type.")
        return cleaned

    def chosen(self) -> Types:
        given = {name: str(value).strip() for name, value in self.cleaned_data.items() if value}
        own = {UUID(name): given[name] for name in self.own if name in given}
        if "more" in given:
            own[UUID(given["more"])] = given["more_type"]
        return Types({name: given[name] for name in self.known.classes if name in given}, own)


@area_page(VIEW)
def parts(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """What goes out as a part of which type; what has none is not sent."""
    found = _with_parts(request, area, connection_id)
    if request.method == "POST":
        require(request.actor, right(area, EDIT))
    known = mappable(found)
    form = TypesForm(sent(request), known=known)
    if form.is_valid():
        with refusals_on(form):
            is_other = map_types(found, form.chosen(), acting_user=request.actor)
            messages.success(request, "Mapped. It goes with the next run." if is_other else "Nothing differs.")
            return redirect(to(area, "parts", found.pk))
    count = len(known.types.classes) + len(known.types.requirements)
    context = {**frame(found, request.actor), "tabs": tabs(found, "parts"), "count": count}
    return show_form(request, "integrations/parts.html", form, context)


def _with_parts(request: PageRequest, area: Area, connection_id: UUID) -> Connection:
    found = find(request, area, connection_id)
    if Dataset.MAINTENANCE_PARTS not in frame(found, request.actor)["manifest"].datasets:
        raise Missing("This partner takes no maintenance parts.")
    return found
