"""What people tell of a component's counters, its lives, and that answers cost a fixed number of statements."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.derived import UsageChange
from hangarlink.maintenance.components.actions import (
    ClockPlan,
    add_clock,
    correct_entry,
    read_meter,
    record_bench_time,
    record_work,
    replace_meter,
    set_life_limit,
    set_rating,
    state_total,
    withdraw_entry,
)
from hangarlink.maintenance.components.clocks import frames, standings_at, totals_at, touched
from hangarlink.maintenance.components.lives import bounds, lives
from hangarlink.maintenance.components.models import ClockEntry, Item
from hangarlink.maintenance.components.queries import life_of
from hangarlink.platform.errors import RuleBroken
from tests.maintenance.components.conftest import NOW, Workshop, hours, moment

METERED = [ClockPlan("apu_hours", "APU hours", source="meter")]


def test_an_own_meter_moves_it_and_nothing_else_does(workshop: Workshop) -> None:
    apu = workshop.component("A", clocks=METERED)
    counter = workshop.counter(apu, "apu_hours")
    state_total(counter, total=hours(100.0), reading=hours(20.0), at=moment("2025-02-01"), acting_user=workshop.by)
    workshop.install(apu, workshop.first, "2025-02-01", "APU")
    workshop.fly(workshop.first, 5.0, "2025-03-01")
    read_meter(counter, reading=hours(26.5), at=moment("2025-03-02"), acting_user=workshop.by)
    replace_meter(counter, last_reading=hours(27.0), new_start=0, at=moment("2025-04-01"), acting_user=workshop.by)
    read_meter(counter, reading=hours(1.0), at=moment("2025-04-05"), acting_user=workshop.by)
    assert totals_at([(counter.id, NOW)])[counter.id, NOW] == hours(108.0)
    line = frames([apu.id])[counter.id]
    assert (line.driver_id, line.aircraft_id, line.own_at) == (None, workshop.first.id, hours(108.0))


def test_a_driven_counter_has_no_meter(workshop: Workshop) -> None:
    engine = workshop.component()
    with pytest.raises(RuleBroken, match="no meter of its own"):
        read_meter(workshop.counter(engine), reading=5, at=moment("2025-02-01"), acting_user=workshop.by)


def test_a_statement_below_what_ran_is_refused_and_nothing_stays(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 100.0, "2025-02-01")
    with pytest.raises(RuleBroken, match="never falls"):
        workshop.stated(engine, 90.0, "2025-03-01")
    assert ClockEntry.objects.count() == 1


def test_a_late_flight_may_contradict_papers_and_that_is_shown_and_stops_nothing(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 100.0, "2025-02-01")
    workshop.install(engine, workshop.first, "2025-02-01")
    workshop.fly(workshop.first, 3.0, "2025-03-01")
    workshop.stated(engine, 103.0, "2025-03-05")
    workshop.fly(workshop.first, 2.0, "2025-02-10")
    view = life_of(engine).counters[0]
    assert view.total == hours(105.0), "the higher one counts"
    assert [(one.expected, one.found) for one in view.contradictions] == [(hours(105.0), hours(103.0))]
    record_bench_time(view.counter, amount=hours(1.0), at=moment("2025-04-01"), acting_user=workshop.by)
    assert workshop.shows(engine) == 106.0
    entry = ClockEntry.objects.get(kind="stated", value=hours(103.0))
    correct_entry(entry, value=hours(105.0), reason="The card missed a flight", acting_user=workshop.by)
    assert life_of(engine).counters[0].contradictions == ()


def test_bench_time_counts_and_is_told_once(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 100.0, "2025-02-01")
    for _ in range(2):
        record_bench_time(workshop.counter(engine), amount=hours(1.5), at=moment("2025-03-01"), acting_user=workshop.by)
    assert workshop.shows(engine) == 101.5


def test_a_corrected_statement_leaves_the_old_one_on_record(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 100.0, "2025-02-01")
    entry = ClockEntry.objects.get()
    later = NOW + timedelta(hours=1)
    correct_entry(entry, value=hours(120.0), reason="Misread the card", acting_user=workshop.by)
    assert workshop.shows(engine) == 120.0
    now_on = ClockEntry.objects.get(superseded_at__isnull=True)
    withdraw_entry(now_on, reason="Other engine", acting_user=workshop.by)
    assert workshop.shows(engine) is None
    counter = workshop.counter(engine)
    assert standings_at([(counter.id, later)])[counter.id, later].total is None


def test_ratings_must_add_up(workshop: Workshop) -> None:
    engine = workshop.component()
    with pytest.raises(RuleBroken, match="add up"):
        state_total(workshop.counter(engine, "landings"), total=10, by_rating={"22K": 4, "26K": 5},
                    at=moment("2025-02-01"), acting_user=workshop.by)  # fmt: skip


def disk_in_engine(workshop: Workshop, ran: dict[str, int]) -> Any:
    engine = workshop.component("1")
    state_total(workshop.counter(engine, "landings"), total=0, at=moment("2025-02-01"), acting_user=workshop.by)
    disk = workshop.component("D1", workshop.disk, part_number="DISK", clocks=[ClockPlan("landings", "Cycles")])
    item = Item.objects.get(part_number="DISK")
    for rating, limit in (("22K", 20_000), ("26K", 15_000)):
        set_life_limit(item, kind="landings", rating=rating, limit=limit, acting_user=workshop.by)
    counter = workshop.counter(disk, "landings")
    state_total(counter, total=sum(ran.values()), by_rating=ran, at=moment("2025-02-01"), acting_user=workshop.by)
    workshop.install(disk, engine, "2025-02-01", "Disk 1")
    return engine, disk


def test_e26_lives_under_two_ratings(workshop: Workshop) -> None:
    engine, disk = disk_in_engine(workshop, {"22K": 6_000, "26K": 4_500})
    set_rating(engine, rating="22K", at=moment("2025-02-02"), acting_user=workshop.by)
    part = lives([disk.id])[disk.id][0]
    assert part.life.remaining == {"22K": 8_000, "26K": 6_000}
    assert (part.life.left, part.ends_at) == (8_000, 18_500)


def test_the_rating_of_the_engine_decides_what_a_landing_costs(workshop: Workshop) -> None:
    engine, disk = disk_in_engine(workshop, {"22K": 6_000, "26K": 4_500})
    set_rating(engine, rating="22K", at=moment("2025-02-02"), acting_user=workshop.by)
    workshop.install(engine, workshop.first, "2025-02-05")
    workshop.fly(workshop.first, 1.0, "2025-03-01", landings=4)
    set_rating(engine, rating="26K", at=moment("2025-04-01"), acting_user=workshop.by)
    workshop.fly(workshop.first, 1.0, "2025-05-01", landings=3)
    found = standings_at([(workshop.counter(disk, "landings").id, NOW)])
    (standing,) = found.values()
    assert standing.by_rating == {"22K": 6_004, "26K": 4_503}
    assert lives([disk.id])[disk.id][0].life.left == 5_994  # (1 - 6004/20000 - 4503/15000) * 15000


def test_e25_the_engine_is_limited_by_its_lowest_part(workshop: Workshop) -> None:
    engine = workshop.component("1")
    state_total(workshop.counter(engine, "landings"), total=0, at=moment("2025-02-01"), acting_user=workshop.by)
    for number, left in enumerate((11_800, 5_150, 7_300)):
        disk = workshop.component(f"D{number}", workshop.disk, part_number=f"DISK-{number}",
                                  clocks=[ClockPlan("landings", "Cycles")])  # fmt: skip
        item = Item.objects.get(part_number=f"DISK-{number}")
        set_life_limit(item, kind="landings", limit=20_000, acting_user=workshop.by)
        state_total(workshop.counter(disk, "landings"), total=20_000 - left, at=moment("2025-02-01"),
                    acting_user=workshop.by)  # fmt: skip
        workshop.install(disk, engine, "2025-02-01", f"Disk {number}")
    workshop.install(engine, workshop.first, "2025-02-05")
    bound = bounds(engine.id)[0]
    assert (bound.limiter.left, bound.limiter.is_certain) == (5_150, True)


def test_a_part_without_its_counter_is_unknown(workshop: Workshop) -> None:
    engine = workshop.component("1")
    set_life_limit(Item.objects.get(part_number="P-1"), kind="engine_cycles", limit=100, acting_user=workshop.by)
    part = lives([engine.id])[engine.id][0]
    assert (part.counter, part.life.left) == (None, None)


def test_a_used_up_life_is_never_installed(workshop: Workshop) -> None:
    engine = workshop.component("1")
    set_life_limit(Item.objects.get(part_number="P-1"), kind="airborne", limit=hours(100), acting_user=workshop.by)
    with pytest.raises(RuleBroken, match="Nobody knows how much"):
        workshop.install(engine, workshop.first, "2025-02-01")
    workshop.stated(engine, 100.0, "2025-01-20")
    with pytest.raises(RuleBroken, match="used up"):
        workshop.install(engine, workshop.first, "2025-02-01")


def test_an_overhaul_releases_and_leaves_the_total(workshop: Workshop) -> None:
    engine = workshop.component(condition="as_removed", certificate="")
    workshop.stated(engine, 1700.0, "2025-02-01")
    record_work(engine, kind="overhaul", at=moment("2025-03-01"), certificate="F1-2025-9", acting_user=workshop.by)
    engine.refresh_from_db()
    assert (engine.condition, engine.certificate) == ("overhauled", "F1-2025-9")
    assert workshop.shows(engine) == 1700.0
    with pytest.raises(RuleBroken, match="on record already"):
        record_work(engine, kind="overhaul", at=moment("2025-03-01"), acting_user=workshop.by)


def test_a_counter_added_late_is_driven_from_there_and_unknown_before(workshop: Workshop) -> None:
    engine = workshop.component(clocks=[])
    workshop.install(engine, workshop.first, "2025-02-01")
    counter = add_clock(engine, ClockPlan("airborne", "Hours"), acting_user=workshop.by)
    assert workshop.shows(engine) is None
    state_total(counter, total=hours(10.0), at=moment("2025-02-10"), acting_user=workshop.by)
    workshop.fly(workshop.first, 2.0, "2025-03-01")
    assert workshop.shows(engine) == 12.0


def test_usage_touches_what_was_driven_then_however_deep(workshop: Workshop) -> None:
    engine, disk = workshop.component("1"), workshop.component("D1", workshop.disk, part_number="DISK")
    workshop.install(disk, engine, "2025-02-01", "Disk 1")
    workshop.install(engine, workshop.first, "2025-02-05")
    workshop.remove(engine, "2025-06-01")
    driver = workshop.counter(workshop.first)
    reached = {workshop.counter(engine).id, workshop.counter(disk).id}

    def change(day: str) -> set[Any]:
        return touched([UsageChange(driver.id, workshop.first.id, 1, 2, moment(day))])

    assert change("2025-04-01") == reached
    assert change("2025-07-01") == set()
    assert touched([UsageChange(driver.id, workshop.first.id, 1, 2, None)]) == set()


def test_what_is_known_on_a_day_is_what_was_recorded_by_then(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 100.0, "2025-02-01")
    counter = workshop.counter(engine)
    asked = (counter.id, NOW)
    before = NOW - timedelta(seconds=1)
    assert totals_at([asked])[asked] == hours(100.0)
    assert totals_at([asked], known_at=before)[asked] is None


def test_any_number_of_components_costs_the_same_statements(workshop: Workshop) -> None:
    def statements(number: int) -> int:
        engines = [workshop.component(f"{number}-{n}") for n in range(number)]
        for n, engine in enumerate(engines):
            workshop.stated(engine, 1.0, "2025-02-01")
            workshop.install(engine, workshop.first, "2025-02-01", f"P {number} {n}")
        asked = [(workshop.counter(engine).id, NOW) for engine in engines]
        ids = [engine.id for engine in engines]
        with CaptureQueriesContext(
            connection,
        ) as found:
            totals_at(asked)
            frames(ids)
            lives(ids)
        return len(found)

    assert statements(1) == statements(6) <= 20
