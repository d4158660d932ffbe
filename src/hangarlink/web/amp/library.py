"""The task library: every task in force in any programme, and those of the examples, to begin a new one with."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse

from hangarlink.maintenance.amp.models import Programme, Revision, Task
from hangarlink.maintenance.amp.rules.life import Stage
from hangarlink.maintenance.programme.counters import units_by_name
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.amp import words
from hangarlink.web.amp.reads import find_revision
from hangarlink.web.listing import Column, Filters, FromQuerySet, Listing, ModelChoiceFilter, SearchField
from hangarlink.web.programme.words import CLASS_WORDS


def library() -> QuerySet[Task]:
    """Tasks of active revisions, and of examples on their way."""
    open_example = Q(revision__programme__is_example=True, revision__stage__in=[one for one in Stage if one.is_open])
    return Task.objects.filter(Q(revision__stage=Stage.ACTIVE) | open_example)


def library_task(task_id: str) -> Task:
    """One of them. Raises Missing."""
    try:
        found = library().filter(pk=UUID(task_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise Missing("There is no such task in the library of this account.")
    return found


class LibraryFilters(Filters):
    q = SearchField("Reference, title or source")
    programme = ModelChoiceFilter(Programme, every="Every programme", order="code")


class Library(Listing[Any]):
    """The tasks, by programme."""

    name = "task-library"
    noun = ("task", "tasks")
    filters = LibraryFilters
    sort = "programme"
    empty = "amp/library_empty.html"

    def __init__(self, request: PageRequest, draft: Revision | None) -> None:
        super().__init__(request)
        units = units_by_name()

        def leads_to(row: Task) -> str:
            if draft is None:
                return reverse("programmes:task", args=[row.pk])
            return f"{reverse('programmes:new_task', args=[draft.pk])}?like={row.pk}"

        self.columns = (
            Column(
                key="task", label="Task", value=lambda r: r.reference, sort=("reference",),
                under=lambda r: r.content["title"], link=leads_to,
            ),
            Column(
                key="programme", label="Programme", value=lambda r: r.revision.programme.code,
                sort=("revision__programme__code", "reference"),
            ),
            Column(
                key="says", label="When", phone=False,
                value=lambda r: words.field_text("schedule", r.content["schedule"], units),
            ),
            Column(
                key="class", label="Class", sort=("content__mandatory_class",), phone=False,
                value=lambda r: CLASS_WORDS[MandatoryClass(r.content["mandatory_class"])],
            ),
            Column(
                key="ata", label="ATA", value=lambda r: r.content.get("ata", ""), sort=("content__ata",), phone=False
            ),
        )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Tasks by text and programme."""
        found = library().select_related("revision__programme")
        if text := chosen.get("q"):
            found = found.filter(
                Q(reference__icontains=text) | Q(content__title__icontains=text)
                | Q(content__source_document__icontains=text)
            )  # fmt: skip
        if programme := chosen.get("programme"):
            found = found.filter(revision__programme=programme)
        return FromQuerySet(found)


@page(permission="programme.view")
def listing(request: PageRequest) -> HttpResponseBase:
    """Every task there is to begin with."""
    return Library(request, None).respond("amp/library.html", {"draft": None})


@page(permission="amp.edit")
def for_draft(request: PageRequest, revision_id: UUID) -> HttpResponseBase:
    """The same; a task leads into the form of that draft."""
    draft = find_revision(revision_id)
    return Library(request, draft).respond("amp/library.html", {"draft": draft})
