"""What allauth asks us to decide. It calls these; nothing here is called by our own code."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from hangarlink.platform.people import queries, second_factors
from hangarlink.platform.people.actions import note_sign_in
from hangarlink.platform.people.middleware import ACCOUNT_KEY
from hangarlink.platform.people.models import User
from hangarlink.web.sign_in import changes

REFUSED = "This e-mail address and password do not open this account."
METHODS = {
    "password": "password",
    "totp": "authenticator app",
    "webauthn": "passkey",
    "recovery_codes": "recovery code",
    "socialaccount": "identity provider",
}
SILENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Members only, one answer for everybody else, and an audit row for what matters."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": REFUSED,
        "too_many_login_attempts": "Too many attempts. Wait five minutes and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only this very host. The base allows every allowed host, so the subdomain of any other account."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:  # noqa: ARG002
        """The last gate for every way in: also a passkey or an identity provider opens only for members."""
        if queries.active_membership(user.pk) is not None:
            return None
        clear_login(request)
        messages.error(request, REFUSED)
        return redirect("account_login")

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session, for this account only. Django gives it a new key."""
        ways = [
            METHODS.get(r.get("type") or r["method"], r["method"]) for r in get_authentication_records(request, user)
        ]
        super().login(request, user)
        request.session[ACCOUNT_KEY] = str(request.account.id)  # type: ignore[attr-defined]
        if member := queries.active_membership(user.pk):
            note_sign_in(member, method=" + ".join(dict.fromkeys(ways)))

    def reauthenticate(self, user: User, password: str) -> bool:
        """The base looks for an address in allauth's own table, which we do not use."""
        return bool(self.authenticate(context.request, email=user.email, password=password) == user)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """allauth tells us here what was changed."""
        if template_prefix in changes.OF_ALLAUTH:
            changes.note(self.request.account, user, *changes.OF_ALLAUTH[template_prefix])

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """No messages for what the page shows anyway."""
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """Count attempts per address only. The base adds the Host header, whose port an attacker may vary."""
        return str(credentials.get("email", "")).strip().lower()


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """Second steps belong to a person, so they count in every account; their secrets are sealed."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": "This code is not right, or it is too old."}

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: ARG002 - allauth's signature
        return "Passkey"

    def get_totp_issuer(self) -> str:
        return "Hangarlink"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """One passkey for all accounts of the installation: who works in two must not be locked out of one.

        A name without a dot, such as localhost, is a public suffix: browsers refuse it, so there each account has
        its own.
        """
        domain = settings.HANGARLINK_DOMAIN
        host = context.request.get_host().partition(":")[0]
        return {"id": domain if "." in domain else host, "name": "Hangarlink"}

    def encrypt(self, text: str) -> str:
        return second_factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factors.unseal(encrypted_text)
