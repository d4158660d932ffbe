"""Hours and cycles: exact, create-only, loud about what cannot be booked."""

import json
from decimal import Decimal
from itertools import count
from typing import Any

import hypothesis
import pytest
from django.http import HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.fleet.models import Aircraft, Counter, Flight
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.platform.quantities import parse_hours
from hangarlink.platform.tenancy.context import acting_in
from tests.api.conftest import Api, make_aircraft, make_application, refused, told

PATH = "/aircraft/SKA/hours_cycles"


def flight(**changed: Any) -> dict[str, Any]:
    values = {
        "external_id": "F-1",
        "reading_date": "2026-06-03",
        "reading_time": "09:12",
        "logs": [{"name": "Hobbs", "value": "1.4"}],
        **changed,
    }
    return {"flight": {name: value for name, value in values.items() if value is not None}}


def totals(aircraft: Aircraft) -> dict[str, int | None]:
    with acting_in(aircraft.account):
        return dict(Counter.objects.filter(aircraft=aircraft).values_list("name", "total"))


def flights(aircraft: Aircraft) -> list[Flight]:
    with acting_in(aircraft.account):
        return list(Flight.objects.all())


def test_a_flight_moves_the_counters_exactly(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-2] A top-level flight object: reading date, reading time, named logs; hours, cycles, landings."""
    logs = [{"name": "Hobbs", "value": "1.4"}, {"name": "Block", "start": "2210:42", "end": "2211:59"}]
    response = api.post(PATH, flight(logs=logs, landings=3, cycles=2))
    assert response.status_code == 201, response.content
    assert told(response)["result"] == "created"
    assert totals(aircraft) == {"Hobbs": 3_605_040, "Block": 3_604_620, "Landings": 2003, "Cycles": 1502}


def test_the_answer_says_what_was_recorded(api: Api, aircraft: Aircraft) -> None:
    body = told(api.post(PATH, flight(departure="EKRK", arrival="EKOD", landings=1)))
    answer = body["flight"]
    assert answer["logs"] == [
        {"name": "Hobbs", "value": "1.4", "amount": 5040, "unit": "seconds"},
        {"name": "Landings", "value": "1", "amount": 1, "unit": "count"},
    ]
    assert (answer["reading_date"], answer["reading_time"]) == ("2026-06-03", "09:12:00")
    assert (answer["departure"], answer["arrival"], answer["external_id"]) == ("EKRK", "EKOD", "F-1")
    assert body["unreported"] == ["Block", "Cycles"]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1.4", 5040),
        (1.4, 5040),
        ("1:24", 5040),
        (2, 7200),
        ("0.1", 360),
        (0.1, 360),
        ("1.38", 4968),
        (1.38, 4968),
        ("0:00", 0),
    ],
)
def test_values_are_read_exactly(api: Api, aircraft: Aircraft, value: Any, seconds: int) -> None:
    body = told(api.post(PATH, flight(logs=[{"name": "Hobbs", "value": value}])))
    assert body["flight"]["logs"][0]["amount"] == seconds
    assert totals(aircraft)["Hobbs"] == 3_600_000 + seconds


def test_a_flight_that_is_present_is_skipped(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-1, req-2] Create-only: not duplicated, not overwritten."""
    api.post(PATH, flight())
    again = api.post(PATH, flight())
    other = api.post(PATH, flight(logs=[{"name": "Hobbs", "value": "9.9"}]))
    assert (again.status_code, told(again)["result"]) == (200, "skipped")
    assert told(again)["reason"] == "It is recorded with these values."
    assert told(other)["result"] == "skipped"
    assert "other values" in told(other)["reason"]
    assert told(other)["flight"]["logs"][0]["amount"] == 5040
    assert len(flights(aircraft)) == 1
    assert totals(aircraft)["Hobbs"] == 3_605_040


def test_id_and_external_id_mean_the_same(api: Api, aircraft: Aircraft) -> None:
    api.post(PATH, flight(external_id=None, id="F-1"))
    assert told(api.post(PATH, flight()))["result"] == "skipped"


