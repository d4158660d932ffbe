"""Installing, removing and exchanging, and the totals that follow."""

from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

import pytest

from hangarlink.fleet.actions import add_counter, cancel_flight
from hangarlink.fleet.models import Counter, Flight
from hangarlink.maintenance.components import checks, derived
from hangarlink.maintenance.components.actions import (
    ClockPlan,
    add_position,
    change_component,
    correct_move,
    exchange,
    move,
    undo_move,
)
from hangarlink.maintenance.components.clocks import frames, totals_at
from hangarlink.maintenance.components.models import Component, Placement
from hangarlink.maintenance.components.rules.fitting import Finding, Weight
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.maintenance.components.conftest import CYCLES, HOURS, Workshop, hours, moment


def test_e24_a_component_moves_between_aircraft(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 2310.5, "2025-02-01")
    workshop.install(engine, workshop.first, "2025-02-01")
    workshop.fly(workshop.first, 240.0, "2025-06-01")
    workshop.remove(engine, "2025-06-02")
    assert workshop.shows(engine, "2025-06-02") == 2550.5
    workshop.fly(workshop.first, 30.0, "2025-08-01")
    assert workshop.shows(engine, "2025-08-02") == 2550.5
    workshop.install(_fit(workshop, engine), workshop.second, "2025-08-10")
    line = frames([engine.id])[workshop.counter(engine).id]
    assert line.driver_id == workshop.counter(workshop.second).id
    assert line.aircraft_id == workshop.second.id
    # TSO was 850.5 at removal: at TBO 1000 it may run another 149.5, which is 12 179.7 of the second aircraft.
    assert line.to_driver(hours(2550.5 + 149.5)) == hours(12179.7)


def test_a_late_flight_counts_on_what_was_installed_then(workshop: Workshop) -> None:
    """E36: the flight of 1 April is told on 9 April, the component came off on 3 April."""
    engine = workshop.component()
    workshop.stated(engine, 100.0, "2025-02-01")
    workshop.install(engine, workshop.first, "2025-02-01")
    workshop.remove(engine, "2025-04-03")
    workshop.fly(workshop.first, 2.3, "2025-04-01")
    assert workshop.shows(engine) == 102.3
    workshop.fly(workshop.first, 5.0, "2025-04-04")
    assert workshop.shows(engine) == 102.3


def test_e35_a_corrected_flight_is_corrected_on_the_component_too(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 0.0, "2025-02-01")
    workshop.install(engine, workshop.first, "2025-02-01")
    told = workshop.fly(workshop.first, 8.0, "2025-03-03")
    assert workshop.shows(engine) == 8.0
    flight = Flight.objects.get(pk=told.flight_id)
    cancel_flight(flight, reason="Typed twice", acting_user=workshop.acting_user)
    assert workshop.shows(engine) == 0.0


def test_a_part_in_an_engine_runs_through_it(workshop: Workshop) -> None:
    engine, disk = workshop.component("1"), workshop.component("D1", workshop.disk, part_number="DISK")
    workshop.stated(engine, 0.0, "2025-02-01")
    workshop.stated(disk, 10.0, "2025-02-01")
    workshop.install(disk, engine, "2025-02-01", "Disk 1")
    workshop.install(engine, workshop.first, "2025-02-05")
    workshop.fly(workshop.first, 7.5, "2025-03-01")
    assert workshop.shows(disk) == 17.5
    line = frames([disk.id])[workshop.counter(disk).id]
    assert (line.driver_id, line.aircraft_id) == (workshop.counter(workshop.first).id, workshop.first.id)
    workshop.remove(engine, "2025-06-01")
    workshop.fly(workshop.first, 4.0, "2025-07-01")
    assert workshop.shows(disk) == 17.5
    assert frames([disk.id])[workshop.counter(disk).id].driver_id is None


def test_ratios_multiply_through_what_carries_it(workshop: Workshop) -> None:
    plans = [HOURS, ClockPlan("landings", "Cycles", numerator=1, denominator=2)]
    engine = workshop.component("1", clocks=plans)
    disk = workshop.component("D", workshop.disk, part_number="DISK",
                              clocks=[ClockPlan("landings", "Cycles", numerator=3)])  # fmt: skip
    workshop.install(disk, engine, "2025-02-01", "Disk 1")
    workshop.install(engine, workshop.first, "2025-02-05")
    line = frames([disk.id])[workshop.counter(disk, "landings").id]
    assert line.ratio == Fraction(3, 2)
    assert line.own_at is None, "nobody said where it stands"
    assert line.to_driver(100) is None


