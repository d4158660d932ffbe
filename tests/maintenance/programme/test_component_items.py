"""What is due on components: it follows them from aircraft to aircraft, and flights rewrite nothing."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.maintenance.components.actions import (
    ClockPlan,
    change_component,
    correct_move,
    record_bench_time,
    record_work,
    set_life_limit,
    state_total,
)  # fmt: skip
from hangarlink.maintenance.components.models import Component, Placement
from hangarlink.maintenance.programme.actions import (
    add_requirement,
    apply_requirement,
    record_accomplishment,
    retire_requirement,
    withdraw_requirement,
)  # fmt: skip
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, DueTerm, Requirement
from hangarlink.maintenance.programme.queries import DueRow, Narrow, board, due_list, item_detail
from hangarlink.maintenance.programme.queries.ahead import next_dues
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.errors import Missing
from tests.maintenance.components.conftest import CYCLES, HOURS, Workshop, at_noon, hours, moment, workshop

__all__ = ["at_noon", "workshop"]
TBO = {"repeat": {"kind": "counter", "counter": "airborne", "every": hours(1000.0), "start": "overhaul"}}


def demand(
    shop: Workshop, to: object, schedule: object = None, reference: str = "72-00", **content: object
) -> Requirement:
    made = add_requirement(
        reference=reference, title="Overhaul", mandatory_class="programme", schedule=schedule or TBO,
        acting_user=shop.acting_user, **content,
    )  # fmt: skip
    apply_requirement(made, to, acting_user=shop.acting_user)
    return made


def due(component: Component) -> DueRow:
    (row,) = [row for row in due_list().rows if row.component_id == component.pk]
    return row


def overhauled_engine(shop: Workshop) -> Component:
    """E24: TSN 2310.5, TSO 610.5 when it goes onto the first aircraft at 5000.0."""
    engine = shop.component()
    shop.stated(engine, 2310.5, "2025-02-01")
    values = {shop.counter(engine).id: hours(1700.0)}
    record_work(engine, kind="overhaul", at=moment("2025-01-20"), values=values, acting_user=shop.acting_user)
    change_component(engine, condition="serviceable", acting_user=shop.acting_user)
    return engine


def test_e24_an_overhaul_limit_moves_with_the_component(workshop: Workshop) -> None:
    engine = overhauled_engine(workshop)
    demand(workshop, engine)
    workshop.install(engine, workshop.first, "2025-02-01")
    term = DueTerm.objects.get()
    assert (term.own_limit, term.limit_value) == (hours(2700.0), hours(5389.5))
    assert due(engine).aircraft_id == workshop.first.id
    workshop.fly(workshop.first, 240.0, "2025-06-01")
    assert due(engine).terms[0].remaining == hours(149.5)
    workshop.remove(engine, "2025-06-02")
    assert (due(engine).aircraft_id, due(engine).registration) == (None, "")
    assert due(engine).terms[0].remaining == hours(149.5)
    change_component(engine, condition="serviceable", certificate="F1", acting_user=workshop.acting_user)
    workshop.install(engine, workshop.second, "2025-08-10")
    term = DueTerm.objects.get()
    assert term.limit_value == hours(12179.7)
    assert (due(engine).registration, due(engine).terms[0].limit) == ("OY-HLB", hours(2700.0))
    # Nothing remains due on the first aircraft.
    assert due_list(Narrow(aircraft_id=workshop.first.id)).rows == []


def test_a_flight_in_its_turn_rewrites_no_term(workshop: Workshop) -> None:
    engine = overhauled_engine(workshop)
    demand(workshop, engine)
    workshop.install(engine, workshop.first, "2025-02-01")
    before = DueTerm.objects.get().pk
    workshop.fly(workshop.first, 5.0, "2025-03-01")
    assert DueTerm.objects.get().pk == before
    assert due(engine).terms[0].remaining == hours(384.5)


def test_e36_a_late_flight_reaches_a_component_that_is_off(workshop: Workshop) -> None:
    engine = workshop.component()
    workshop.stated(engine, 100.0, "2025-02-01")
    fifty = {"repeat": {"kind": "counter", "counter": "airborne", "every": hours(50.0)}}
    requirement = demand(workshop, engine, fifty)
    workshop.install(engine, workshop.first, "2025-02-01")
    record_accomplishment(requirement, engine, performed_at=moment("2025-04-05"), acting_user=workshop.acting_user)
    workshop.remove(engine, "2025-04-07")
    assert due(engine).terms[0].limit == hours(150.0)
    workshop.fly(workshop.first, 2.3, "2025-04-01")
    assert due(engine).terms[0].limit == hours(152.3)
    assert due(engine).terms[0].remaining == hours(50.0)
    stands = Accomplishment.objects.get(superseded_at__isnull=True)
    assert (stands.version, stands.values.get(counter__kind="airborne").value) == (2, hours(102.3))


def test_a_late_flight_before_the_installation_moves_the_line(workshop: Workshop) -> None:
    engine = overhauled_engine(workshop)
    demand(workshop, engine)
    workshop.install(engine, workshop.first, "2025-02-01")
    workshop.fly(workshop.first, 10.0, "2025-01-15")
    assert DueTerm.objects.get().limit_value == hours(5399.5)
    assert due(engine).terms[0].remaining == hours(389.5)


def test_a_corrected_installation_moves_the_line(workshop: Workshop) -> None:
    engine = overhauled_engine(workshop)
    demand(workshop, engine)
    workshop.install(engine, workshop.first, "2025-02-02")
    workshop.fly(workshop.first, 3.0, "2025-02-02", hour=6)
    assert due(engine).terms[0].remaining == hours(389.5)
    placed = Placement.objects.get(component=engine, aircraft=workshop.first)
    correct_move(placed, at=moment("2025-02-01"), reason="The card says the first", acting_user=workshop.acting_user)
    assert due(engine).terms[0].remaining == hours(386.5)


def test_every_unit_of_a_part_number_also_later_ones(workshop: Workshop) -> None:
    first = workshop.component("1")
    requirement = demand(workshop, first.serialised_item.item)
    second = workshop.component("2")
    other = workshop.component("3", part_number="P-2")
    assert {item.component_id for item in DueItem.objects.all()} == {first.pk, second.pk}
    assert other.pk not in {item.component_id for item in DueItem.objects.all()}
    withdraw_requirement(requirement, first.serialised_item.item, reason="Wrong part", acting_user=workshop.acting_user)
    assert not DueItem.objects.filter(closed_at__isnull=True).exists()


def test_an_unknown_past_is_unknown_and_never_zero(workshop: Workshop) -> None:
    engine = workshop.component()
    demand(workshop, engine, {"repeat": {"kind": "counter", "counter": "airborne", "every": 3600, "start": "new"}})
    workshop.install(engine, workshop.first, "2025-02-01")
    workshop.fly(workshop.first, 0.2, "2026-02-28")
    assert due(engine).state is State.UNKNOWN
    workshop.stated(engine, 0.5, "2025-01-15")
    assert due(engine).state is not State.UNKNOWN


def test_bench_time_and_elapsed_against_installed_time(workshop: Workshop) -> None:
    """E39: twelve years from manufacture, and from installation, to the end of the month."""
    hose = workshop.component("H", manufactured_on=date(2015, 3, 10), clocks=[HOURS])
    twelve = {"kind": "calendar", "unit": "calendar_months", "every": 144}
    demand(workshop, hose, {"repeat": {**twelve, "start": "new"}}, "elapsed")
    demand(workshop, hose, {"repeat": {**twelve, "start": "installation"}}, "installed")
    workshop.install(hose, workshop.first, "2025-06-05")
    limits = {row.reference: row.terms[0].limit for row in due_list().rows}
    assert limits == {"elapsed": date(2027, 3, 31), "installed": date(2037, 6, 30)}


def test_a_ratio_between_counters_is_exact(workshop: Workshop) -> None:
    engine = workshop.component(clocks=[ClockPlan("airborne", "Hours", numerator=3, denominator=2)])
    workshop.stated(engine, 0.0, "2025-02-01")
    demand(workshop, engine, {"repeat": {"kind": "counter", "counter": "airborne", "every": 100, "start": "new"}})
    workshop.install(engine, workshop.first, "2025-02-01")
    # 66 seconds of the aircraft are 99 of the engine, 67 would be 100.5.
    assert DueTerm.objects.get().limit_value == hours(5000.0) + 66
    workshop.fly(workshop.first, 66 / 3600, "2026-02-28")
    detail = item_detail(DueItem.objects.get().pk)
    assert (detail.status.state, due(engine).state) == (State.DUE, State.DUE)
    workshop.fly(workshop.first, 1 / 3600, "2026-03-01")
    assert (item_detail(DueItem.objects.get().pk).status.state, due(engine).state) == (State.OVERDUE, State.OVERDUE)


def test_shop_work_is_an_event_that_limits_may_name(workshop: Workshop) -> None:
    disk = workshop.component()
    demand(workshop, disk, {"initial": {"kind": "event", "event": "shop_visit"}})
    assert due(disk).state is State.OK
    record_work(disk, kind="shop_visit", at=moment("2025-05-14"), acting_user=workshop.acting_user)
    assert due(disk).terms[0].limit == date(2025, 5, 14)


def test_bench_time_counts_on_the_shelf(workshop: Workshop) -> None:
    engine = overhauled_engine(workshop)
    demand(workshop, engine)
    record_bench_time(
        workshop.counter(engine), amount=hours(2.0), at=moment("2025-03-01"), acting_user=workshop.acting_user
    )
    assert due(engine).terms[0].remaining == hours(387.5)


def test_rules_and_sql_agree_and_the_page_explains(workshop: Workshop) -> None:
    engine = overhauled_engine(workshop)
    demand(workshop, engine)
    workshop.install(engine, workshop.first, "2025-02-01")
    workshop.fly(workshop.first, 240.0, "2025-06-01")
    row, detail = due(engine), item_detail(DueItem.objects.get().pk)
    assert (detail.status.state, detail.status.terms[0].remaining) == (row.state, row.terms[0].remaining)
    assert detail.forecast.on == row.forecast
    assert board([workshop.first.id])[workshop.first.id].counts[row.state] == 1
    found = next_dues(DueItem.objects.get().pk)
    assert found is not None


def test_what_does_not_apply_cannot_be_done_and_retired_is_closed(workshop: Workshop) -> None:
    engine, other = workshop.component("1"), workshop.component("2")
    requirement = demand(workshop, engine)
    with pytest.raises(Missing, match="does not apply"):
        record_accomplishment(requirement, other, performed_at=moment("2026-01-01"), acting_user=workshop.acting_user)
    retire_requirement(requirement, reason="Gone", acting_user=workshop.acting_user)
    assert due_list().rows == []


def test_more_on_board_cost_no_more_statements(workshop: Workshop) -> None:
    for serial in ("1", "2"):
        demand(workshop, workshop.component(serial), reference=f"72-0{serial}")
    counts = []
    for component, position in zip(Component.objects.order_by("name"), ("Left", "Right"), strict=True):
        with CaptureQueriesContext(connection) as asked:
            workshop.install(component, workshop.first, "2025-02-01", position=position)
        counts.append(len(asked))
    assert abs(counts[0] - counts[1]) <= 2


def life_limited(shop: Workshop, limit: int, **ratings: int) -> Component:
    disk = shop.component("D", kind=shop.disk, name="Disk 1", clocks=[CYCLES])
    for rating, value in (ratings or {"": limit}).items():
        set_life_limit(
            disk.serialised_item.item, kind="landings", limit=value, rating=rating, acting_user=shop.acting_user
        )
    return disk


def reasons(shop: Workshop) -> dict[str, str]:
    return {one.code: one.said for one in board([shop.first.id])[shop.first.id].grounds if one.code.startswith("life")}


def test_a_part_past_its_life_grounds_the_aircraft(workshop: Workshop) -> None:
    disk = life_limited(workshop, 100)
    workshop.install(disk, workshop.first, "2025-02-01", position="Disk", as_found=True)
    assert reasons(workshop) == {
        "life_unknown": "Disk 1 has a life limit in landings, and what it has run is not known"
    }
    cycles = workshop.counter(disk, "landings")
    state_total(cycles, total=94, at=moment("2025-02-02"), acting_user=workshop.acting_user)
    assert reasons(workshop) == {}
    workshop.fly(workshop.first, 1.0, "2026-02-27", landings=6)
    assert reasons(workshop) == {"life_ending": "Disk 1 has 0 of its life left"}
    workshop.fly(workshop.first, 1.0, "2026-02-28", landings=1)
    row = board([workshop.first.id])[workshop.first.id]
    assert (row.state, reasons(workshop)) == (
        Airworthiness.GROUNDED,
        {"life_over": "Disk 1 is past its life limit by 1"},
    )


def test_off_the_aircraft_a_used_part_grounds_nothing(workshop: Workshop) -> None:
    disk = life_limited(workshop, 100)
    workshop.install(disk, workshop.first, "2025-02-01", position="Disk", as_found=True)
    workshop.remove(disk, "2025-03-01")
    assert reasons(workshop) == {}
