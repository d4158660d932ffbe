"""The account mapping: to which of the partner's accounts each of our categories is booked."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from hangarlink.integration import overview
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import EDIT, MANAGE, VIEW, right
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.contract import Area, Dataset
from hangarlink.integration.datasets.booking import Booking, bookings
from hangarlink.integration.ledger.actions import map_accounts
from hangarlink.integration.ledger.queries import accounts as chart_of
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.web.access import PageRequest
from hangarlink.web.connections.record import under_way
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.integrations.areas import area_page, to
from hangarlink.web.integrations.finding import find, tabs
from hangarlink.web.integrations.record import frame


class AccountsForm(Form):
    """A choice per category. What is proposed is chosen already, where nothing was said before."""

    def __init__(self, *args: Any, rows: Sequence[Booking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.category.pk): row for row in rows}
        for name, row in self.rows.items():
            standing = row.account.pk if row.account and row.account.is_active else None
            offered = row.proposed.id if row.proposed and row.account is None else None
            self.fields[name] = forms.ChoiceField(
                label=row.category.name, choices=_choices(row), required=False, initial=str(standing or offered or "")
            )

    def lines(self) -> list[tuple[Booking, forms.BoundField, bool]]:
        """A category, its field, and whether what is chosen there is only a proposal."""
        return [
            (row, self[name], not self.is_bound and row.account is None and row.proposed is not None)
            for name, row in self.rows.items()
        ]

    def chosen(self) -> dict[UUID, UUID | None]:
        values = {name: self.cleaned_data[name] for name in self.rows}
        return {UUID(name): UUID(value) if value else None for name, value in values.items()}


@area_page(VIEW)
def accounts(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Every category with its account. An unmapped one holds back the invoices and expenses that use it."""
    found = _with_books(request, area, connection_id)
    if request.method == "POST":
        require(request.actor, right(area, EDIT))
    rows = bookings(found)
    form = AccountsForm(sent(request), rows=rows)
    if form.is_valid():
        with refusals_on(form):
            count = map_accounts(found, form.chosen(), acting_user=request.actor)
            some = "Nothing differs." if not count else f"{count} {'category is' if count == 1 else 'categories are'} "
            messages.success(request, some if not count else f"{some}mapped anew. What waited for it goes next.")
            return redirect(to(area, "accounts", found.pk))
    context = {
        **frame(found, request.actor),
        "tabs": tabs(found, "accounts"),
        "chart": chart_of(found).count(),
        "open": sum(row.account is None or row.is_closed for row in rows),
        "under_way": under_way(overview.unfinished_runs(found, acting_user=request.actor)),
    }
    return show_form(request, "integrations/accounts.html", form, context)


@area_page(EDIT)
@require_POST
def accounts_read(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Read the partner's chart of accounts."""
    found = _with_books(request, area, connection_id)
    require(request.actor, right(area, MANAGE))
    read_chart(found, acting_user=request.actor)
    return redirect(to(area, "accounts", found.pk))


def read_chart(connection: Connection, *, acting_user: Actor) -> None:
    """Switch the chart on and ask for it. It writes nothing of ours, so the plan may come with the result."""
    switch_on(connection, [Flow.LEDGER_ACCOUNTS], acting_user=acting_user)
    request_run(connection, Flow.LEDGER_ACCOUNTS, dry_run=True, acting_user=acting_user)
    request_run(connection, Flow.LEDGER_ACCOUNTS, skip_plan=True, acting_user=acting_user)


def _with_books(request: PageRequest, area: Area, connection_id: UUID) -> Connection:
    found = find(request, area, connection_id)
    if Dataset.LEDGER_ACCOUNTS not in frame(found, request.actor)["manifest"].datasets:
        raise Missing("This partner keeps no accounts.")
    return found


def _choices(row: Booking) -> list[tuple[str, Any]]:
    """Accounts by their type, in the partner's order."""
    by_kind = sorted(row.choices, key=lambda one: one.kind)
    groups = [
        (kind or "Accounts", [(str(one.id), f"{one.number} {one.name}".strip()) for one in held])
        for kind, held in groupby(by_kind, key=lambda one: one.kind)
    ]
    return [("", "Not mapped"), *groups]
