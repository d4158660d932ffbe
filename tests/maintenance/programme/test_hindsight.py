"""As of a past day, as known on a past moment: two times, kept apart, and the same answer for ever."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from time_machine import Traveller

from hangarlink.fleet.actions import cancel_flights, record_flights, record_reading, set_opening
from hangarlink.fleet.facts import OnKnown
from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.programme.actions import (
    correct_accomplishment,
    revise_requirement,
    set_baseline,
    withdraw_accomplishment,
    withdraw_requirement,
)
from hangarlink.maintenance.programme.hindsight import Seen, seen_from
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.maintenance.programme.queries import item_detail
from hangarlink.maintenance.programme.queries.hindsight import item_detail_then, learned_changes
from hangarlink.maintenance.programme.queries.item import ItemDetail
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.programme.conftest import NOW, YEARLY, Hangar, hours, make_hangar, moment

DAY = timedelta(days=1)


@pytest.fixture
def clock(first_of_march: None) -> Iterator[Traveller]:
    with time_machine.travel(moment("2025-01-01"), tick=False) as traveller:
        yield traveller


def looked(hangar: Hangar, requirement: Requirement, as_of: str = "", known: str = "") -> ItemDetail:
    seen = seen_from(date.fromisoformat(as_of) if as_of else None, moment(known) if known else None)
    assert seen is not None
    return item_detail_then(hangar.item(requirement).id, seen)


def remaining(detail: ItemDetail) -> float | None:
    (term,) = detail.status.terms
    return None if term.remaining is None else term.remaining / 3600


def test_as_of_a_day_counts_what_had_happened_by_then(clock: Traveller, hangar: Hangar) -> None:
    inspection = hangar.demand()
    clock.move_to(NOW)
    hangar.did(inspection, "2025-02-01", 1000.0)
    hangar.use(40, "2025-03-10")
    hangar.did(inspection, "2025-03-20")
    hangar.use(30, "2026-02-28")
    assert remaining(looked(hangar, inspection, "2025-02-10")) == 100
    assert remaining(looked(hangar, inspection, "2025-03-15")) == 60
    assert remaining(looked(hangar, inspection, "2025-03-25")) == 100
    assert remaining(item_detail(hangar.item(inspection).id)) == 70
    never = looked(hangar, inspection, "2025-01-20")
    assert (never.status.state, never.explanation.accomplishments) == (State.UNKNOWN, 0)


def test_as_known_on_leaves_out_what_was_recorded_later(clock: Traveller, hangar: Hangar) -> None:
    """A flight of 5 March told on 1 April is not known on 31 March, and is in the answer for March as known today."""
    inspection = hangar.demand()
    hangar.did(inspection, "2025-01-01", 1000.0)
    clock.move_to(moment("2025-03-06"))
    hangar.use(10, "2025-03-04")
    clock.move_to(moment("2025-04-01"))
    hangar.fly(5, "2025-03-05", name="late")
    clock.move_to(NOW)
    assert remaining(looked(hangar, inspection, "2025-03-31", known="2025-03-31")) == 90
    assert remaining(looked(hangar, inspection, "2025-03-31")) == 85
    assert remaining(looked(hangar, inspection, known="2025-04-02")) == 85


def test_a_corrected_flight_is_what_it_was_before_the_correction(clock: Traveller, hangar: Hangar) -> None:
    """E35 seen from before and after: the check's value was derived and moved with the flight."""
    inspection = hangar.demand()
    clock.move_to(moment("2025-03-12"))
    hangar.fly(18, "2025-03-03", 0, name="typo")
    hangar.did(inspection, "2025-03-10")
    clock.move_to(moment("2025-05-01"))
    hangar.fly(1.8, "2025-03-03", 0, name="typo")
    clock.move_to(moment("2025-06-01"))
    cancel_flights(["typo"], source="flightlogger", reason="never flown", acting_user=hangar.acting_user)
    clock.move_to(NOW)
    dues = [
        looked(hangar, inspection, known=day).explanation.tree for day in ("2025-04-01", "2025-05-02", "2025-06-02")
    ]
    assert [one.due["value"] for one in dues] == [hours(1118), hours(1101.8), hours(1100)]  # type: ignore[union-attr]
    assert {remaining(looked(hangar, inspection, known=day)) for day in ("2025-04-01", "2025-06-02")} == {100.0}