def test_without_a_name_the_times_tell_flights_apart(api: Api, aircraft: Aircraft) -> None:
    times = {"started_at": "2026-06-03T07:48:00Z", "ended_at": "2026-06-03T09:12:00Z"}
    nameless = flight(external_id=None, **times)
    assert told(api.post(PATH, nameless))["result"] == "created"
    assert told(api.post(PATH, nameless))["result"] == "skipped"
    assert "repeated flight" in refused(api.post(PATH, flight(external_id=None)), 422, "sync_failed")


def test_the_same_name_from_another_system_is_another_flight(api: Api, aircraft: Aircraft) -> None:
    other = make_application(aircraft.account, name="Another system")
    api.post(PATH, flight())
    assert told(other.post(PATH, flight(reading_time="12:00")))["result"] == "created"
    assert len(flights(aircraft)) == 2


def test_a_name_is_given_to_one_flight_only(api: Api, aircraft: Aircraft) -> None:
    make_aircraft(aircraft.account, "OY-SKB", "SKB")
    api.post(PATH, flight())
    text = refused(api.post("/aircraft/SKB/hours_cycles", flight()), 422, "sync_failed")
    assert "another aircraft" in text


def test_the_reading_time_may_carry_an_offset(api: Api, aircraft: Aircraft) -> None:
    body = told(api.post(PATH, flight(reading_time="01:12:30+02:00")))
    assert (body["flight"]["reading_date"], body["flight"]["reading_time"]) == ("2026-06-02", "23:12:30")


@pytest.mark.parametrize(
    ("identifier", "registration"), [("SKA", "OY-SKA"), ("OY-SKA", "OY-SKA"), ("OY-SKB", "OY-SKC"), ("SKC", "OY-SKB")]
)
def test_call_sign_goes_before_registration(api: Api, aircraft: Aircraft, identifier: str, registration: str) -> None:
    """[stated: req-1, req-2] Call sign first, then registration."""
    make_aircraft(aircraft.account, "OY-SKB", "SKC")
    make_aircraft(aircraft.account, "OY-SKC", "OY-SKB")
    assert told(api.get(f"/aircraft/{identifier}/hours_cycles"))["aircraft"]["registration"] == registration


