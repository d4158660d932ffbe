"""The published worked examples of due logic, each under its number and with its source in the case list."""

from datetime import timedelta
from fractions import Fraction

import pytest

from hangarlink.maintenance.programme.rules.basis import window_of
from hangarlink.maintenance.programme.rules.dues import StartPoint
from hangarlink.maintenance.programme.rules.forecast import Rate, days_to, forecast
from hangarlink.maintenance.programme.rules.limits import (
    Basis,
    CalendarWindow,
    CounterLimit,
    CounterWindow,
    DateLimit,
    Schedule,
    Start,
)
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.rules.status import Usage, may_fly, status
from hangarlink.platform.quantities import Display, Unit, format_quantity, parse_hours
from tests.maintenance.programme.rules.build import (
    CYC,
    DAYS,
    EOM,
    FH,
    MONTHS,
    at,
    calendar,
    d,
    done,
    due,
    first,
    h,
    hours,
    last,
    now,
    on,
    repeat,
    stand,
)

HUNDRED_HOURS = repeat(hours(100), Basis.MIN)
EFFECTIVE = Start.EFFECTIVE_DATE


@pytest.mark.parametrize(
    ("case", "done_at", "next_due"),
    [
        ("E01 overflown en route: the excess counts against the next interval", "1105.0", "1200.0"),
        ("E02 done early", "1090.0", "1190.0"),
    ],
)
def test_the_faa_100_hour_inspection(case: str, done_at: str, next_due: str) -> None:
    found = stand(HUNDRED_HOURS, done("2025-01-01", fh=h("1000.0")), done("2025-06-01", fh=h(done_at)))
    assert due(found) == [h(next_due)], case


@pytest.mark.parametrize(("case", "done_at", "next_due"), [("E03", 110, 200), ("E04", 87, 187)])
def test_rotax_late_does_not_shift_the_next_and_early_does(case: str, done_at: int, next_due: int) -> None:
    rotax = repeat(hours(100, start=Start.ZERO, window=CounterWindow(before=h(10), after=h(10))), Basis.MIN)
    found = stand(rotax, done(fh=h(done_at)))
    assert due(found) == [h(next_due)], case
    assert window_of(found.terms[0].limit, found.terms[0].due) == (at(next_due - 10), at(next_due + 10))


def test_e05_part_ml_minimum_programme_counts_from_the_accomplishment() -> None:
    mip = repeat(first(hours(100), calendar(12, MONTHS)), Basis.ACTUAL)
    before = done("2025-03-15", fh=h("2000.0"))
    assert due(stand(mip, before)) == [h("2100.0"), d("2026-03-15")]
    assert due(stand(mip, before, done("2026-03-20", fh=h("2108.0")))) == [h("2208.0"), d("2027-03-20")]


def test_e07_part_m_without_extension_counts_from_the_release() -> None:
    found = stand(repeat(calendar(24, MONTHS)), done("2025-06-10", {"repeat": on("2025-06-30")}))
    assert due(found) == [d("2027-06-10")]


PC12_HOURS = repeat(hours(300, start=Start.ZERO, window=CounterWindow(before=h(30), after=h(30))), Basis.WINDOW)


@pytest.mark.parametrize(("case", "done_at", "next_due"), [("E08 inside", 325, 600), ("E10 early outside", 250, 550)])
def test_the_pc12_hour_package(case: str, done_at: int, next_due: int) -> None:
    found = stand(PC12_HOURS, done(fh=h(done_at)))
    assert due(found) == [h(next_due)], case


def test_e08_the_tolerance_is_not_cumulative() -> None:
    found = stand(PC12_HOURS, done(fh=h(325)))
    assert window_of(found.terms[0].limit, found.terms[0].due) == (at(570), at(630))


def test_e09_pc12_end_of_month_early_inside_tolerance() -> None:
    package = repeat(
        calendar(12, EOM, start=Start.NEW, window=CalendarWindow(before=1, after=1, unit=MONTHS)), Basis.WINDOW
    )
    new = StartPoint(d("2024-05-10"))
    assert due(stand(package, new=new)) == [d("2025-05-31")]
    assert due(stand(package, done("2025-04-20"), new=new)) == [d("2026-05-31")]


