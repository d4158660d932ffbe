"""The form of a rule. Channels are asked of the partner where it can list them; else an address is typed."""

from collections.abc import Sequence
from typing import Any

from django import forms

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.contract.messaging import Destination
from hangarlink.integration.notifications.catalogue import rooms
from hangarlink.integration.notifications.models import Rule
from hangarlink.integration.notifications.rules import Cadence
from hangarlink.web.forms import Form, field_as

CADENCES = {
    Cadence.AT_ONCE: "At once, one message for each event",
    Cadence.DAILY: "Once a day, together",
    Cadence.WEEKLY: "Once a week on Monday, together",
}
HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


class RuleForm(Form):
    name = forms.CharField(max_length=120, help_text="For people here: Defects to the hangar.")
    channel = forms.ChoiceField()
    event_types = forms.MultipleChoiceField(
        label="Events",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "options grouped-options"}),
        error_messages={"required": "Choose at least one event."},
    )
    aircraft: "forms.ModelMultipleChoiceField[Aircraft]" = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "options"}),
        label="Only these aircraft",
        help_text="None chosen: all, and events that are about no aircraft.",
    )
    cadence = forms.ChoiceField(
        label="When",
        choices=[(one.value, words) for one, words in CADENCES.items()],
        widget=forms.RadioSelect(attrs={"class": "options"}),
        initial=Cadence.AT_ONCE.value,
    )
    hour = forms.TypedChoiceField(
        coerce=int, choices=HOURS, initial=6, label="At", help_text="For daily and weekly ones, in the account's time."
    )
    with_details = forms.BooleanField(
        required=False,
        label="With what people typed, such as the description of a defect",
        help_text="It may name people. Leave it off for a channel that others read.",
    )

    def __init__(self, *args: Any, places: Sequence[Destination] | None, **kwargs: Any) -> None:
        """places: what the partner lists; None where it lists nothing and an address is typed."""
        super().__init__(*args, **kwargs)
        field_as(self, "event_types", forms.MultipleChoiceField).choices = [
            (room, [(one.type, one.label) for one in choices]) for room, choices in rooms()
        ]
        aircraft = field_as(self, "aircraft", forms.ModelMultipleChoiceField)
        aircraft.queryset = Aircraft.objects.order_by("registration")
        if places is None:
            self.fields["channel"] = forms.CharField(
                max_length=500, label="To", help_text="E-mail addresses, separated by commas."
            )
        else:
            self._offer(places)

    def _offer(self, places: Sequence[Destination]) -> None:
        """The partner's list. A channel that is stored but not listed just now stays on offer, by its id."""
        field = field_as(self, "channel", forms.ChoiceField)
        choices = [(one.key, f"{one.name} (not joined yet)" if one.hint else one.name) for one in places]
        stored = str(self.initial.get("channel", ""))
        if stored and stored not in dict(choices):
            choices.append((stored, str(self.initial.get("channel_name") or stored)))
        field.choices = [("", "Choose a channel"), *choices]
        if any(one.hint for one in places):
            field.help_text = "A channel that the app has not joined refuses messages. Invite it there first."

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        given = dict(self.cleaned_data)
        field = self.fields["channel"]
        names = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}  # type: ignore[arg-type]
        given["channel_name"] = str(names.get(given["channel"], given["channel"])).removesuffix(" (not joined yet)")
        given["aircraft"] = [aircraft.pk for aircraft in given["aircraft"]]
        return given


def stored(rule: Rule) -> dict[str, Any]:
    """What the form shows of a rule."""
    names = ("name", "channel", "channel_name", "event_types", "aircraft", "cadence", "hour", "with_details")
    return {name: getattr(rule, name) for name in names}
