"""Accepting an invitation, which allauth does not have, and two of its pages that also leave an audit row."""

from typing import Any

from allauth.account.views import PasswordResetView
from allauth.core import ratelimit
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from hangarlink.platform.errors import Missing
from hangarlink.platform.people import mail
from hangarlink.platform.people.actions import accept_invitation, open_invitation
from hangarlink.platform.people.actions.invitations import hash_of
from hangarlink.platform.people.models import Invitation, User
from hangarlink.web.access import public
from hangarlink.web.forms import Form, refusals_on, sent
from hangarlink.web.sign_in import changes
from hangarlink.web.sign_in.forms import JoinAgainForm, JoinForm


@public
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is offered; take name and password, or the password of the sign-in that exists."""
    refused: HttpResponse | None = ratelimit.consume_or_429(request, action="invitation", key=hash_of(token))
    if refused is not None:
        return refused
    try:
        found = open_invitation(token)
    except Missing as missing:
        context = {"text": str(missing), "title": "This invitation is not valid"}
        return render(request, "sign_in/invitation_over.html", context, status=404)
    known = User.objects.filter(email=found.email).exists()
    form: Form = (JoinAgainForm if known else JoinForm)(sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            accept_invitation(token, **form.cleaned_data)
            messages.success(request, f"Welcome to {found.account}. Sign in to begin.")
            return redirect("account_login")
    return _page(request, found, form, known=known)


def _page(request: HttpRequest, found: Invitation, form: Form, *, known: bool) -> HttpResponse:
    context = {"invitation": found, "form": form, "known": known}
    return render(request, "sign_in/invitation.html", context, status=422 if form.errors else 200)


class Forgotten(PasswordResetView):  # type: ignore[misc]  # allauth is not typed
    """Where no e-mail is sent, asking for one would be a promise nobody keeps."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "mail_is_sent": mail.is_sent()}


class AddApp(ActivateTOTPView):  # type: ignore[misc]  # allauth is not typed
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        changes.note(
            self.request.account, self.request.user, "authenticator_app_added", "an authenticator app was added"
        )
        return answer


class MakeCodes(GenerateRecoveryCodesView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        changes.note(self.request.account, self.request.user, "recovery_codes_made", "new recovery codes were made")
        return answer
