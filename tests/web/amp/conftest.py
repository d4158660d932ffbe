"""A programme in force on the craft of tests/web/fleet."""

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
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.web.programme.conftest import HUNDRED, Craft, craft

__all__ = ["Craft", "craft"]
TASK: dict[str, Any] = {"title": "100-hour inspection", "mandatory_class": "programme", "schedule": HUNDRED}


def make_programme(account: Account, craft: Craft, code: str = "AMP-172", *, tasks: int = 1) -> Programme:
    """Assigned to the craft's model, with tasks in force."""
    with acting_in(account):
        made = add_programme(code=code, name="Cessna 172S", acting_user=SYSTEM)
        assign_programme(made, craft.aircraft.aircraft_model, acting_user=SYSTEM)
        first = draft_revision(made, summary="First issue", acting_user=SYSTEM)
        for number in range(1, tasks + 1):
            put_task(first, f"05-20-{number:02}", acting_user=SYSTEM, **TASK)
        submit_revision(first, acting_user=SYSTEM)
        approve_revision(first, digest=report_of(first, acting_user=SYSTEM).digest, acting_user=SYSTEM)
        activate_revision(first, acting_user=SYSTEM)
        return made


def make_draft(account: Account, programme: Programme) -> Revision:
    with acting_in(account):
        return draft_revision(programme, summary="Oil added", acting_user=SYSTEM)


@pytest.fixture
def programme(account: Account, craft: Craft) -> Programme:
    return make_programme(account, craft)
