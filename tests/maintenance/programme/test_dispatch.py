"""May it fly the next flight? The database's answer, its reasons, and that it is the answer of the rules."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hangarlink.fleet.actions import change_aircraft, park_aircraft, plan_flight
from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.programme import grounding
from hangarlink.maintenance.programme.actions import derive_counter
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries import dispatch
from hangarlink.maintenance.programme.queries.dispatch import Dispatch
from hangarlink.maintenance.programme.queries.item import usage_of
from hangarlink.maintenance.programme.queries.plans import outlooks
from hangarlink.maintenance.programme.records import read_items
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness, Ground
from hangarlink.maintenance.programme.rules.codec import to_json
from hangarlink.maintenance.programme.rules.dispatch import Answer, decide
from hangarlink.maintenance.programme.rules.limits import Schedule, Start
from hangarlink.maintenance.programme.rules.status import may_fly
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account
from tests.maintenance.programme.conftest import HOUR, NOW, YEARLY, Hangar, hours, make_hangar
from tests.maintenance.programme.rules.strategies import schedules
from tests.maintenance.programme.test_agreement import WITHOUT_SHRINKING, Life, real

TODAY, DAY = NOW.date(), timedelta(days=1)
AT_1500 = {"initial": {"kind": "counter", "counter": "airborne", "thresholds": [hours(1500)], "start": "zero"}}


def until(day: date) -> Mapping[str, object]:
    return {"initial": {"kind": "date", "on": day.isoformat()}}


def ask(hangar: Hangar, flown: float = 0, **how: object) -> Dispatch:
    return dispatch(hangar.aircraft, {hangar.airborne.id: hours(flown)}, **how)


def said(found: Dispatch) -> list[str]:
    return [one.said for one in found.decision.reasons]


def test_e42_exactly_at_the_limit(hangar: Hangar) -> None:
    hangar.demand("HOURS", AT_1500)
    hangar.use(500, "2026-02-28")
    assert ask(hangar).answer is Answer.YES, "nothing left is the last permitted moment"
    found = ask(hangar, 0.1)
    assert found.answer is Answer.NO
    assert said(found) == ["HOURS Inspection: Airborne 1500.0 h + 0.1 h = 1500.1 h of 1500.0 h, 0.1 h over"]
    assert found.decision.reasons[0].code == "item_overdue"


def test_a_calendar_limit_is_asked_of_the_day_of_landing(hangar: Hangar) -> None:
    hangar.use(1, "2026-02-28")
    hangar.demand("DATE", until(TODAY))
    assert ask(hangar, 1).answer is Answer.YES
    found = ask(hangar, 1, landing_on=TODAY + DAY)
    assert (found.answer, said(found)) == (
        Answer.NO, ["DATE Inspection: due 1 Mar 2026, and it lands 2 Mar 2026"]
    )  # fmt: skip


def test_only_what_is_mandatory_says_no(hangar: Hangar) -> None:
    hangar.use(1, "2026-02-28")
    hangar.demand("OIL", until(TODAY - DAY), mandatory_class="recommended")
    found = ask(hangar, 1)
    assert (found.answer, found.decision.reasons) == (Answer.YES, ())
    assert [one.reference for one in found.decision.remarks] == ["OIL"]


def test_flights_planned_before_it_use_up_too(hangar: Hangar, acting_user: Actor) -> None:
    hangar.demand("HOURS", AT_1500)
    hangar.use(497, "2026-02-28")
    tomorrow = NOW + DAY
    plan_flight(hangar.aircraft, starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=2), acting_user=acting_user)
    later = TODAY + 2 * DAY
    assert ask(hangar, 2, landing_on=later).answer is Answer.YES
    found = ask(hangar, 2, landing_on=later, after_planned=True)
    assert (found.answer, found.added[hangar.airborne.id]) == (Answer.NO, hours(4))
    assert ask(hangar, 2, after_planned=True).answer is Answer.YES, "nothing is planned today"


def test_unknown_is_no_yes(hangar: Hangar, acting_user: Actor) -> None:
    found = ask(hangar, 1)
    assert found.answer is Answer.UNKNOWN, "no requirement applies, and usage is stale"
    assert [one.code for one in found.decision.reasons] == ["no_programme", "usage_stale"]
    hangar.demand("YEAR", YEARLY)
    hangar.use(1, "2026-02-28")
    assert said(ask(hangar, 1)) == [
        "YEAR Inspection: it counts from the last accomplishment and none is recorded"
    ]  # fmt: skip


def test_stale_usage_is_asked_of_today_and_not_of_the_landing(hangar: Hangar, acting_user: Actor) -> None:
    hangar.demand("HOURS", AT_1500)
    hangar.use(1, "2026-02-27")
    assert ask(hangar, 1, landing_on=TODAY + 30 * DAY).answer is Answer.YES


def test_days_of_standing_make_nothing_stale(hangar: Hangar, acting_user: Actor) -> None:
    hangar.demand("HOURS", AT_1500)
    hangar.use(1, "2026-02-10")
    assert ask(hangar, 1).answer is Answer.UNKNOWN, "19 days old"
    first, last = date(2026, 2, 12), date(2026, 2, 24)
    park_aircraft(hangar.aircraft, starts_on=first, ends_on=last, reason="storage", acting_user=acting_user)
    assert ask(hangar, 1).answer is Answer.YES, "it stood 13 of them: 6 days of service"
    change_aircraft(hangar.aircraft, status="maintenance", acting_user=acting_user)
    assert ask(hangar, 1).answer is Answer.YES


@pytest.fixture
def no_licence() -> Iterator[None]:
    def provider(aircraft_ids: object, as_of: date) -> dict[UUID, list[Ground]]:
        if as_of <= TODAY:
            return {}
        return {one: [Ground(Airworthiness.GROUNDED, "other_expired", "x", "Papers expire")] for one in aircraft_ids}  # type: ignore[attr-defined]

    grounding.register_grounds(provider)
    yield
    grounding.unregister_grounds(provider)


@pytest.mark.usefixtures("no_licence")
def test_other_rooms_speak_of_the_day_of_landing(hangar: Hangar) -> None:
    hangar.demand("HOURS", AT_1500)
    hangar.use(1, "2026-02-28")
    assert ask(hangar, 1).answer is Answer.YES
    found = ask(hangar, 1, landing_on=TODAY + DAY)
    assert (found.answer, found.decision.reasons[0].code) == (Answer.NO, "other_expired")


def test_what_cannot_be_asked(hangar: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    other = make_hangar(model, acting_user, "OY-OTH")
    with pytest.raises(RuleBroken, match="past"):
        ask(hangar, landing_on=TODAY - DAY)
    with pytest.raises(RuleBroken, match="zero or more"):
        ask(hangar, -1)
    with pytest.raises(RuleBroken, match="not a counter of this aircraft"):
        dispatch(hangar.aircraft, {other.airborne.id: 1})


def test_restrictions_are_remarks() -> None:
    limits = Ground(Airworthiness.RESTRICTED, "mel", "x", "No night flights")
    soon = Ground(Airworthiness.DUE_SOON, "item_due_soon", "y", "Oil")
    assert decide([soon, limits]).answer is Answer.YES
    assert decide([soon, limits]).remarks == (limits, soon)
    unknown = Ground(Airworthiness.UNKNOWN, "usage_stale", "z", "Old")
    assert (decide([soon, unknown]).answer, decide([soon, unknown]).reasons) == (Answer.UNKNOWN, (unknown,))


def test_the_number_of_statements_does_not_grow(hangar: Hangar) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(hangar, 1, landing_on=TODAY + DAY, after_planned=True)
        return len(queries)

    hangar.demand("A", YEARLY)
    few = asked()
    for number in range(6):
        hangar.demand(f"B{number}", YEARLY)
    assert asked() == few


@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(programme=st.lists(schedules(), min_size=2, max_size=4), seed=st.integers(0, 2**32))
def test_the_rules_answer_the_same(
    model: AircraftModel, acting_user: Actor, programme: list[Schedule], seed: int
) -> None:
    random = Random(seed)
    with transaction.atomic():
        hangar = make_hangar(model, acting_user, "OY-RND")
        current_account().stale_usage_days = random.choice([7, 2_000])
        life = Life(random, hangar, [hangar.demand(f"R{n}", to_json(real(one))) for n, one in enumerate(programme)])
        for start in (Start.NEW, Start.INSTALLATION):
            life.baseline(start, None)
        for _ in range(random.randrange(30)):
            life.act()
        for days, flown in ((0, 0), (random.randrange(300), random.randrange(400) * HOUR)):
            check(hangar, flown, TODAY + timedelta(days=days))
        transaction.set_rollback(True)


def check(hangar: Hangar, flown: int, landing_on: date) -> None:
    """No due item stands in the way exactly where the rule says that each of them may fly."""
    found = dispatch(hangar.aircraft, {hangar.airborne.id: flown}, landing_on=landing_on)
    against = {one.subject for one in found.decision.reasons if one.code.startswith("item_")}
    open_items = DueItem.objects.filter(closed_at__isnull=True).values_list("id", flat=True)
    for record in read_items(list(open_items)):
        known = outlooks(record.counters.values(), TODAY)
        usage = {
            name: usage_of(counter, record.item.aircraft, TODAY, known[counter.id])
            for name, counter in record.counters.items()
        }
        planned = {str(hangar.airborne.id): flown}
        flies = may_fly(record.standing(), usage, planned, landing_on)
        assert flies == (str(record.item.id) not in against)


def test_a_derived_counter_goes_on_with_the_flight(hangar: Hangar, acting_user: Actor) -> None:
    """Two landings' worth for each landing: a limit on what follows by a formula is asked with the flight flown."""
    twice = {
        "kind": "product",
        "of": [{"kind": "counter", "counter": "landings"}, {"kind": "number", "value": 2}],
    }
    derive_counter(hangar.aircraft, name="Twice", formula=twice, unit="count", acting_user=acting_user)
    at = {"initial": {"kind": "counter", "counter": "Twice", "thresholds": [4005], "start": "zero"}}
    hangar.use(1, "2026-02-28")
    hangar.demand("TWICE", at)
    assert dispatch(hangar.aircraft, {hangar.landings.id: 1}).answer is Answer.YES, "2 001 landings, 4 004 of 4 005"
    found = dispatch(hangar.aircraft, {hangar.landings.id: 2})
    assert (found.answer, said(found)) == (Answer.NO, ["TWICE Inspection: Twice 4002 + 4 = 4006 of 4005, 1 over"])