def test_work_corrected_and_withdrawn_stands_as_it_was_known(clock: Traveller, hangar: Hangar) -> None:
    inspection = hangar.demand()
    clock.move_to(moment("2025-03-12"))
    done = hangar.did(inspection, "2025-03-10", 1000.0)
    clock.move_to(moment("2025-04-12"))
    done = correct_accomplishment(
        done, reason="misread", values={hangar.airborne.id: hours(990)}, acting_user=hangar.acting_user
    )
    clock.move_to(moment("2025-05-12"))
    withdraw_accomplishment(done, reason="another aircraft", acting_user=hangar.acting_user)
    clock.move_to(NOW)
    found = [looked(hangar, inspection, known=day) for day in ("2025-04-01", "2025-05-01", "2025-06-01")]
    assert [remaining(one) for one in found] == [100, 90, None]
    assert [one.history[0].version for one in found[:2]] == [1, 2]
    assert found[2].status.state is State.UNKNOWN


def test_baselines_and_revisions_have_a_past(clock: Traveller, hangar: Hangar) -> None:
    since = {"initial": {"kind": "counter", "counter": "airborne", "every": hours(100), "start": "overhaul"}}
    inspection = hangar.demand(schedule=since)
    clock.move_to(moment("2025-02-01"))
    for total in (900, 950):
        set_baseline(
            hangar.aircraft, Start.OVERHAUL, on=date(2025, 1, 10), values={hangar.airborne.id: hours(total)},
            acting_user=hangar.acting_user,
        )  # fmt: skip
        clock.shift(30 * DAY)
    double = {"initial": {**since["initial"], "every": hours(200)}}
    revise_requirement(inspection, schedule=double, reason="AMP 2", acting_user=hangar.acting_user)
    clock.move_to(NOW)
    known = [looked(hangar, inspection, known=day) for day in ("2025-01-20", "2025-02-10", "2025-03-20", "2025-04-20")]
    assert [remaining(one) for one in known] == [None, 0, 50, 150]
    assert [one.item.revision.number for one in known] == [1, 1, 1, 2]
    assert remaining(looked(hangar, inspection, "2025-02-01")) == 50, "the later baseline, the revision of that day"
    assert "revision 1" in looked(hangar, inspection, "2025-02-01").explanation.source


