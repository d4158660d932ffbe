"""allauth's passkey forms, for whom a malformed answer of a browser is a wrong answer and not a crash."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as webauthn
from django import forms

LONGEST = 20_000
MALFORMED = (KeyError, AttributeError, TypeError, ValueError)


class CredentialField(forms.JSONField):
    """What a browser sends is a few kilobytes; deeply nested nonsense would exhaust the parser."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > LONGEST:
            raise get_adapter().validation_error("incorrect_code")
        return super().to_python(value)


class _ShortCredential:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        fields["credential"] = CredentialField(widget=forms.HiddenInput)


class _Guarded(_ShortCredential):
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED:
            raise get_adapter().validation_error("incorrect_code") from None


class LoginForm(_Guarded, webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # allauth is not typed
    pass


class SecondStepForm(_Guarded, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ConfirmForm(_Guarded, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class AddForm(_ShortCredential, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix, self.use_required_attribute = "", False
        self.fields["name"].help_text = "So that you can tell it from others: Phone, Key on my ring."
        self.fields["passwordless"].label = "Sign in with this passkey alone"
        self.fields["passwordless"].help_text = "Without it, the passkey is asked for after the password."
        self.initial["passwordless"] = True

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except MALFORMED:
            raise get_adapter().validation_error("incorrect_code") from None
