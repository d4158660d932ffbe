"""Tolerance classes of the demo, an approved variation, and an inspection that waits for a hard landing."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.programme.actions import (
    add_ready_tolerance_classes,
    add_requirement,
    add_satisfaction,
    apply_requirement,
    approve_variation,
    record_accomplishment,
    record_event,
    revise_requirement,
)
from hangarlink.maintenance.programme.models import DueItem, Requirement
from hangarlink.platform.people.permissions import Actor

HOUR = 3600
_HARD_LANDING = {"repeat": {"kind": "event", "event": "hard_landing"}}


def seed_approvals(fleet: Mapping[str, Aircraft], opened_at: datetime, acting_user: Actor) -> None:
    """What a planner does beside recording work: approve, record an event, say what covers what."""
    add_ready_tolerance_classes(acting_user=acting_user)
    _vary(fleet["OY-SKA"], opened_at, acting_user)
    _hard_landing(fleet["OY-SKB"], opened_at, acting_user)
    by_name = {one.reference: one for one in Requirement.objects.filter(reference__in=["172-100", "172-50"])}
    if len(by_name) == 2:
        add_satisfaction(by_name["172-100"], by_name["172-50"], source="Example", acting_user=acting_user)


def _vary(aircraft: Aircraft, opened_at: datetime, acting_user: Actor) -> None:
    requirement = Requirement.objects.filter(reference="172-100").first()
    if requirement is None:
        return
    revise_requirement(requirement, tolerance="part_ml_mip", reason="Tolerance class chosen", acting_user=acting_user)
    item = DueItem.objects.get(requirement=requirement, aircraft=aircraft)
    term = item.terms.filter(counter__isnull=False, unknown_reason="").order_by("path").first()
    if term is None:
        return
    approve_variation(
        item, path=term.path, amount=5 * HOUR, approved_by="CAMO postholder (example)", approved_on=opened_at.date(),
        reference="VAR 2026-03", conditions="No open defects on the engine", acting_user=acting_user,
    )  # fmt: skip


def _hard_landing(aircraft: Aircraft, opened_at: datetime, acting_user: Actor) -> None:
    """One hard landing a month ago, inspected the day after: now it waits for the next one."""
    inspection = add_requirement(
        reference="172-HARD", title="Inspection after a hard landing", mandatory_class="programme", ata="05-50",
        schedule=_HARD_LANDING, source_document="Example programme C172S", source_paragraph="05-50",
        acting_user=acting_user,
    )  # fmt: skip
    apply_requirement(inspection, aircraft.aircraft_model, acting_user=acting_user)
    landed = opened_at - timedelta(days=30)
    record_event(
        aircraft, code="hard_landing", at=landed, source="Technical log 118 (example)", acting_user=acting_user
    )
    record_accomplishment(
        inspection, aircraft, performed_at=landed + timedelta(days=1), certificate=f"CRS {landed:%y%m%d}-HL",
        acting_user=acting_user,
    )  # fmt: skip
