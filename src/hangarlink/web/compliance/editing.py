"""Directives entered, taken over from the examples, revised, given products, superseded, cancelled."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance import actions
from hangarlink.maintenance.compliance.examples import examples as known_examples
from hangarlink.maintenance.compliance.models import Directive, DirectiveProduct
from hangarlink.maintenance.compliance.rules.words import DirectiveKind
from hangarlink.maintenance.programme.rules import effectivity
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.choices import LongChoiceField, offer
from hangarlink.web.compliance.reads import current_of, find_directive
from hangarlink.web.forms import DayField, Form, ReasonField, refusals_on, sent, show_form
from hangarlink.web.programme.words import CLASS_WORDS

AREA = forms.Textarea(attrs={"rows": 3})


class SaysForm(Form):
    """What a directive says, as far as it is kept at hand."""

    subject = forms.CharField(max_length=200)
    label = forms.CharField(
        max_length=60, required=False, label="Revision", help_text="As the issuer calls it: R1, Amendment 39-21288"
    )
    issued_on = DayField(required=False, label="Issued on")
    effective_on = DayField(
        required=False, label="Effective date", help_text="Limits “after the effective date” count from it"
    )
    ata = forms.CharField(max_length=8, required=False, label="ATA", help_text="32 or 32-10-00")
    applies = forms.CharField(required=False, widget=AREA, label="Applies to", help_text="As it is worded")
    compliance = forms.CharField(required=False, widget=AREA, label="Compliance", help_text="As it is worded")
    source = forms.CharField(max_length=300, required=False, label="Where its text is found")
    note = forms.CharField(required=False, widget=AREA, label="Your note")


class NewForm(SaysForm):
    """A directive, entered."""

    kind = forms.ChoiceField(choices=[(one.value, one.label) for one in DirectiveKind])
    issuer = forms.CharField(max_length=60, label="Issued by", help_text="FAA, EASA, or the manufacturer")
    number = forms.CharField(max_length=50, help_text="Without AD or SB: 2020-21-22")
    mandatory_class = forms.ChoiceField(
        required=False, label="Class", help_text="A directive always binds; say it of bulletins that bind you",
        choices=[("", "As usual for its kind"), *((one.value, word) for one, word in CLASS_WORDS.items())],
    )  # fmt: skip
    models: "forms.ModelMultipleChoiceField[AircraftModel]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Aircraft models", widget=forms.CheckboxSelectMultiple
    )
    part_numbers = forms.CharField(
        max_length=600, required=False, label="Part numbers", help_text="Of components, with commas between"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_models(self)

    def parts(self) -> list[str]:
        """Part numbers, each once."""
        return _parts(self.cleaned_data["part_numbers"])


class ExampleForm(Form):
    """Which example, for which products."""

    number = forms.ChoiceField(label="Example", widget=forms.RadioSelect)
    models: "forms.ModelMultipleChoiceField[AircraftModel]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Aircraft models", widget=forms.CheckboxSelectMultiple
    )
    part_numbers = forms.CharField(max_length=600, required=False, label="Part numbers")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = set(Directive.objects.filter(is_example=True).values_list("number", flat=True))
        choices = [(one.number, f"{one.name}, {one.subject}") for one in known_examples() if one.number not in here]
        self.fields["number"].choices = choices  # type: ignore[attr-defined]  # of a choice field
        _offer_models(self)


class ReviseForm(SaysForm):
    """A new revision."""

    reassess = forms.BooleanField(
        required=False, initial=True, label="Everything must be assessed again",
        help_text="Take the mark away only when nothing in it can change a decision",
    )  # fmt: skip
    reason = ReasonField(label="What is new", help_text="Kept with the revision, your name and the time.")


class ProductForm(Form):
    """A product that it names."""

    aircraft_model = LongChoiceField(empty_label="No aircraft model", required=False, label="Aircraft model")
    part_number = forms.CharField(max_length=60, required=False, label="or part number")
    serials = forms.CharField(
        max_length=600, required=False, label="Serial numbers",
        help_text="17268001 to 17271034, 17271100, 17280001 on. Empty: all. It proposes; you decide.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "aircraft_model", AircraftModel.objects.all(), "name")


class SupersedeForm(Form):
    """What takes its place."""

    by = LongChoiceField(empty_label="Choose the new directive", label="Superseded by")


class ReasonForm(Form):
    """Why."""

    reason = ReasonField()


@page(permission="compliance.edit")
def new(request: PageRequest) -> HttpResponse:
    """Enter a directive."""
    form = NewForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            given = {name: form.cleaned_data[name] for name in SaysForm.base_fields}
            chosen = form.cleaned_data["mandatory_class"]
            made = actions.add_directive(
                kind=form.cleaned_data["kind"], issuer=form.cleaned_data["issuer"], number=form.cleaned_data["number"],
                mandatory_class=MandatoryClass(chosen) if chosen else None, acting_user=request.actor, **given,
            )  # fmt: skip
            for model in form.cleaned_data["models"]:
                actions.add_product(made, aircraft_model=model, acting_user=request.actor)
            for part in form.parts():
                actions.add_product(made, part_number=part, acting_user=request.actor)
            messages.success(request, f"{made} is entered. Now enter what its paragraphs ask for.")
            return redirect("compliance:directive", made.pk)
    return show_form(request, "compliance/directive_form.html", form, {"cancel": reverse("compliance:directives")})


@page(permission="compliance.edit")
def examples(request: PageRequest) -> HttpResponse:
    """Take over an example."""
    form = ExampleForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            made = actions.take_example(
                form.cleaned_data["number"], aircraft_models=form.cleaned_data["models"],
                part_numbers=_parts(form.cleaned_data["part_numbers"]), acting_user=request.actor,
            )  # fmt: skip
            messages.success(request, f"{made} is entered as an example: compare its limits with its text.")
            return redirect("compliance:directive", made.pk)
    return show_form(request, "compliance/examples.html", form, {"cancel": reverse("compliance:directives")})


@page(permission="compliance.edit")
def revise(request: PageRequest, directive_id: UUID) -> HttpResponse:
    """Enter a new revision."""
    found = find_directive(directive_id)
    stands = current_of(found)
    form = ReviseForm(sent(request), initial={name: getattr(stands, name) for name in SaysForm.base_fields})
    if form.is_valid():
        with refusals_on(form):
            actions.revise_directive(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "Revised.")
            return redirect("compliance:directive", directive_id)
    context = {"directive": found, "cancel": reverse("compliance:directive", args=[directive_id])}
    return show_form(request, "compliance/directive_form.html", form, context)


@page(permission="compliance.edit")
def product(request: PageRequest, directive_id: UUID) -> HttpResponse:
    """Name a product."""
    found, form = find_directive(directive_id), ProductForm(sent(request))

    def act() -> object:
        given = form.cleaned_data
        serials = effectivity.ranges_from(given["serials"])
        narrowed = effectivity.to_json(effectivity.Effectivity(serials=serials))
        return actions.add_product(
            found, aircraft_model=given["aircraft_model"], part_number=given["part_number"], effectivity=narrowed,
            acting_user=request.actor,
        )  # fmt: skip

    text = "Every aircraft of the model, or every component of the part number, is asked for from now on."
    return _step(request, found, form, act, "Add product", text)


@page(permission="compliance.edit")
def remove(request: PageRequest, product_id: UUID) -> HttpResponse:
    """It does not name a product after all."""
    row = DirectiveProduct.objects.select_related("directive", "aircraft_model").filter(pk=product_id).first()
    if row is None:
        raise Missing("The directive names this product no more.")
    named, form = row, ReasonForm(sent(request))

    def act() -> object:
        return actions.remove_product(named, reason=form.cleaned_data["reason"], acting_user=request.actor)

    text = f"{row} is no longer asked for. What was decided for it stays on record and in force."
    return _step(request, row.directive, form, act, "Remove product", text)


@page(permission="compliance.edit")
def supersede(request: PageRequest, directive_id: UUID) -> HttpResponse:
    """Say which directive takes its place."""
    found, form = find_directive(directive_id), SupersedeForm(sent(request))
    offer(form, "by", Directive.objects.filter(cancelled_at=None).exclude(pk=directive_id), "-created_at")

    def act() -> object:
        return actions.supersede_directive(found, form.cleaned_data["by"], acting_user=request.actor)

    text = "What it demands goes on until the new one is assessed on each aircraft. The new one is given its products."
    return _step(request, found, form, act, "Supersede", text)


@page(permission="compliance.edit")
def cancel(request: PageRequest, directive_id: UUID) -> HttpResponse:
    """Its issuer took it back."""
    found, form = find_directive(directive_id), ReasonForm(sent(request))

    def act() -> object:
        return actions.cancel_directive(found, reason=form.cleaned_data["reason"], acting_user=request.actor)

    text = "Nothing is demanded under it any more, on any object. This cannot be taken back; its history stays."
    return _step(request, found, form, act, "Cancel directive", text)


def _step(
    request: PageRequest, found: Directive, form: Form, act: Callable[[], object], verb: str, text: str
) -> HttpResponse:
    back = reverse("compliance:directive", args=[found.pk])
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, f"{found}: done.")
            return redirect(back)
    context = {"thing": str(found), "verb": verb, "text": text, "back": back}
    return show_form(request, "compliance/step.html", form, context)


def _offer_models(form: forms.Form) -> None:
    form.fields["models"].queryset = AircraftModel.objects.order_by("name")  # type: ignore[attr-defined]  # of a model choice


def _parts(said: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in said.split(",") if part.strip()))
