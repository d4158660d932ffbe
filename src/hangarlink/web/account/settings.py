"""Account settings: name, time zone, when usage is stale, what is switched on."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from hangarlink.platform.people.actions import change_account
from hangarlink.platform.tenancy.models import Feature
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, field_as, refusals_on, sent, show_form

WHAT_FEATURES_DO = {
    Feature.FLIGHTLOGGER_SYNC: "Connect FlightLogger: aircraft, hours and cycles arrive by themselves.",
    Feature.OAUTH_API: "Other systems read and write through the API with OAuth applications.",
}


class DaysField(forms.IntegerField):
    """A number of days."""

    unit_label = "days"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}), **kwargs)


class SettingsForm(Form):
    name = forms.CharField(max_length=200)
    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="Shown when the pointer rests on a time. Hangarlink itself counts in UTC, shown with a Z.",
    )
    stale_usage_days = DaysField(
        label="Usage is stale after",
        help_text="An aircraft without usage for longer than this is shown as unknown, never as OK.",
    )
    utilisation_days = DaysField(
        label="Forecasts look back", help_text="Forecast dates come from the average use over these days."
    )
    features = forms.MultipleChoiceField(
        label="Switched on",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "options"}),
        choices=[(feature.value, f"{feature.label}: {text}") for feature, text in WHAT_FEATURES_DO.items()],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")
        field = field_as(self, "time_zone", forms.ChoiceField)
        field.choices = [(zone, zone.replace("_", " ")) for zone in zones if not zone.startswith(("Etc/", "posix/"))]


@page(permission="account.manage")
def settings(request: PageRequest) -> HttpResponse:
    """The settings, and their form."""
    account = request.account
    fields = ("name", "time_zone", "stale_usage_days", "utilisation_days", "features")
    form = SettingsForm(sent(request), initial={field: getattr(account, field) for field in fields})
    if form.is_valid():
        with refusals_on(form):
            change_account(account, **form.cleaned_data, acting_user=request.actor)
            messages.success(request, "The settings are saved.")
            return redirect("account:settings")
    return show_form(request, "account_settings/settings.html", form)
