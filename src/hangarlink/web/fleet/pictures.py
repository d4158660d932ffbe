"""The picture of an aircraft or of a model: shown, put in place of another, taken away."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.fleet.actions import change_aircraft, change_aircraft_model
from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.platform.documents.actions import delete_document, store_document
from hangarlink.platform.documents.downloads import answer_with
from hangarlink.platform.documents.queries import find_document
from hangarlink.platform.documents.rules import PICTURE
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.forms import Form, refusals_on, show_form

Change = Callable[[UUID | None], object]


class PictureForm(Form):
    """A file, or none: then the picture is taken away."""

    picture = forms.FileField(
        required=False,
        help_text=f"{PICTURE.accepted()}, at most {PICTURE.max_bytes // 2**20} MB. Place and camera are left out.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    remove = forms.BooleanField(required=False, label="Take the picture away")

    def clean(self) -> None:
        if not (self.cleaned_data.get("picture") or self.cleaned_data.get("remove") or self.errors):
            self.add_error("picture", "Choose a picture.")


@page(permission="fleet.view")
def aircraft_picture(request: PageRequest, aircraft_id: UUID) -> HttpResponseBase:  # noqa: ARG001 - every page takes the request
    """The picture itself."""
    return _answer(reads.find_aircraft(aircraft_id).picture_id)


@page(permission="fleet.view")
def model_picture(request: PageRequest, model_id: UUID) -> HttpResponseBase:  # noqa: ARG001 - every page takes the request
    """The picture itself."""
    return _answer(reads.find_model(model_id).picture_id)


@page(permission="fleet.edit")
def edit_aircraft_picture(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Choose another picture of an aircraft."""
    aircraft = reads.find_aircraft(aircraft_id)

    def change(picture_id: UUID | None) -> Aircraft:
        return change_aircraft(aircraft, picture_id=picture_id, acting_user=request.actor)

    return _edit(request, aircraft, change, reverse("fleet:aircraft", args=[aircraft.pk]))


@page(permission="fleet.edit")
def edit_model_picture(request: PageRequest, model_id: UUID) -> HttpResponse:
    """Choose another picture of a model."""
    model = reads.find_model(model_id)

    def change(picture_id: UUID | None) -> AircraftModel:
        return change_aircraft_model(model, picture_id=picture_id, acting_user=request.actor)

    return _edit(request, model, change, reverse("fleet:model", args=[model.pk]))


def _edit(request: PageRequest, of: Aircraft | AircraftModel, change: Change, back: str) -> HttpResponse:
    posted = request.method == "POST"
    form = PictureForm(request.POST if posted else None, request.FILES if posted else None)
    if not of.picture_id:
        del form.fields["remove"]
    if form.is_valid():
        with refusals_on(form):
            _replace(request, of.picture_id, form, change)
            messages.success(request, "The picture is saved." if form.cleaned_data["picture"] else "It is gone.")
            return redirect(back)
    return show_form(request, "fleet/picture_form.html", form, {"thing": of, "cancel": back})


def _replace(request: PageRequest, was: UUID | None, form: PictureForm, change: Change) -> None:
    """The new one in place of the old one, which nothing refers to any more."""
    file, new = form.cleaned_data["picture"], None
    if file:
        new = store_document(file, name=file.name, policy=PICTURE, acting_user=request.actor, field="picture").pk
    change(new)
    if was is not None:
        delete_document(find_document(was), acting_user=request.actor)


def _answer(picture_id: UUID | None) -> HttpResponseBase:
    if picture_id is None:
        raise Missing("There is no picture of it.")
    return answer_with(find_document(picture_id))
