"""A programme on the hangar of tests/maintenance/programme: it is 1 March 2026, 12:00 UTC."""

from collections.abc import Mapping
from typing import Any

import pytest

from hangarlink.maintenance.amp.actions import (
    activate_revision,
    add_programme,
    approve_revision,
    assign_programme,
    draft_revision,
    put_task,
    submit_revision,
)
from hangarlink.maintenance.amp.models import Programme, Revision
from hangarlink.maintenance.amp.report import report_of
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.programme.conftest import HUNDRED_HOURS, Hangar, first_of_march, hangar, model

__all__ = ["Hangar", "first_of_march", "hangar", "model"]

HUNDRED: Mapping[str, Any] = {
    "title": "100-hour inspection", "mandatory_class": "programme", "schedule": HUNDRED_HOURS, "ata": "05-20",
}  # fmt: skip


def every(hours: int) -> dict[str, Any]:
    return {"repeat": {"kind": "counter", "counter": "airborne", "every": hours * 3600}}


def months(number: int, unit: str = "months") -> dict[str, Any]:
    return {"repeat": {"kind": "calendar", "unit": unit, "every": number}}


def in_force(revision: Revision, acting_user: Actor) -> Revision:
    """Submit, read, approve, activate."""
    submit_revision(revision, acting_user=acting_user)
    digest = report_of(revision, acting_user=acting_user).digest
    approve_revision(revision, digest=digest, reference="DK-AMP-7", acting_user=acting_user)
    return activate_revision(revision, acting_user=acting_user)


def requirement(programme: Programme, reference: str) -> Requirement:
    return Requirement.objects.get(reference=f"{programme.code} {reference}")


@pytest.fixture
def programme(hangar: Hangar, acting_user: Actor) -> Programme:
    """Assigned to the model, with one task in force: every 100 h."""
    made = add_programme(code="AMP-172", name="Cessna 172S", acting_user=acting_user)
    assign_programme(made, hangar.aircraft.aircraft_model, acting_user=acting_user)
    draft = draft_revision(made, summary="First issue", acting_user=acting_user)
    put_task(draft, "05-20-01", acting_user=acting_user, **HUNDRED)
    in_force(draft, acting_user)
    return made
