"""Usage is exact: what goes in comes out, and what cannot be held exactly is refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.platform.errors import Refused
from hangarlink.platform.quantities import (
    LABELS,
    MAX_COUNT,
    MAX_SECONDS,
    BadQuantity,
    Display,
    Rounding,
    Unit,
    format_quantity,
    parse_count,
    parse_hours,
    parse_quantity,
    to_hours,
    total,
)

SECONDS = st.integers(min_value=-MAX_SECONDS, max_value=MAX_SECONDS)
STEP = {Display.DECIMAL_1: 360, Display.DECIMAL_2: 36, Display.HHMM: 60, Display.TIMESTAMP: 1}


def shown(seconds: int, display: Display, rounding: Rounding = Rounding.NEAREST) -> str:
    return format_quantity(seconds, Unit.SECONDS, display, rounding=rounding)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("4812.3", 17324280),
        ("4812:18", 17324280),
        ("4812:18:05", 17324285),
        ("0.1", 360),  # 6 min = 0.1 h
        ("0:06", 360),
        ("0.01", 36),
        ("0.005", 18),  # three decimals, still a whole second
        ("1.50000", 5400),
        ("0", 0),
        ("0:00", 0),
        ("-0", 0),
        ("007:05", 25500),
        (" 12 ", 43200),
        (12, 43200),
        (Decimal("12.30"), 44280),
        (Decimal("1E+2"), 360000),
        ("9999999", MAX_SECONDS),
    ],
)
def test_what_people_type_becomes_exact_seconds(typed, seconds):
    assert parse_hours(typed) == seconds


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("1,5", "comma"),
        ("4,812.3", "comma"),
        ("", "empty"),
        ("   ", "empty"),
        ("1:60", "over 59"),
        ("1:00:60", "over 59"),
        ("1:5", "one digit of minutes"),
        ("1e3", "not a number of hours"),
        ("NaN", "not a number of hours"),
        ("Infinity", "not a number of hours"),
        ("1_000", "not a number of hours"),
        ("+5", "not a number of hours"),
        (".5", "not a number of hours"),
        ("5.", "not a number of hours"),
        ("٤٨١٢", "not a number of hours"),  # digits of another script
        ("１２", "not a number of hours"),
        ("1.5h", "not a number of hours"),
        ("1.5\x00", "not a number of hours"),
        ("0.3333", "not a whole number of seconds"),
        ("0.0001", "not a whole number of seconds"),
        ("0." + "1" * 5000, "not a whole number of seconds"),
        ("-1", "negative"),
        ("-0:01", "negative"),
        ("10000000", "more than 9,999,999 hours"),
        ("9999999:01", "more than 9,999,999 hours"),
        ("9" * 5000, "more than 9,999,999 hours"),
        (1.5, "floating-point"),
        (float("nan"), "floating-point"),
        (True, "not a usable number"),
        (None, "not a usable number"),
        (Decimal("NaN"), "not a usable number"),
        (Decimal("Infinity"), "not a usable number"),
        (Decimal("1E+1000000"), "not a usable number"),
        pytest.param(10**6000, "not a usable number", id="huge int"),
        (["1"], "not a usable number"),
    ],
)
def test_the_rest_is_refused_with_field_value_rule_and_remedy(typed, rule):
    with pytest.raises(BadQuantity) as refused:
        parse_hours(typed, field="flight.logs.hobbs")
    message = str(refused.value)
    assert message.startswith("flight.logs.hobbs: ")
    assert rule in message
    assert "4812.3" in message  # says what would be accepted
    assert refused.value.field == "flight.logs.hobbs"
    assert len(message) < 300  # a hostile value does not become a hostile message
    assert isinstance(refused.value, Refused)


def test_the_message_reads_like_a_sentence():
    with pytest.raises(BadQuantity) as refused:
        parse_hours("1,5", field="value")
    assert str(refused.value) == (
        "value: '1,5' has a comma, which some read as a decimal sign and some as thousands. "
        "Write decimal hours with a point (4812.3), or hours and minutes (4812:18)."
    )


def test_negative_is_accepted_where_it_has_a_meaning():
    assert parse_hours("-0:30", allow_negative=True) == -1800
    assert parse_count("-3", allow_negative=True) == -3


@pytest.mark.parametrize(
    ("typed", "count"), [("1250", 1250), (0, 0), ("007", 7), (Decimal("3.00"), 3), (Decimal(100), 100)]
)
def test_counts_are_whole(typed, count):
    assert parse_count(typed) == count


@pytest.mark.parametrize(
    "typed",
    ["", "1.0", "1.5", "1,250", "1e3", "-1", "٣", "1 2", 1.0, True, None, Decimal("1.5"), MAX_COUNT + 1, "9" * 5000],
)
def test_counts_refuse_the_rest(typed):
    with pytest.raises(BadQuantity, match="landings: "):
        parse_count(typed, field="landings")


def test_parse_quantity_follows_the_unit():
    assert parse_quantity("2", Unit.SECONDS) == 7200
    assert parse_quantity("2", Unit.COUNT) == 2
    with pytest.raises(BadQuantity):
        parse_quantity("2:00", Unit.COUNT)


@pytest.mark.parametrize(
    ("seconds", "display", "text"),
    [
        (17324280, Display.DECIMAL_1, "4812.3"),
        (17324280, Display.DECIMAL_2, "4812.30"),
        (17324280, Display.HHMM, "4812:18"),
        (17324285, Display.TIMESTAMP, "4812:18:05"),
        (4980, Display.DECIMAL_1, "1.4"),  # 1:23, the example of domain/maintenance.md 1.5
        (4980, Display.DECIMAL_2, "1.38"),
        (179, Display.DECIMAL_1, "0.0"),
        (180, Display.DECIMAL_1, "0.1"),  # exactly half a step
        (-180, Display.DECIMAL_1, "-0.1"),
        (-179, Display.DECIMAL_1, "0.0"),  # never "-0.0"
        (29, Display.HHMM, "0:00"),
        (30, Display.HHMM, "0:01"),
        (3599, Display.HHMM, "1:00"),
        (-5400, Display.HHMM, "-1:30"),
    ],
)
def test_display(seconds, display, text):
    assert shown(seconds, display) == text


def test_a_remaining_never_promises_more_than_there_is():
    assert shown(120, Display.DECIMAL_1, Rounding.DOWN) == "0.0"
    assert shown(-1, Display.DECIMAL_1, Rounding.DOWN) == "-0.1"
    assert shown(-1, Display.HHMM, Rounding.DOWN) == "-0:01"
    assert shown(1, Display.DECIMAL_1, Rounding.UP) == "0.1"


def test_sum_first_round_last():
    flights = [150] * 10  # ten flights of 2.5 minutes: each reads 0.0, together 25 minutes read 0.4
    assert [shown(f, Display.DECIMAL_1) for f in flights] == ["0.0"] * 10
    assert shown(total(flights), Display.DECIMAL_1) == "0.4"


def test_a_tenth_and_two_tenths_are_three_tenths():
    assert parse_hours("0.1") + parse_hours("0.2") == parse_hours("0.3")


def test_leon_planned_flights_example():
    """E34: limit 4875:27 less planned flights 40:27."""
    assert shown(parse_hours("4875:27") - parse_hours("40:27"), Display.HHMM) == "4835:00"


def test_labels():
    assert format_quantity(17324280, Unit.SECONDS, Display.DECIMAL_1, label=LABELS["FH"].code) == "4812.3 FH"
    assert format_quantity(1250, Unit.COUNT, Display.HHMM, label="LDG") == "1250 LDG"
    assert all(code == label.code for code, label in LABELS.items())


@pytest.mark.parametrize("bad", [1.0, Decimal(1), "1", True, None])
def test_the_core_takes_integers_only(bad):
    with pytest.raises(TypeError):
        format_quantity(bad, Unit.SECONDS)
    with pytest.raises(TypeError):
        format_quantity(bad, Unit.COUNT)
    with pytest.raises(TypeError):
        to_hours(bad)
    with pytest.raises(TypeError):
        total([1, bad])


@given(SECONDS)
def test_the_exact_display_round_trips(seconds):
    assert parse_hours(shown(seconds, Display.TIMESTAMP), allow_negative=True) == seconds


@given(SECONDS, st.sampled_from([one for one in Display if one is not Display.WHOLE]), st.sampled_from(Rounding))
def test_displays_stay_within_their_step_and_are_stable(seconds, display, rounding):
    step = STEP[display]
    text = shown(seconds, display, rounding)
    try:
        back = parse_hours(text, allow_negative=True)
    except BadQuantity:
        assert abs(seconds) > MAX_SECONDS - step  # rounding up at the very top leaves the range
        return
    assert shown(back, display, rounding) == text
    if seconds % step == 0:
        assert back == seconds
    match rounding:
        case Rounding.NEAREST:
            assert 2 * abs(back - seconds) <= step
        case Rounding.DOWN:
            assert 0 <= seconds - back < step
        case Rounding.UP:
            assert 0 <= back - seconds < step


@given(SECONDS, st.sampled_from([Display.DECIMAL_1, Display.DECIMAL_2]), st.sampled_from(Rounding))
def test_the_number_and_the_text_agree(seconds, display, rounding):
    assert Decimal(shown(seconds, display, rounding)) == to_hours(seconds, display, rounding=rounding)


@given(st.decimals(min_value=0, max_value=9_999_998, allow_nan=False, allow_infinity=False, places=6))
def test_decimal_hours_are_exact_or_refused(hours):
    exact = Fraction(hours) * 3600
    if exact.denominator == 1:
        assert parse_hours(str(format(hours, "f"))) == exact
    else:
        with pytest.raises(BadQuantity):
            parse_hours(format(hours, "f"))


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_refused_politely(text):
    for parse in (parse_hours, parse_count):
        try:
            assert type(parse(text)) is int
        except BadQuantity:
            continue
