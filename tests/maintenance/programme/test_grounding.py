"""Reasons of other rooms stand on the board beside due items."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import pytest

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.programme.grounding import grounds_of, register_grounds, unregister_grounds
from hangarlink.maintenance.programme.queries import board
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness, Ground
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.programme.conftest import Hangar, make_hangar

SAID = Ground(Airworthiness.RESTRICTED, "defect_deferred", "7", "Landing light", source="MEL 33-1")


@pytest.fixture
def asked(hangar: Hangar) -> Iterator[list[tuple[set[UUID], date]]]:
    """A room that has something against one aircraft; what it was asked."""
    questions: list[tuple[set[UUID], date]] = []

    def provider(aircraft_ids: Collection[UUID], as_of: date) -> Mapping[UUID, Sequence[Ground]]:
        questions.append((set(aircraft_ids), as_of))
        return {hangar.aircraft.id: [SAID]}

    register_grounds(provider)
    register_grounds(provider)
    yield questions
    unregister_grounds(provider)


def test_the_worst_reason_wins_and_all_are_listed(
    hangar: Hangar, model: AircraftModel, acting_user: Actor, asked: list[tuple[set[UUID], date]]
) -> None:
    other = make_hangar(model, acting_user, "OY-DEF")
    for one in (hangar, other):
        one.use(10, "2026-02-28")
    first = hangar.demand()
    hangar.did(first, "2026-02-20")
    day = date(2026, 3, 1)
    both = {hangar.aircraft.id, other.aircraft.id}
    rows = board(both, as_of=day)
    assert asked == [(both, day)]
    assert rows[hangar.aircraft.id].state is Airworthiness.RESTRICTED
    assert rows[hangar.aircraft.id].grounds == (SAID,)
    assert [ground.code for ground in rows[other.aircraft.id].grounds] == ["no_programme"]
    never = hangar.demand("AD 1", mandatory_class="airworthiness_directive")
    worse = board([hangar.aircraft.id], as_of=day)[hangar.aircraft.id]
    assert worse.state is Airworthiness.UNKNOWN
    assert [(ground.code, ground.reference) for ground in worse.grounds] == [
        ("item_unknown", never.reference),
        ("defect_deferred", ""),
    ]


def test_nobody_has_anything_against_an_aircraft_nobody_speaks_of(hangar: Hangar) -> None:
    assert [one for one in grounds_of([hangar.aircraft.id], date(2026, 3, 1))[hangar.aircraft.id] if one is SAID] == []
