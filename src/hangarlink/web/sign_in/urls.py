"""Addresses of sign-in. The names are allauth's, which finds its own pages by them; there is none for signing up."""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as provider
from django.urls import URLPattern, path, re_path

from hangarlink.web.access import page, public
from hangarlink.web.sign_in import oidc
from hangarlink.web.sign_in.views import AddApp, Forgotten, MakeCodes, invitation

View = Callable[..., Any]


def anybody(route: str, view: View, name: str) -> URLPattern:
    return path(route, public(view), name=name)


def mine(route: str, view: View, name: str) -> URLPattern:
    """A page about one's own sign-in: open to every member."""
    return path(route, page(permission=None)(view), name=name)


urlpatterns = [
    anybody("sign-in/", account.login, "account_login"),
    anybody("sign-in/second-step/", mfa.authenticate, "mfa_authenticate"),
    anybody("sign-in/passkey/", passkeys.login_webauthn, "mfa_login_webauthn"),
    anybody("sign-in/failed/", oidc.failed, "socialaccount_login_error"),
    anybody("sign-in/cancelled/", oidc.failed, "socialaccount_login_cancelled"),
    anybody("sign-in/<str:provider_id>/", provider.login, "openid_connect_login"),
    anybody("sign-in/<str:provider_id>/back/", provider.callback, "openid_connect_callback"),
    anybody("sign-out/", account.logout, "account_logout"),
    anybody("password/", Forgotten.as_view(), "account_reset_password"),
    anybody("password/sent/", account.password_reset_done, "account_reset_password_done"),
    anybody("password/done/", account.password_reset_from_key_done, "account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    anybody("invitation/<str:token>/", invitation, "invitation"),
    mine("me/", mfa.index, "mfa_index"),
    mine("me/password/", account.password_change, "account_change_password"),
    mine("me/confirm/", account.reauthenticate, "account_reauthenticate"),
    mine("me/confirm/code/", mfa.reauthenticate, "mfa_reauthenticate"),
    mine("me/confirm/passkey/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    mine("me/app/", AddApp.as_view(), "mfa_activate_totp"),
    mine("me/app/remove/", totp.deactivate_totp, "mfa_deactivate_totp"),
    mine("me/codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    mine("me/codes/new/", MakeCodes.as_view(), "mfa_generate_recovery_codes"),
    mine("me/passkeys/", passkeys.list_webauthn, "mfa_list_webauthn"),
    mine("me/passkeys/add/", passkeys.add_webauthn, "mfa_add_webauthn"),
    mine("me/passkeys/<int:pk>/rename/", passkeys.edit_webauthn, "mfa_edit_webauthn"),
    mine("me/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, "mfa_remove_webauthn"),
]
