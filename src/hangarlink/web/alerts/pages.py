"""The list of alerts, open ones first, and one's own setting."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from hangarlink.integration.alerts import queries
from hangarlink.integration.alerts.actions import choose
from hangarlink.integration.alerts.models import Alert
from hangarlink.integration.alerts.rules import Kind
from hangarlink.integration.conflicts.models import Review, ReviewKind, ReviewState
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import area_of
from hangarlink.web.access import PageRequest, page
from hangarlink.web.integrations.areas import to, to_connection
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing

VIEW = "notifications.view"


class AlertFilters(Filters):
    standing = Chips([("open", "Open"), ("over", "Over")])


class AlertList(Listing[Alert]):
    """Every alert that this person can mend, open ones unless the others are asked for."""

    name = "alerts"
    noun = ("alert", "alerts")
    filters = AlertFilters
    sort = "-opened"
    empty = "alerts/empty.html"
    columns: tuple[Column[Alert], ...] = (
        Column(key="label", label="What", value=lambda a: a.label, under=lambda a: a.message),
        Column(
            key="standing", label="Stands", value=lambda a: "over" if a.closed_at else "open", sort=("closed_at",),
            one_way=True,
        ),
        Column(key="opened", label="Since", value=lambda a: a.opened_at, sort=("opened_at",)),
        Column(key="closed", label="Over", value=lambda a: a.closed_at, phone=False),
        Column(key="to_do", label="What to do", value=lambda a: "" if a.closed_at else a.to_do),
        Column(key="times", label="Noticed", value=lambda a: a.occurrences, numeric=True, phone=False),
    )  # fmt: skip

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request)
        self._connections = {one.pk: one for one in Connection.objects.only("id", "connector")}
        self._asked = {
            one.pk: one
            for one in Review.objects.filter(kind=ReviewKind.MANY_GONE, state=ReviewState.OPEN).select_related(
                "connection"
            )
        }
        first, *others = AlertList.columns
        self.columns = (replace(first, link=self._place), *others)

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Those that this person can mend."""
        found = queries.alerts_for(self.request.actor)
        if standing := chosen.get("standing"):
            found = found.filter(closed_at__isnull=standing == "open")
        return FromQuerySet(found)

    def _place(self, alert: Alert) -> str:
        """Where it is mended; "" when the thing is gone."""
        if alert.kind == Kind.WEBHOOK_ENDPOINT:
            with suppress(NoReverseMatch):
                return reverse("webhooks:endpoint", args=[alert.subject_id])
            return ""
        if review := self._asked.get(alert.subject_id):
            return to(area_of(review.connection.connector), "review-one", review.connection_id, review.pk)
        connection = self._connections.get(alert.subject_id)
        return to_connection(connection) if connection else ""


@page(permission=VIEW)
def alerts(request: PageRequest) -> HttpResponseBase:
    """What needs somebody to look, and what did."""
    context = {
        "open_count": queries.open_count(request.actor),
        "wants_mail": queries.wants_mail(request.membership),
    }
    return AlertList(request).respond("alerts/list.html", context)


@require_POST
@page(permission=VIEW)
def by_mail(request: PageRequest) -> HttpResponse:
    """One's own choice."""
    wants = request.POST.get("by_mail") == "yes"
    choose(request.membership, by_mail=wants, acting_user=request.actor)
    over = "Alerts no longer come to you by e-mail. They stay on this page."
    messages.success(request, "Alerts come to you by e-mail." if wants else over)
    return redirect("alerts:list")