def test_the_installation_check_refuses_what_is_not_released(workshop: Workshop) -> None:
    engine = workshop.component(condition="unserviceable", certificate="")
    with pytest.raises(RuleBroken, match=r"unserviceable.*certificate"):
        workshop.install(engine, workshop.first, "2025-02-01")
    assert Placement.objects.filter(component=engine).count() == 1
    row = workshop.install(engine, workshop.first, "2025-02-01", as_found=True)
    assert {one["code"] for one in row.noted} == {"condition_unfit", "no_certificate"}


def test_other_rooms_join_the_check_and_see_what_goes_along(workshop: Workshop) -> None:
    engine, disk = workshop.component("1"), workshop.component("D1", workshop.disk, part_number="DISK")
    workshop.install(disk, engine, "2025-02-01", "Disk 1")
    asked: list[set[UUID]] = []

    def check(component_ids: set[UUID], *, aircraft_id: UUID | None, at: datetime) -> list[Finding]:
        asked.append(set(component_ids))
        assert aircraft_id == workshop.first.id
        return [
            Finding(disk.id, "affected_by_ad", Weight.REFUSED, "AD 2021-05-18 is open on disk D1.", "AD 2021-05-18")
        ]

    checks.register(check)
    try:
        with pytest.raises(RuleBroken, match="AD 2021-05-18"):
            workshop.install(engine, workshop.first, "2025-02-05")
    finally:
        checks.unregister(check)
    assert asked == [{engine.id, disk.id}]


def test_rooms_above_hear_of_everything_that_moved_along(workshop: Workshop) -> None:
    engine, disk = workshop.component("1"), workshop.component("D1", workshop.disk, part_number="DISK")
    workshop.install(disk, engine, "2025-02-01", "Disk 1")
    heard: list[set[UUID]] = []

    def listener(component_ids: set[UUID], *, acting_user: Actor) -> None:
        heard.append(set(component_ids))

    derived.register(listener)
    try:
        workshop.install(engine, workshop.first, "2025-02-05")
    finally:
        derived.unregister(listener)
    assert heard == [{engine.id, disk.id}]


def test_a_position_holds_one_component(workshop: Workshop) -> None:
    one, other = workshop.component("1"), workshop.component("2")
    workshop.install(one, workshop.first, "2025-02-01", "Engine 1")
    with pytest.raises(RuleBroken, match="Another component is at engine 1 of OY-HLA"):
        workshop.install(other, workshop.first, "2025-02-05", "engine 1")
    workshop.remove(one, "2025-02-04")
    workshop.install(other, workshop.first, "2025-02-04", "Engine 1")


