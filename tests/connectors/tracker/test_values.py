"""Units, dates and decimal signs: exact, and never guessed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.connectors.tracker import values
from hangarlink.connectors.tracker.profile import TimeUnit, Values
from hangarlink.integration.contract import DataError

PLAIN = Values()
EUROPE = Values(decimal=",", thousands=".", days=("%d.%m.%Y",), moments=("%d.%m.%Y %H:%M",), zone="Europe/Berlin")
AMERICA = Values(thousands=",", days=("%m/%d/%Y",))


@pytest.mark.parametrize(
    ("raw", "unit", "how", "expected"),
    [
        ("12.4", TimeUnit.DECIMAL_HOURS, PLAIN, 44_640),
        (Decimal("12.4"), TimeUnit.DECIMAL_HOURS, PLAIN, 44_640),
        (Decimal("0.1"), TimeUnit.DECIMAL_HOURS, PLAIN, 360),
        (" -3.2 ", TimeUnit.DECIMAL_HOURS, PLAIN, -11_520),
        ("1,234.5", TimeUnit.DECIMAL_HOURS, AMERICA, 4_444_200),
        ("1.234,5", TimeUnit.DECIMAL_HOURS, EUROPE, 4_444_200),
        ("0.333", TimeUnit.DECIMAL_HOURS, PLAIN, 1198),  # 1198.8 s: cut downwards
        ("-0.333", TimeUnit.DECIMAL_HOURS, PLAIN, -1199),  # over is never made less
        ("4812:18", TimeUnit.HHMM, PLAIN, 17_324_280),
        ("-0:30", TimeUnit.HHMM, PLAIN, -1800),
        ("0:00:59", TimeUnit.HHMM, PLAIN, 59),
        ("1,234:30", TimeUnit.HHMM, AMERICA, 4_444_200),
        (74_070, TimeUnit.MINUTES, PLAIN, 4_444_200),
        ("59", TimeUnit.SECONDS, PLAIN, 59),
    ],
)
def test_times(raw: object, unit: TimeUnit, how: Values, expected: int) -> None:
    assert values.seconds(raw, unit, how, "left") == expected


@pytest.mark.parametrize(
    ("raw", "unit", "how"),
    [
        ("12,4", TimeUnit.DECIMAL_HOURS, PLAIN),  # 12.4, or 124 with a thousands sign? nobody guesses
        ("1,234", TimeUnit.DECIMAL_HOURS, PLAIN),
        ("1.234", TimeUnit.DECIMAL_HOURS, Values(decimal=",")),
        ("12,34,5", TimeUnit.DECIMAL_HOURS, AMERICA),
        ("12:30", TimeUnit.DECIMAL_HOURS, PLAIN),
        ("12.5", TimeUnit.HHMM, PLAIN),
        ("12:60", TimeUnit.HHMM, PLAIN),
        ("1e3", TimeUnit.DECIMAL_HOURS, PLAIN),
        ("NaN", TimeUnit.DECIMAL_HOURS, PLAIN),
        (Decimal("Infinity"), TimeUnit.DECIMAL_HOURS, PLAIN),
        ("99999999999", TimeUnit.DECIMAL_HOURS, PLAIN),
        (True, TimeUnit.MINUTES, PLAIN),
        ("", TimeUnit.MINUTES, PLAIN),
        ("١٢", TimeUnit.MINUTES, PLAIN),
        ("12 h", TimeUnit.DECIMAL_HOURS, PLAIN),
        ("=1+1", TimeUnit.DECIMAL_HOURS, PLAIN),
    ],
)
def test_what_is_no_time(raw: object, unit: TimeUnit, how: Values) -> None:
    with pytest.raises(DataError, match="left is"):
        values.seconds(raw, unit, how, "left")


def test_another_decimal_sign_is_named() -> None:
    with pytest.raises(DataError, match="is it ','"):
        values.seconds("12,4", TimeUnit.DECIMAL_HOURS, PLAIN, "left")


@pytest.mark.parametrize(
    ("raw", "how", "expected"),
    [
        ("2028-02-29", PLAIN, date(2028, 2, 29)),
        ("29.02.2028", EUROPE, date(2028, 2, 29)),
        ("02/29/2028", AMERICA, date(2028, 2, 29)),
        ("05-Jan-2026", Values(days=("%d-%b-%Y",)), date(2026, 1, 5)),
        ("2026-01-05", Values(days=("%d-%b-%Y", "iso")), date(2026, 1, 5)),
    ],
)
def test_days(raw: str, how: Values, expected: date) -> None:
    assert values.day(raw, how, "due") == expected


@pytest.mark.parametrize(
    "raw", ["2026-02-29", "2026-13-01", "2026-00-10", "31.04.2026", "0", "soon", "2026-W01", "", "05/13"]
)
def test_days_that_do_not_exist(raw: str) -> None:
    with pytest.raises(DataError, match="no day"):
        values.day(raw, EUROPE if "." in raw else Values(days=("%Y-%m-%d",)), "due")


def test_moments_are_utc() -> None:
    assert values.moment("2026-07-01T12:00:00+02:00", PLAIN, "at") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert values.moment("2026-07-01T12:00:00Z", PLAIN, "at") == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert values.moment("01.07.2026 12:00", EUROPE, "at") == datetime(2026, 7, 1, 10, tzinfo=UTC), "summer in Berlin"
    assert values.moment("01.01.2026 12:00", EUROPE, "at") == datetime(2026, 1, 1, 11, tzinfo=UTC), "winter"
    with pytest.raises(DataError, match="no moment"):
        values.moment("2026-02-30 12:00", PLAIN, "at")
    with pytest.raises(DataError, match="no moment"):
        values.moment("0001-01-01T00:00:00+14:00", PLAIN, "at")


@pytest.mark.parametrize("raw", ["12.5", "x", True, "1 2"])
def test_counts_are_whole(raw: object) -> None:
    with pytest.raises(DataError):
        values.count(raw, PLAIN, "landings")
    assert values.count("12.0", PLAIN, "landings") == 12


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.sampled_from(list(TimeUnit)), st.integers(1, 4))
def test_a_later_total_is_never_written_lower(total: int, more: int, unit: TimeUnit, places: int) -> None:
    how = Values(hours=unit, places=places)
    before, after = (
        values.seconds(str(values.written_time(one, how)), unit, how, "t") for one in (total, total + more)
    )
    assert after >= before
    assert abs(before - total) <= {TimeUnit.DECIMAL_HOURS: 180}.get(unit, 30)


@given(st.integers(0, 10**8))
def test_hours_and_minutes_come_back_exactly(minutes: int) -> None:
    for unit in TimeUnit:
        if unit is not TimeUnit.DECIMAL_HOURS:
            how = Values(hours=unit)
            assert values.seconds(str(values.written_time(minutes * 60, how)), unit, how, "t") == minutes * 60
