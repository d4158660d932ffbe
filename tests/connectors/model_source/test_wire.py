"""The data source of aircraft models, against its sandbox on a real socket: every row of the error table."""

from collections.abc import Iterator

import pytest

from hangarlink.connectors.model_source import ModelSource
from hangarlink.integration.contract import (
    AuthFailed,
    DataError,
    Dataset,
    Malformed,
    PartnerError,
    ServerTrouble,
)
from hangarlink.integration.trying import PutOff, Trial
from hangarlink.sandbox.model_source import DEMO_KEY, FAULTS, ModelSourceApp
from hangarlink.sandbox.server import Served

MODELS = Dataset.AIRCRAFT_MODELS


@pytest.fixture
def source() -> Iterator[Served[ModelSourceApp]]:
    with Served(ModelSourceApp()) as served:
        yield served


def trial(source: Served[ModelSourceApp], key: str = DEMO_KEY) -> Trial:
    return Trial(ModelSource, source.url, secrets={"api_key": key}, options={"source": "Type master"})


def test_it_is_the_data_source_that_it_was_named(source: Served[ModelSourceApp]) -> None:
    with trial(source) as tried:
        identity = tried.connector.prove()
    assert (identity.key, identity.name) == ("Type master", "Type master")
    assert len(source.app.journal) == 1


def test_every_model_comes_once_and_the_last_page_says_so(source: Served[ModelSourceApp]) -> None:
    with trial(source) as tried:
        pages = tried.pages(MODELS)
    assert [one.external_id for page in pages for one in page.records] == [
        model["external_id"] for model in source.app.models
    ]
    assert [page.complete for page in pages] == [False, False, True]
    assert [asked.cursor for asked in source.app.journal] == ["", "2", "4"]


def test_an_interrupted_pull_brings_the_rest(source: Served[ModelSourceApp]) -> None:
    with trial(source) as tried:
        assert tried.resumes(MODELS)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (None, "no object"),
        ({}, "no external_id"),
        ({"external_id": "  "}, "no external_id"),
        ({"external_id": ["x"]}, "no external_id"),
        ({"external_id": "x", "name": 7}, "name is not what it should be"),
        ({"external_id": "x", "name": "X", "specifications": [1]}, "specifications is not what it should be"),
        ({"external_id": "x" * 300, "name": "X"}, "needs an id"),
    ],
)
def test_a_row_that_cannot_be_read_is_put_aside(source: Served[ModelSourceApp], row: object, reason: str) -> None:
    source.app.models = [row, {"external_id": "good", "name": "Good"}]  # type: ignore[list-item]
    with trial(source) as tried:
        (page,) = tried.pages(MODELS)
    assert [one.external_id for one in page.records] == ["good"]
    assert [reason in one.reason for one in page.unreadable] == [True]


def test_a_refused_key_is_not_tried_again(source: Served[ModelSourceApp]) -> None:
    with trial(source, "wrong-canary-key") as tried:
        failure = tried.failure()
        assert isinstance(failure, AuthFailed)
        assert "canary" not in f"{failure} {failure.detail}"
        assert tried.waits.seconds == []


@pytest.mark.parametrize(
    ("fault", "times", "waits", "failure"),
    [
        ("server_error", 3, [1, 2, 4], None),
        ("server_error", 4, [1, 2, 4], ServerTrouble),
        ("lost", 1, [1], None),
        ("garbage", 4, [1, 2, 4], Malformed),
        ("half", 2, [1, 2], None),
        ("rate_limited", 2, [3, 3], None),
        ("rate_limited", 6, [3, 3, 3, 3, 3], PutOff),
        ("unauthorized", 1, [], AuthFailed),
        ("refused", 1, [], DataError),
        ("endless", 300, [], Malformed),
    ],
)
def test_faults(
    source: Served[ModelSourceApp], fault: str, times: int, waits: list[float], failure: type[PartnerError] | None
) -> None:
    source.app.fail(fault, times)
    with trial(source) as tried:
        found = tried.failure(MODELS)
        assert tried.waits.seconds == waits
    assert isinstance(found, failure) if failure else found is None
    assert fault in FAULTS
