"""Approved variations of due items, and the tolerance classes they keep to."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Day, Incoming, Outgoing, Plain
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.programme.actions import approve_variation, withdraw_variation
from hangarlink.maintenance.programme.models import DueItem, ToleranceClass, Variation
from hangarlink.maintenance.programme.queries import item_detail
from hangarlink.maintenance.programme.queries.variations import VariationRow, variations_of
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing

TAG = "Variations"
_EXAMPLE_IN = {
    "path": "repeat/0",
    "amount": 36000,
    "approved_by": "CAMO postholder",
    "approved_on": "2026-06-01",
    "reference": "VAR 2026-12",
}
_EXAMPLE = {
    "id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9a13",
    **_EXAMPLE_IN,
    "unit": "seconds",
    "counts_from": "grid",
    "conditions": "",
    "due": {"counter": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9a14", "value": 17377200},
    "tolerance": "nl_ilt",
    "standing": "holds",
}
_CLASS = {
    "code": "part_ml_mip",
    "name": "Part-ML minimum inspection programme: 10 h, 1 month",
    "source": "AMC1 ML.A.302(d)",
    "counts_from": "actual",
    "bands": [{"measure": "hours", "most": 36000}, {"measure": "calendar", "most": 1, "unit": "months"}],
}


class VariationIn(Incoming):
    path: Plain = Field(max_length=60, description="Of the open limit, as the explanation names it: repeat, repeat/1.")
    amount: int = Field(description="Seconds or counts of its counter; days or months of a calendar limit.")
    unit: Literal["", "seconds", "count", "days", "months"] = Field(
        "", description="Default: the limit's own, or days."
    )
    counts_from: Literal["", "grid", "actual"] = Field(
        "", description="Where the next interval counts from. Default: as the tolerance class says."
    )
    approved_by: Plain = Field(max_length=120)
    approved_on: Day
    reference: Plain = Field(max_length=120, description="Of the approval.")
    conditions: Plain = Field("", max_length=4000)


class VariationReport(Incoming):
    variation: VariationIn


class VariationOut(Outgoing):
    id: UUID
    path: str
    due: dict[str, Any] = Field(description="The due point it extends, without it.")
    amount: int
    unit: str
    counts_from: str
    tolerance: str
    approved_by: str
    approved_on: date
    reference: str
    conditions: str
    standing: str = Field(description="holds, spent, withdrawn or lapsed.")


class VariationAnswer(Outgoing):
    result: str
    variation: VariationOut


class VariationList(Outgoing):
    variations: list[VariationOut]


class VariationWithdrawal(Incoming):
    reason: Plain = Field(min_length=1, max_length=300, description="Kept with the record.")


class ToleranceClassOut(Outgoing):
    code: str
    name: str
    source: str
    counts_from: str
    bands: list[dict[str, Any]] = Field(
        description="The first that fits an interval counts, in seconds, counts, days or months."
    )


class ToleranceClassList(Outgoing):
    tolerance_classes: list[ToleranceClassOut]


@endpoint(
    "GET",
    "/tolerance_classes",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="List tolerance classes",
    answers={200: ToleranceClassList},
    examples={"response": {"tolerance_classes": [_CLASS]}},
)
def list_tolerance_classes(request: ApiRequest) -> Answer:  # noqa: ARG001 - every operation takes the request
    """The tables that say how far an approved variation may go. Retired ones are left out."""
    rows = ToleranceClass.objects.filter(retired_at__isnull=True).order_by("code")
    names = ("code", "name", "source", "counts_from", "bands")
    found = [ToleranceClassOut(**{name: getattr(row, name) for name in names}) for row in rows]
    return Answer(ToleranceClassList(tolerance_classes=found), Logged.READ, "Tolerance classes read.", count=len(found))


@endpoint(
    "GET",
    "/due_items/{id}/variations",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="List the approved variations of a due item",
    answers={200: VariationList},
    examples={"response": {"variations": [_EXAMPLE]}},
)
def list_variations(request: ApiRequest, id: UUID) -> Answer:  # noqa: ARG001 - every operation takes the request
    """Every approval, latest first, with what became of it."""
    rows = _rows(id)
    body = VariationList(variations=[_out(one) for one in rows])
    return Answer(body, Logged.READ, "Variations read.", count=len(rows))


@endpoint(
    "POST",
    "/due_items/{id}/variations",
    scope=Scope.PROGRAMME_APPROVE,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Record an approved variation",
    answers={201: VariationAnswer},
    examples={"request": {"variation": _EXAMPLE_IN}, "response": {"result": "created", "variation": _EXAMPLE}},
)
def create_variation(request: ApiRequest, id: UUID, body: VariationReport) -> Answer:
    """Extends one open limit once, within the tolerance class of the requirement.

    Refused for airworthiness limitations, certification maintenance and life limits, for a directive whose text grants
    no tolerance, and when the limit was passed before the approval.
    """
    item = DueItem.objects.filter(pk=id, closed_at__isnull=True).first()
    if item is None:
        raise Missing("There is no such due item in this account, or nothing demands it any more.")
    with under("variation"):
        made = approve_variation(item, acting_user=request.auth.actor, **body.variation.model_dump())
    answer = VariationAnswer(result="created", variation=_of(id, made.pk))
    return Answer(answer, Logged.CREATED, f"Variation {made} recorded.", status=201)


@endpoint(
    "POST",
    "/due_items/{id}/variations/{variation_id}/withdrawal",
    scope=Scope.PROGRAMME_APPROVE,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Withdraw a variation",
    answers={200: VariationAnswer},
    examples={
        "request": {"reason": "Approved for another aircraft"},
        "response": {"result": "updated", "variation": {**_EXAMPLE, "standing": "withdrawn"}},
    },
)
def withdraw_approved_variation(request: ApiRequest, id: UUID, variation_id: UUID, body: VariationWithdrawal) -> Answer:
    """It counts as never approved; work done under it is judged without it."""
    found = Variation.objects.filter(item_id=id, pk=variation_id).select_related("item").first()
    if found is None:
        raise Missing("There is no such variation of this due item.")
    withdraw_variation(found, reason=body.reason, acting_user=request.auth.actor)
    answer = VariationAnswer(result="updated", variation=_of(id, variation_id))
    return Answer(answer, Logged.UPDATED, f"Variation {found} withdrawn.")


def _rows(item_id: UUID) -> list[VariationRow]:
    detail = item_detail(item_id)
    return variations_of(item_id, detail.status.standing, detail.history)


def _of(item_id: UUID, variation_id: UUID) -> VariationOut:
    return next(_out(one) for one in _rows(item_id) if one.row.pk == variation_id)


def _out(one: VariationRow) -> VariationOut:
    row = one.row
    names = (
        "path", "due", "amount", "unit", "counts_from", "tolerance", "approved_by", "approved_on", "reference",
        "conditions",
    )  # fmt: skip
    return VariationOut(id=row.pk, standing=one.fate.value, **{name: getattr(row, name) for name in names})
