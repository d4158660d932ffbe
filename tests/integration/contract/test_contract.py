"""The contract holds connectors to their word, and its pieces to theirs."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.connections.catalogue import connectors
from hangarlink.integration.contract import (
    Aircraft,
    ApiKey,
    Area,
    Connector,
    Cursor,
    DataError,
    Dataset,
    Directions,
    FlightTimes,
    LogAmount,
    LogKind,
    LogSlot,
    Malformed,
    Manifest,
    Page,
    Response,
    Unreadable,
    pulls,
    redact,
)

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)


def manifest(**more: Any) -> Manifest:
    given = {
        "key": "partner",
        "name": "Partner",
        "category": "Flight operations",
        "area": Area.OPS,
        "auth": ApiKey(),
        "base_url": "https://example.com",
        "datasets": {Dataset.AIRCRAFT: Directions.PULL},
    }
    return Manifest(**(given | more))


def test_a_connector_does_what_its_manifest_says() -> None:
    class Honest(Connector):
        manifest = manifest()

        @pulls(Dataset.AIRCRAFT)
        def aircraft(self, cursor: Cursor) -> Iterator[Page[Aircraft]]:
            yield Page([], cursor)

    assert list(Honest(None).pull(Dataset.AIRCRAFT, Cursor())) == [Page([], Cursor())]  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="declares pull"):

        class Boasting(Connector):
            manifest = manifest(datasets={Dataset.AIRCRAFT: Directions.BOTH})

            @pulls(Dataset.AIRCRAFT)
            def aircraft(self, cursor: Cursor) -> Iterator[Page[Aircraft]]:
                yield Page([], cursor)


@pytest.mark.parametrize(
    "wrong", [{"key": "Partner One"}, {"key": "x"}, {"datasets": {}}, {"base_url": "ftp://example.com"}]
)
def test_a_manifest_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        manifest(**wrong)


def test_every_connector_imports_the_contract_and_nothing_else_of_ours() -> None:
    for connector in connectors().values():
        package = ".".join(connector.__module__.split(".")[:3])
        folder = Path(__import__(package, fromlist=["x"]).__file__ or "").parent
        for file in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                for name in names:
                    allowed = (package, "hangarlink.integration.contract")
                    assert not name.startswith(("hangarlink", "django", "httpx")) or name.startswith(allowed), file
                    assert name not in {"time", "socket", "logging", "threading"}, f"{file}: {name}"


def test_a_connector_is_small() -> None:
    for connector in connectors().values():
        folder = Path(__import__(connector.__module__, fromlist=["x"]).__file__ or "").parent
        lines = sum(len(file.read_text().splitlines()) for file in folder.rglob("*.py"))
        # Trackers publish no format: that folder reads any profile, and a partner of it is 20 lines and a profile.
        assert lines < (1_700 if folder.name == "tracker" else 800), connector.manifest.key


def test_a_cursor_moves_by_copy() -> None:
    start = Cursor({"since": "a", "after": "b"})
    assert start.moved(after=None, phase="x").values == {"since": "a", "phase": "x"}
    assert start.values == {"since": "a", "after": "b"}


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": ', b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000])
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="not JSON"):
        Response(200, body).json()


def flight(**more: Any) -> FlightTimes:
    given = {
        "external_id": "1",
        "aircraft": Aircraft("101", "OY-SKA"),
        "started_at": NOON,
        "ended_at": NOON + timedelta(hours=1),
        "logs": (LogAmount(LogKind.HOBBS, LogSlot.PRIMARY, 3600),),
        "landings": 1,
    }
    return FlightTimes(**(given | more))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ended_at": NOON - timedelta(seconds=1)}, "ends 2026-06-03 11:59Z, before it starts 2026-06-03 12:00Z"),
        ({"ended_at": NOON + timedelta(days=8)}, "lasts longer than 7 days"),
        ({"logs": (LogAmount(LogKind.TACH, LogSlot.PRIMARY, -1),)}, "Log tach has the negative duration -1 s"),
        ({"landings": -2}, "negative number of landings -2"),
        ({"external_id": "9" * 121}, "needs an id"),
        ({"departure": "EK\0"}, "cannot be stored"),
    ],
)
def test_records_check_themselves(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        flight(**wrong)


def test_an_aircraft_needs_a_name() -> None:
    with pytest.raises(DataError, match="neither call sign nor registration"):
        Aircraft("1")


@given(st.text())
def test_what_could_not_be_read_can_always_be_written_down(text: str) -> None:
    told = Unreadable(text, text, text)
    assert "\0" not in told.reason
    told.reason.encode()


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer s3cr3t-key-value",
        '{"api_key": "s3cr3t-key-value"}',
        "token=s3cr3t-key-value&x=1",
        "https://kim:s3cr3t-key-value@example.com/",
        "the key s3cr3t-key-value was refused",
    ],
)
def test_redaction(text: str) -> None:
    assert "s3cr3t" not in redact(text, ["s3cr3t-key-value"])


def test_redaction_without_knowing_the_secret() -> None:
    assert "s3cr3t" not in redact("GET / Authorization: Bearer s3cr3t-key-value")
    assert len(redact("x" * 100_000)) < 5_000
