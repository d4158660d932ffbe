"""The product with a bare endpoint beside it, for `api_hours`: same server, middleware, token check and connection.

POST /bare/hours_cycles checks the token as the API does and inserts the rows that the API inserts for one flight (taken
from a sample that the benchmark made through the API), each with one plain INSERT, in one transaction. It decides
nothing: no look-up, no rule, no total, no check of the input.
"""

import json
import os
import pickle
import uuid
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from psycopg.types.json import Jsonb

from hangarlink.config.wsgi import application
from hangarlink.platform.applications.admission import Caller, admit
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.middleware import subdomain_of
from hangarlink.platform.tenancy.models import new_id

__all__ = ["application"]
SAMPLE = "HANGARLINK_BENCH_SAMPLE"
Row = dict[str, Any]


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """The view."""
    token = request.headers["Authorization"].removeprefix("Bearer ")
    caller = admit(subdomain_of(request.get_host()), token)
    if not isinstance(caller, Caller):
        return HttpResponse(status=401)
    flight = json.loads(request.body)["flight"]
    made = new_id()
    with acting_in(caller.account), connection.cursor() as cursor:
        for statement, row in _rows(made, flight["external_id"]):
            cursor.execute(statement, row)
    return HttpResponse(json.dumps({"id": str(made)}), status=201, content_type="application/json")


def _rows(made: uuid.UUID, external_id: str) -> list[tuple[str, list[Any]]]:
    """The sample's INSERTs, for a new flight."""
    sampled, tables = _sample()
    rows = []
    for statement, names, row in tables:
        fresh = [made if value == sampled else value for value in row]
        if "external_id" in names:
            fresh[names.index("external_id")] = external_id
        else:
            fresh[names.index("id")] = new_id()
        rows.append((statement, fresh))
    return rows


@cache
def _sample() -> tuple[uuid.UUID, list[tuple[str, list[str], list[Any]]]]:
    """Id of the sample flight, and for each of its rows the INSERT, the columns and the values."""
    sample = pickle.loads(Path(os.environ[SAMPLE]).read_bytes())
    rows = []
    for table, found in sample["tables"].items():
        for row in found:
            marks = ", ".join(["%s"] * len(row))
            values = [Jsonb(value) if isinstance(value, dict | list) else value for value in row.values()]
            rows.append((f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row), values))
    return sample["flight_id"], rows


urlpatterns = [path("bare/hours_cycles", bare), path("", include("hangarlink.config.urls"))]
# Outside the account middleware, like the API itself.
settings.HANGARLINK_ACCOUNTLESS_PATHS = (*settings.HANGARLINK_ACCOUNTLESS_PATHS, "/bare/")
settings.ROOT_URLCONF = __name__