def test_what_is_installed_is_not_installed_again(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.install(engine, workshop.first, "2025-02-01")
    with pytest.raises(RuleBroken, match="installed already"):
        workshop.install(engine, workshop.second, "2025-03-01")


def test_no_installation_before_manufacture(workshop: Workshop) -> None:
    engine = workshop.component(manufactured_on=date(2025, 5, 1))
    with pytest.raises(RuleBroken, match="made on 01 May 2025"):
        workshop.install(engine, workshop.first, "2025-04-30")
    workshop.install(engine, workshop.first, "2025-05-02")
    with pytest.raises(RuleBroken, match="installed before that day"):
        change_component(engine, manufactured_on=date(2025, 6, 1), acting_user=workshop.acting_user)


def test_nothing_carries_itself(workshop: Workshop) -> None:
    one, two, three = (workshop.component(str(n)) for n in range(3))
    workshop.install(two, one, "2025-02-01", "A")
    workshop.install(three, two, "2025-02-02", "A")
    with pytest.raises(RuleBroken, match="neither can carry the other"):
        workshop.install(one, three, "2025-02-03", "A")
    with pytest.raises(RuleBroken, match="on itself"):
        workshop.install(one, one, "2025-02-03", "A")


def test_removal_keeps_what_sits_on_it_unless_it_comes_off_too(workshop: Workshop) -> None:
    engine, disk = workshop.component("1"), workshop.component("D1", workshop.disk, part_number="DISK")
    workshop.install(disk, engine, "2025-02-01", "Disk 1")
    workshop.install(engine, workshop.first, "2025-02-05")
    workshop.remove(engine, "2025-03-01", to="workshop", location="Engine shop", work_order="WO-7")
    assert _where(disk) == ("component", engine.id)
    workshop.install(_fit(workshop, engine), workshop.first, "2025-04-01")
    workshop.remove(engine, "2025-05-01", cascade=True)
    assert (_where(disk)[0], _where(engine)[0]) == ("stock", "stock")


def test_an_exchange_leaves_no_gap(workshop: Workshop) -> None:
    old, new = workshop.component("1"), workshop.component("2")
    workshop.stated(new, 0.0, "2025-01-10")
    workshop.install(old, workshop.first, "2025-02-01", "Engine 1")
    row = exchange(old, new, at=moment("2025-03-01"), to="workshop", acting_user=workshop.acting_user)
    assert (row.position, row.aircraft_id) == ("Engine 1", workshop.first.id)
    off = Placement.objects.get(component=old, until__isnull=True, superseded_at__isnull=True)
    assert (off.place, off.since) == ("workshop", row.since)
    assert workshop.shows(new) == 0.0


def test_an_exchange_takes_over_what_drove_the_clocks(workshop: Workshop) -> None:
    """A twin keeps hours per engine: the one that drove the old engine drives the new one, without asking again."""
    left, right = (
        add_counter(workshop.first, kind="engine_hours", name=f"Engine {n}", acting_user=workshop.by) for n in (1, 2)
    )
    plans = [ClockPlan("engine_hours", "Hours")]
    old, new = workshop.component("1", clocks=plans), workshop.component("2", clocks=plans)
    counter = Counter.objects.get(component_id=old.id)
    with pytest.raises(RuleBroken, match="several counters of the kind Engine hours: Engine 1, Engine 2"):
        workshop.install(old, workshop.first, "2025-02-01", "Engine 2")
    workshop.install(old, workshop.first, "2025-02-01", "Engine 2", drivers={counter.id: right.id})
    row = exchange(old, new, at=moment("2025-03-01"), acting_user=workshop.by)
    assert row.links.get().driver_id == right.id != left.id


def test_an_exchange_that_is_refused_takes_nothing_off(workshop: Workshop) -> None:
    old, new = workshop.component("1"), workshop.component("2", certificate="")
    workshop.install(old, workshop.first, "2025-02-01", "Engine 1")
    with pytest.raises(RuleBroken, match="certificate"):
        exchange(old, new, at=moment("2025-03-01"), acting_user=workshop.acting_user)
    assert _where(old) == ("aircraft", workshop.first.id)


def test_a_clock_that_nothing_would_drive_is_refused(workshop: Workshop) -> None:
    apu = workshop.component("A", clocks=[ClockPlan("apu_hours", "APU hours")])
    with pytest.raises(RuleBroken, match="no counter of the kind APU hours"):
        workshop.install(apu, workshop.first, "2025-02-01", "APU")
    counter = Counter.objects.get(component_id=apu.id)
    workshop.install(apu, workshop.first, "2025-02-01", "APU", drivers={counter.id: None})


def test_a_derived_counter_drives_nothing(workshop: Workshop) -> None:
    """Its past is worked out by the programme, which stands above; here it would be unknown for ever."""
    engine = workshop.component(clocks=[CYCLES])
    derived_one = add_counter(workshop.first, kind="landings", name="Factored", acting_user=workshop.by)
    Counter.objects.filter(pk=derived_one.pk).update(formula={"any": 1})
    counter = Counter.objects.get(component_id=engine.id)
    with pytest.raises(RuleBroken, match="not one of OY-HLA"):
        workshop.install(engine, workshop.first, "2025-02-01", drivers={counter.id: derived_one.id})
    assert workshop.install(engine, workshop.first, "2025-02-01").links.get().driver.name == "Landings"


def test_what_was_sent_on_and_came_back_is_unknown_until_its_papers_say(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 50.0, "2025-02-01")
    move(engine, to="sent_on", location="Exchange pool", at=moment("2025-03-01"), acting_user=workshop.acting_user)
    assert workshop.shows(engine) == 50.0
    move(engine, to="stock", at=moment("2025-06-01"), acting_user=workshop.acting_user)
    assert workshop.shows(engine) is None
    workshop.stated(engine, 75.0, "2025-06-01")
    assert workshop.shows(engine) == 75.0


def test_a_scrapped_component_stays_scrapped(workshop: Workshop) -> None:
    engine = workshop.component()
    move(engine, to="scrapped", at=moment("2025-03-01"), acting_user=workshop.acting_user)
    with pytest.raises(RuleBroken, match="scrapped"):
        workshop.install(engine, workshop.first, "2025-04-01")


def test_a_corrected_removal_moves_the_totals(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 0.0, "2025-02-01")
    workshop.install(engine, workshop.first, "2025-02-01")
    workshop.fly(workshop.first, 3.0, "2025-03-05")
    off = workshop.remove(engine, "2025-03-10")
    assert workshop.shows(engine) == 3.0
    before = datetime(2026, 3, 1, 12, tzinfo=UTC)
    correct_move(off, at=moment("2025-03-04"), reason="It came off before", acting_user=workshop.acting_user)
    assert workshop.shows(engine) == 0.0
    asked = (workshop.counter(engine).id, before)
    assert totals_at([asked])[asked] == 0
    assert Placement.objects.filter(component=engine, superseded_at__isnull=False).count() == 2


def test_a_move_that_never_was_is_taken_back(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 0.0, "2025-02-01")
    workshop.install(engine, workshop.first, "2025-02-01")
    off = workshop.remove(engine, "2025-03-10")
    workshop.fly(workshop.first, 3.0, "2025-04-05")
    undo_move(off, reason="Wrong engine", acting_user=workshop.acting_user)
    assert _where(engine) == ("aircraft", workshop.first.id)
    assert workshop.shows(engine) == 3.0


def test_positions_say_what_belongs_there(workshop: Workshop) -> None:
    add_position(workshop.first.aircraft_model, name="Engine 1", ata="72", accepts=workshop.engine,
                 acting_user=workshop.acting_user)  # fmt: skip
    disk = workshop.component("D1", workshop.disk, part_number="DISK")
    with pytest.raises(RuleBroken, match="Engine 1 takes PT6A-42"):
        workshop.install(disk, workshop.first, "2025-02-01", "Engine 1")
    row = workshop.install(workshop.component(), workshop.first, "2025-02-01", "engine 1")
    assert (row.position, row.ata) == ("Engine 1", "72")


@pytest.mark.parametrize("verb", ["install", "remove"])
def test_who_may_not_is_refused_and_nothing_is_written(workshop: Workshop, verb: str) -> None:
    engine = workshop.component()
    if verb == "remove":
        workshop.install(engine, workshop.first, "2025-02-01")
    before = Placement.objects.count()
    workshop.acting_user = Actor(ActorKind.PERSON, None, "Reader", frozenset({"components.view"}))
    with pytest.raises(NotPermitted):
        if verb == "install":
            workshop.install(engine, workshop.first, "2025-02-01")
        else:
            workshop.remove(engine, "2025-03-01")
    assert Placement.objects.count() == before


def test_a_move_is_audited_and_announced(workshop: Workshop) -> None:
    engine = workshop.component()
    row = workshop.install(engine, workshop.first, "2025-02-01")
    fact = OutboxEvent.objects.get(type="component.installed")
    assert fact.data == {
        "component_id": str(engine.id), "placement_id": str(row.id), "aircraft_id": str(workshop.first.id),
        "parent_id": None, "at": "2025-02-01T12:00:00Z",
    }  # fmt: skip
    audit = AuditEntry.objects.get(object_id=engine.id, action="installed")
    assert audit.new["on"] == "OY-HLA"


def _where(component: Component) -> tuple[str, UUID | None]:
    row = Placement.objects.get(component=component, until__isnull=True, superseded_at__isnull=True)
    return row.place, row.aircraft_id or row.parent_id


def _fit(workshop: Workshop, component: Component) -> Component:
    return change_component(component, condition="serviceable", acting_user=workshop.acting_user)
