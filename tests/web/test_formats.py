"""How values read: moments, ages, bars, charts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.platform.quantities import Display, Unit
from hangarlink.web import errors, formats
from hangarlink.web.charts import SIDE, bar_chart, round_up
from hangarlink.web.listing import FromRows

NOW = datetime(2026, 3, 14, 9, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gap", "says"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=47, minutes=59), "47 h ago"),
        (timedelta(hours=48), "2 d ago"),
        (timedelta(days=400), "400 d ago"),
        (-timedelta(minutes=5), "in 5 min"),
    ],
)
def test_how_long_ago(gap: timedelta, says: str) -> None:
    assert formats.ago(NOW - gap, NOW) == says


def test_a_moment_is_zulu_with_local_time_on_hover() -> None:
    with formats.local_times("Europe/Copenhagen"):
        shown = formats.moment(NOW)
    assert "14 Mar 2026 09:12Z" in shown
    assert 'title="14 Mar 2026 10:12 Europe/Copenhagen"' in shown
    assert 'datetime="2026-03-14T09:12:30+00:00"' in shown


def test_values_show_by_their_type_and_nothing_gets_through_unescaped() -> None:
    assert formats.show(None) == ""
    assert formats.show("<b>") == "&lt;b&gt;"
    assert formats.show(True) == "Yes"
    assert formats.show(date(2026, 3, 1)) == '<time class="nowrap" datetime="2026-03-01">1 Mar 2026</time>'
    assert "4812:18" in formats.show(formats.Quantity(4812 * 3600 + 18 * 60, Unit.SECONDS, Display.HHMM))
    assert "&lt;i&gt;" in formats.state(formats.State("ok", "<i>"))


@given(st.lists(st.integers(0, 10**9), max_size=24), st.sampled_from([1, 3600]))
def test_a_chart_holds_all_its_bars(amounts: list[int], unit: int) -> None:
    chart = bar_chart("t", [(str(n), amount) for n, amount in enumerate(amounts)], words=str, mark=str, unit=unit)
    for bar, amount in zip(chart.bars, amounts, strict=True):
        assert 0 <= bar.y <= SIDE
        assert bar.y + bar.height == SIDE
        assert bar.x >= 0
        assert bar.x + bar.width <= SIDE
        assert (bar.height > 0) or amount * SIDE < round_up(max(amounts), unit)


@given(st.integers(0, 10**12), st.sampled_from([1, 3600]))
def test_the_top_of_a_scale_is_round_and_holds_the_amount(amount: int, unit: int) -> None:
    top = round_up(amount, unit)
    assert top >= amount
    assert top % (2 * unit) == 0
    assert str(top // (2 * unit)).rstrip("0") in {"1", "2", "5"}


def test_short_rows_sort_with_the_unknown_last_both_ways() -> None:
    rows = FromRows([formats.State("ok", word) for word in ("b", "a")] + [formats.State("ok")])
    assert rows.count() == 3
    assert [row.word for row in rows.rows(["word"], 0, 2)] == ["", "a"]
    assert [row.word for row in rows.rows(["-word"], 0, None)] == ["b", "a", ""]


def test_when_we_fail_the_page_needs_no_database(plain_static_files: None) -> None:
    answer = errors.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Nothing was changed" in answer.content.decode()
    assert errors.server_error(RequestFactory().get("/api/v1/x")).headers["Content-Type"] == "application/json"
