"""Flights corrected, cancelled and reinstated: by a person and by the source."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.actions import (
    cancel_flight,
    cancel_flights,
    correct_flight,
    record_reading,
    reinstate_flight,
    set_opening,
)
from hangarlink.fleet.facts import OnKnown, Verdict, Why
from hangarlink.fleet.models import Correction, Flight, UsageEntry
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.fleet.conftest import HOUR, Logbook, at, flight

SYNC = Actor(ActorKind.CONNECTION, None, "FlightLogger", frozenset({"fleet.record_usage", "fleet.correct_usage"}))


@pytest.fixture
def flown(logbook: Logbook) -> Flight:
    """One hour on top of 1,000, told by FlightLogger as "a"."""
    set_opening(logbook.airborne, total=1000 * HOUR, at=at(1), acting_user=logbook.acting_user)
    outcome = logbook.fly(HOUR, "a", content_hash=b"1")
    return Flight.objects.get(pk=outcome.flight_id)


class TestCorrect:
    def test_old_and_new_are_kept(self, logbook: Logbook, flown: Flight) -> None:
        amounts = {logbook.airborne.id: 2 * HOUR, logbook.landings.id: 1}
        correct_flight(flown, amounts=amounts, reason=" Typed  twice. ", acting_user=logbook.acting_user)
        assert logbook.total() == 1002 * HOUR
        kept = Correction.objects.get()
        assert (kept.reason, kept.made_by, kept.made_by_label) == (
            "Typed twice.",
            logbook.acting_user.id,
            logbook.acting_user.label,
        )
        assert kept.old == {"amounts": {str(logbook.airborne.id): HOUR}}
        assert AuditEntry.objects.filter(object_id=flown.id, action="corrected").count() == 1

    def test_nothing_differs_nothing_is_written(self, logbook: Logbook, flown: Flight) -> None:
        correct_flight(flown, amounts={logbook.airborne.id: HOUR}, reason="x", acting_user=logbook.acting_user)
        assert not Correction.objects.exists()

    @pytest.mark.parametrize("amount", [-1, 10**12])
    def test_impossible_amounts(self, logbook: Logbook, flown: Flight, amount: int) -> None:
        with pytest.raises(RuleBroken) as refused:
            correct_flight(flown, amounts={logbook.airborne.id: amount}, reason="x", acting_user=logbook.acting_user)
        assert refused.value.field == "amounts"
        with pytest.raises(RuleBroken, match="no counter"):
            correct_flight(flown, amounts={}, reason="x", acting_user=logbook.acting_user)
        with pytest.raises(RuleBroken, match="not a counter"):
            correct_flight(flown, amounts={flown.id: 1}, reason="x", acting_user=logbook.acting_user)

    def test_it_needs_a_reason_and_the_permission(self, logbook: Logbook, flown: Flight) -> None:
        with pytest.raises(RuleBroken, match="Say why"):
            correct_flight(flown, amounts={logbook.airborne.id: 1}, reason=" ", acting_user=logbook.acting_user)
        recorder = Actor(ActorKind.PERSON, None, "Technician", frozenset({"fleet.record_usage"}))
        with pytest.raises(NotPermitted):
            correct_flight(flown, amounts={logbook.airborne.id: 1}, reason="x", acting_user=recorder)

    def test_the_source_does_not_overrule_a_person(self, logbook: Logbook, flown: Flight) -> None:
        correct_flight(flown, amounts={logbook.airborne.id: 2 * HOUR}, reason="x", acting_user=logbook.acting_user)
        same = logbook.fly(HOUR, "a", content_hash=b"1")
        assert same.verdict is Verdict.UNCHANGED
        changed = logbook.fly(3 * HOUR, "a", content_hash=b"2")
        assert (changed.verdict, changed.code) == (Verdict.REJECTED, Why.DECIDED_HERE)
        assert "A person corrected this flight" in changed.message
        agrees = logbook.fly(2 * HOUR, "a", content_hash=b"3")
        assert agrees.verdict is Verdict.UNCHANGED
        no_hash = logbook.fly(HOUR, "a")
        assert (no_hash.verdict, no_hash.code) == (Verdict.SKIPPED, Why.DECIDED_HERE)
        assert logbook.total() == 1002 * HOUR


class TestCancel:
    def test_a_source_takes_back_what_it_told(self, logbook: Logbook, flown: Flight) -> None:
        outcomes = cancel_flights(
            ["a", "never", "a", ""], source="flightlogger", reason="Deleted there.", acting_user=SYNC
        )
        assert [o.verdict for o in outcomes] == [
            Verdict.CORRECTED,
            Verdict.SKIPPED,
            Verdict.CORRECTED,
            Verdict.SKIPPED,
        ]
        assert outcomes[1].code == Why.NOT_RECORDED
        assert logbook.total() == 1000 * HOUR
        assert logbook.airborne.total_at == at(1)
        kept = Correction.objects.get()
        assert kept.new is None
        assert kept.old["amounts"] == {str(logbook.airborne.id): HOUR}
        assert OutboxEvent.objects.filter(type="flight.cancelled").count() == 1
        assert UsageEntry.objects.filter(kind="flight", superseded_at=None).count() == 0
        (again,) = cancel_flights(["a"], source="flightlogger", reason="Deleted there.", acting_user=SYNC)
        assert again.verdict is Verdict.UNCHANGED
        assert Correction.objects.count() == 1

    def test_another_source_cannot(self, logbook: Logbook, flown: Flight) -> None:
        (outcome,) = cancel_flights(["a"], source="api", reason="x", acting_user=SYNC)
        assert outcome.verdict is Verdict.SKIPPED
        assert logbook.total() == 1001 * HOUR

    def test_what_a_person_corrected_is_left_for_a_person(self, logbook: Logbook, flown: Flight) -> None:
        correct_flight(flown, amounts={logbook.airborne.id: 2 * HOUR}, reason="x", acting_user=logbook.acting_user)
        (outcome,) = cancel_flights(["a"], source="flightlogger", reason="Deleted there.", acting_user=SYNC)
        assert (outcome.verdict, outcome.code) == (Verdict.REJECTED, Why.DECIDED_HERE)
        assert logbook.total() == 1002 * HOUR
        cancel_flight(flown, reason="It never flew.", acting_user=logbook.acting_user)
        assert logbook.total() == 1000 * HOUR

    def test_a_source_may_bring_back_what_it_took_back(self, logbook: Logbook, flown: Flight) -> None:
        cancel_flights(["a"], source="flightlogger", reason="Deleted there.", acting_user=SYNC)
        (outcome,) = logbook.record(flight(logbook.aircraft, {logbook.airborne: HOUR}, "a", content_hash=b"1"))
        assert (outcome.verdict, outcome.flight_id) == (Verdict.CORRECTED, flown.id)
        assert logbook.total() == 1001 * HOUR

    def test_but_not_what_a_person_cancelled(self, logbook: Logbook, flown: Flight) -> None:
        cancel_flight(flown, reason="Simulator.", acting_user=logbook.acting_user)
        assert logbook.fly(HOUR, "a", content_hash=b"1").code == Why.CANCELLED
        assert logbook.fly(HOUR, "a").code == Why.CANCELLED
        changed = logbook.fly(HOUR, "a", content_hash=b"2")
        assert (changed.verdict, changed.code) == (Verdict.REJECTED, Why.DECIDED_HERE)
        (skipped,) = logbook.record(flight(logbook.aircraft, {logbook.airborne: HOUR}, "a"), on_known=OnKnown.SKIP)
        assert (skipped.verdict, skipped.code) == (Verdict.SKIPPED, Why.CANCELLED)
        assert logbook.total() == 1000 * HOUR
        with pytest.raises(RuleBroken, match="cancelled already"):
            cancel_flight(flown, reason="x", acting_user=logbook.acting_user)

    def test_its_time_is_free_for_others(self, logbook: Logbook, flown: Flight) -> None:
        cancel_flight(flown, reason="Simulator.", acting_user=logbook.acting_user)
        assert logbook.fly(HOUR, "b").verdict is Verdict.CREATED
        with pytest.raises(RuleBroken, match="flew another flight then: the flight flightlogger b"):
            reinstate_flight(flown, reason="It flew.", acting_user=logbook.acting_user)

    def test_a_nameless_one_told_again_stays_cancelled(self, logbook: Logbook, flown: Flight) -> None:
        outcome = logbook.fly(HOUR, day=6)
        cancel_flight(Flight.objects.get(pk=outcome.flight_id), reason="x", acting_user=logbook.acting_user)
        again = logbook.fly(HOUR, day=6)
        assert (again.verdict, again.code) == (Verdict.SKIPPED, Why.CANCELLED)

    def test_a_hundred_cost_no_more_statements_than_one(self, logbook: Logbook, flown: Flight) -> None:
        moments = [flight(logbook.aircraft, {logbook.airborne: 1}, str(n), day=4, hour=n, hours=0) for n in range(100)]
        logbook.record(*moments)
        counts = []
        for names in (["a"], [str(n) for n in range(100)]):
            with CaptureQueriesContext(connection) as queries:
                cancel_flights(names, source="flightlogger", reason="x", acting_user=SYNC)
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert logbook.total() == 1000 * HOUR


class TestReinstate:
    def test_it_counts_again_as_it_did(self, logbook: Logbook, flown: Flight) -> None:
        cancel_flight(flown, reason="Simulator.", acting_user=logbook.acting_user)
        reinstate_flight(flown, reason="It flew after all.", acting_user=logbook.acting_user)
        assert logbook.total() == 1001 * HOUR
        assert [c.reason for c in Correction.objects.order_by("made_at", "id")] == ["Simulator.", "It flew after all."]
        assert AuditEntry.objects.filter(object_id=flown.id, action="reinstated").count() == 1
        with pytest.raises(RuleBroken, match="not cancelled"):
            reinstate_flight(flown, reason="x", acting_user=logbook.acting_user)

    def test_a_cancelled_flight_is_reinstated_before_it_is_corrected(self, logbook: Logbook, flown: Flight) -> None:
        cancel_flight(flown, reason="Simulator.", acting_user=logbook.acting_user)
        with pytest.raises(RuleBroken, match="Reinstate it first"):
            correct_flight(flown, amounts={logbook.airborne.id: 1}, reason="x", acting_user=logbook.acting_user)

    def test_between_two_readings_it_slots_back(self, logbook: Logbook, flown: Flight) -> None:
        record_reading(logbook.airborne, reading=1001 * HOUR, at=at(5), acting_user=logbook.acting_user)
        cancel_flight(flown, reason="x", acting_user=logbook.acting_user)
        assert logbook.total() == 1001 * HOUR, "the meter saw that hour, whoever flew it"
        reinstate_flight(flown, reason="x", acting_user=logbook.acting_user)
        assert logbook.total() == 1001 * HOUR
