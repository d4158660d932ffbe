"""Inviting, and what can be done with an invitation that waits."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hangarlink.platform.people import mail, queries
from hangarlink.platform.people.actions import invite, make_link, send_again, withdraw_invitation
from hangarlink.platform.people.links import invitation_link
from hangarlink.platform.people.models import Invitation, Role
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, field_as, refusals_on, sent, show_form


class InviteForm(Form):
    """Roles beyond one's own are not offered: giving them would be refused."""

    email = forms.CharField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    roles: "forms.ModelMultipleChoiceField[Role]" = forms.ModelMultipleChoiceField(
        queryset=None,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "options"}),
        error_messages={"required": "Choose at least one role."},
    )

    def __init__(self, *args: Any, permissions: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = field_as(self, "roles", forms.ModelMultipleChoiceField)
        allowed = [role.pk for role in queries.roles() if role.grants() <= permissions]
        field.queryset = Role.objects.filter(pk__in=allowed).order_by("-is_administrator", "name")


@page(permission="people.manage")
def invite_user(request: PageRequest) -> HttpResponse:
    """Offer somebody a place in the account."""
    form = InviteForm(sent(request), permissions=request.actor.permissions)
    if form.is_valid():
        with refusals_on(form):
            made = invite(form.cleaned_data["email"], roles=list(form.cleaned_data["roles"]), acting_user=request.actor)
            if not mail.is_sent():
                return _show_link(request, made)
            messages.success(request, f"{made.email} is invited; the message is on its way.")
            return redirect("people:users")
    return show_form(request, "people/invite.html", form, {"mail_is_sent": mail.is_sent()})


@page(permission="people.manage")
@require_POST
def invitation_again(request: PageRequest, invitation_id: UUID) -> HttpResponse:
    """Send it once more, or make a new link to hand over."""
    invitation = queries.find_invitation(invitation_id)
    if not mail.is_sent():
        return _show_link(request, invitation)
    send_again(invitation, acting_user=request.actor)
    messages.success(request, f"A new message is on its way to {invitation.email}. The earlier link no longer works.")
    return redirect("people:users")


@page(permission="people.manage")
@require_POST
def invitation_withdraw(request: PageRequest, invitation_id: UUID) -> HttpResponse:
    """Take the offer back."""
    invitation = queries.find_invitation(invitation_id)
    withdraw_invitation(invitation, acting_user=request.actor)
    messages.success(request, f"The invitation of {invitation.email} is withdrawn; its link no longer works.")
    return redirect("people:users")


def _show_link(request: PageRequest, invitation: Invitation) -> HttpResponse:
    """Not a redirect: the link is shown once and must not stand in any address."""
    token = make_link(invitation, acting_user=request.actor)
    context = {"invitation": invitation, "link": invitation_link(request.account, token)}
    return render(request, "people/invitation_link.html", context)
