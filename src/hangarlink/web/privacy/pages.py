"""Find a person, look at what is held, download it, erase it; and the certificate. What names them is posted."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hangarlink.platform.errors import Missing
from hangarlink.platform.privacy.actions import erase, export
from hangarlink.platform.privacy.models import Basis, Erased
from hangarlink.platform.privacy.queries import PRIVACY, erasures, findings, subject_of
from hangarlink.platform.privacy.registry import Finding, Treatment
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, refusals_on, sent, show_form

WORDS = {
    Treatment.ERASE: "is erased",
    Treatment.PSEUDONYMISE: "stays without the person",
    Treatment.HOLD: "is kept",
}


class PersonForm(Form):
    email = forms.CharField(label="E-mail address", required=False, max_length=254)
    name = forms.CharField(
        required=False, max_length=200, help_text="As records write it. Records that hold only a name are found by it."
    )


class EraseForm(PersonForm):
    basis = forms.ChoiceField(label="Asked for under", choices=Basis.choices)
    sure = forms.BooleanField(
        label="I have checked the list: all of it is about this person", error_messages={"required": "Check it."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "name"):
            self.fields[name].widget = forms.HiddenInput()


@sensitive_post_parameters("email", "name")
@never_cache
@page(permission=PRIVACY)
def privacy(request: PageRequest) -> HttpResponse:
    """Look somebody up: the dry run. Nothing is changed."""
    form = PersonForm(sent(request))
    context: dict[str, Any] = {"erasures": erasures()}
    if form.is_valid():
        with refusals_on(form):
            context |= _found(request, **form.cleaned_data)
            return render(request, "privacy/found.html", context)
    return show_form(request, "privacy/find.html", form, context)


@sensitive_post_parameters("email", "name")
@never_cache
@require_POST
@page(permission=PRIVACY)
def download(request: PageRequest) -> HttpResponse:
    """The export: as a page to read and print, or as JSON."""
    form = PersonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            data = export(subject_of(**form.cleaned_data), acting_user=request.actor)
            if request.POST.get("as") == "page":
                return render(request, "privacy/export.html", {"export": data})
            answer = JsonResponse(data, encoder=DjangoJSONEncoder, json_dumps_params={"indent": 2})
            answer["Content-Disposition"] = 'attachment; filename="personal-data.json"'
            return answer
    return show_form(request, "privacy/find.html", form, {"erasures": erasures()})


@sensitive_post_parameters("email", "name")
@never_cache
@require_POST
@page(permission=PRIVACY)
def erasure(request: PageRequest) -> HttpResponse:
    """Do what the dry run showed."""
    form = EraseForm(request.POST)
    if form.is_valid():
        # The person stands in hidden fields here: what is wrong with them is said of the form.
        with refusals_on(form, {"email": ""}):
            given = form.cleaned_data
            subject = subject_of(email=given["email"], name=given["name"])
            made = erase(subject, basis=given["basis"], acting_user=request.actor)
            messages.success(request, f"Erased. In records that stay, the person is now called {made.alias}.")
            return redirect("privacy:certificate", made.pk)
    context = _found(request, form["email"].value() or "", form["name"].value() or "")
    return show_form(request, "privacy/found.html", form, context | {"erase_form": form})


@page(permission=PRIVACY)
def certificate(request: PageRequest, erased_id: UUID) -> HttpResponse:
    """What was done, to print and hand over. It names nobody."""
    found = Erased.objects.filter(pk=erased_id).first()
    if found is None:
        raise Missing("This erasure does not exist in this account.")
    lines = [{**line, "outcome": WORDS[Treatment(line["treatment"])]} for line in found.done]
    return render(request, "privacy/certificate.html", {"erased": found, "lines": lines})


def _found(request: PageRequest, email: str, name: str) -> dict[str, Any]:
    subject = subject_of(email=email, name=name)
    found = findings(subject, acting_user=request.actor)
    typed = {"email": subject.email, "name": subject.name}
    return {
        "subject": subject,
        "typed": typed,
        "lines": [(one, WORDS[one.treatment]) for one in found],
        "held": _count(found, Treatment.HOLD),
        "erase_form": EraseForm(initial=typed),
    }


def _count(found: list[Finding], treatment: Treatment) -> int:
    return sum(one.count for one in found if one.treatment is treatment)
