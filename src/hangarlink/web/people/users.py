"""Users: the list, a record, deactivating and reactivating."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people import mail, queries, rules
from hangarlink.platform.people.actions import change_roles, deactivate, reactivate
from hangarlink.platform.people.models import Membership, Role
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, field_as, refusals_on, sent, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, ModelChoiceFilter, SearchField
from hangarlink.web.people.rights import held


class UserFilters(Filters):
    q = SearchField("Name or e-mail address")
    status = Chips([("active", "Active"), ("deactivated", "Deactivated")])
    role = ModelChoiceFilter(Role, every="Every role")


class UserList(Listing[Membership]):
    """Everybody who may come in, and those who once could."""

    name = "users"
    noun = ("user", "users")
    filters = UserFilters
    sort = "name"
    columns = (
        Column(
            key="name",
            label="User",
            value=lambda m: str(m.user),
            sort=("-is_active", "user__name", "user__email"),
            link=lambda m: reverse("people:user", args=[m.pk]),
            under=lambda m: m.user.email,
        ),
        Column(key="roles", label="Roles", value=lambda m: ", ".join(sorted(role.name for role in m.roles.all()))),
        Column(
            key="second_step",
            label="Second step",
            value=lambda m: "Yes" if m.has_second_step else "No, password only",
            sort=("has_second_step",),
            phone=False,
        ),
        Column(
            key="seen",
            label="Last sign-in",
            value=lambda m: m.last_sign_in_at or "never",
            sort=("last_sign_in_at",),
            phone=False,
        ),
        Column(key="joined", label="Joined", value=lambda m: m.joined_at, sort=("joined_at",), shown=False),
        Column(
            key="status",
            label="Status",
            value=lambda m: "Active" if m.is_active else "Deactivated",
            sort=("-is_active",),
            phone=False,
        ),
    )

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Users by text, status and role."""
        return FromQuerySet(_narrowed(chosen))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        """Users per status."""
        rows = _narrowed(others).order_by().values_list("is_active").annotate(Count("pk", distinct=True))
        counts = dict(rows)
        return {"active": counts.get(True, 0), "deactivated": counts.get(False, 0)}


def _narrowed(chosen: Mapping[str, Any]) -> QuerySet[Membership]:
    found = queries.members()
    if text := chosen.get("q"):
        found = found.filter(Q(user__name__icontains=text) | Q(user__email__icontains=text))
    if status := chosen.get("status"):
        found = found.filter(is_active=status == "active")
    if role := chosen.get("role"):
        found = found.filter(roles=role)
    return found


class RolesForm(Form):
    roles: "forms.ModelMultipleChoiceField[Role]" = forms.ModelMultipleChoiceField(
        queryset=None, widget=forms.CheckboxSelectMultiple(attrs={"class": "options"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = field_as(self, "roles", forms.ModelMultipleChoiceField)
        field.queryset = queries.roles()


@page(permission="people.view")
def users(request: PageRequest) -> HttpResponseBase:
    """Everybody in this account, and who is invited."""
    now = timezone.now()
    context = {
        "invitations": queries.waiting_invitations(),
        "now": now,
        "mail_is_sent": mail.is_sent(),
        "administrators": len(queries.administrators()),
    }
    return UserList(request).respond("people/users.html", context)


@page(permission="people.view")
def user(request: PageRequest, membership_id: UUID) -> HttpResponse:
    """One user: who it is, the roles, what they may do."""
    member = queries.find_member(membership_id)
    if request.method == "POST":
        require(request.actor, "people.manage")
    form = RolesForm(sent(request), initial={"roles": [role.pk for role in member.roles.all()]})
    if form.is_valid():
        with refusals_on(form):
            change_roles(member, roles=list(form.cleaned_data["roles"]), acting_user=request.actor)
            messages.success(request, f"The roles of {member} are changed. They count from the next click on.")
            return redirect("people:user", member.pk)
    context = {
        "member": member,
        "areas": held(member.grants()),
        "may_manage": request.actor.may("people.manage") and member.grants() <= request.actor.permissions,
        "is_me": member.user_id == request.actor.id,
    }
    return show_form(request, "people/user.html", form, context)


@page(permission="people.manage")
def user_deactivate(request: PageRequest, membership_id: UUID) -> HttpResponse:
    """Say what deactivating means; do it on POST. What stands against it is said before anybody presses."""
    member = queries.find_member(membership_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            deactivate(member, acting_user=request.actor)
            messages.success(request, f"{member} is deactivated.")
            return redirect("people:users")
    context = {"member": member, "obstacle": _obstacle(member, request.actor)}
    return show_form(request, "people/deactivate.html", form, context)


@page(permission="people.manage")
@require_POST
def user_reactivate(request: PageRequest, membership_id: UUID) -> HttpResponse:
    """Let a former member in again."""
    member = queries.find_member(membership_id)
    reactivate(member, acting_user=request.actor)
    messages.success(request, f"{member} may come in again.")
    return redirect("people:user", member.pk)


def _obstacle(member: Membership, acting_user: Actor) -> str:
    """Why this member cannot be deactivated, as the action would say it; empty when nothing is in the way."""
    try:
        rules.may_give(acting_user.permissions, member.grants(), what=str(member))
        rules.keep_an_administrator(queries.administrators(), member.id)
    except (NotPermitted, RuleBroken) as refused:
        return str(refused)
    return ""