@pytest.mark.parametrize(
    ("case", "every", "was", "done_at", "next_due"),
    [
        ("E11 inside", 75, "1609.4", "1612.0", "1684.4"),
        ("E12 early outside", 50, "1306.4", "1299.9", "1349.9"),
    ],
)
def test_us_army_hour_window(case: str, every: int, was: str, done_at: str, next_due: str) -> None:
    schedule = repeat(hours(every, window=CounterWindow(before=h(5), after=h(5))), Basis.WINDOW)
    assert due(stand(schedule, done("1999-01-01", {"repeat": at(was)}, fh=h(done_at)))) == [h(next_due)], case


@pytest.mark.parametrize(
    ("case", "months", "days", "was", "done_on", "next_due"),
    [
        ("E13 10 % of nominal days", 6, 18, "1999-01-31", "1999-02-10", "1999-07-31"),
        ("E14 30 days", 12, 30, "1999-02-06", "1999-02-20", "2000-02-06"),
    ],
)
def test_us_army_calendar_window(*, case: str, months: int, days: int, was: str, done_on: str, next_due: str) -> None:
    schedule = repeat(calendar(months, MONTHS, window=CalendarWindow(before=days, after=days)), Basis.WINDOW)
    assert due(stand(schedule, done(done_on, {"repeat": on(was)}))) == [d(next_due)], case


def test_e15_two_parameters_are_computed_apart() -> None:
    schedule = repeat(
        first(
            calendar(14, DAYS, window=CalendarWindow(before=1, after=1)),
            hours(10, window=CounterWindow(before=h(1), after=h(1))),
        ),
        Basis.WINDOW,
    )
    before = done("1997-05-22", fh=h(1709))
    assert due(stand(schedule, before)) == [d("1997-06-05"), h(1719)]
    assert due(stand(schedule, before, done("1997-06-05", fh=h("1715.0")))) == [d("1997-06-19"), h("1725.0")]


@pytest.mark.parametrize(
    ("case", "months", "signed", "last_day"),
    [("E16", 12, "2025-03-17", "2026-03-31"), ("E17", 24, "2020-07-22", "2022-07-31")],
)
def test_calendar_months_are_valid_through_the_last_day(case: str, months: int, signed: str, last_day: str) -> None:
    found = stand(repeat(calendar(months, EOM)), done(signed))
    assert due(found) == [d(last_day)], case
    assert now(found, last_day).state is State.DUE
    assert now(found, d(last_day) + timedelta(days=1)).state is State.OVERDUE


AD_2020_21_22 = Schedule(
    initial=last(hours(100, start=EFFECTIVE), calendar(12, MONTHS, start=EFFECTIVE)),
    repeat=first(hours(500), calendar(60, MONTHS)),
)
AT_EFFECTIVE = StartPoint(d("2020-12-07"), {FH: h("3450.0")})


def test_e18_initial_is_the_later_of_two() -> None:
    found = stand(AD_2020_21_22, effective_date=AT_EFFECTIVE)
    assert due(found) == [h("3550.0"), d("2021-12-07")]
    assert now(found, "2021-06-02", h("3560.0")).state is State.OK, "(a) hours passed, not due before 7 Dec 2021"
    assert now(found, "2021-12-07", h("3560.0")).state is State.DUE
    assert now(found, "2021-12-08", h("3560.0")).state is State.OVERDUE
    assert now(found, "2021-12-08", h("3480.0")).state is State.OK, "(b) date passed, due at 3550.0"
    assert now(found, "2022-02-01", h("3550.0")).state is State.DUE
    assert now(found, "2022-02-01", h("3550.1")).state is State.OVERDUE


def test_e18_repeat_is_the_first_of_two() -> None:
    found = stand(AD_2020_21_22, done("2021-11-01", fh=h("3600.0")), effective_date=AT_EFFECTIVE)
    assert due(found) == [h("4100.0"), d("2026-11-01")]
    assert now(found, "2022-01-01", h("4100.1")).state is State.OVERDUE
    assert now(found, "2026-11-02", h("3700.0")).state is State.OVERDUE


