"""Limits that wait for an event, limits that count from one, and repeats that depend on what was found."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from hangarlink.maintenance.programme.rules.codec import ScheduleInvalid, from_json, to_json
from hangarlink.maintenance.programme.rules.dues import Accomplishment, Awaiting, Happening, Reason, StartPoint
from hangarlink.maintenance.programme.rules.explain import TermExplanation, explain
from hangarlink.maintenance.programme.rules.forecast import NEVER, Rate, forecast
from hangarlink.maintenance.programme.rules.limits import (
    Basis,
    CounterLimit,
    EventLimit,
    RepeatWhen,
    Schedule,
    Start,
)
from hangarlink.maintenance.programme.rules.standing import Standing, standing
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.rules.status import Usage, status
from tests.maintenance.programme.rules.build import (
    CYC,
    FH,
    MONTHS,
    PlainWords,
    calendar,
    d,
    done,
    due,
    first,
    h,
    hours,
    last,
    now,
    repeat,
)

EFFECTIVE = Start.EFFECTIVE_DATE
SHOP_VISIT = EventLimit(event="shop_visit", start=EFFECTIVE)
HARD_LANDING = repeat(EventLimit(event="hard_landing"))


def happened(code: str, day: str, hour: int = 9, **values: int) -> Happening:
    named = {FH if name == "fh" else name: value for name, value in values.items()}
    return Happening(code, datetime.combine(d(day), time(hour), UTC), StartPoint(d(day), named))


def stands(
    schedule: Schedule,
    *history: Accomplishment,
    events: tuple[Happening, ...] = (),
    starts: Mapping[Start, StartPoint] | None = None,
) -> Standing:
    return standing(schedule, history, starts or {}, events)


class TestE21TheNextShopVisit:
    """Within 3,000 cycles after the effective date or at the next shop visit, at the latest after ten years."""

    schedule = Schedule(
        initial=first(
            CounterLimit(counter=CYC, thresholds=(3000,), start=EFFECTIVE),
            SHOP_VISIT,
            calendar(None, MONTHS, thresholds=(120,), start=EFFECTIVE),
        )
    )
    starts: Mapping[Start, StartPoint] = {EFFECTIVE: StartPoint(d("1999-01-01"), {CYC: 12_400})}

    def at(self, day: str, cycles: int, *events: Happening) -> tuple[State, list[object]]:
        found = stands(self.schedule, events=events, starts=self.starts)
        dues = [getattr(term.due, "value", None) or getattr(term.due, "on", None) for term in found.terms]
        return status(found, {CYC: Usage(cycles)}, d(day), {}).state, dues

    def test_before_the_visit_only_the_other_limits_count(self) -> None:
        assert self.at("2003-05-13", 14_099) == (State.OK, [15_400, None, d("2009-01-01")])

    def test_the_visit_makes_it_due_at_once(self) -> None:
        visit = happened("shop_visit", "2003-05-14", **{CYC: 14_100})
        assert self.at("2003-05-14", 14_100, visit) == (State.DUE, [15_400, d("2003-05-14"), d("2009-01-01")])
        assert self.at("2003-05-15", 14_100, visit)[0] is State.OVERDUE

    def test_a_visit_before_the_effective_date_does_not_count(self) -> None:
        assert self.at("2003-05-14", 14_100, happened("shop_visit", "1998-12-31"))[0] is State.OK

    def test_without_the_effective_date_a_visit_on_record_makes_it_unknown(self) -> None:
        found = stands(Schedule(initial=SHOP_VISIT), events=(happened("shop_visit", "2003-05-14"),))
        assert due(found) == [Reason.NO_START.value]

    def test_other_events_do_not_matter(self) -> None:
        assert self.at("2003-05-14", 14_100, happened("hard_landing", "2003-05-14"))[0] is State.OK


class TestAwaiting:
    """Before its event a limit is never reached: FIRST goes by its other limits, LAST waits for it."""

    def test_alone_it_is_ok_and_never_reached(self) -> None:
        found = now(stands(HARD_LANDING), "2026-01-01")
        assert found.state is State.OK
        assert not found.standing.ended
        assert forecast(found, {}) == NEVER

    def test_first_goes_by_the_others(self) -> None:
        tree = first(hours(100, start=Start.NEW), EventLimit(event="hard_landing"))
        found = stands(repeat(tree), starts={Start.NEW: StartPoint(d("2020-01-01"), {FH: 0})})
        assert now(found, "2026-01-01", h(101)).state is State.OVERDUE

    def test_last_waits(self) -> None:
        tree = last(hours(100, start=Start.NEW), EventLimit(event="shop_visit"))
        found = now(
            stands(repeat(tree), starts={Start.NEW: StartPoint(d("2020-01-01"), {FH: 0})}), "2026-01-01", h(101)
        )
        assert found.state is State.OK
        assert forecast(found, {FH: Rate(3600)}) == NEVER

    def test_it_is_explained(self) -> None:
        explained = explain(now(stands(HARD_LANDING), "2026-01-01"), {}, PlainWords())
        assert isinstance(explained.tree, TermExplanation)
        assert explained.tree.says == "at the next hard landing"
        assert explained.tree.steps == ("no hard landing that counts is recorded, so this limit is not reached",)


class TestAnswering:
    """Work answers the events before it, also those of the same instant; the next one makes it due again."""

    landing = happened("hard_landing", "2026-01-10", fh=h(1000))

    def test_work_answers_it(self) -> None:
        found = stands(HARD_LANDING, done("2026-01-12", fh=h(1000)), events=(self.landing,))
        assert [term.due for term in found.terms] == [Awaiting("hard_landing")]

    def test_work_of_the_same_instant_answers_it(self) -> None:
        found = stands(HARD_LANDING, done("2026-01-10"), events=(happened("hard_landing", "2026-01-10", 12),))
        assert [term.due for term in found.terms] == [Awaiting("hard_landing")]

    def test_earlier_work_does_not(self) -> None:
        found = stands(HARD_LANDING, done("2026-01-09"), events=(self.landing,))
        assert due(found) == [d("2026-01-10")]

    def test_of_two_unanswered_ones_the_earlier_counts(self) -> None:
        second = happened("hard_landing", "2026-01-20")
        assert due(stands(HARD_LANDING, events=(second, self.landing))) == [d("2026-01-10")]


class TestOneOffAfterAnEvent:
    """150 h after installation of the window (Citation phase 57, skyway-mro): once for every installation."""

    schedule = repeat(hours(None, thresholds=(h(150),), start=Start.EVENT, event="window_installed"))
    installed = happened("window_installed", "2025-01-10", fh=h(1000))

    def test_before_it_nothing_is_reached(self) -> None:
        assert [term.due for term in stands(self.schedule).terms] == [Awaiting("window_installed")]

    def test_it_counts_from_the_event(self) -> None:
        assert due(stands(self.schedule, events=(self.installed,))) == [h(1150)]

    def test_once_done_it_waits_for_the_next_one(self) -> None:
        found = stands(self.schedule, done("2025-06-01", fh=h(1140)), events=(self.installed,))
        assert [term.due for term in found.terms] == [Awaiting("window_installed")]
        assert not found.ended

    def test_the_next_one_starts_it_again(self) -> None:
        again = happened("window_installed", "2025-08-01", fh=h(1200))
        assert due(stands(self.schedule, done("2025-06-01", fh=h(1140)), events=(self.installed, again))) == [h(1350)]

    def test_steps_are_met_one_by_one(self) -> None:
        two = repeat(hours(None, thresholds=(h(50), h(150)), start=Start.EVENT, event="window_installed"))
        assert due(stands(two, done("2025-06-01", fh=h(1050)), events=(self.installed,))) == [h(1150)]

    def test_a_value_nobody_knows_is_unknown(self) -> None:
        event = happened("window_installed", "2025-01-10")
        assert due(stands(self.schedule, events=(event,))) == [Reason.NO_VALUE_AT_START.value]

    def test_a_repeat_counts_from_the_work_and_again_from_a_later_event(self) -> None:
        each = repeat(hours(100, start=Start.EVENT, event="engine_change"), Basis.ACTUAL)
        change = happened("engine_change", "2025-01-10", fh=h(1000))
        later = happened("engine_change", "2025-09-01", fh=h(1130))
        assert due(stands(each, events=(change,))) == [h(1100)]
        assert due(stands(each, done("2025-06-01", fh=h(1090)), events=(change,))) == [h(1190)]
        assert due(stands(each, done("2025-06-01", fh=h(1090)), events=(change, later))) == [h(1230)]


class TestFindings:
    """A repeat may depend on what was found (AD 2021-05-18)."""

    @staticmethod
    def after(when: RepeatWhen, *found: bool | None) -> list[object]:
        schedule = Schedule(repeat=hours(100, start=Start.ZERO), repeat_when=when)
        history = [
            replace(done(f"2025-0{month}-01", fh=h(100 * month)), finding=finding)
            for month, finding in enumerate(found, 1)
        ]
        return list(due(stands(schedule, *history)))

    @pytest.mark.parametrize(
        ("when", "findings", "expected"),
        [
            (RepeatWhen.FOUND, (), [h(100)]),
            (RepeatWhen.FOUND, (False,), []),
            (RepeatWhen.FOUND, (True,), [h(200)]),
            (RepeatWhen.FOUND, (True, False), []),
            (RepeatWhen.EVER_FOUND, (True, False), [h(300)]),
            (RepeatWhen.EVER_FOUND, (False, False), []),
            (RepeatWhen.NOT_FOUND, (False,), [h(200)]),
            (RepeatWhen.NOT_FOUND, (False, True), []),
            (RepeatWhen.FOUND, (None,), [Reason.FINDING_NOT_STATED.value]),
            (RepeatWhen.EVER_FOUND, (None, False), [Reason.FINDING_NOT_STATED.value]),
            (RepeatWhen.EVER_FOUND, (None, True), [h(300)]),
            (RepeatWhen.NOT_FOUND, (None,), [Reason.FINDING_NOT_STATED.value]),
        ],
    )
    def test_whether_it_repeats(
        self, when: RepeatWhen, findings: tuple[bool | None, ...], expected: list[object]
    ) -> None:
        assert self.after(when, *findings) == expected


class TestWhatMayBeSaid:
    """Schedules with events come back as they were; a wrong one is refused by name."""

    def test_round_trip(self) -> None:
        said = {
            "repeat": {
                "kind": "first",
                "of": [
                    {"kind": "event", "event": "shop_visit", "start": "effective_date"},
                    {"kind": "counter", "counter": FH, "thresholds": [540000], "start": "event", "event": "window_in"},
                ],
            },
            "repeat_when": "found",
        }
        made = from_json(said)
        assert from_json(to_json(made)) == made

    @pytest.mark.parametrize(
        ("tree", "message"),
        [
            ({"kind": "event", "event": "Shop visit"}, "must be a code in small letters"),
            ({"kind": "event"}, "repeat.event: this field is missing"),
            ({"kind": "event", "event": "shop_visit", "start": "zero"}, "`start` must be a dated moment"),
            ({"kind": "counter", "counter": FH, "every": 1, "start": "event"}, "`event` names the event"),
            ({"kind": "counter", "counter": FH, "every": 1, "event": "shop_visit"}, "`event` names the event"),
        ],
    )
    def test_refusals(self, tree: Mapping[str, object], message: str) -> None:
        with pytest.raises(ScheduleInvalid) as refused:
            from_json({"repeat": tree})
        assert message in str(refused.value)

    def test_a_condition_without_a_repeat(self) -> None:
        with pytest.raises(ScheduleInvalid, match="there is no `repeat`"):
            from_json({"initial": {"kind": "event", "event": "shop_visit"}, "repeat_when": "found"})
