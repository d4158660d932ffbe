"""Bodies that cannot be read, on an endpoint that writes."""

import json
from typing import Any

import pytest

from hangarlink.fleet.models import Aircraft, Flight
from hangarlink.platform.tenancy.context import acting_in
from tests.api.conftest import Api, refused, told
from tests.api.test_hours_cycles import PATH, flight

RAW = json.dumps(flight())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"   ", "empty"),
        (b"{", "not valid JSON"),
        (b"flight=1", "not valid JSON"),
        (b"[]", "JSON object"),
        (b"null", "JSON object"),
        (b'{"flight": NaN}', "NaN is not a JSON number"),
        (b'{"flight": -Infinity}', "not a JSON number"),
        (b'{"flight": {}, "flight": {}}', "stands twice"),
        (b'{"flight": "\xff\xfe"}', "not valid UTF-8: byte 0xff at position 12"),
        ('{"flight": "ø"}'.encode("latin-1"), "not valid UTF-8"),
        (b'{"flight": "\\u0000"}', "cannot be stored"),
        (b'{"flight": {"id": ["\\ud800"]}}', "cannot be stored"),
        (b'{"\\ud800": 1}', "cannot be stored"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 30 + b'"\\u0041"' + b"}" * 30, "nested too deeply"),
        (b'{"flight": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b'\xef\xbb\xbf{"flight": {}}', "not valid JSON"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_read_is_400_with_help(api: Api, aircraft: Aircraft, body: bytes, words: str) -> None:
    assert words in refused(api.post(PATH, body, **{"Content-Type": "application/json"}), 400, "invalid_request")
    with acting_in(aircraft.account):
        assert not Flight.objects.exists()


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/json; charset=latin-1",
    ],
)
def test_other_media_types_are_415(api: Api, aircraft: Aircraft, kind: str) -> None:
    refused(api.post(PATH, RAW, **{"Content-Type": kind}), 415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=UTF-8", "application/vnd.api+json"])
def test_json_by_any_of_its_names_is_taken(api: Api, aircraft: Aircraft, kind: str) -> None:
    assert api.post(PATH, RAW, **{"Content-Type": kind}).status_code == 201


def test_a_body_over_the_limit_is_not_read(api: Api, aircraft: Aircraft) -> None:
    class Unread:
        """A stream of 20 MB that fails the test when anybody reads it."""

        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    response = api.client.generic(
        "POST", "/api/v1" + PATH, headers={"Host": "demo.localhost", "Authorization": f"Bearer {api.token}"},
        CONTENT_TYPE="application/json", CONTENT_LENGTH=str(20 * 2**20), **{"wsgi.input": Unread()},
    )  # fmt: skip
    assert "20,971,520 bytes" in refused(response, 413, "payload_too_large")


def test_no_body_at_all(api: Api, aircraft: Aircraft) -> None:
    headers = {"Host": "demo.localhost", "Authorization": f"Bearer {api.token}"}
    response = api.client.generic(
        "POST", "/api/v1" + PATH, headers=headers, CONTENT_TYPE="application/json", CONTENT_LENGTH="0"
    )
    assert "empty" in refused(response, 400, "invalid_request")


def test_a_body_without_length_is_411(api: Api, aircraft: Aircraft) -> None:
    response = api.client.generic(
        "POST", "/api/v1" + PATH, RAW, content_type="application/json",
        headers={"Host": "demo.localhost", "Authorization": f"Bearer {api.token}", "Transfer-Encoding": "chunked"},
        CONTENT_LENGTH="",
    )  # fmt: skip
    refused(response, 411, "length_required")


def test_a_bad_body_is_seen_after_the_token(aircraft: Aircraft) -> None:
    """Who may not write learns nothing about what could be written."""
    refused(Api("hlt_x").post(PATH, b"{"), 401, "invalid_token")


def test_numbers_are_exact_whatever_their_length(api: Api, aircraft: Aircraft) -> None:
    body = RAW.replace('"1.4"', "1.40000000000000000000000000000")
    assert told(api.post(PATH, body))["flight"]["logs"][0]["amount"] == 5040
    body = RAW.replace('"1.4"', "1.40000000000000000000000000001").replace("F-1", "F-2")
    assert "not a whole number of seconds" in refused(api.post(PATH, body), 422, "sync_failed")
