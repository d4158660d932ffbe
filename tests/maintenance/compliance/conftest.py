"""Short words for what the tests do to directives. It is 1 March 2026, 12:00 UTC, and one aircraft flies."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from hangarlink.fleet.actions import change_aircraft
from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance.actions import add_directive, add_paragraph, add_product
from hangarlink.maintenance.compliance.actions.holding import pair_of
from hangarlink.maintenance.compliance.models import Directive
from hangarlink.maintenance.compliance.queries.rows import Pair
from hangarlink.maintenance.compliance.subjects import Object, subject_of
from hangarlink.maintenance.programme.queries import board
from hangarlink.maintenance.programme.queries.board import BoardRow
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.programme.conftest import HOUR, Hangar, first_of_march, hangar, make_hangar, model

__all__ = ["first_of_march", "flying", "hangar", "model"]
TODAY = date(2026, 3, 1)
# AD 2020-21-22 paragraph (g); domain rule E18.
TWICE: Mapping[str, Any] = {
    "initial": {
        "kind": "last",
        "of": [
            {"kind": "counter", "counter": "airborne", "thresholds": [100 * HOUR], "start": "effective_date"},
            {"kind": "calendar", "unit": "months", "thresholds": [12], "start": "effective_date"},
        ],
    },
    "repeat": {
        "kind": "first",
        "of": [
            {"kind": "counter", "counter": "airborne", "every": 500 * HOUR},
            {"kind": "calendar", "unit": "months", "every": 60},
        ],
    },
}
ONCE: Mapping[str, Any] = {
    "initial": {"kind": "counter", "counter": "airborne", "thresholds": [50 * HOUR], "start": "effective_date"}
}


@pytest.fixture
def flying(hangar: Hangar, acting_user: Actor) -> Hangar:
    """The aircraft, with a serial number, fresh usage and nothing due that would hide what a directive does."""
    change_aircraft(hangar.aircraft, serial_number="172S-8101", acting_user=acting_user)
    hangar.aircraft.refresh_from_db()
    hangar.use(10, "2026-02-28")
    hangar.did(hangar.demand("Annual", {"repeat": {"kind": "calendar", "unit": "months", "every": 12}}), "2026-02-01")
    return hangar


def make_directive(
    model: AircraftModel | None,
    acting_user: Actor,
    number: str = "2020-21-22",
    *,
    schedule: Mapping[str, Any] | None = TWICE,
    code: str = "(g)",
    effective_on: date | None = date(2025, 6, 1),
    part_number: str = "",
    **given: Any,
) -> Directive:
    """A directive with one paragraph, for a model or a part number."""
    values = {"kind": "ad", "issuer": "FAA", "subject": "Tailplane attachment", **given}
    made = add_directive(number=number, effective_on=effective_on, acting_user=acting_user, **values)
    if schedule is not None:
        add_paragraph(made, code=code, title="Inspect", schedule=schedule, acting_user=acting_user)
    if model or part_number:
        add_product(made, aircraft_model=model, part_number=part_number, acting_user=acting_user)
    return made


def pair(directive: Directive, on: Object) -> Pair:
    """How it stands there."""
    found = pair_of(directive, subject_of(on))
    assert found is not None
    return found


def state(directive: Directive, on: Object) -> str:
    return pair(directive, on).state.value


def seen(one: Hangar) -> BoardRow:
    """The aircraft on the board."""
    return board([one.aircraft.id], as_of=TODAY)[one.aircraft.id]


__all__ += ["make_hangar"]
