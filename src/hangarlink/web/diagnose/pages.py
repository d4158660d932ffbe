"""A report on a page, and as JSON to hand on: `?format=json`, and `&technical=1` for administrators."""

from itertools import groupby
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from hangarlink.integration.diagnose import (
    Check,
    Report,
    Result,
    diagnose_aircraft,
    diagnose_application,
    diagnose_connection,
    diagnose_defect,
    diagnose_member,
    diagnose_status,
    diagnose_webhook,
)
from hangarlink.web.access import PageRequest, page
from hangarlink.web.diagnose.places import address

# The shape and the word of each result: never colour alone.
SHAPES = {
    Result.PASSED: ("ok", "Passed"),
    Result.FAILED: ("overdue", "Failed"),
    Result.NOT_APPLICABLE: ("", "Not applicable"),
}
ANY_AREA = ("safety_integrations.view", "billing_integrations.view")


@page(permission="integrations.view", instead=ANY_AREA)
def connection(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Why does this connection not sync? Who may see its settings area is checked there."""
    return _shown(request, diagnose_connection(subject_id, acting_user=request.actor))


@page(permission="integrations.view")
def aircraft(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Why does this aircraft not sync?"""
    return _shown(request, diagnose_aircraft(subject_id, acting_user=request.actor))


@page(permission="programme.view")
def status(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Why is its status what it is?"""
    return _shown(request, diagnose_status(subject_id, acting_user=request.actor))


@page(permission="integrations.view")
def defect(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Why does this defect not sync?"""
    return _shown(request, diagnose_defect(subject_id, acting_user=request.actor))


@page(permission="applications.manage")
def application(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Why does this program not get through?"""
    return _shown(request, diagnose_application(subject_id, acting_user=request.actor))


@page(permission="people.view")
def member(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Why does this person not see something?"""
    return _shown(request, diagnose_member(subject_id, acting_user=request.actor))


@page(permission="webhooks.view")
def webhook(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Why does this webhook not arrive?"""
    return _shown(request, diagnose_webhook(subject_id, acting_user=request.actor))


def _shown(request: PageRequest, report: Report) -> HttpResponse:
    may_technical = request.actor.may("integrations.view_technical")
    if request.GET.get("format") == "json":
        technical = may_technical and request.GET.get("technical") == "1"
        answer = JsonResponse(report.as_dict(technical=technical), json_dumps_params={"indent": 2})
        answer["Content-Disposition"] = f'attachment; filename="diagnosis-{report.kind.value}.json"'
        return answer
    steps = [(step, [_row(check) for check in checks]) for step, checks in groupby(report.checks, lambda c: c.step)]
    context = {"report": report, "steps": steps, "may_technical": may_technical, "failed": _failed(report)}
    return render(request, "diagnose/report.html", context)


def _failed(report: Report) -> str:
    count = len(report.failed)
    return "" if not count else f"{count} check{'' if count == 1 else 's'} failed"


def _row(check: Check) -> dict[str, object]:
    code, word = SHAPES[check.result]
    return {"check": check, "code": code, "word": word, "href": address(check.place) if check.place else ""}
