"""Whatever happened in whatever order: what is kept beside the events is what they add up to, from nothing."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hangarlink.fleet.actions import (
    cancel_flight,
    cancel_flights,
    correct_flight,
    correct_reading,
    record_reading,
    reinstate_flight,
    replace_instrument,
    set_opening,
    settle_discrepancy,
    withdraw_entry,
)
from hangarlink.fleet.derived import UsageChange, register, unregister
from hangarlink.fleet.facts import FlightFact
from hangarlink.fleet.models import Counter, Discrepancy, Flight, UsageEntry
from hangarlink.fleet.queries import totals_at
from hangarlink.fleet.rules.fold import UsageEvent, fold, order
from hangarlink.fleet.vocabulary import EntryKind
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.fleet.conftest import Logbook, at

HOURS = 40


class _Undo(Exception):
    """Rolls an example back."""


@dataclass
class Hand:
    """Does one random thing to the logbook."""

    random: Random
    logbook: Logbook

    def moment(self) -> datetime:
        return at(1, self.random.randrange(HOURS))

    def amount(self) -> int:
        return self.random.randrange(200)

    def fly(self) -> None:
        page = []
        for _ in range(self.random.randrange(1, 5)):
            start = self.moment()
            end = start + timedelta(hours=self.random.choice([0, 1, 1, 2]))
            amounts = {self.logbook.airborne.id: self.amount(), self.logbook.landings.id: self.random.randrange(4)}
            name = self.random.choice(["", *"abcdefgh"])
            page.append(FlightFact(self.logbook.aircraft.id, name, start, end, amounts=amounts))
        self.logbook.record(*page)

    def open(self) -> None:
        counter = self.random.choice([self.logbook.airborne, self.logbook.landings])
        reading = self.random.choice([None, self.amount()])
        set_opening(
            counter, total=self.amount(), at=self.moment(), reading=reading, reason="x",
            acting_user=self.logbook.acting_user,
        )  # fmt: skip

    def read(self) -> None:
        last = self.logbook.total() or 0
        reading = last - (self.logbook.airborne.meter_offset or 0) + self.random.randrange(-20, 100)
        record_reading(self.logbook.airborne, reading=reading, at=self.moment(), acting_user=self.logbook.acting_user)

    def replace(self) -> None:
        replace_instrument(
            self.logbook.airborne, at=self.moment(), last_reading=self.random.choice([None, 300 + self.amount()]),
            new_start=self.random.randrange(20), acting_user=self.logbook.acting_user,
        )  # fmt: skip

    def correct_a_flight(self) -> None:
        if flight := self.any_flight():
            amounts = {self.logbook.airborne.id: self.amount()}
            correct_flight(flight, amounts=amounts, reason="x", acting_user=self.logbook.acting_user)

    def cancel(self) -> None:
        if flight := self.any_flight():
            cancel_flight(flight, reason="x", acting_user=self.logbook.acting_user)

    def drop(self) -> None:
        names = self.random.sample("abcdefgh", 3)
        cancel_flights(names, source="flightlogger", reason="x", acting_user=self.logbook.acting_user)

    def reinstate(self) -> None:
        if flight := self.any_flight():
            reinstate_flight(flight, reason="x", acting_user=self.logbook.acting_user)

    def correct_an_entry(self) -> None:
        if entry := self.any_entry():
            correct_reading(entry, reading=200 + self.amount(), reason="x", acting_user=self.logbook.acting_user)

    def withdraw(self) -> None:
        if entry := self.any_entry():
            withdraw_entry(entry, reason="x", acting_user=self.logbook.acting_user)

    def settle(self) -> None:
        for discrepancy in Discrepancy.objects.filter(settled_at=None)[:1]:
            settle_discrepancy(discrepancy, reason="x", acting_user=self.logbook.acting_user)

    def any_flight(self) -> Flight | None:
        flights = list(Flight.objects.order_by("started_at", "external_id"))
        return self.random.choice(flights) if flights else None

    def any_entry(self) -> UsageEntry | None:
        entries = list(UsageEntry.objects.exclude(kind="flight").filter(superseded_at=None).order_by("at", "sequence"))
        return self.random.choice(entries) if entries else None

    def act(self) -> None:
        does = [
            self.fly, self.fly, self.fly, self.open, self.read, self.read, self.replace, self.correct_a_flight,
            self.cancel, self.drop, self.reinstate, self.correct_an_entry, self.withdraw, self.settle,
        ]  # fmt: skip
        with suppress(RuleBroken):
            self.random.choice(does)()


def events_of(counter: Counter) -> list[UsageEvent]:
    rows = UsageEntry.objects.filter(counter=counter, superseded_at=None)
    events = [
        UsageEvent(EntryKind(e.kind), e.at, e.amount, e.stated, e.reading, e.new_start, e.sequence, e.id) for e in rows
    ]
    return sorted(events, key=order)


def check(counter: Counter) -> None:
    """Everything derived on the counter and its entries, and every total of the past, against the fold from nothing."""
    counter.refresh_from_db()
    events = events_of(counter)
    folded = fold(events)
    anchors = [e.at for e in events if e.kind is not EntryKind.FLIGHT]
    total = folded.state.total
    assert counter.total == total
    assert counter.meter_offset == (None if total is None else folded.state.offset)
    assert counter.total_at == max((e.at for e in events), default=None)
    assert (counter.known_from, counter.anchored_at) == (min(anchors, default=None), max(anchors, default=None))
    kept = {e.id: (e.total_after, e.offset_after, e.added) for e in UsageEntry.objects.filter(counter=counter)}
    for derived in folded.anchors:
        assert derived.ref is not None
        assert kept[derived.ref] == (derived.state.total, derived.state.offset, derived.added)
    moments = [at(1, hour) for hour in range(-1, HOURS + 4)]
    asked = totals_at([(counter.id, moment) for moment in moments])
    assert asked == [fold([e for e in events if e.at <= moment]).state.total for moment in moments]
    contradicted = {(c.ref, c.expected, c.found) for c in folded.contradictions}
    rows = Discrepancy.objects.filter(counter=counter)
    still_open = {(d.entry_id, d.expected, d.found) for d in rows if d.settled_at is None}
    by_a_person = {(d.entry_id, d.expected, d.found) for d in rows if d.settled_by_label}
    assert still_open <= contradicted <= still_open | by_a_person


class Witness:
    """A listener that checks what it is told against its own memory."""

    def __init__(self) -> None:
        self.totals: dict[UUID, int | None] = {}
        self.past: dict[UUID, list[int | None]] = {}

    def __call__(self, changes: "list[UsageChange]", *, acting_user: Actor) -> None:
        for change in changes:
            assert change.old_total == self.totals.get(change.counter_id)
            self.totals[change.counter_id] = change.new_total
            moments = [at(1, hour) for hour in range(HOURS)]
            now = totals_at([(change.counter_id, moment) for moment in moments])
            before = self.past.get(change.counter_id, [None] * HOURS)
            for moment, was, is_now in zip(moments, before, now, strict=True):
                assert was == is_now or (change.recompute_from is not None and moment >= change.recompute_from)
            self.past[change.counter_id] = now


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.integers(3, 25))
def test_what_is_kept_is_what_the_events_add_up_to(logbook: Logbook, random: Random, steps: int) -> None:
    witness = Witness()
    register(witness)
    try:
        with transaction.atomic():
            hand = Hand(random, logbook)
            for _ in range(steps):
                hand.act()
                check(logbook.airborne)
                check(logbook.landings)
                for counter in (logbook.airborne, logbook.landings):
                    assert witness.totals.get(counter.id) == counter.total
            raise _Undo
    except _Undo:
        pass
    finally:
        unregister(witness)
