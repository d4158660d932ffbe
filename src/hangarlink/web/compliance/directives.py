"""Directives: the list, and one of them: what it says, whom it names, how it stands there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import F, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from hangarlink.maintenance.compliance.models import Directive, DirectiveRevision
from hangarlink.maintenance.compliance.queries.rows import Narrow, counts, pairs
from hangarlink.maintenance.compliance.rules.standing import Standing
from hangarlink.maintenance.compliance.rules.words import DirectiveKind, ParagraphKind
from hangarlink.maintenance.programme.models import RequirementRevision
from hangarlink.maintenance.programme.rules import effectivity
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.web.access import PageRequest, page
from hangarlink.web.compliance.reads import current_of, find_directive
from hangarlink.web.compliance.words import assessment_url, product_text, standing_cell
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, SearchField
from hangarlink.web.programme.limit_form import units_by_name
from hangarlink.web.programme.saying import sentence
from hangarlink.web.programme.words import CLASS_WORDS

MOST_OBJECTS = 200


class DirectiveFilters(Filters):
    state = Chips([("superseded", "Superseded"), ("cancelled", "Cancelled")], every="In force")
    q = SearchField("Number, subject or issuer")
    kind = forms.ChoiceField(
        choices=[("", "Every kind"), *((one.value, one.label) for one in DirectiveKind)],
        widget=forms.Select(attrs={"aria-label": "Every kind"}),
    )


class DirectiveList(Listing[Any]):
    """Every directive of the account."""

    name = "directive-library"
    noun = ("directive", "directives")
    filters = DirectiveFilters
    sort = "number"
    empty = "compliance/directives_empty.html"
    columns: tuple[Column[Any], ...] = (
        Column(
            key="number", label="Directive", value=str, sort=("kind", "number"), under=lambda d: d.subject,
            link=lambda d: reverse("compliance:directive", args=[d.pk]),
        ),
        Column(key="issuer", label="Issued by", value=lambda d: d.issuer, sort=("issuer",)),
        Column(key="effective", label="Effective", value=lambda d: d.effective_on, sort=("effective_on",)),
        Column(
            key="class", label="Class", value=lambda d: CLASS_WORDS[MandatoryClass(d.mandatory_class)], phone=False,
            sort=("mandatory_class",),
        ),
        Column(key="by", label="Superseded by", value=lambda d: d.superseded_by or "", phone=False),
        Column(key="example", label="Example", value=lambda d: d.is_example, phone=False, shown=False),
        Column(key="subject", label="Subject", value=lambda d: d.subject, sheet=True),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """By state, text and kind."""
        now = DirectiveRevision.objects.filter(directive=OuterRef("pk"), number=OuterRef("current"))
        found = Directive.objects.select_related("superseded_by").annotate(
            subject=Subquery(now.values("subject")[:1]), effective_on=Subquery(now.values("effective_on")[:1])
        )
        state = chosen.get("state")
        found = found.filter(cancelled_at__isnull=state != "cancelled")
        if state != "cancelled":
            found = found.filter(superseded_by__isnull=state != "superseded")
        if text := chosen.get("q"):
            found = found.filter(Q(number__icontains=text) | Q(issuer__icontains=text) | Q(subject__icontains=text))
        if kind := chosen.get("kind"):
            found = found.filter(kind=kind)
        return FromQuerySet(found)


@page(permission="compliance.view")
def listing(request: PageRequest) -> HttpResponseBase:
    """Every directive."""
    return DirectiveList(request).respond("compliance/directives.html")


@page(permission="compliance.view")
def directive(request: PageRequest, directive_id: UUID) -> HttpResponse:
    """One directive."""
    found = find_directive(directive_id)
    stands = pairs(Narrow(directive_id=directive_id), limit=MOST_OBJECTS + 1)
    number = counts(Narrow(directive_id=directive_id))
    context = {
        "directive": found,
        "revision": current_of(found),
        "class_words": CLASS_WORDS[MandatoryClass(found.mandatory_class)],
        "kind": DirectiveKind(found.kind).label,
        "paragraphs": _paragraphs(found),
        "products": [_product(row) for row in found.products.select_related("aircraft_model")],
        "objects": [
            (pair, standing_cell(pair), assessment_url(pair), product_text(pair)) for pair in stands[:MOST_OBJECTS]
        ],
        "has_more": len(stands) > MOST_OBJECTS,
        "total": sum(number.values()),
        "asked": number.get(Standing.NOT_ASSESSED, 0),
        "revisions": found.revisions.order_by("-number"),
        "supersedes": Directive.objects.filter(superseded_by=found).order_by("number"),
        "is_open": found.cancelled_at is None,
    }  # fmt: skip
    return render(request, "compliance/directive.html", context)


def _paragraphs(found: Directive) -> list[dict[str, Any]]:
    """The paragraphs, each with what its limits mean in a sentence."""
    rows = list(found.paragraphs.filter(retired_at=None).select_related("requirement").order_by("position", "code"))
    revisions = RequirementRevision.objects.filter(
        requirement__in=[row.requirement_id for row in rows], number=F("requirement__current")
    )
    schedules, units = {one.requirement_id: one.rules for one in revisions}, units_by_name()
    made = []
    for row in rows:
        schedule = schedules.get(row.requirement_id) if row.requirement_id else None
        said = sentence(schedule, units) if schedule else ""
        lacks = row.kind == ParagraphKind.ACTION and schedule is None
        made.append({"row": row, "kind": ParagraphKind(row.kind).label, "said": said, "lacks_limits": lacks})
    return made


def _product(row: Any) -> dict[str, Any]:
    return {"row": row, "narrowed": effectivity.text(effectivity.from_json(row.effectivity))}
