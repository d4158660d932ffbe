"""A revision as a spreadsheet: written, and read into a draft after showing what it would change."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hangarlink.maintenance.amp.contents import tasks_of
from hangarlink.maintenance.amp.files import CSV, MOST_BYTES, XLSX, read_file, write_csv, write_xlsx
from hangarlink.maintenance.amp.importing import ImportPlan, import_tasks
from hangarlink.maintenance.amp.models import Revision
from hangarlink.maintenance.amp.rules.difference import Fate
from hangarlink.maintenance.amp.sheets import COLUMNS, rows_of
from hangarlink.maintenance.programme.counters import units_by_name
from hangarlink.platform.errors import RuleBroken
from hangarlink.web.access import PageRequest, page
from hangarlink.web.amp import reads, words
from hangarlink.web.forms import Form, refusals_on, sent, show_form

_SALT = "hangarlink.amp.import"
_FORMATS = {"xlsx": (XLSX, write_xlsx), "csv": (CSV, write_csv)}


@page(permission="programme.view")
def export(request: PageRequest, revision_id: UUID, kind: str) -> HttpResponse:  # noqa: ARG001 - a page
    """The tasks of a revision as a file that can be imported again."""
    found = reads.find_revision(revision_id)
    media, write = _FORMATS.get(kind, _FORMATS["xlsx"])
    body = write(rows_of(tasks_of(found).values(), units_by_name()))
    answer = HttpResponse(body, content_type=media)
    name = f"{found.programme.code}-revision-{found.number}-{timezone.now():%Y-%m-%d}".replace("/", "-")
    answer["Content-Disposition"] = f'attachment; filename="{name}.{"csv" if kind == "csv" else "xlsx"}"'
    return answer


class FileForm(Form):
    """The file and what becomes of tasks that are not in it."""

    file = forms.FileField(label="Spreadsheet", help_text="xlsx or CSV (UTF-8), as the export writes it")
    replace = forms.BooleanField(required=False, label="Take out tasks of the draft that are not in the file")


@page(permission="amp.edit")
def read(request: PageRequest, revision_id: UUID) -> HttpResponse:
    """Read a file into a draft: first what it would change, then, asked once more, the change."""
    found = reads.find_revision(revision_id)
    if request.POST.get("plan"):
        return _carry_out(request, found)
    form = FileForm(sent(request), request.FILES or None)
    if form.is_valid():
        with refusals_on(form, {"": "file"}):
            upload, replace = form.cleaned_data["file"], form.cleaned_data["replace"]
            if upload.size > MOST_BYTES:
                raise RuleBroken(f"{upload.name} is larger than {MOST_BYTES // 1024} kB.", field="file")
            rows = read_file(upload.read(), upload.name)
            plan = import_tasks(found, rows, replace=replace, dry_run=True, acting_user=request.actor)
            return render(request, "amp/import_plan.html", _context(found, plan, rows, replace=replace))
    return show_form(request, "amp/import.html", form, {**_basics(found), "columns": COLUMNS})


def _carry_out(request: PageRequest, found: Revision) -> HttpResponse:
    """The plan that was shown, signed so that nothing else is carried out under its name."""
    try:
        told = signing.loads(request.POST["plan"], salt=_SALT + str(found.pk), max_age=24 * 3600)
    except signing.BadSignature:
        raise RuleBroken("The plan is too old or was changed. Choose the file again.") from None
    rows = [(line, row) for line, row in told["rows"]]
    plan = import_tasks(found, rows, replace=told["replace"], dry_run=False, acting_user=request.actor)
    if plan.problems:
        return render(request, "amp/import_plan.html", _context(found, plan, rows, replace=told["replace"]), status=422)
    said = ", ".join(f"{plan.count(fate)} {words.FATES[fate].lower()}" for fate in Fate if plan.count(fate))
    messages.success(request, f"Imported: {said}.")
    return redirect("programmes:revision", found.pk)


def _context(found: Revision, plan: ImportPlan, rows: list[Any], *, replace: bool) -> dict[str, Any]:
    units = units_by_name()
    shown = [one for one in plan.differences if one.fate is not Fate.SAME]
    signed = signing.dumps({"rows": rows, "replace": replace}, salt=_SALT + str(found.pk), compress=True)
    return {
        **_basics(found),
        "plan": plan,
        "counts": [(words.FATES[fate], plan.count(fate)) for fate in Fate],
        "tasks": [words.drawn(one, units) for one in shown],
        "signed": "" if plan.problems else signed,
    }


def _basics(found: Revision) -> dict[str, Any]:
    return {"programme": found.programme, "revision": found}
