"""The form of the access step, made from what the manifest declares: one input for each field, secrets never shown."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator

from hangarlink.integration.contract import Auth, Field, FieldKind, Manifest
from hangarlink.platform.vault import Secret
from hangarlink.web.forms import DayField, Form

LONGEST = 4096


class AccessForm(Form):
    """Endpoint where it may be changed, what the kind of authentication asks for, the connector's options, a name.

    is_new  False for a connection that exists: secrets may stay empty, and then stay as they are
    asks    False leaves out what the kind asks for: an OAuth consent page brings it
    """

    def __init__(
        self,
        *args: Any,
        manifest: Manifest,
        auth: Auth,
        is_new: bool = True,
        asks: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.manifest, self.auth, self.asks = manifest, auth, asks
        self.secret_names = [one.name for one in auth.fields if one.is_secret] if asks else []
        self.access_names = [one.name for one in auth.fields if not one.is_secret] if asks else []
        self.option_names = [one.name for one in manifest.options]
        if manifest.base_url_editable:
            self.fields["base_url"] = _endpoint(manifest)
        for one in auth.fields if asks else ():
            self.fields[one.name] = _input(one, is_new=is_new)
        for one in manifest.options:
            self.fields[one.name] = _input(one, is_new=is_new)
        self.fields["name"] = forms.CharField(
            max_length=120,
            required=not is_new,
            help_text=f"Shown in logs and the audit trail. Empty takes {manifest.name}’s name." if is_new else "",
        )

    def names_of_refusals(self) -> dict[str, str]:
        """An action says "secret" of whatever opens the door; here it is the first secret that was asked for."""
        return {"secret": self.secret_names[0]} if self.secret_names else {}

    def secrets(self) -> dict[str, Secret]:
        """Those that were entered."""
        return {name: Secret(text) for name in self.secret_names if (text := self.cleaned_data[name])}

    def access(self) -> dict[str, str]:
        return {name: _text(self.cleaned_data[name]) for name in self.access_names}

    def options(self) -> dict[str, str]:
        """Those that were given; an empty one is left out."""
        given = {name: _text(self.cleaned_data[name]) for name in self.option_names}
        return {name: value for name, value in given.items() if value}

    def base_url(self) -> str:
        return str(self.cleaned_data.get("base_url") or self.manifest.base_url)


def _endpoint(manifest: Manifest) -> forms.CharField:
    others = ", ".join(f"{name}: {url}" for name, url in manifest.other_urls.items())
    if sandbox := settings.HANGARLINK_SANDBOXES.get(manifest.key):
        others = f"Here it is a stand-in with invented data, to try. The partner itself: {manifest.base_url}"
    return forms.CharField(
        label="Endpoint",
        max_length=2048,
        initial=sandbox or manifest.base_url,
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
        help_text="A public http or https address. Change it only if told to." + (f" {others}." if others else ""),
    )


def _input(one: Field, *, is_new: bool) -> forms.Field:
    """A form field for a declared one."""
    kept = one.is_secret and not is_new
    common: dict[str, Any] = {
        "label": one.label,
        "required": one.is_required and not kept,
        "help_text": "Stored, and never shown. Enter a new one to replace it." if kept else one.help,
        "initial": one.default,
    }
    match one.kind:
        case FieldKind.CHOICE:
            empty = [] if one.is_required else [("", "–")]
            return forms.ChoiceField(choices=[*empty, *one.choices], **common)
        case FieldKind.FLAG:
            return forms.BooleanField(**{**common, "required": False, "initial": one.default == "yes"})
        case FieldKind.NUMBER:
            return forms.IntegerField(min_value=0, **common)
        case FieldKind.DAY:
            return DayField(**common)
        case _:
            return _text_input(one, common)


def _text_input(one: Field, common: dict[str, Any]) -> forms.Field:
    said = one.help or "This is not how it is written."
    checks = [RegexValidator(rf"\A(?:{one.pattern})\Z", said)] if one.pattern else []
    attrs: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false"} if one.is_secret else {}
    if one.kind is not FieldKind.LONG_TEXT:
        widget = forms.PasswordInput(attrs=attrs, render_value=False) if one.is_secret else forms.TextInput(attrs=attrs)
        return forms.CharField(max_length=LONGEST, widget=widget, validators=checks, **common)
    area = forms.Textarea(attrs={**attrs, "rows": 6, **({"data-secret": "yes"} if one.is_secret else {})})
    # A text area cannot hide what is typed; it is at least never filled again, and no draft keeps it.
    kind = _Once if one.is_secret else forms.CharField
    return kind(max_length=4 * LONGEST, widget=area, validators=checks, **common)


class _Once(forms.CharField):
    """Typed in and never given back, not even after a mistake elsewhere in the form."""

    def bound_data(self, data: Any, initial: Any) -> Any:  # noqa: ARG002 - Django's signature
        return ""


def _text(value: Any) -> str:
    """As it is stored: dates as 2026-03-14, ticks as yes or nothing."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
