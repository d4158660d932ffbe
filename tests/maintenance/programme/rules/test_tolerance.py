"""Approved variations: the due point stays, the limit moves, and the approval says from where the next one counts."""

from dataclasses import replace

from hangarlink.maintenance.programme.rules.alerts import windows
from hangarlink.maintenance.programme.rules.dues import CALENDAR, Accomplishment, Variation
from hangarlink.maintenance.programme.rules.explain import TermExplanation, explain
from hangarlink.maintenance.programme.rules.limits import Basis, Schedule
from hangarlink.maintenance.programme.rules.standing import Standing, standing
from hangarlink.maintenance.programme.rules.states import State
from tests.maintenance.programme.rules.build import (
    EOM,
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
    now,
    repeat,
)

TWO_YEARS = repeat(calendar(24, MONTHS))
LAST_DONE = done("2023-06-30", fh=h(900))
ONE_MONTH = Variation("repeat", CALENDAR, LAST_DONE.id, 1, months=True, reference="VAR 12")


def stands(schedule: Schedule, *history: Accomplishment, variations: tuple[Variation, ...] = ()) -> Standing:
    return standing(schedule, history, {}, (), variations)


class TestE06PartMUnderAnApprovedExtension:
    """A 24-month task due 30 Jun 2025, extended by a month, released 21 Jul 2025: next due 30 Jun 2027."""

    def test_the_due_point_is_shown_without_it_and_judged_with_it(self) -> None:
        found = stands(TWO_YEARS, LAST_DONE, variations=(ONE_MONTH,))
        (term,) = found.terms
        assert due(found) == [d("2025-06-30")]
        assert term.extension == 30
        assert now(found, "2025-07-30").state is State.DUE
        assert now(found, "2025-07-31").state is State.OVERDUE

    def test_the_next_one_counts_from_the_due_point_before_the_extension(self) -> None:
        found = stands(TWO_YEARS, LAST_DONE, done("2025-07-21"), variations=(ONE_MONTH,))
        assert due(found) == [d("2027-06-30")]
        assert found.terms[0].variation is None, "spent at the accomplishment"

    def test_or_from_the_work_if_the_approver_says_so(self) -> None:
        as_done = replace(ONE_MONTH, basis=Basis.ACTUAL)
        assert due(stands(TWO_YEARS, LAST_DONE, done("2025-07-21"), variations=(as_done,))) == [d("2027-07-21")]

    def test_e07_without_one_it_counts_from_the_release(self) -> None:
        assert due(stands(TWO_YEARS, LAST_DONE, done("2025-06-10"))) == [d("2027-06-10")]

    def test_done_before_it_was_needed_it_changes_nothing(self) -> None:
        found = stands(TWO_YEARS, LAST_DONE, done("2025-06-10"), variations=(ONE_MONTH,))
        assert due(found) == [d("2027-06-10")]

    def test_it_is_explained(self) -> None:
        words = PlainWords()
        before = explain(now(stands(TWO_YEARS, LAST_DONE, variations=(ONE_MONTH,)), "2025-07-10"), {}, words)
        assert isinstance(before.tree, TermExplanation)
        assert before.tree.due == {"date": "2025-06-30", "anchor": 30}
        approved = "an approved variation of 1 month (VAR 12) holds once: the limit is 2025-07-30"
        assert any(step.startswith(approved) for step in before.tree.steps)
        spent = stands(TWO_YEARS, LAST_DONE, done("2025-07-21"), variations=(ONE_MONTH,))
        after = explain(now(spent, "2025-08-01"), {}, words)
        assert isinstance(after.tree, TermExplanation)
        assert (
            "done under an approved variation, so it counts from the due point before it as the approval says"
            in after.tree.steps
        )


class TestE05PartMLWithItsTolerance:
    """100 h or 12 months with 10 h and 1 month: both used, the next interval counts from when it took place."""

    schedule = repeat(first(hours(100), calendar(12, MONTHS)))
    last_done = done("2025-03-15", fh=h(2000))
    used = (
        Variation("repeat/0", FH, last_done.id, h(10), basis=Basis.ACTUAL),
        Variation("repeat/1", CALENDAR, last_done.id, 1, months=True, basis=Basis.ACTUAL),
    )

    def test_both_limits_are_extended(self) -> None:
        found = stands(self.schedule, self.last_done, variations=self.used)
        assert due(found) == [h(2100), d("2026-03-15")]
        assert now(found, "2026-03-20", h(2108)).state < State.DUE
        assert now(found, "2026-03-20", h("2110.1")).state is State.OVERDUE
        assert now(found, "2026-04-16", h(2108)).state is State.OVERDUE

    def test_the_next_one_counts_from_the_work(self) -> None:
        found = stands(self.schedule, self.last_done, done("2026-03-20", fh=h(2108)), variations=self.used)
        assert due(found) == [h(2208), d("2027-03-20")]


def test_it_holds_for_the_interval_it_was_approved_for_only() -> None:
    later = done("2025-07-21")
    assert due(stands(TWO_YEARS, LAST_DONE, later, done("2027-07-10"), variations=(ONE_MONTH,))) == [d("2029-07-10")]
    assert stands(TWO_YEARS, variations=(ONE_MONTH,)).terms[0].variation is None


def test_one_on_another_measure_does_not_hold() -> None:
    """After a revision another limit may stand at the same place: seconds never extend a date."""
    seconds = Variation("repeat", FH, LAST_DONE.id, h(10))
    assert stands(TWO_YEARS, LAST_DONE, variations=(seconds,)).terms[0].variation is None


def test_months_to_the_end_of_the_month_stay_so() -> None:
    found = stands(repeat(calendar(12, EOM)), done("2025-02-10"), variations=())
    assert due(found) == [d("2026-02-28")]
    one = Variation("repeat", CALENDAR, found.last.id if found.last else "", 1, months=True)
    varied = stands(repeat(calendar(12, EOM)), done("2025-02-10"), variations=(one,))
    assert now(varied, "2026-03-31").state is State.DUE


def test_due_soon_begins_at_the_displayed_due_point_at_the_latest() -> None:
    found = stands(TWO_YEARS, LAST_DONE, variations=(replace(ONE_MONTH, amount=6),))
    assert windows(found, {CALENDAR: 5}, ()) == {"repeat": 183}
