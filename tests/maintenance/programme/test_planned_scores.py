"""The SQL of forecasts against the rules, with flights planned, aircraft standing, schedules complete, ratios."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from django.db import transaction

from hangarlink.fleet.models import Counter, FlightSchedule, Parking, PlannedFlight, PlannedUse, UseRatio
from hangarlink.maintenance.programme.queries import listing
from hangarlink.maintenance.programme.queries.item import usage_of
from hangarlink.maintenance.programme.queries.plans import Outlook, outlooks
from hangarlink.maintenance.programme.rules.forecast import UNKNOWN, Forecast, reached_in
from hangarlink.maintenance.programme.rules.pace import PaceSource
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.rules.status import state_of
from hangarlink.platform.tenancy.models import Account
from tests.maintenance.programme.conftest import NOW
from tests.maintenance.programme.test_scores import (
    TODAY,
    Fleet,
    _forecast,
    every_state_and_forecast,
    nothing_missed_within_a_horizon,
)

DAY = timedelta(days=1)
SEEDS = range(10)


class Planned(Fleet):
    """The same fleet with random plans around it."""

    def _counter(self, number: int) -> Counter:
        counter = super()._counter(number)
        if counter.recent_days:
            counter.recent_as_of = TODAY - self.random.choice([0, 0, 3]) * DAY
        counter.total_at = self.random.choice([counter.total_at, NOW - 12 * DAY, NOW - 30 * DAY])
        counter.save()
        return counter

    def _plan(self) -> None:
        self._stand()
        self._follow()
        for one in self.aircraft:
            if self.random.random() < 0.4:
                FlightSchedule.objects.create(account=self.account, aircraft=one, complete_until=self._day())
            for _ in range(self.random.randint(2, 7)):
                self._flight(one.id)
        self.outlooks: dict[UUID, Outlook] = outlooks(self.counters, TODAY)

    def _day(self) -> date:
        return TODAY + self.random.randrange(-15, 30) * DAY

    def _stand(self) -> None:
        for one in self.random.choices(self.aircraft, k=self.random.randrange(4)):
            first = self._day()
            last = self.random.choice([None, first + self.random.randrange(9) * DAY, first])
            Parking.objects.create(
                account=self.account, aircraft=one, starts_on=first, ends_on=last, reason="storage", source="manual"
            )

    def _follow(self) -> None:
        half = len(self.counters) * 2 // 3
        for counter in self.counters[:half]:
            others = [one for one in self.counters[half:] if one.aircraft_id == counter.aircraft_id]
            if others and self.random.random() < 0.9:
                UseRatio.objects.create(
                    account=self.account, counter=counter, follows=self.random.choice(others),
                    use=self.random.randint(1, 3), per=self.random.randint(1, 3),
                )  # fmt: skip

    def _flight(self, aircraft_id: UUID) -> None:
        starts = datetime.combine(self._day(), NOW.time(), UTC) + self.random.randrange(-12, 12) * timedelta(hours=1)
        flight = PlannedFlight.objects.create(
            account=self.account, aircraft_id=aircraft_id, starts_at=starts, ends_at=starts + timedelta(hours=1),
            source="manual",
        )  # fmt: skip
        own = [one for one in self.counters if one.aircraft_id == aircraft_id]
        for counter in self.random.sample(own, k=self.random.randint(0, min(3, len(own)))):
            PlannedUse.objects.create(
                account=self.account, flight=flight, counter=counter, amount=self.random.randrange(6)
            )

    def _counted(self, counter: Counter, limit: int, window: int) -> tuple[State, Forecast]:
        """As the rules say with the outlook that was read for them."""
        outlook = self.outlooks[counter.id]
        now = usage_of(counter, counter.aircraft, TODAY, outlook)
        if now.total is None:
            return State.UNKNOWN, UNKNOWN
        left = limit - now.total
        if now.stale and left >= 0:
            return State.UNKNOWN, UNKNOWN
        return state_of(left, window), _forecast(left, reached_in(left, outlook.plan, TODAY))


@pytest.mark.parametrize("seed", SEEDS)
def test_sql_says_what_the_rules_say_of_plans(seed: int, acting: Account) -> None:
    acting.time_zone = "America/Los_Angeles" if seed % 2 else "UTC"
    acting.save()
    fleet = Planned(Random(seed), acting)
    assert any(one.plan.planned or one.plan.idle for one in fleet.outlooks.values()), "something is planned"
    every_state_and_forecast(fleet)
    with pytest.MonkeyPatch.context() as tuned:
        tuned.setattr(listing, "SMALL", -1)
        every_state_and_forecast(fleet)
    nothing_missed_within_a_horizon(fleet)


def test_every_way_of_going_on_is_met(acting: Account) -> None:
    """The seeds above would say little if their random plans left something out."""
    found = [one for seed in SEEDS for one in _outlooks_of(seed, acting)]
    assert {one.source for one in found} == set(PaceSource)
    assert any(one.plan.planned for one in found)
    assert any(one.complete_until for one in found)
    assert any(one.parked for one in found)


def _outlooks_of(seed: int, account: Account) -> list[Outlook]:
    with transaction.atomic():
        found = list(Planned(Random(seed), account).outlooks.values())
        transaction.set_rollback(True)
    return found
