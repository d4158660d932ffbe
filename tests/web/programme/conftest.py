"""A programme on a small fleet."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement, record_accomplishment
from hangarlink.maintenance.programme.models import DueItem, Requirement
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.web.fleet.conftest import HOUR, Craft, make_craft

__all__ = ["HOUR", "Craft", "make_craft"]

HUNDRED = {
    "repeat": {
        "kind": "first",
        "of": [
            {"kind": "counter", "counter": "airborne", "every": 100 * HOUR},
            {"kind": "calendar", "unit": "calendar_months", "every": 12},
        ],
    },
    "basis": "min",
}


def make_requirement(
    account: Account, reference: str = "05-20-01", title: str = "100-hour inspection", schedule: Any = None, **more: Any
) -> Requirement:
    """A requirement on every aircraft of the model."""
    with acting_in(account):
        made = add_requirement(
            reference=reference, title=title, mandatory_class=more.pop("mandatory_class", "programme"),
            schedule=schedule or HUNDRED, acting_user=SYSTEM, **more,
        )  # fmt: skip
        for model in AircraftModel.objects.all():
            apply_requirement(made, model, acting_user=SYSTEM)
        return made


def do(account: Account, requirement: Requirement, craft: Craft, *, ago: timedelta, value: int | None = None) -> None:
    """Record that it was done on this aircraft."""
    with acting_in(account):
        values = {} if value is None else {craft.airborne.pk: value}
        record_accomplishment(
            requirement, craft.aircraft, performed_at=datetime.now(UTC) - ago, values=values,
            certificate="CRS 2026-17", acting_user=SYSTEM,
        )  # fmt: skip


def item_of(account: Account, requirement: Requirement, craft: Craft) -> DueItem:
    """The due item of a requirement on an aircraft."""
    with acting_in(account):
        return DueItem.objects.get(requirement=requirement, aircraft=craft.aircraft)


@pytest.fixture
def craft(account: Account) -> Craft:
    return make_craft(account)


@pytest.fixture
def hundred(account: Account, craft: Craft) -> Requirement:
    return make_requirement(account)
