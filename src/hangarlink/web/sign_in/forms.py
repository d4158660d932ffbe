"""allauth's forms in our words."""

from typing import Any
from uuid import uuid4

from allauth.account import forms as account_forms
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest

from hangarlink.platform.jobs.queue import enqueue, lock_of
from hangarlink.platform.people.models import User
from hangarlink.platform.tenancy.context import current_account
from hangarlink.web.forms import Form


def plain(form: forms.Form, labels: dict[str, str]) -> None:
    """Our labels, no placeholders, no colon."""
    form.label_suffix = ""
    form.use_required_attribute = False
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].help_text = ""
        form.fields[name].widget.attrs.pop("placeholder", None)


class SignInForm(account_forms.LoginForm):  # type: ignore[misc]  # allauth is not typed
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, {"login": "E-mail address", "password": "Password"})
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"


class ConfirmForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, {"password": "Your password"})


class ForgottenForm(account_forms.ResetPasswordForm):  # type: ignore[misc]
    """Says the same to everybody and takes the same time: who the address belongs to is found out by a job."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, {"email": "E-mail address"})

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:  # noqa: ARG002 - allauth's signature
        """Queue the message. A stranger's address queues one too, to nobody."""
        email = self.cleaned_data["email"]
        user_id = User.objects.filter(email=email).values_list("pk", flat=True).first() or uuid4()
        enqueue("people.send_password_reset", current_account(), lock=lock_of(user_id), user_id=str(user_id))
        return str(email)


class _TwoPasswords:
    """New password, twice."""

    def say_rules(self, fields: dict[str, forms.Field]) -> None:
        fields["password1"].help_text = " ".join(password_validators_help_texts())


class NewPasswordForm(account_forms.ResetPasswordKeyForm, _TwoPasswords):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, {"password1": "New password", "password2": "New password again"})
        self.say_rules(self.fields)


class ChangePasswordForm(account_forms.ChangePasswordForm, _TwoPasswords):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": "Current password", "password1": "New password", "password2": "New password again"}
        plain(self, labels)
        self.say_rules(self.fields)


class JoinForm(Form):
    """Accepting an invitation as somebody new."""

    name = forms.CharField(max_length=200, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label="Choose a password",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())


class JoinAgainForm(Form):
    """Accepting an invitation with a sign-in that exists already."""

    password = forms.CharField(
        label="Your password",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
