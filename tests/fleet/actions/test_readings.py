"""Openings, readings, changed instruments; taking them back; discrepancies."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hangarlink.fleet.actions import (
    correct_flight,
    correct_reading,
    correct_replacement,
    record_reading,
    replace_instrument,
    set_opening,
    settle_discrepancy,
    withdraw_entry,
)
from hangarlink.fleet.models import Correction, Discrepancy, Flight, UsageEntry
from hangarlink.fleet.queries import totals_at
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.fleet.conftest import HOUR, Logbook, at, flight

RECORDER = Actor(ActorKind.PERSON, None, "Technician", frozenset({"fleet.record_usage"}))


def opened(logbook: Logbook, hours: int = 1000) -> Logbook:
    set_opening(logbook.airborne, total=hours * HOUR, at=at(1), acting_user=logbook.acting_user)
    return logbook


class TestOpening:
    def test_it_makes_the_total_known(self, logbook: Logbook) -> None:
        entry = set_opening(logbook.airborne, total=10, at=at(1), acting_user=logbook.acting_user)
        assert (entry.total_after, entry.offset_after) == (10, 0)
        assert logbook.total() == 10
        counter = logbook.airborne
        assert (counter.total_at, counter.known_from, counter.anchored_at, counter.meter_offset) == (at(1),) * 3 + (0,)
        assert OutboxEvent.objects.filter(type="opening.set").count() == 1
        assert not OutboxEvent.objects.filter(type="usage.corrected").exists()
        assert AuditEntry.objects.filter(object_id=counter.id, action="opening recorded").count() == 1

    def test_flights_after_it_count_even_those_told_before(self, logbook: Logbook) -> None:
        logbook.fly(HOUR, "before", day=1, hour=-2)
        logbook.fly(HOUR, "after", day=2)
        opened(logbook)
        assert logbook.total() == 1001 * HOUR

    def test_the_same_again_is_nothing(self, logbook: Logbook) -> None:
        opened(opened(logbook))
        assert UsageEntry.objects.count() == 1

    def test_another_one_is_a_correction_with_a_reason(self, logbook: Logbook) -> None:
        opened(logbook).fly(HOUR, "a", day=3)
        with pytest.raises(RuleBroken, match="Say why"):
            set_opening(logbook.airborne, total=7, at=at(1), acting_user=logbook.acting_user)
        with pytest.raises(NotPermitted):
            set_opening(logbook.airborne, total=7, at=at(1), reason="Typo.", acting_user=RECORDER)
        set_opening(logbook.airborne, total=900 * HOUR, at=at(2), reason="Typo.", acting_user=logbook.acting_user)
        assert logbook.total() == 901 * HOUR
        assert logbook.airborne.known_from == at(2)
        kept = Correction.objects.get()
        assert kept.reason == "Typo."
        assert (kept.old["total"], kept.new["total"] if kept.new else None) == (1000 * HOUR, 900 * HOUR)
        assert OutboxEvent.objects.filter(type="usage.corrected").count() == 1

    def test_it_may_move_behind_a_flight(self, logbook: Logbook) -> None:
        opened(logbook).fly(HOUR, "a", day=3)
        set_opening(logbook.airborne, total=1000 * HOUR, at=at(5), reason="Later.", acting_user=logbook.acting_user)
        assert logbook.total() == 1000 * HOUR
        assert totals_at([(logbook.airborne.id, at(4))]) == [None]

    def test_it_may_differ_from_the_instrument(self, logbook: Logbook) -> None:
        set_opening(logbook.airborne, total=5000, reading=1200, at=at(1), acting_user=logbook.acting_user)
        record_reading(logbook.airborne, reading=1210, at=at(2), acting_user=logbook.acting_user)
        assert logbook.total() == 5010
        assert logbook.airborne.meter_offset == 3800

    def test_one_above_a_later_reading_is_refused(self, logbook: Logbook) -> None:
        record_reading(logbook.airborne, reading=100, at=at(5), acting_user=logbook.acting_user)
        with pytest.raises(RuleBroken, match="later entry says") as refused:
            set_opening(logbook.airborne, total=101, at=at(1), acting_user=logbook.acting_user)
        assert refused.value.field == "total"
        assert logbook.total() == 100
        set_opening(logbook.airborne, total=99, at=at(1), acting_user=logbook.acting_user)

    def test_one_below_an_earlier_reading_is_refused(self, logbook: Logbook) -> None:
        record_reading(logbook.airborne, reading=100, at=at(1), acting_user=logbook.acting_user)
        with pytest.raises(RuleBroken, match="never falls"):
            set_opening(logbook.airborne, total=99, at=at(2), acting_user=logbook.acting_user)


class TestReading:
    def test_it_adds_what_no_flight_told(self, logbook: Logbook) -> None:
        opened(logbook).fly(HOUR, "a", day=2)
        entry = record_reading(logbook.airborne, reading=1003 * HOUR, at=at(3), acting_user=logbook.acting_user)
        assert (entry.total_after, entry.added) == (1003 * HOUR, 2 * HOUR)
        assert logbook.total() == 1003 * HOUR
        logbook.fly(HOUR, "b", day=4)
        assert logbook.total() == 1004 * HOUR

    def test_it_can_be_the_first_thing_known(self, logbook: Logbook) -> None:
        logbook.fly(HOUR, "a", day=2)
        record_reading(logbook.airborne, reading=500, at=at(3), acting_user=logbook.acting_user)
        assert logbook.total() == 500

    def test_told_twice_it_is_recorded_once(self, logbook: Logbook) -> None:
        first, second = (
            record_reading(logbook.airborne, reading=500, at=at(3), acting_user=logbook.acting_user) for _ in range(2)
        )
        assert first.id == second.id

    def test_a_falling_total_is_refused_with_the_numbers(self, logbook: Logbook) -> None:
        opened(logbook).fly(HOUR, "a", day=2)
        with pytest.raises(RuleBroken, match=r"total of 1000:59:59, but the counter stood at 1001:00:00") as refused:
            record_reading(logbook.airborne, reading=1001 * HOUR - 1, at=at(3), acting_user=logbook.acting_user)
        assert refused.value.field == "reading"
        assert logbook.total() == 1001 * HOUR
        assert UsageEntry.objects.filter(kind="reading").count() == 0

    def test_one_in_the_past_must_fit_what_came_later(self, logbook: Logbook) -> None:
        opened(logbook).fly(2 * HOUR, "a", day=4)
        record_reading(logbook.airborne, reading=1003 * HOUR, at=at(5), acting_user=logbook.acting_user)
        with pytest.raises(RuleBroken, match="later entry"):
            record_reading(logbook.airborne, reading=1001 * HOUR + 1, at=at(3), acting_user=logbook.acting_user)
        record_reading(logbook.airborne, reading=1001 * HOUR, at=at(3), acting_user=logbook.acting_user)
        assert logbook.total() == 1003 * HOUR

    @pytest.mark.parametrize(("reading", "said"), [(-1, "negative"), (10**12, "more than"), (1.5, "whole")])
    def test_an_impossible_value(self, logbook: Logbook, reading: int, said: str) -> None:
        with pytest.raises(RuleBroken, match=said):
            record_reading(logbook.airborne, reading=reading, at=at(3), acting_user=logbook.acting_user)

    def test_the_future_and_the_stranger(self, logbook: Logbook) -> None:
        soon = timezone.now() + timedelta(minutes=10)
        with pytest.raises(RuleBroken, match="in the future"):
            record_reading(logbook.airborne, reading=1, at=soon, acting_user=logbook.acting_user)
        stranger = Actor(ActorKind.PERSON, None, "Reader", frozenset({"fleet.view"}))
        with pytest.raises(NotPermitted):
            record_reading(logbook.airborne, reading=1, at=at(1), acting_user=stranger)

    def test_a_flight_at_the_same_instant_comes_first(self, logbook: Logbook) -> None:
        opened(logbook)
        record_reading(logbook.airborne, reading=1001 * HOUR, at=at(2, 10), acting_user=logbook.acting_user)
        logbook.fly(HOUR, "a", day=2, hour=9)
        assert logbook.total() == 1001 * HOUR


class TestReplacement:
    def test_e23_the_total_goes_on(self, logbook: Logbook) -> None:
        set_opening(logbook.airborne, total=1233 * HOUR, at=at(1), acting_user=logbook.acting_user)
        replace_instrument(
            logbook.airborne, at=at(5), last_reading=1300 * HOUR, new_start=10 * HOUR, acting_user=logbook.acting_user
        )
        record_reading(logbook.airborne, reading=50 * HOUR, at=at(9), acting_user=logbook.acting_user)
        assert logbook.total() == (1233 + 107) * HOUR
        due = (1233 + 400) * HOUR
        assert due - (logbook.airborne.meter_offset or 0) == 343 * HOUR

    def test_without_a_last_reading_the_flights_count(self, logbook: Logbook) -> None:
        opened(logbook).fly(HOUR, "a", day=2)
        replace_instrument(logbook.airborne, at=at(3), last_reading=None, new_start=0, acting_user=logbook.acting_user)
        record_reading(logbook.airborne, reading=2 * HOUR, at=at(4), acting_user=logbook.acting_user)
        assert logbook.total() == 1003 * HOUR

    def test_it_needs_a_known_total(self, logbook: Logbook) -> None:
        with pytest.raises(RuleBroken, match="opening balance first"):
            replace_instrument(
                logbook.airborne, at=at(3), last_reading=None, new_start=0, acting_user=logbook.acting_user
            )
        assert not UsageEntry.objects.exists()

    def test_it_can_be_corrected(self, logbook: Logbook) -> None:
        opened(logbook)
        wrong = replace_instrument(
            logbook.airborne, at=at(3), last_reading=1001 * HOUR, new_start=5, acting_user=logbook.acting_user
        )
        record_reading(logbook.airborne, reading=HOUR, at=at(4), acting_user=logbook.acting_user)
        right = correct_replacement(
            wrong, last_reading=1002 * HOUR, new_start=0, reason="Misread.", acting_user=logbook.acting_user
        )
        assert right.total_after == 1002 * HOUR
        assert logbook.total() == 1003 * HOUR


class TestTakingBack:
    def test_a_corrected_reading_keeps_its_place_and_the_old_value(self, logbook: Logbook) -> None:
        opened(logbook)
        wrong = record_reading(logbook.airborne, reading=1090 * HOUR, at=at(3), acting_user=logbook.acting_user)
        right = correct_reading(wrong, reading=1009 * HOUR, reason="Digits swapped.", acting_user=logbook.acting_user)
        assert logbook.total() == 1009 * HOUR
        assert (right.at, right.sequence) == (wrong.at, wrong.sequence)
        wrong.refresh_from_db()
        assert wrong.superseded_at is not None
        kept = Correction.objects.get()
        assert (kept.entry_id, kept.made_by, kept.reason) == (wrong.id, logbook.acting_user.id, "Digits swapped.")
        with pytest.raises(RuleBroken, match="already"):
            correct_reading(wrong, reading=1, reason="x", acting_user=logbook.acting_user)

    def test_a_correction_may_not_make_a_total_fall(self, logbook: Logbook) -> None:
        opened(logbook)
        first = record_reading(logbook.airborne, reading=1001 * HOUR, at=at(3), acting_user=logbook.acting_user)
        record_reading(logbook.airborne, reading=1002 * HOUR, at=at(4), acting_user=logbook.acting_user)
        with pytest.raises(RuleBroken, match="later entry"):
            correct_reading(first, reading=1003 * HOUR, reason="x", acting_user=logbook.acting_user)
        first.refresh_from_db()
        assert first.superseded_at is None

    def test_a_withdrawn_reading_no_longer_counts(self, logbook: Logbook) -> None:
        opened(logbook)
        entry = record_reading(logbook.airborne, reading=1001 * HOUR, at=at(3), acting_user=logbook.acting_user)
        withdraw_entry(entry, reason="Other aircraft.", acting_user=logbook.acting_user)
        assert logbook.total() == 1000 * HOUR
        assert Correction.objects.get().new is None

    def test_a_withdrawn_opening_makes_the_total_unknown(self, logbook: Logbook) -> None:
        entry = set_opening(logbook.airborne, total=5, at=at(1), acting_user=logbook.acting_user)
        withdraw_entry(entry, reason="Other aircraft.", acting_user=logbook.acting_user)
        assert logbook.total() is None
        counter = logbook.airborne
        assert (counter.total_at, counter.known_from, counter.anchored_at, counter.meter_offset) == (None,) * 4

    def test_what_a_flight_added_is_taken_back_with_the_flight(self, logbook: Logbook) -> None:
        opened(logbook).fly(HOUR, "a")
        entry = UsageEntry.objects.get(kind="flight")
        with pytest.raises(RuleBroken, match="Correct or cancel the flight"):
            withdraw_entry(entry, reason="x", acting_user=logbook.acting_user)


class TestDiscrepancies:
    def contradicted(self, logbook: Logbook) -> Discrepancy:
        """E36: flights of 5 hours, a reading that agrees, then a late flight of 2 hours before the reading."""
        opened(logbook).fly(5 * HOUR, "a", day=2)
        record_reading(logbook.airborne, reading=1005 * HOUR, at=at(4), acting_user=logbook.acting_user)
        logbook.fly(2 * HOUR, "late", day=3)
        return Discrepancy.objects.get()

    def test_a_late_flight_counts_and_the_reading_stays(self, logbook: Logbook) -> None:
        found = self.contradicted(logbook)
        assert logbook.total() == 1007 * HOUR
        assert found.entry is not None
        assert found.entry.reading == 1005 * HOUR
        assert (found.expected, found.found, found.settled_at) == (1007 * HOUR, 1005 * HOUR, None)
        assert OutboxEvent.objects.filter(type="discrepancy.raised").count() == 1

    def test_a_late_flight_that_the_reading_has_room_for_is_absorbed(self, logbook: Logbook) -> None:
        opened(logbook).fly(2 * HOUR, "a", day=2)
        entry = record_reading(logbook.airborne, reading=1005 * HOUR, at=at(4), acting_user=logbook.acting_user)
        logbook.fly(2 * HOUR, "late", day=3)
        assert logbook.total() == 1005 * HOUR
        assert not Discrepancy.objects.exists()
        entry.refresh_from_db()
        assert entry.added == HOUR
        assert totals_at([(logbook.airborne.id, at(3, 12))]) == [1004 * HOUR]

    def test_a_second_late_flight_updates_it(self, logbook: Logbook) -> None:
        found = self.contradicted(logbook)
        logbook.fly(HOUR, "later still", day=3, hour=15)
        found.refresh_from_db()
        assert found.expected == 1008 * HOUR
        assert Discrepancy.objects.count() == 1

    def test_it_settles_by_itself_when_the_flight_is_corrected(self, logbook: Logbook) -> None:
        found = self.contradicted(logbook)
        late = Flight.objects.get(external_id="late")
        correct_flight(late, amounts={logbook.airborne.id: 0}, reason="Sim.", acting_user=logbook.acting_user)
        found.refresh_from_db()
        assert found.settled_at is not None
        assert found.settled_by is None
        assert logbook.total() == 1005 * HOUR
        assert OutboxEvent.objects.filter(type="discrepancy.settled").count() == 1

    def test_it_settles_by_itself_when_the_reading_is_corrected(self, logbook: Logbook) -> None:
        found = self.contradicted(logbook)
        assert found.entry is not None
        correct_reading(found.entry, reading=1007 * HOUR, reason="Misread.", acting_user=logbook.acting_user)
        found.refresh_from_db()
        assert found.settled_at is not None

    def test_the_meter_lags_until_a_person_settles_it(self, logbook: Logbook) -> None:
        found = self.contradicted(logbook)
        with pytest.raises(RuleBroken, match="never falls"):
            record_reading(logbook.airborne, reading=1006 * HOUR, at=at(6), acting_user=logbook.acting_user)
        settle_discrepancy(found, reason="The meter was off for two hours.", acting_user=logbook.acting_user)
        found.refresh_from_db()
        assert found.settled_by == logbook.acting_user.id
        assert logbook.total() == 1007 * HOUR
        record_reading(logbook.airborne, reading=1006 * HOUR, at=at(6), acting_user=logbook.acting_user)
        assert logbook.total() == 1008 * HOUR
        with pytest.raises(RuleBroken, match="settled already"):
            settle_discrepancy(found, reason="x", acting_user=logbook.acting_user)

    def test_what_a_person_settled_comes_back_only_with_new_numbers(self, logbook: Logbook) -> None:
        settle_discrepancy(self.contradicted(logbook), reason="Known.", acting_user=logbook.acting_user)
        logbook.fly(HOUR, "c", day=2, hour=20, departure="EKRK")
        assert [d.expected for d in Discrepancy.objects.filter(settled_at=None)] == [1008 * HOUR]
        logbook.fly(HOUR, "c", day=2, hour=20, departure="EKBI")
        assert Discrepancy.objects.filter(settled_at=None).count() == 1

    def test_old_contradictions_do_not_stand_in_the_way_of_new_readings(self, logbook: Logbook) -> None:
        self.contradicted(logbook)
        record_reading(logbook.airborne, reading=1008 * HOUR, at=at(6), acting_user=logbook.acting_user)
        assert logbook.total() == 1008 * HOUR


def test_e35_a_corrected_flight_moves_what_was_derived(logbook: Logbook) -> None:
    set_opening(logbook.airborne, total=1490 * HOUR, at=at(1), acting_user=logbook.acting_user)
    logbook.record(flight(logbook.aircraft, {logbook.airborne: 18 * HOUR}, "typo", day=3))
    logbook.fly(8 * HOUR + 720, "b", day=7)
    check = (logbook.airborne.id, at(10))
    assert totals_at([check]) == [1516 * HOUR + 720]
    typo = Flight.objects.get(external_id="typo")
    correct_flight(
        typo, amounts={logbook.airborne.id: HOUR + 2880}, reason="18.0 for 1.8", acting_user=logbook.acting_user
    )
    assert totals_at([check]) == [1500 * HOUR]
    assert logbook.total() == 1500 * HOUR
