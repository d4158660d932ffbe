"""The school itself: its history repeats, its meters chain, whatever is done to it."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hangarlink.sandbox.flightlogger import Refused, World, fleet
from hangarlink.sandbox.flightlogger.measuring import touchdowns
from hangarlink.sandbox.flightlogger.records import RESOLUTION, Aircraft
from hangarlink.sandbox.flightlogger.school import School
from tests.sandbox.conftest import NOW


def written(world: World) -> list[Any]:
    return deepcopy([(one.id, one.sortie, one.logs, one.landings, one.audit) for one in world.timeline])


def assert_chained(world: School) -> None:
    opening_landings = {row["call_sign"]: row["landings"] for row in fleet()}
    for aircraft in world.aircraft.values():
        for slot, log in enumerate(aircraft.logs):
            reading = log.opening_seconds
            for flight in aircraft.flights:
                assert flight.logs[slot].start_reading == reading
                reading = flight.logs[slot].finish_reading
                assert flight.logs[slot].duration == reading - flight.logs[slot].start_reading
            assert log.total_seconds == reading
        if aircraft.call_sign in opening_landings:
            flown = sum(touchdowns(flight) for flight in aircraft.flights)
            assert aircraft.landings == opening_landings[aircraft.call_sign] + flown


def test_the_history_repeats_itself_and_only_grows() -> None:
    since = date(2026, 10, 1)
    today = World.demo(now=NOW, since=since)
    assert written(today) == written(World.demo(now=NOW, since=since))
    tomorrow = World.demo(now=NOW + timedelta(days=1), since=since)
    later = {flight.id: flight for flight in tomorrow.timeline}
    assert len(later) > len(today.timeline)
    for flight in today.timeline:
        assert later[flight.id].sortie == flight.sortie
        assert later[flight.id].logs == flight.logs


def test_the_demo_starts_on_a_fixed_day_and_the_fleet_table_is_its_opening() -> None:
    world = World.demo(now=NOW)
    assert {flight.sortie.start.date() for flight in world.timeline} >= {date(2026, 6, 1), date(2026, 10, 19)}
    by_call_sign = {one.call_sign: one for one in world.aircraft.values()}
    for row in fleet():
        aircraft = by_call_sign[row["call_sign"]]
        assert [(log.type, log.measurement, log.opening_seconds) for log in aircraft.logs] == [
            (log["type"], log["measurement"], log["total_seconds"]) for log in row["logs"]
        ]
    assert_chained(world)


def test_a_fleet_worth_syncing() -> None:
    rows = fleet()
    active = [row for row in rows if not row["disabled"]]
    assert len(active) == 12
    assert {row["aircraft_class"] for row in rows} == {"SINGLE_ENGINE", "MULTI_ENGINE", "SIMULATOR"}
    assert {log["measurement"] for row in rows for log in row["logs"]} == set(RESOLUTION)
    assert {len(row["logs"]) for row in rows} == {1, 2, 3}
    assert "VDO" in {log["type"] for row in rows for log in row["logs"]}
    assert all(log["total_seconds"] % RESOLUTION[log["measurement"]] == 0 for row in rows for log in row["logs"])


def test_the_history_has_its_wrinkles() -> None:
    world = World.demo(now=NOW)
    entered_late = [one for one in world.timeline if one.audit.created_at - one.sortie.end > timedelta(hours=12)]
    edited = [one for one in world.timeline if one.audit.updated_at > one.audit.created_at]
    assert entered_late
    assert edited
    assert world.deletions
    assert not {deletion.entity_id for deletion in world.deletions} & set(world.flights)
    assert {one.sortie.flight_type for one in world.timeline} == {"DUAL", "SOLO", "SPIC", "SIM", None}
    kinds = {row.type for flight in world.timeline for row in flight.landings}
    assert kinds == {"LANDING", "TOUCH_AND_GO", "GO_AROUND", "APPROACH"}


def test_nothing_has_happened_after_now() -> None:
    world = World.demo(now=NOW)
    assert max(flight.sortie.end for flight in world.timeline) <= NOW
    assert max(flight.audit.updated_at for flight in world.timeline) <= NOW


def test_the_school_flies_on_as_time_passes() -> None:
    world = World.demo(now=NOW, days=5)
    before = set(world.flights)
    world.advance(days=1)
    new = set(world.flights) - before
    assert new
    assert all(NOW < world.flights[one].sortie.end <= world.now() for one in new)
    assert_chained(world)


def test_a_flight_moves_every_meter_and_the_landings(world: World) -> None:
    aircraft = world.aircraft_called("OY-SKA")
    before, landings = [log.total_seconds for log in aircraft.logs], aircraft.landings
    flight = world.fly("OY-SKA", minutes=72, touch_and_goes=4, go_arounds=1)
    assert flight.sortie.end <= world.now()
    assert [log.total_seconds for log in aircraft.logs] == [
        total + log.duration for total, log in zip(before, flight.logs, strict=True)
    ]
    assert [log.duration for log in flight.logs] == [4680, 3960, 3720]  # 1.3 h Hobbs, 1.1 h tach, 1:02 airborne
    assert aircraft.landings == landings + 5  # a go-around touches nothing


def test_flights_flown_one_after_the_other_find_their_own_gaps(world: World) -> None:
    for _ in range(4):
        world.fly("OY-SKA", minutes=55)
    aircraft = world.aircraft_called("OY-SKA")
    for earlier, later in zip(aircraft.flights, aircraft.flights[1:], strict=False):
        assert earlier.sortie.end <= later.sortie.start
    assert_chained(world)


def test_an_unregistered_flight_runs_the_meters_but_does_not_show(world: World) -> None:
    flight = world.fly("OY-SKA", registered=False)
    world.catch_up()
    assert flight not in world.timeline
    after = world.fly("OY-SKA", start=flight.sortie.end + timedelta(minutes=20), minutes=30)
    assert after.logs[0].start_reading == flight.logs[0].finish_reading
    stamps = after.audit.updated_at
    world.register(flight.id)
    assert flight in world.timeline
    assert flight.audit.created_at > stamps
    assert after.audit.updated_at == stamps  # nobody had to correct anything
    with pytest.raises(Refused, match="entered already"):
        world.register(flight.id)


def test_a_mismatch_can_be_left_to_be_found(world: World) -> None:
    first = world.fly("OY-SKA", start=NOW - timedelta(hours=6), minutes=30)
    second = world.fly("OY-SKA", start=NOW - timedelta(hours=4), minutes=30)
    world.edit_flight(first.id, minutes=90, rechain=False)
    assert second.logs[0].start_reading != first.logs[0].finish_reading
    assert second.audit.updated_at < first.audit.updated_at


def test_readings_can_be_told_instead_of_measured(world: World) -> None:
    flight = world.fly("OY-SKA", minutes=60, durations={"HOBBS": 3_601})
    assert flight.logs[0].duration == 3_601


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ({"call_sign": "OY-NIX"}, "no aircraft has the call sign"),
        ({"pilot": "Toft"}, "a flight has no pilot; it has"),
        ({"minutes": 0}, "at least a minute"),
        ({"touch_and_goes": -1}, "not negative"),
        ({"flight_type": "JOYRIDE"}, "flight_type is one of"),
        ({"arrival": "KJFK"}, "does not know the airport"),
        ({"durations": {"SUNDIAL": 60}}, "no log type SUNDIAL"),
        ({"start": datetime(2026, 10, 1, 9)}, "offset"),
        ({"call_sign": "OY-SOL"}, "disabled"),
    ],
)
def test_what_cannot_be_flown(wanted: dict[str, Any], complaint: str) -> None:
    world = World.demo(now=NOW, days=2)
    before = written(world)
    with pytest.raises(Refused, match=complaint):
        world.fly(**({"call_sign": "OY-SKA"} | wanted))
    assert written(world) == before


def test_a_refused_edit_changes_nothing(world: World) -> None:
    flight = world.timeline[0]
    before = written(world)
    with pytest.raises(Refused):
        world.edit_flight(flight.id, minutes=-5)
    assert written(world) == before


def test_aircraft_come_and_go(world: World) -> None:
    added = world.add_aircraft("OY-NEW", "SR20", logs=[("HOBBS", "DECIMAL_HOURS", 36_000)], landings=12)
    flight = world.fly("OY-NEW", minutes=57)
    assert (flight.logs[0].start_reading, added.landings) == (36_000, 13)
    with pytest.raises(Refused, match="taken"):
        world.add_aircraft("OY-NEW")
    with pytest.raises(Refused, match="no such log"):
        world.add_aircraft("OY-ODD", logs=[("SUNDIAL", "DECIMAL_HOURS", 0)])
    with pytest.raises(Refused, match="one to three"):
        world.add_aircraft("OY-ODD", logs=[])
    world.disable_aircraft("OY-NEW")
    assert added.disabled


def test_reset_brings_everything_back(world: World) -> None:
    before = written(world)
    world.fly("OY-SKA")
    world.delete_flight(world.timeline[0].id)
    world.advance(days=3)
    world.reset()
    assert written(world) == before
    assert world.now() == NOW


VERBS = st.lists(
    st.tuples(
        st.sampled_from(["fly", "fly unregistered", "register", "edit", "move", "delete"]),
        st.integers(0, 999),
        st.integers(10, 200),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(VERBS)
def test_the_meters_chain_whatever_is_done(verbs: list[tuple[str, int, int]]) -> None:
    world = World(now=NOW, recipe=small_school)
    for verb, pick, minutes in verbs:
        act(world, verb, pick, minutes)
    assert_chained(world)
    assert world.timeline == sorted(world.timeline, key=lambda one: one.position)
    assert {one.id for one in world.timeline} == {one.id for one in world.flights.values() if one.registered}
    aircraft: Aircraft = world.aircraft_called("OY-ONE")
    assert aircraft.landings == 100 + sum(touchdowns(flight) for flight in aircraft.flights)


def small_school(school: School) -> None:
    school.airports = World.demo(now=NOW, days=1, aircraft=0).airports
    logs = [("HOBBS", "DECIMAL_HOURS", 360), ("AIRBORNE", "HOURS_MINUTES", 60)]
    school.add_aircraft("OY-ONE", logs=logs, landings=100)


def act(world: World, verb: str, pick: int, minutes: int) -> None:
    start = NOW - timedelta(hours=pick)
    if verb.startswith("fly"):
        world.fly("OY-ONE", start=start, minutes=minutes, touch_and_goes=pick % 4, registered=verb == "fly")
        return
    chosen = [one for one in world.flights.values() if one.registered == (verb != "register")]
    if not chosen:
        return
    flight = chosen[pick % len(chosen)]
    match verb:
        case "register":
            world.register(flight.id)
        case "edit":
            world.edit_flight(flight.id, minutes=minutes)
        case "move":
            world.edit_flight(flight.id, start=start)
        case "delete":
            world.delete_flight(flight.id)


def test_a_synthetic_school_is_as_big_as_asked() -> None:
    world = World.synthetic(flights=1_003, aircraft=10, now=NOW)
    assert len(world.timeline) == 1_003
    assert all(len(flight.logs) == 3 and len(flight.landings) == 2 for flight in world.timeline)
    assert max(flight.sortie.end for flight in world.timeline) < NOW
    assert_chained(world)
