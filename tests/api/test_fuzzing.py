"""Schemathesis over the whole API: whatever it thinks of, no 5xx, and every answer is as the document describes it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from hangarlink.api import openapi
from hangarlink.fleet.models import Aircraft
from tests.api.conftest import Api

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@cache
def schema() -> Any:
    request = RequestFactory().get("/", headers={"Host": "demo.localhost"})
    loaded = schemathesis.openapi.from_dict(openapi.for_request(request))
    # Made at the first request, when the fixtures have set up static files for tests.
    loaded.app = lambda environ, start_response: handler()(environ, start_response)  # noqa: PLW0108
    return loaded


@cache
def handler() -> WSGIHandler:
    return WSGIHandler()


def operations() -> list[Any]:
    return [result.ok() for result in schema().get_all_operations()]


OPERATIONS = operations()


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The server's way of ending a request would end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.HANGARLINK_API_REQUESTS_PER_MINUTE = settings.HANGARLINK_TOKEN_REQUESTS_PER_MINUTE = 10**9


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_nothing_breaks_it(api: Api, aircraft: Aircraft, operation: Any, mode: GenerationMode) -> None:
    @given(case=operation.as_strategy(generation_mode=mode), ours=st.booleans())
    @settings(
        max_examples=10,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    def try_it(case: Any, ours: bool) -> None:
        if ours and "call_sign" in (case.path_parameters or {}):
            # Behind the look-up there is more to break.
            case.path_parameters["call_sign"] = "SKA"
        checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS
        case.call_and_validate(
            checks=checks, headers={"Host": "demo.localhost", "Authorization": f"Bearer {api.token}"}
        )

    try:
        try_it()
    except Unsatisfiable:
        # Any text is a valid call sign or id, so these have no invalid request.
        assert mode is GenerationMode.NEGATIVE
        assert operation.method == "get"
