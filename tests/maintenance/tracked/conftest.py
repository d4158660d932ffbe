"""A source and short words for what it tells. It is 1 March 2026, 12:00 UTC."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.tracked.actions import Told, TrackedOutcome, take_over, track_source
from hangarlink.maintenance.tracked.models import TrackedSource
from hangarlink.maintenance.tracked.rules import Measure, TrackedTerm
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import new_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = 3600
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def first_of_march() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def aircraft(acting_user: Actor) -> Aircraft:
    model = add_aircraft_model(name="PC-12/47E", acting_user=acting_user)
    return add_aircraft(registration="OY-HLD", aircraft_model=model, acting_user=acting_user)


@pytest.fixture
def camp(acting_user: Actor) -> TrackedSource:
    return track_source("camp:skyline", partner="CAMP", connection_id=new_id(), acting_user=acting_user)


def left(hours: int) -> TrackedTerm:
    return TrackedTerm(Measure.HOURS, 5000 * HOUR, hours * HOUR)


def by(days: int) -> TrackedTerm:
    return TrackedTerm(Measure.DATE, TODAY + timedelta(days=days), None)


def lapsed() -> date:
    return TODAY - timedelta(days=1)


def told(aircraft: Aircraft, external_id: str, *terms: TrackedTerm, age: float = 1, **said: Any) -> Told:
    """An item with these limits, as of so many hours ago."""
    values = {"title": f"Task {external_id}", "reference": external_id, **said}
    return Told(external_id, aircraft.id, terms=terms or (left(100),), as_of=NOW - timedelta(hours=age), **values)


def tell(camp: TrackedSource, acting_user: Actor, *items: Told) -> list[TrackedOutcome]:
    return take_over(camp, items, now=NOW, acting_user=acting_user)