def test_usage_is_stale_as_it_was_then(clock: Traveller, hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2025-01-01", 1000.0)
    clock.move_to(NOW)
    hangar.fly(1, "2025-03-01")
    assert looked(hangar, inspection, "2025-03-05").status.state is State.OK
    assert looked(hangar, inspection, "2025-03-20").status.state is State.UNKNOWN


def test_an_item_that_was_closed_since_can_be_looked_at(clock: Traveller, hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2025-01-01", 1000.0)
    clock.move_to(moment("2025-06-01"))
    withdraw_requirement(inspection, hangar.aircraft, reason="sold", acting_user=hangar.acting_user)
    clock.move_to(NOW)
    assert remaining(looked(hangar, inspection, known="2025-05-01")) == 100
    with pytest.raises(Missing, match="nothing demanded it"):
        looked(hangar, inspection, known="2025-07-01")
    with pytest.raises(Missing, match="nothing demanded it"):
        looked(hangar, inspection, known="2024-12-01")


def test_nobody_knows_the_future(hangar: Hangar) -> None:
    with pytest.raises(RuleBroken, match="in the future"):
        seen_from(None, NOW + DAY)
    assert seen_from(NOW.date(), None) is None
    assert seen_from(NOW.date() + DAY, None) is None
    assert seen_from(None, NOW) == Seen(NOW.date(), NOW)


def test_what_changed_when_is_told(clock: Traveller, hangar: Hangar) -> None:
    inspection = hangar.demand(schedule=YEARLY)
    clock.move_to(moment("2025-03-12"))
    hangar.fly(18, "2025-03-03", 0, name="typo")
    done = hangar.did(inspection, "2025-03-10")
    clock.move_to(moment("2025-05-01"))
    withdraw_accomplishment(done, reason="another aircraft", acting_user=hangar.acting_user)
    clock.move_to(moment("2025-06-01"))
    hangar.fly(1.8, "2025-03-03", 0, name="typo")
    found = learned_changes(hangar.item(inspection))
    assert [(one.kind, one.what) for one in found] == [
        ("usage", "Usage of 3 Mar 2025 corrected"),
        ("accomplishment", "Work of 10 Mar 2025 withdrawn"),
        ("accomplishment", "Work of 10 Mar 2025 recorded"),
        ("revision", "Revision 1 of the requirement"),
    ]


def test_the_number_of_statements_does_not_follow_the_history(clock: Traveller, hangar: Hangar) -> None:
    inspection = hangar.demand()

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            looked(hangar, inspection, known="2026-02-01")
        return len(queries)

    hangar.did(inspection, "2025-01-01", 1000.0)
    clock.move_to(moment("2026-01-15"))
    hangar.fly(1, "2026-01-10")
    clock.move_to(NOW)
    few = statements()
    clock.move_to(moment("2026-01-20"))
    for day in range(11, 18):
        hangar.fly(1, f"2026-01-{day}")
        hangar.did(inspection, f"2026-01-{day}")
    clock.move_to(NOW)
    assert statements() == few


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_what_was_told_then_is_what_hindsight_tells(model: AircraftModel, acting_user: Actor, seed: int) -> None:
    """Random lives: the present answer is noted each day; years later "as known on" gives every one of them again."""
    with transaction.atomic(), time_machine.travel(moment("2025-01-02"), tick=False) as clock:
        _live_and_look_back(Random(seed), make_hangar(model, acting_user, "OY-XYZ"), clock)
        transaction.set_rollback(True)


def _live_and_look_back(random: Random, hangar: Hangar, clock: Traveller) -> None:
    inspection = hangar.demand()
    noted: dict[datetime, tuple[object, ...]] = {}
    for step in range(14):
        clock.shift(DAY * random.randrange(1, 12))
        with suppress(RuleBroken), transaction.atomic():
            _live(random, hangar, inspection, step)
        noted[timezone.now()] = _answer(item_detail(hangar.item(inspection).id))
    clock.move_to(NOW)
    for known, answer in noted.items():
        seen = Seen(known.date(), known)
        assert _answer(item_detail_then(hangar.item(inspection).id, seen)) == answer, known


def _answer(detail: ItemDetail) -> tuple[object, ...]:
    terms = [(one.state, one.remaining, one.term.due) for one in detail.status.terms]
    return detail.status.state, terms, [(one.chain, one.version) for one in detail.history]


def _live(random: Random, hangar: Hangar, inspection: Requirement, step: int) -> None:
    today = timezone.now().date()
    past = today - DAY * random.randrange(1, 20)
    match random.randrange(5):
        case 0 | 1:
            start = moment(max(past, date(2025, 1, 2)).isoformat(), step % 20)
            fact = hangar.flight(random.choice([1, 2.5, 4]), start, random.choice([str(step), "again"]))
            # Those that overlap are refused, and nothing changes.
            record_flights([fact], source="flightlogger", acting_user=hangar.acting_user, on_known=OnKnown.CORRECT)
        case 2:
            hangar.did(inspection, "", performed_at=timezone.now() - timedelta(hours=1))
        case 3:
            hangar.airborne.refresh_from_db()
            reading = (hangar.airborne.total or 0) + hours(random.choice([0, 3]))
            record_reading(hangar.airborne, reading=reading, at=timezone.now(), acting_user=hangar.acting_user)
        case _:
            set_opening(
                hangar.airborne, total=hours(random.choice([990, 1000, 1010])), at=moment("2025-01-01", 0),
                reason="logbook", acting_user=hangar.acting_user,
            )  # fmt: skip
