"""Directives on part numbers follow the component: on its aircraft, in stock, and when it is to be installed."""

from datetime import date

import pytest

from hangarlink.maintenance.compliance.actions import add_product, assess_applicable, assess_not_applicable
from hangarlink.maintenance.compliance.queries.grounds import grounds
from hangarlink.maintenance.compliance.queries.report import status_report
from hangarlink.maintenance.compliance.queries.rows import Narrow, pairs
from hangarlink.maintenance.components.actions import remove
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.programme.actions import record_accomplishment
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries.rows import item_rows
from hangarlink.maintenance.programme.rules.dues import Reason
from hangarlink.platform.errors import RuleBroken
from tests.maintenance.compliance.conftest import TODAY, TWICE, make_directive, state
from tests.maintenance.components.conftest import Workshop, at_noon, moment, workshop
from tests.maintenance.programme.conftest import HOUR

__all__ = ["at_noon", "workshop"]
EVERY = {"repeat": {"kind": "counter", "counter": "airborne", "every": 500 * HOUR, "start": "zero"}}


def test_a_directive_on_a_part_number_follows_the_unit(workshop: Workshop) -> None:
    engine = workshop.component("7")
    workshop.install(engine, workshop.first, "2025-02-01")
    directive = make_directive(None, workshop.by, part_number="p-1")
    (asked,) = pairs(Narrow())
    assert (asked.object_name, asked.serial_number, asked.on_aircraft) == ("Engine 7", "7", workshop.first.id)
    both = [workshop.first.id, workshop.second.id]
    assert [one.said for one in grounds(both, TODAY)[workshop.first.id]] == [
        "AD 2020-21-22 Tailplane attachment was not assessed on Engine 7"
    ]
    assert workshop.second.id not in grounds(both, TODAY)
    # Off the aircraft it is still to be assessed, and no aircraft is unknown because of it.
    remove(engine, at=moment("2025-03-01"), acting_user=workshop.by)
    assert dict(grounds(both, TODAY)) == {}
    assert state(directive, engine) == "not_assessed"
    Component.objects.update(condition="serviceable")
    with pytest.raises(RuleBroken, match="AD 2020-21-22 Tailplane attachment is not assessed for Engine 7"):
        workshop.install(engine, workshop.second, "2025-07-01")
    assess_not_applicable(directive, engine, because="serial", reason="S/N 7 is not listed", acting_user=workshop.by)
    workshop.install(engine, workshop.second, "2025-07-02")
    assert dict(grounds(both, TODAY)) == {}


def test_what_is_not_in_effect_yet_or_only_recommends_is_noted(workshop: Workshop) -> None:
    make_directive(None, workshop.by, "SB 1", kind="sb", issuer="Maker", part_number="P-1")
    make_directive(None, workshop.by, "2026-99", effective_on=date(2026, 6, 1), part_number="P-1")
    placed = workshop.install(workshop.component("8"), workshop.first, "2025-02-01")
    assert {one["code"] for one in placed.noted} >= {"directive_not_assessed"}


def test_a_part_carried_by_another_makes_its_aircraft_unknown(workshop: Workshop) -> None:
    engine, disk = workshop.component("1"), workshop.component("D1", workshop.disk, part_number="D-9", name="Disk")
    workshop.install(disk, engine, "2025-01-10", position="Stage 1")
    workshop.install(engine, workshop.first, "2025-02-01")
    directive = make_directive(None, workshop.by)
    add_product(directive, part_number="D-9", acting_user=workshop.by)
    assert [one.reference for one in grounds([workshop.first.id], TODAY)[workshop.first.id]] == ["AD 2020-21-22"]


def test_applicable_it_is_due_on_the_units_own_clock(workshop: Workshop) -> None:
    engine = workshop.component("7")
    workshop.stated(engine, 100, "2025-01-02")
    workshop.install(engine, workshop.first, "2025-02-01")
    directive = make_directive(None, workshop.by, part_number="P-1", schedule=EVERY)
    assess_applicable(directive, engine, acting_user=workshop.by)
    assert state(directive, engine) == "open"
    item = DueItem.objects.get(component=engine, closed_at=None)
    assert item.aircraft_id == workshop.first.id
    assert dict(grounds([workshop.first.id], TODAY)) == {}
    (entry,) = status_report(workshop.first.id)
    assert entry.pair.component_id == engine.id
    assert [part.item_id for part in entry.parts] == [item.id]
    record_accomplishment(item.requirement, engine, performed_at=moment("2026-02-01"), acting_user=workshop.by)
    assert state(directive, engine) == "repetitive"
    # The aircraft itself is not named, whatever its components are.
    assert [one.aircraft_id for one in pairs(Narrow(directive_id=directive.id))] == [None]
    assess_not_applicable(directive, engine, because="modified", reason="Post mod", acting_user=workshop.by)
    assert not DueItem.objects.filter(component=engine, closed_at=None).exists()


def test_after_the_effective_date_counts_from_what_the_unit_showed_that_day(workshop: Workshop) -> None:
    engine = workshop.component("7")
    workshop.stated(engine, 100, "2025-01-02")
    workshop.install(engine, workshop.first, "2025-02-01")
    directive = make_directive(None, workshop.by, part_number="P-1", schedule=TWICE, effective_on=date(2025, 6, 1))
    assess_applicable(directive, engine, acting_user=workshop.by)
    item = DueItem.objects.get(component=engine, closed_at=None)
    (row,) = item_rows([item.id], TODAY)
    # Nobody flew lately, which is another matter: the starting point is known.
    assert {term.unknown for term in row.terms} <= {None, Reason.STALE_USAGE}
    assert None not in {term.limit for term in row.terms}
    assert date(2026, 6, 1) in {term.limit for term in row.terms}