def test_the_id_finds_the_aircraft_too(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-2] Hours/cycles and defects: by call sign, registration or ID."""
    for path in ("hours_cycles", "defects"):
        assert api.get(f"/aircraft/{aircraft.id}/{path}").status_code == 200


@pytest.mark.parametrize("identifier", ["ska", "SKA%20", "OYSKA", "OY SKA", "SK", "%00", "%ff", "a%2Fb", "x" * 500])
def test_formatting_differences_are_no_match(api: Api, aircraft: Aircraft, identifier: str) -> None:
    """[stated: req-2] No fuzzy matching."""
    refused(api.get(f"/aircraft/{identifier}/hours_cycles"), 404, "not_found")
    refused(api.post(f"/aircraft/{identifier}/hours_cycles", flight()), 404, "not_found")
    refused(
        api.post(
            f"/aircraft/{identifier}/defects", {"defect": {"description": "x", "reported_at": "2026-06-03T09:00:00Z"}}
        ),
        404,
        "not_found",
    )


BAD = [
    (
        {"logs": [{"name": "Hobs", "value": 1}]},
        "flight.logs[0].name: no log of this aircraft is named 'Hobs'. Configured are: Hobbs, Block",
    ),
    ({"logs": [{"name": "hobbs", "value": 1}]}, "no log of this aircraft is named 'hobbs'"),
    ({"logs": [{"name": "Hobbs", "value": "-1.4"}]}, "flight.logs[0].value: '-1.4' is negative"),
    ({"logs": [{"name": "Hobbs", "start": "10.0", "end": "9.9"}]}, "below the start"),
    ({"logs": [{"name": "Hobbs", "value": "84"}]}, "too many for one flight"),
    ({"logs": [{"name": "Hobbs", "value": "1,4"}]}, "comma"),
    ({"logs": [{"name": "Hobbs", "value": "1.3333"}]}, "not a whole number of seconds"),
    ({"logs": [{"name": "Hobbs", "value": "1:75"}]}, "minutes or seconds over 59"),
    ({"logs": [{"name": "Hobbs", "value": "one"}]}, "not a number of hours"),
    ({"logs": [{"name": "Hobbs", "value": True}]}, "is not a quantity"),
    ({"logs": [{"name": "Hobbs", "value": [1]}]}, "is not a quantity"),
    ({"logs": [{"name": "Hobbs", "value": 1e300}]}, "flight.logs[0].value"),
    ({"logs": [{"name": "Hobbs"}]}, "either value, or both start and end"),
    ({"logs": [{"name": "Hobbs", "value": 1, "start": 1, "end": 2}]}, "either value, or both start and end"),
    ({"logs": [{"name": "Hobbs", "start": 1}]}, "either value, or both start and end"),
    ({"logs": [{"name": "Hobbs", "value": 1}] * 2}, "given twice"),
    ({"logs": [{"name": "Landings", "value": "1:30"}]}, "not a whole number"),
    ({"logs": [{"name": "Landings", "value": 1.5}]}, "not a whole number"),
    ({"logs": [{"name": "Landings", "value": 1}], "landings": 1}, "given among the logs"),
    ({"landings": -1}, "flight.landings: -1 is negative"),
    ({"logs": []}, "carries no usage"),
    ({"logs": None}, "carries no usage"),
    ({"reading_date": "2026-02-30"}, "flight.reading_date: '2026-02-30' is a date that does not exist"),
    ({"reading_date": "03-06-2026"}, "YYYY-MM-DD"),
    ({"reading_date": "20260603"}, "YYYY-MM-DD"),
    ({"reading_date": None}, "flight.reading_date: missing"),
    ({"reading_time": "25:00"}, "a time that does not exist"),
    ({"reading_time": "9:12"}, "HH:MM"),
    ({"reading_date": "2099-01-01"}, "future"),
    ({"started_at": "2026-06-03T10:00:00Z"}, "before it starts"),
    ({"started_at": "2026-06-03T10:00:00"}, "with its offset"),
    ({"ended_at": "2026-13-03T10:00:00Z"}, "a moment that does not exist"),
    ({"external_id": "x" * 121}, "flight.external_id"),
    ({"external_id": "a", "id": "b"}, "id and external_id differ"),
    ({"external_id": 17}, "flight.external_id"),
    ({"landing": 3}, "flight.landing: no such field"),
    ({"departure": "EK\x07RK"}, "control characters"),
]


@pytest.mark.parametrize(("changed", "words"), BAD, ids=[words[:40] for _, words in BAD])
def test_what_cannot_be_booked_is_refused_with_help(
    api: Api, aircraft: Aircraft, changed: dict[str, Any], words: str
) -> None:
    assert words in refused(api.post(PATH, flight(**changed)), 422, "sync_failed")
    assert not flights(aircraft)
    assert totals(aircraft)["Hobbs"] == 3_600_000


def test_overlapping_flights_are_refused(api: Api, aircraft: Aircraft) -> None:
    times = {"started_at": "2026-06-03T07:48:00Z", "ended_at": "2026-06-03T09:12:00Z"}
    api.post(PATH, flight(**times))
    response = api.post(PATH, flight(**times | {"ended_at": "2026-06-03T08:00:00Z"}, external_id="F-2"))
    assert "flew another flight then" in refused(response, 422, "sync_failed")


def test_landings_without_a_counter_for_them(api: Api, aircraft: Aircraft) -> None:
    with acting_in(aircraft.account):
        Counter.objects.filter(kind="landings").delete()
    assert "counts landings" in refused(api.post(PATH, flight(landings=2)), 422, "sync_failed")
    assert told(api.post(PATH, flight(landings=0)))["result"] == "created"


def test_a_flight_before_the_opening_balance_is_in_it_already(api: Api, aircraft: Aircraft) -> None:
    assert api.post(PATH, flight(reading_date="2025-12-01")).status_code == 201
    assert totals(aircraft)["Hobbs"] == 3_600_000


@pytest.mark.parametrize("body", [{"flights": []}, {}, {"flight": None}, {"flight": []}, {"hours": 1}])
def test_the_record_stands_under_flight(api: Api, aircraft: Aircraft, body: Any) -> None:
    """[stated: req-2] A top-level flight payload."""
    assert "flight" in refused(api.post(PATH, body), 422, "sync_failed")


def test_reading_gives_totals_and_flights(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-1] Hours and cycles can be read."""
    for number in range(3):
        api.post(PATH, flight(external_id=f"F-{number}", reading_time=f"0{number}:00", landings=1))
    body = told(api.get(PATH))
    assert body["total"] == 3
    assert [row["external_id"] for row in body["flights"]] == ["F-2", "F-1", "F-0"]
    assert body["flights"][0]["logs"][1] == {"name": "Landings", "value": "1", "amount": 1, "unit": "count"}
    logs = {log["name"]: log for log in body["flight_logs"]}
    assert (logs["Hobbs"]["total"], logs["Hobbs"]["total_shown"]) == (3_615_120, "1004.2")
    assert (logs["Landings"]["total"], logs["Landings"]["unit"]) == (2003, "count")