def test_e19_a_recurring_ad_has_no_tolerance() -> None:
    found = stand(repeat(first(hours(100), calendar(12, MONTHS))), done("2025-08-12", fh=h("5210.4")))
    assert due(found) == [h("5310.4"), d("2026-08-12")]
    assert now(found, "2026-02-01", h("5302.0")).terms[0].remaining == h("8.4")
    assert now(found, "2026-02-01", h("5310.5")).state is State.OVERDUE


def test_e20_an_absolute_date_caps_the_hours() -> None:
    ad = Schedule(initial=first(hours(100, start=EFFECTIVE), DateLimit(on=d("1983-12-31"))))
    found = stand(ad, effective_date=StartPoint(d("1983-11-25"), {FH: h("800.0")}))
    assert due(found) == [h("900.0"), d("1983-12-31")]
    rates = {FH: Rate(h(60), 30)}
    assert forecast(now(found, "1983-11-25", h("800.0")), rates).on == d("1983-12-31")
    assert stand(ad, done("1983-12-01", fh=h(850))).ended


def test_e23_a_replaced_instrument_does_not_move_the_due_point() -> None:
    """Totals run on: 1300.0 on the old meter and 40.0 on the new one, which started at 10.0."""
    found = stand(repeat(hours(400)), done(fh=h("1233.0")))
    total, reading = h("1300.0") + h("50.0") - h("10.0"), h("50.0")
    (term,) = now(found, "2026-01-01", total).terms
    assert total - h("1233.0") == h("107.0")
    assert term.remaining == h("293.0")
    assert reading + term.remaining == h("343.0"), "the due point as the new meter will show it"


def test_e25_forecast_of_the_engines_limiter() -> None:
    disks = [CounterLimit(counter=CYC, thresholds=(limit,), start=Start.ZERO) for limit in (11_800, 5_150, 7_300)]
    engine = status(stand(Schedule(initial=first(*disks))), {CYC: Usage(0)}, d("2026-01-01"), {})
    assert min(term.remaining for term in engine.terms) == 5_150
    assert days_to(5_150, Rate(32, 10)) == 1609
    assert forecast(engine, {CYC: Rate(32, 10)}).on == d("2030-05-29")


def test_e27_threshold_then_repeat_depends_on_the_policy() -> None:
    def phase_14(basis: Basis) -> Schedule:
        return repeat(hours(3_000, thresholds=(h(10_000),), start=Start.ZERO), basis)

    assert due(stand(phase_14(Basis.ACTUAL))) == [h(10_000)]
    assert due(stand(phase_14(Basis.ACTUAL), done(fh=h(9_950)))) == [h(12_950)]
    assert due(stand(phase_14(Basis.GRID), done(fh=h(9_950)))) == [h(13_000)]


@pytest.mark.parametrize(("basis", "next_due"), [(Basis.ACTUAL, 15_990), (Basis.GRID, 16_000)])
def test_e28_two_thresholds_then_repeat(basis: Basis, next_due: int) -> None:
    phase_15 = repeat(hours(1_000, thresholds=(h(10_000), h(15_000)), start=Start.ZERO), basis)
    one, two = done("2020-01-01", fh=h(9_980)), done("2024-01-01", fh=h(14_990))
    assert due(stand(phase_15, one)) == [h(15_000)], "total time, not 14 980"
    assert due(stand(phase_15, one, two)) == [h(next_due)]


def test_e32_forecast_by_utilisation_first_of() -> None:
    rates = {FH: Rate(h("3.5"), 1)}
    both = Schedule(initial=first(hours(100, start=Start.ZERO), DateLimit(on=d("2026-03-10"))))
    hours_only = Schedule(initial=hours(100, start=Start.ZERO))
    assert forecast(now(stand(both), "2026-03-02", h(58)), rates).on == d("2026-03-10")
    assert forecast(now(stand(hours_only), "2026-03-02", h(58)), rates).on == d("2026-03-14")


def test_e33_forecast_rounds_down_to_full_days() -> None:
    rate = Rate(h("9.33"), 1)
    assert days_to(h(100), rate) == 10
    assert h(100) - 10 * rate.amount == h("6.7")


def test_e34_hours_and_minutes() -> None:
    left = parse_hours("4875:27") - parse_hours("40:27")
    assert format_quantity(left, Unit.SECONDS, Display.HHMM) == "4835:00"


