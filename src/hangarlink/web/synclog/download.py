"""A run with every number and record of its log, as JSON for programs and as CSV for spreadsheets."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

from hangarlink.integration.connections.rights import VIEW
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.queries import RunDetail, run_detail
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.synclog.runs import ELSEWHERE, change_text

# Everything of a run but its checkpoint, which belongs to the connector, and what the reader may not see.
NUMBERS = (
    "id", "partner", "flow", "direction", "kind", "trigger", "requested_by_label", "state", "requested_at",
    "started_at", "finished_at", "pages", "total", "code", "summary",
)  # fmt: skip
COLUMNS = ("dataset", "external_id", "subject", "verdict", "code", "reason", "is_open")
# A cell that begins like a formula is run by spreadsheets: it gets an apostrophe, which they hide.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@page(permission="integrations.view", instead=ELSEWHERE[VIEW])
def download(request: PageRequest, run_id: UUID, form: str) -> HttpResponse:
    """`form`: json or csv. Raises Missing for any other."""
    detail = run_detail(run_id, acting_user=request.actor)
    if form == "json":
        body = json.dumps(as_document(detail), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
        answer = HttpResponse(body, content_type="application/json; charset=utf-8")
    elif form == "csv":
        answer = HttpResponse("".join(as_lines(detail)), content_type="text/csv; charset=utf-8")
    else:
        raise Missing("A run can be downloaded as json or csv.")
    answer["Content-Disposition"] = f'attachment; filename="sync-{detail.run.requested_at:%Y%m%d-%H%M%S}.{form}"'
    return answer


def as_document(detail: RunDetail) -> dict[str, Any]:
    """The run, its counts and its records. `technical` only where the reader may see it."""
    run: SyncRun = detail.run
    document: dict[str, Any] = {name: getattr(run, name) for name in NUMBERS}
    document["counts"] = run.counts
    if detail.technical is not None:
        document["technical"] = detail.technical
    document["records"] = [
        {**{name: getattr(one, name) for name in COLUMNS}, "old": one.old, "new": one.new} for one in _records(detail)
    ]
    return document


def as_lines(detail: RunDetail) -> Iterator[str]:
    """A line for each record, below a head."""
    yield _line([*COLUMNS, "values"])
    for one in _records(detail):
        yield _line([*(str(getattr(one, name)) for name in COLUMNS), change_text(one)])


def _records(detail: RunDetail) -> Iterator[SyncRecord]:
    return detail.records.defer("payload").iterator(chunk_size=2000)


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return line.getvalue()