def test_an_unknown_total_is_null(api: Api, aircraft: Aircraft) -> None:
    with acting_in(aircraft.account):
        Counter.objects.filter(name="Hobbs").update(total=None, known_from=None, anchored_at=None, meter_offset=None)
    log = told(api.get(PATH))["flight_logs"][0]
    assert (log["total"], log["total_shown"]) == (None, None)


def test_every_call_is_in_the_log(api: Api, aircraft: Aircraft) -> None:
    """[stated: req-2] Created, skipped and rejected can be told apart."""
    api.post(PATH, flight())
    api.post(PATH, flight())
    api.post(PATH, flight(reading_date="2026-02-30"))
    api.post("/aircraft/NONE/hours_cycles", flight())
    api.get(PATH)
    with acting_in(aircraft.account):
        runs = list(SyncRun.objects.order_by("id"))
    assert [(run.created, run.skipped, run.rejected, run.read) for run in runs] == [
        (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0), (0, 0, 0, 1),
    ]  # fmt: skip
    assert [run.flow for run in runs] == ["hours_cycles"] * 5
    assert [run.state for run in runs] == ["succeeded", "succeeded", "failed", "failed", "succeeded"]
    assert [run.direction for run in runs] == ["in", "in", "in", "in", "out"]
    assert runs[0].partner == "Flight school"
    assert runs[2].code == "sync_failed"
    assert "does not exist" in runs[2].summary
    assert runs[3].code == "not_found"


def test_a_refusal_leaves_nothing_behind(api: Api, aircraft: Aircraft) -> None:
    response: HttpResponse = api.post(PATH, flight(logs=[{"name": "Hobbs", "value": 1}, {"name": "Nope", "value": 1}]))
    assert response.status_code == 422
    assert totals(aircraft)["Hobbs"] == 3_600_000


VALUES = st.one_of(
    st.decimals(min_value=-5, max_value=80, places=2).map(str),
    st.decimals(min_value=0, max_value=80, places=4),
    st.integers(-2, 80),
    st.tuples(st.integers(0, 75), st.integers(0, 70)).map(lambda time: f"{time[0]}:{time[1]:02d}"),
    st.text(max_size=6),
    st.none(),
)
names = count(1)


@given(value=VALUES, landings=st.one_of(st.none(), st.integers(-1, 4)))
@hypothesis.settings(
    max_examples=80, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
def test_a_value_is_booked_exactly_or_refused_whole(api: Api, aircraft: Aircraft, value: Any, landings: Any) -> None:
    before = totals(aircraft)
    body = flight(external_id=f"H-{next(names)}", logs=[{"name": "Hobbs", "value": "VALUE"}], landings=landings)
    # As a JSON number where it is one: its digits, not a float of them.
    sent = json.dumps(body).replace('"VALUE"', str(value) if isinstance(value, int | Decimal) else json.dumps(value))
    response = api.post(PATH, sent)
    after = totals(aircraft)
    if response.status_code == 201:
        seconds = parse_hours(value)
        assert (after["Hobbs"] or 0) - (before["Hobbs"] or 0) == seconds
        assert (after["Landings"] or 0) - (before["Landings"] or 0) == (landings or 0)
    else:
        refused(response, response.status_code, "sync_failed" if response.status_code == 422 else "invalid_request")
        assert after == before