def test_e37_same_day_months_keep_the_day_first_meant() -> None:
    monthly = repeat(calendar(1, MONTHS), Basis.GRID)
    january = done("2025-01-31")
    assert due(stand(monthly, january)) == [d("2025-02-28")]
    assert due(stand(monthly, january, done("2025-02-20"))) == [d("2025-03-31")]
    assert due(stand(repeat(calendar(1, MONTHS)), january, done("2025-02-28"))) == [d("2025-03-31")], "on the due date"
    assert due(stand(repeat(calendar(1, MONTHS)), done("2025-02-28"))) == [d("2025-03-28")], "nothing earlier known"


def test_e37_a_leap_day_comes_back() -> None:
    yearly, leap_day = repeat(calendar(12, MONTHS), Basis.GRID), done("2024-02-29")
    assert due(stand(yearly, leap_day)) == [d("2025-02-28")]
    history = [done(f"{year}-02-10") for year in (2025, 2026, 2027)]
    assert due(stand(yearly, leap_day, *history)) == [d("2028-02-29")]


@pytest.mark.parametrize(
    ("case", "signed", "expires"),
    [("E38a within 30 days", "2026-06-05", "2027-06-30"), ("E38b earlier", "2026-05-20", "2027-05-20")],
)
def test_an_arc_extension_keeps_or_loses_the_pattern(case: str, signed: str, expires: str) -> None:
    arc = repeat(calendar(12, MONTHS, window=CalendarWindow(before=30, after=0)), Basis.WINDOW)
    assert due(stand(arc, done(signed, {"repeat": on("2026-06-30")}))) == [d(expires)], case


@pytest.mark.parametrize(
    ("case", "start", "expected"),
    [("E39 elapsed", Start.NEW, "2027-03-31"), ("E39 installed", Start.INSTALLATION, "2029-06-30")],
)
def test_elapsed_or_installed_time(case: str, start: Start, expected: str) -> None:
    hose = repeat(calendar(144, EOM, start=start))
    found = stand(hose, new=StartPoint(d("2015-03-10")), installation=StartPoint(d("2017-06-05")))
    assert due(found) == [d(expected)], case


def test_e40_a_phase_programme_with_a_limit_on_the_whole_cycle() -> None:
    """King Air: phase n at n x 200 h since the start of the cycle, all of it inside 24 months; 22 h a month."""
    cycle, rates = StartPoint(d("2024-01-01"), {FH: h(5000)}), {FH: Rate(h(22 * 12), 366)}
    whole_cycle = calendar(24, MONTHS, start=Start.OVERHAUL)

    def months_to(phase: int) -> Fraction:
        schedule = Schedule(initial=first(hours(phase * 200 - 200, start=Start.OVERHAUL), whole_cycle))
        expected = forecast(now(stand(schedule, overhaul=cycle), "2024-01-01", h(5000)), rates).on
        return Fraction((expected - d("2024-01-01")).days * 24, 731)

    assert [round(months_to(phase), 1) for phase in (2, 3, 4)] == [Fraction("9.1"), Fraction("18.2"), 24]


def test_e41_a_limited_number_of_repeats() -> None:
    five = repeat(hours(100, start=Start.ZERO), times=5)
    history = [done(f"202{n}-01-01", fh=h(90 * (n + 1))) for n in range(5)]
    assert due(stand(five, *history[:4])) == [h(460)]
    assert stand(five, *history).ended


def test_e42_exactly_at_the_limit() -> None:
    by_hours = stand(Schedule(initial=hours(1500, start=Start.ZERO)))
    assert now(by_hours, "2026-03-31", h(1500)).state is State.DUE
    assert not may_fly(by_hours, {FH: Usage(h(1500))}, {FH: 1}, d("2026-03-31"))
    by_date = stand(Schedule(initial=DateLimit(on=d("2026-03-31"))))
    assert now(by_date, "2026-03-31").state is State.DUE
    assert may_fly(by_date, {FH: Usage(h(1500))}, {FH: h(1)}, d("2026-03-31"))
    assert now(by_date, "2026-04-01").state is State.OVERDUE
