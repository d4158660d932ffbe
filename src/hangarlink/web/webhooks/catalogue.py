"""The event catalogue: every type with its meaning, its fields and an example, made from the code."""

import json
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render

from hangarlink.integration.webhooks.catalogue import EventType, catalogue, field_words, message_example
from hangarlink.web.access import PageRequest, page


@dataclass(frozen=True)
class Shown:
    """A type as the page draws it."""

    event: EventType
    fields: list[tuple[str, str]]
    example: str


@page(permission=None)
def events(request: PageRequest) -> HttpResponse:
    """For every member: what can be told holds no personal data."""
    account_id = str(request.account.id)
    shown = [
        Shown(one, field_words(one), json.dumps(message_example(one, account_id), indent=2))
        for one in catalogue().values()
    ]
    groups = [(noun, list(rows)) for noun, rows in groupby(shown, key=lambda row: row.event.group)]
    return render(request, "webhooks/events.html", {"groups": groups, "count": len(shown)})
