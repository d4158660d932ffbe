"""FlightLogger's nodes as canonical records: exact seconds, every null pattern, nothing guessed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.connectors.flightlogger.reading import aircraft_of_flight, as_aircraft, as_flight, deleted_flight
from hangarlink.integration.contract import DataError, LogKind, LogSlot, Measure

NINE, TEN = "2026-06-03T09:00:00Z", "2026-06-03T10:12:00Z"
AIRCRAFT = {"id": "101", "callSign": "OY-SKA", "model": "C172S", "aircraftClass": "SINGLE_ENGINE", "disabled": False}


def decimal(seconds: int, kind: str = "HOBBS", *, primary: bool = True) -> dict[str, Any]:
    return {"type": kind, "durationSeconds": seconds, "startsAt": NINE if primary else None, "endsAt": None}


def clock(seconds: int, kind: str = "AIRBORNE", start: str = "2026-06-03T09:08:00Z") -> dict[str, Any]:
    end = datetime.fromisoformat(start) + timedelta(seconds=seconds)
    return {"type": kind, "durationSeconds": seconds, "startsAt": start, "endsAt": end.isoformat()}


def node(**more: Any) -> dict[str, Any]:
    return {
        "id": "7",
        "aircraft": AIRCRAFT,
        "offBlock": NINE,
        "onBlock": TEN,
        "departureAirport": {"name": "EKRK"},
        "arrivalAirport": {"name": "EKOD"},
        "primaryLog": decimal(4320),
        "secondaryLog": None,
        "tertiaryLog": None,
        "landings": [{"landingType": "LANDING", "landingTypeCount": 1}],
    } | more


def read(**more: Any) -> Any:
    given = node(**more)
    return as_flight(given, aircraft_of_flight(given))


def test_a_flight_is_read_whole() -> None:
    flight = read(secondaryLog=clock(3600))
    assert [(log.kind, log.slot, log.seconds) for log in flight.logs] == [
        (LogKind.HOBBS, LogSlot.PRIMARY, 4320),
        (LogKind.AIRBORNE, LogSlot.SECONDARY, 3600),
    ]
    assert (flight.external_id, flight.aircraft.call_sign, flight.landings) == ("7", "OY-SKA", 1)
    assert (flight.departure, flight.arrival) == ("EKRK", "EKOD")
    assert (flight.started_at, flight.ended_at) == (
        datetime(2026, 6, 3, 9, tzinfo=UTC),
        datetime(2026, 6, 3, 10, 12, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("given_logs", "start", "end"),
    [
        ({"primaryLog": clock(3600, start="2026-06-03T09:08:00Z")}, "09:08", "10:08"),
        ({"primaryLog": decimal(3600)}, "09:00", "10:00"),
        ({"primaryLog": decimal(3600), "secondaryLog": clock(3000)}, "09:00", "09:58"),
        ({"primaryLog": clock(60, start="2026-06-03T11:30:00+02:00")}, "09:30", "09:31"),
    ],
    ids=["clock", "decimal only", "both", "another offset"],
)
def test_moments_without_the_deprecated_fields(given_logs: dict[str, Any], start: str, end: str) -> None:
    flight = read(offBlock=None, onBlock=None, **given_logs)
    assert (f"{flight.started_at:%H:%M}", f"{flight.ended_at:%H:%M}") == (start, end)


def test_a_flight_without_any_moment_is_refused() -> None:
    with pytest.raises(DataError, match="no moment of departure"):
        read(offBlock=None, onBlock=None, primaryLog=decimal(60, primary=False))


@pytest.mark.parametrize(
    ("landings", "count"),
    [
        (None, None),
        ([], 0),
        (
            [{"landingType": "TOUCH_AND_GO", "landingTypeCount": 4}, {"landingType": "LANDING", "landingTypeCount": 1}],
            5,
        ),
        ([{"landingType": "APPROACH", "landingTypeCount": 3}, {"landingType": "GO_AROUND", "landingTypeCount": 2}], 0),
    ],
)
def test_only_what_touched_the_ground_is_a_landing(landings: Any, count: int | None) -> None:
    assert read(landings=landings).landings == count


def test_the_fleet_list_brings_logs_with_totals() -> None:
    log = {"type": "TACH", "measurementType": "LONG_DECIMAL_HOURS", "totalSeconds": 36_000}
    aircraft = as_aircraft({**AIRCRAFT, "totalLandings": 12, "primaryLog": log, "secondaryLog": None})
    assert aircraft.logs is not None
    assert [(one.kind, one.slot, one.measure, one.total_seconds) for one in aircraft.logs] == [
        (LogKind.TACH, LogSlot.PRIMARY, Measure.DECIMAL_2, 36_000)
    ]
    assert aircraft.total_landings == 12


def test_hidden_logs_are_not_no_logs() -> None:
    assert as_aircraft({**AIRCRAFT, "primaryLog": None}).logs is None


def test_only_deletions_of_flights_are_deletions() -> None:
    assert deleted_flight({"eventType": "DELETION", "entityType": "FLIGHT", "entityId": "7"}) == "7"
    for other in (None, {}, {"eventType": "DELETION", "entityType": "BOOKING", "entityId": "7"}, {"entityId": "7"}):
        assert deleted_flight(other) == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([*node(), "landings", "primaryLog", "aircraft"]), json_values)
def test_whatever_stands_in_a_field_it_is_read_or_refused(name: str, value: Any) -> None:
    """Never a crash of another kind than those the page reader turns into a refusal of this one record."""
    try:
        flight = read(**{name: value})
    except (DataError, TypeError, AttributeError, KeyError):
        return
    assert all(type(log.seconds) is int and log.seconds >= 0 for log in flight.logs)
    assert flight.ended_at >= flight.started_at
    assert flight.external_id
