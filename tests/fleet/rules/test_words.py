"""Counters, readings, texts, windows: the small rules."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from hangarlink.fleet.rules import texts
from hangarlink.fleet.rules.counters import USUAL, CounterPlan, check_kind_change, check_plans, plan
from hangarlink.fleet.rules.fold import Contradiction
from hangarlink.fleet.rules.readings import check_amount, check_moment, check_reason, falling
from hangarlink.fleet.rules.recent import window
from hangarlink.fleet.rules.staleness import is_stale
from hangarlink.fleet.vocabulary import AircraftStatus, CounterKind, Display, Slot
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.quantities import Unit

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class TestCounters:
    def test_what_is_left_out_is_usual(self) -> None:
        assert plan("hobbs") == CounterPlan(CounterKind.HOBBS, "Hobbs", Display.DECIMAL_1)
        assert plan("landings") == CounterPlan(CounterKind.LANDINGS, "Landings", Display.WHOLE)
        assert plan("airborne", slot="primary").slot is Slot.PRIMARY

    def test_the_usual_counters_fit(self) -> None:
        check_plans(USUAL)
        assert [plan(p.kind, name=p.name, display=p.display, slot=p.slot) for p in USUAL] == list(USUAL)

    @pytest.mark.parametrize("kind", CounterKind)
    def test_every_kind_has_a_unit_a_label_and_a_fitting_display(self, kind: CounterKind) -> None:
        assert kind.label
        assert plan(kind).kind.unit in {Unit.SECONDS, Unit.COUNT}

    @pytest.mark.parametrize(
        ("kind", "more", "field"),
        [
            ("hobs", {}, "kind"),
            ("hobbs", {"display": "hexadecimal"}, "display"),
            ("hobbs", {"display": "whole"}, "display"),
            ("landings", {"display": "hours_minutes"}, "display"),
            ("hobbs", {"slot": "fourth"}, "slot"),
            ("landings", {"slot": "primary"}, "slot"),
            ("engine_hours", {"slot": "primary"}, "slot"),
            ("hobbs", {"name": "x" * 61}, "name"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, kind: str, more: dict[str, str], field: str) -> None:
        with pytest.raises(RuleBroken) as refused:
            plan(kind, **more)
        assert refused.value.field == field

    def test_names_and_slots_are_there_once(self) -> None:
        with pytest.raises(RuleBroken, match="Two counters are named Hobbs"):
            check_plans([plan("hobbs"), plan("tach", name="Hobbs")])
        with pytest.raises(RuleBroken, match="primary"):
            check_plans([plan("hobbs", slot="primary"), plan("tach", slot="primary")])

    def test_hours_do_not_become_landings(self) -> None:
        check_kind_change(CounterKind.HOBBS, CounterKind.TACH)
        with pytest.raises(RuleBroken, match="Add a new counter"):
            check_kind_change(CounterKind.HOBBS, CounterKind.LANDINGS)


class TestReadings:
    def test_the_past_is_fine_and_the_future_is_not(self) -> None:
        check_moment(NOON + timedelta(minutes=5), NOON)
        with pytest.raises(RuleBroken, match=r"2026-03-02 12:06Z is in the future; it is 2026-03-02 12:00Z now"):
            check_moment(NOON + timedelta(minutes=6), NOON)
        with pytest.raises(RuleBroken, match="time zone"):
            check_moment(datetime(2026, 3, 1), NOON)
        with pytest.raises(RuleBroken, match="year"):
            check_moment(datetime(202, 3, 1, tzinfo=UTC), NOON)

    @pytest.mark.parametrize("value", [-1, 1.5, True, 10**12])
    def test_a_quantity_is_whole_positive_and_possible(self, value: int) -> None:
        with pytest.raises(RuleBroken) as refused:
            check_amount(value, Unit.COUNT, field="reading")
        assert refused.value.field == "reading"

    def test_a_falling_total_is_refused_with_the_numbers(self) -> None:
        typed = UUID(int=1)
        here = falling(Contradiction(typed, 3600, 1800), typed, Unit.SECONDS, field="reading")
        assert "total of 0:30:00" in str(here)
        assert "stood at 1:00:00" in str(here)
        there = falling(Contradiction(UUID(int=2), 12, 11), typed, Unit.COUNT, field="reading")
        assert "stand at 12 when a later entry says 11" in str(there)
        assert here.field == there.field == "reading"

    @pytest.mark.parametrize("reason", ["", "  \n ", "x" * 301])
    def test_a_correction_needs_a_reason(self, reason: str) -> None:
        with pytest.raises(RuleBroken):
            check_reason(reason)
        assert check_reason(" typed\n twice ") == "typed twice"


class TestTexts:
    def test_lines_are_trimmed_and_joined(self) -> None:
        assert texts.line("  OY-ABC\t ", field="registration", limit=20) == "OY-ABC"

    @pytest.mark.parametrize("value", ["a\x00", "\ud800"])
    def test_what_cannot_be_stored_is_refused(self, value: str) -> None:
        assert not texts.is_storable(value)
        with pytest.raises(RuleBroken, match="cannot be stored"):
            texts.text(value, field="notes")

    def test_specifications_are_named_texts_and_whole_numbers(self) -> None:
        given = {" MTOW ": 1157, "Engine": " IO-360 ", "IFR": True, "Fuel": "212.5"}
        assert texts.pairs(given, field="s") == {"MTOW": 1157, "Engine": "IO-360", "IFR": True, "Fuel": "212.5"}
        for bad in ({"": 1}, {"a": 1.5}, {"a": None}, {"a": {"b": 1}}, {"a": 2**60}, {f"{n}": n for n in range(201)}):
            with pytest.raises(RuleBroken):
                texts.pairs(bad, field="s")

    def test_a_word_of_the_vocabulary(self) -> None:
        assert texts.word(AircraftStatus, "maintenance", field="status") is AircraftStatus.MAINTENANCE
        with pytest.raises(RuleBroken, match="in_service, maintenance, out_of_service"):
            texts.word(AircraftStatus, "broken", field="status")


def test_the_window_of_recent_use_leaves_today_out() -> None:
    found = window(NOON, 30)
    assert found.as_of == date(2026, 3, 2)
    assert found.start == datetime(2026, 1, 31, tzinfo=UTC)
    assert found.end == datetime(2026, 3, 2, tzinfo=UTC)


def test_usage_goes_stale_after_the_days_have_passed() -> None:
    assert not is_stale(NOON - timedelta(days=7), NOON, 7)
    assert is_stale(NOON - timedelta(days=7, seconds=1), NOON, 7)
    assert is_stale(None, NOON, 7), "never entered is not fresh"
