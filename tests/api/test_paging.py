"""Pages: complete, without repeats, stable while rows come in."""

import re
from typing import Any

import pytest

from hangarlink.fleet.models import Aircraft
from tests.api.conftest import Api, make_aircraft, refused, told
from tests.api.test_hours_cycles import PATH, flight


@pytest.fixture
def flown(api: Api, aircraft: Aircraft) -> Aircraft:
    for number in range(7):
        # Two at the same moment: the id decides between them.
        api.post(PATH, flight(external_id=f"F-{number}", reading_time=f"0{number // 2}:00"))
    return aircraft


def all_pages(api: Api, path: str, rows: str) -> list[Any]:
    found: list[Any] = []
    for _ in range(20):
        response = api.get(path)
        body = told(response)
        found += body[rows]
        if body["next_cursor"] is None:
            assert "Link" not in response.headers
            return found
        link = re.fullmatch(r'<(http://demo\.localhost/api/v1(/[^>]+))>; rel="next"', response.headers["Link"])
        assert link
        path = link[2]
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 200])
def test_pages_hold_every_row_once(api: Api, flown: Aircraft, size: int) -> None:
    rows = all_pages(api, f"{PATH}?per_page={size}&mine=1", "flights")
    assert sorted(row["external_id"] for row in rows) == [f"F-{number}" for number in range(7)]
    moments = [row["ended_at"] for row in rows]
    assert moments == sorted(moments, reverse=True)


def test_other_query_parameters_stay_in_the_link(api: Api, flown: Aircraft) -> None:
    assert "mine=1" in api.get(f"{PATH}?per_page=2&mine=1").headers["Link"]


def test_a_row_that_comes_in_between_shifts_nothing(api: Api, flown: Aircraft) -> None:
    first = told(api.get(f"{PATH}?per_page=3"))
    api.post(PATH, flight(external_id="LATE", reading_time="09:00"))
    second = told(api.get(f"{PATH}?per_page=3&cursor={first['next_cursor']}"))
    seen = [row["external_id"] for row in first["flights"] + second["flights"]]
    assert len(set(seen)) == 6
    assert "LATE" not in seen


def test_rising_lists_page_too(api: Api, aircraft: Aircraft) -> None:
    for name in ("OY-B", "OY-A", "OY-C"):
        make_aircraft(aircraft.account, name, "")
    rows = all_pages(api, "/aircraft?per_page=1", "aircraft")
    assert [row["registration"] for row in rows] == ["OY-A", "OY-B", "OY-C", "OY-SKA"]


@pytest.mark.parametrize(
    "cursor",
    ["x", "!!", "W10", "WyJhIl0", "WzEsMl0", "eyJhIjoxfQ", "W1sxXSwgImEiXQ", "%FF", "x" * 5000, "WyJcdTAwMDAiLCAiYSJd"],
)
def test_a_cursor_that_is_none(api: Api, aircraft: Aircraft, cursor: str) -> None:
    for path in (PATH, "/aircraft", "/aircraft/SKA/defects", "/aircraft_models"):
        assert "cursor" in refused(api.get(f"{path}?cursor={cursor}"), 422, "sync_failed")


def test_a_cursor_of_another_list_is_refused(api: Api, flown: Aircraft) -> None:
    cursor = told(api.get(f"{PATH}?per_page=1"))["next_cursor"]
    # It reads as a text and an id, which is what this list wants: the page is simply somewhere else.
    assert api.get(f"/aircraft?cursor={cursor}").status_code == 200
    other = told(api.get("/aircraft?per_page=1"))["next_cursor"]
    assert other is None


@pytest.mark.parametrize("size", ["0", "-1", "201", "many", "1.5", "", "9" * 50])
def test_a_page_has_1_to_200_rows(api: Api, aircraft: Aircraft, size: str) -> None:
    assert "per_page" in refused(api.get(f"{PATH}?per_page={size}"), 422, "sync_failed")
