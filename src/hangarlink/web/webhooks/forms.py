"""Forms of endpoints."""

from typing import Any

from django import forms

from hangarlink.integration.webhooks.catalogue import catalogue, types_for
from hangarlink.integration.webhooks.models import Endpoint
from hangarlink.platform.applications.models import Application
from hangarlink.web.forms import Form, MomentField, field_as

OVERLAPS = {
    "0": "At once: it leaked",
    "1": "In one hour",
    "24": "In one day",
    "168": "In seven days",
}


class EndpointForm(Form):
    """An endpoint's address, what it is told, and in which order."""

    url = forms.CharField(
        label="Address",
        max_length=2048,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="A public address that answers a POST with 2xx within seconds. Redirects are not followed.",
    )
    description = forms.CharField(
        required=False, max_length=200, help_text="What receives it. Lists show this instead of the address."
    )
    choice = forms.ChoiceField(
        label="Events",
        choices=[("all", "All of them, also types that later versions add"), ("some", "Only these types")],
        widget=forms.RadioSelect(attrs={"class": "options"}),
        initial="all",
    )
    event_types = forms.MultipleChoiceField(
        label="Types",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "options"}),
    )
    changed_fields = forms.CharField(
        label="Only when these fields change",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "aircraft.changed: status, location"}),
        help_text="A line per type that says which fields changed. Types without a line are always sent.",
    )
    strict_order = forms.BooleanField(
        label="Strict order",
        required=False,
        help_text="One at a time, in the order things happened. A delivery that cannot be made stops the endpoint.",
    )

    def __init__(self, *args: Any, application: Application | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = types_for(application.scopes) if application is not None else list(catalogue())
        known = catalogue()
        field = field_as(self, "event_types", forms.MultipleChoiceField)
        field.choices = [(name, f"{name}: {known[name].meaning}") for name in names]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("choice") == "some" and not cleaned.get("event_types") and "event_types" not in self.errors:
            self.add_error("event_types", "Choose at least one type, or all of them.")
        return cleaned

    def clean_changed_fields(self) -> dict[str, list[str]]:
        """{type: [names]} from lines `type: name, name`."""
        found: dict[str, list[str]] = {}
        for line in str(self.cleaned_data["changed_fields"]).splitlines():
            name, colon, fields = line.partition(":")
            if not line.strip():
                continue
            words = [word.strip() for word in fields.split(",") if word.strip()]
            if not colon or not words:
                raise forms.ValidationError(f"{line.strip()!r}: write it as aircraft.changed: status, location")
            found[name.strip()] = words
        return found

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        names = ("url", "description", "changed_fields", "strict_order")
        types = self.cleaned_data["event_types"] if self.cleaned_data["choice"] == "some" else []
        return {**{name: self.cleaned_data[name] for name in names}, "event_types": types}


def stored(endpoint: Endpoint) -> dict[str, Any]:
    """The form's values of an endpoint."""
    lines = [f"{type}: {', '.join(fields)}" for type, fields in endpoint.changed_fields.items()]
    return {
        "url": endpoint.url,
        "description": endpoint.description,
        "choice": "some" if endpoint.event_types else "all",
        "event_types": endpoint.event_types,
        "changed_fields": "\n".join(lines),
        "strict_order": endpoint.strict_order,
    }


class RotateForm(Form):
    keep_hours = forms.ChoiceField(
        label="The old secret stops signing along",
        choices=list(OVERLAPS.items()),
        widget=forms.RadioSelect(attrs={"class": "options"}),
        initial="24",
    )


class ResumeForm(Form):
    replay = forms.ChoiceField(
        label="What it missed",
        choices=[("yes", "Send it now, oldest first"), ("no", "Pass it over for good")],
        widget=forms.RadioSelect(attrs={"class": "options"}),
        initial="yes",
    )


class ReplayForm(Form):
    since = MomentField(label="Everything that happened since")
    which = forms.ChoiceField(
        label="Of that",
        choices=[
            ("undelivered", "Only what it has not taken"),
            ("all", "All of it: the receiver lost what it had. The ids are the same as before"),
        ],
        widget=forms.RadioSelect(attrs={"class": "options"}),
        initial="undelivered",
    )


class SecretForm(Form):
    secret = forms.CharField(
        label="Secret",
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="As the partner shows it. It is stored encrypted and can only be replaced.",
    )
