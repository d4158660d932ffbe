"""The partner's totals: offered as opening balances, compared ever after, never written over ours."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from hangarlink.fleet.actions import settle_discrepancy
from hangarlink.fleet.models import Discrepancy, UsageEntry
from hangarlink.integration.datasets.actions import adopt_partner_total
from hangarlink.integration.datasets.models import CounterMapping
from hangarlink.integration.datasets.queries import opening_offers
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.models import Account
from tests.integration.conftest import HOUR, OPENINGS, Hub, add_ours


@pytest.fixture
def unknown(acting: Account, hub: Hub) -> Hub:
    """OY-SKB is here without any total."""
    add_ours(hub.acting_user, "OY-SKB", openings={})
    return hub


def test_a_total_stays_unknown_until_somebody_says_it(unknown: Hub) -> None:
    unknown.fly("OY-SKB")
    assert unknown.sync().created == 1
    assert unknown.total("hobbs", "OY-SKB") is None


def test_adopting_takes_the_partners_total_less_what_was_imported(unknown: Hub) -> None:
    for n in range(3):
        unknown.fly("OY-SKB", hours_ago=30 - 3 * n, touch_and_goes=2, durations={"HOBBS": 3600, "AIRBORNE": 3000})
    unknown.sync()
    found = opening_offers(unknown.connection, acting_user=unknown.acting_user)
    offers = {offer.counter.kind: offer for offer in found}
    assert (offers["hobbs"].partner_total, offers["hobbs"].opening) == (4000 * HOUR + 3 * 3600, 4000 * HOUR)
    assert offers["landings"].opening == 6000
    assert "cycles" not in offers, "the partner counts none"
    for kind in ("hobbs", "airborne", "landings"):
        adopt_partner_total(unknown.counter(kind, "OY-SKB"), acting_user=unknown.acting_user)
    assert unknown.total("hobbs", "OY-SKB") == 4000 * HOUR + 3 * 3600
    assert unknown.total("airborne", "OY-SKB") == 3000 * HOUR + 3 * 3000
    assert unknown.total("landings", "OY-SKB") == 6000 + 9


def test_flights_that_came_after_the_comparison_do_not_disturb_the_offer(unknown: Hub) -> None:
    unknown.fly("OY-SKB", hours_ago=30, durations={"HOBBS": 3600, "AIRBORNE": 3000})
    unknown.sync()
    unknown.fly("OY-SKB", hours_ago=3, durations={"HOBBS": 7200, "AIRBORNE": 3000})
    unknown.serving.faults.add("unauthorized", operation="Aircraft", times=None)
    unknown.sync()
    adopt_partner_total(unknown.counter("hobbs", "OY-SKB"), acting_user=unknown.acting_user)
    assert unknown.total("hobbs", "OY-SKB") == 4000 * HOUR + 3600 + 7200


def test_a_known_total_is_never_adopted_over(hub: Hub) -> None:
    hub.fly()
    hub.sync()
    with pytest.raises(RuleBroken, match="no partner's total to adopt"):
        adopt_partner_total(hub.counter("hobbs"), acting_user=hub.acting_user)
    assert UsageEntry.objects.filter(counter=hub.counter("hobbs"), kind="opening").count() == 1


def test_adopting_needs_both_permissions(unknown: Hub) -> None:
    unknown.fly("OY-SKB")
    unknown.sync()
    for permission in ("integrations.edit", "fleet.record_usage"):
        half = Actor(ActorKind.PERSON, None, "Kim", frozenset({permission}))
        with pytest.raises(NotPermitted):
            adopt_partner_total(unknown.counter("hobbs", "OY-SKB"), acting_user=half)


def disagree(hub: Hub, seconds: int) -> None:
    """The partner corrects its own total, or ours was adopted wrongly."""
    with hub.world.lock:
        log = hub.world.aircraft_called("OY-SKA").logs[0]
        log.total_seconds += seconds


def open_discrepancies() -> list[tuple[str, int | None, int | None]]:
    rows = Discrepancy.objects.filter(settled_at=None)
    return [(row.code, row.expected, row.found) for row in rows]


def test_totals_that_agree_raise_nothing(hub: Hub) -> None:
    hub.fly()
    hub.sync()
    assert set(CounterMapping.objects.exclude(gap=None).values_list("gap", flat=True)) == {0}
    assert open_discrepancies() == []


def test_we_are_ahead_and_that_is_said_at_the_second_look(hub: Hub) -> None:
    hub.fly(durations={"HOBBS": 3600, "AIRBORNE": 3000})
    disagree(hub, -720)
    hub.sync()
    assert open_discrepancies() == []
    hub.sync()
    ours = OPENINGS["hobbs"] + 3600
    assert open_discrepancies() == [("partner_total", ours, ours - 720)]
    assert hub.total("hobbs") == ours, "never overwritten"
    disagree(hub, 720)
    hub.sync()
    assert open_discrepancies() == []
    assert Discrepancy.objects.get().note == "The totals agree again."


def test_the_partner_may_be_ahead_for_two_days(hub: Hub) -> None:
    hub.fly()
    disagree(hub, 3600)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for hours, expected in ((0, 0), (24, 0), (23, 0), (1, 1), (1, 1)):
            clock.shift(timedelta(hours=hours))
            hub.sync()
            assert len(open_discrepancies()) == expected, hours


def test_a_difference_that_somebody_accepted_is_not_raised_again(hub: Hub) -> None:
    hub.fly()
    disagree(hub, -360)
    hub.sync()
    hub.sync()
    settle_discrepancy(Discrepancy.objects.get(), reason="Meter was reset there.", acting_user=hub.acting_user)
    hub.sync()
    assert open_discrepancies() == []
    disagree(hub, -360)
    hub.sync()
    assert len(open_discrepancies()) == 1
