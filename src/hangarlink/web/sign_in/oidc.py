"""Signing in through the operator's identity provider (OpenID Connect): for people who are invited, and nobody else."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hangarlink.platform.people import queries
from hangarlink.platform.people.models import User
from hangarlink.web.access import public

REFUSED = (
    "Your identity provider knows you, but you are no user of this account. Ask its administrator for an invitation."
)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """A verified e-mail address of an active member opens that member's sign-in; the second step is still asked for."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Called before anything is decided. Who is unknown here goes back to the sign-in page."""
        if sociallogin.is_existing:
            return
        user = _member_of(sociallogin)
        if user is None:
            messages.error(request, REFUSED)
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, user)


@public
def failed(request: HttpRequest) -> HttpResponse:
    """The provider said no, or its answer could not be read."""
    return render(request, "socialaccount/authentication_error.html", status=401)


def _member_of(sociallogin: Any) -> User | None:
    # `is True`: some providers send the word "false".
    verified = [one.email.lower() for one in sociallogin.email_addresses if one.verified is True and one.email]
    user = User.objects.filter(email__in=verified).first() if verified else None
    return user if user is not None and queries.active_membership(user.pk) else None
