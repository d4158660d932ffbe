"""Roles: the matrix of everything, and each role by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from hangarlink.platform.errors import Refused
from hangarlink.platform.people import queries
from hangarlink.platform.people.actions import change_role, create_role, delete_role
from hangarlink.platform.people.models import Role
from hangarlink.platform.people.permissions import PERMISSIONS, Actor, require
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.people.rights import Area, areas

CHANGED_MEANWHILE = "Somebody else changed this role while you were looking. This is how it stands now; try again."


@dataclass
class RoleColumn:
    """A role in the matrix.

    ticked   what is drawn as given: what is stored, or what was typed when the form was refused
    refusal  why the change of this role was refused
    """

    role: Role
    ticked: frozenset[str]
    is_open: bool
    refusal: str = ""

    @property
    def stamp(self) -> str:
        """What the form was drawn from, to notice a change by somebody else."""
        return ",".join(sorted(self.role.permissions))


@dataclass(frozen=True)
class Row:
    """A permission across all roles."""

    code: str
    does: str
    needs: str
    cells: list[tuple[RoleColumn, bool]]


@page(permission="people.view")
def roles(request: PageRequest) -> HttpResponse:
    """Every role and permission on one page. Saved as a whole: if one role is refused, none is changed."""
    columns = _columns(request.actor)
    if request.method == "POST":
        require(request.actor, "people.manage")
        if _save(columns, request.POST, request.actor):
            messages.success(request, "The roles are changed. They count from everybody's next click on.")
            return redirect("people:roles")
    refused = any(column.refusal for column in columns)
    context = {
        "columns": columns,
        "areas": [(area.title, _rows(area, columns)) for area in areas()],
        "may_manage": request.actor.may("people.manage"),
        "refused": refused,
    }
    return render(request, "people/roles.html", context, status=422 if refused else 200)


class RoleForm(Form):
    name = forms.CharField(max_length=80)
    permissions = forms.MultipleChoiceField(choices=list(PERMISSIONS.items()), required=False)


@page(permission="people.manage")
def role_new(request: PageRequest) -> HttpResponse:
    """A new role, empty or begun as a copy."""
    copied = next((role for role in queries.roles() if str(role.pk) == request.GET.get("like")), None)
    begun = {"permissions": sorted(copied.grants() & request.actor.permissions)} if copied else {}
    form = RoleForm(sent(request), initial=begun)
    if form.is_valid():
        with refusals_on(form):
            made = create_role(**form.cleaned_data, acting_user=request.actor)
            messages.success(request, f"The role {made} is ready to be given to users.")
            return redirect("people:roles")
    context = {"areas": areas(), "ticked": _ticked(form), "held": request.actor.permissions}
    return show_form(request, "people/role_new.html", form, context)


@page(permission="people.view")
def role(request: PageRequest, role_id: UUID) -> HttpResponse:
    """One role: its name, what it gives, who holds it."""
    found = queries.find_role(role_id)
    if request.method == "POST":
        require(request.actor, "people.manage")
    form = RoleForm(sent(request), initial={"name": found.name, "permissions": sorted(found.grants())})
    if form.is_valid():
        with refusals_on(form):
            change_role(found, **form.cleaned_data, acting_user=request.actor)
            messages.success(request, "The role is changed. It counts from everybody's next click on.")
            return redirect("people:role", found.pk)
    context = {
        "role": found,
        "areas": areas(),
        "ticked": _ticked(form),
        "held": request.actor.permissions,
        "is_open": _is_open(found, request.actor),
        "members": queries.members().filter(roles=found, is_active=True)[:50],
    }
    return show_form(request, "people/role.html", form, context)


@page(permission="people.manage")
def role_delete(request: PageRequest, role_id: UUID) -> HttpResponse:
    """Remove a role that nobody holds."""
    found = queries.find_role(role_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            delete_role(found, acting_user=request.actor)
            messages.success(request, f"The role {found} is deleted.")
            return redirect("people:roles")
    return show_form(request, "people/role_delete.html", form, {"role": found})


def _columns(actor: Actor) -> list[RoleColumn]:
    return [RoleColumn(role, role.grants(), _is_open(role, actor)) for role in queries.roles()]


def _is_open(role: Role, actor: Actor) -> bool:
    """Whether this person may change the role: not the Administrator role, nor one that gives more than they hold."""
    return not role.is_administrator and actor.may("people.manage") and role.grants() <= actor.permissions


def _rows(area: Area, columns: Sequence[RoleColumn]) -> list[Row]:
    return [Row(r.code, r.does, r.needs, [(c, r.code in c.ticked) for c in columns]) for r in area.rights]


def _save(columns: Sequence[RoleColumn], posted: QueryDict, acting_user: Actor) -> bool:
    """Change every role whose ticks differ. False when one was refused; then the reason is at its column."""
    with transaction.atomic():
        for column in columns:
            key = str(column.role.pk)
            if not column.is_open or f"was:{key}" not in posted:
                continue
            column.ticked = frozenset(posted.getlist(f"may:{key}"))
            was = str(posted[f"was:{key}"])
            if column.ticked == frozenset(was.split(",")) - {""}:
                column.ticked = column.role.grants()
            elif was != column.stamp:
                column.refusal, column.ticked = CHANGED_MEANWHILE, column.role.grants()
            else:
                column.refusal = _change(column, acting_user)
        refused = any(column.refusal for column in columns)
        transaction.set_rollback(refused)
    return not refused


def _change(column: RoleColumn, acting_user: Actor) -> str:
    try:
        change_role(column.role, name=column.role.name, permissions=column.ticked, acting_user=acting_user)
    except Refused as refused:
        return str(refused)
    return ""


def _ticked(form: RoleForm) -> set[str]:
    return set(form["permissions"].value() or ())
