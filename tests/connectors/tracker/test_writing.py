"""What we send: exact, in the partner's names, and nothing in it that a spreadsheet would run."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring

from hangarlink.connectors.tracker.profile import Identity, Totals, parse_profile, ready_profile
from hangarlink.connectors.tracker.writing import document, flight_row, single, stamp, totals_row
from hangarlink.integration.contract import (
    Aircraft,
    AircraftLog,
    Change,
    CounterTotals,
    DataError,
    FlightTimes,
    LogAmount,
    LogKind,
    LogSlot,
    Measure,
)
from hangarlink.sandbox.tracker.dialects import DIALECTS

AT = datetime(2026, 3, 1, 9, 12, tzinfo=UTC)
KEYS = ("camp", "traxxall", "veryon", "cmp")


def totals(registration: str = "OY-HLD", serial: str = "1577", seconds: int = 17_324_280) -> Change[CounterTotals]:
    log = AircraftLog(LogKind.AIRBORNE, LogSlot.PRIMARY, Measure.HHMM, seconds)
    aircraft = Aircraft("", registration=registration, serial_number=serial)
    return Change("k-1", CounterTotals("", AT, (log,), 3902, total_cycles=3902, aircraft=aircraft))


def flight(**values: object) -> Change[FlightTimes]:
    aircraft = Aircraft("", registration="OY-HLD", serial_number="1577")
    logs = (LogAmount(LogKind.AIRBORNE, LogSlot.PRIMARY, 4_320), LogAmount(LogKind.BLOCK, LogSlot.PRIMARY, 5_040))
    return Change("f-1", FlightTimes("", aircraft, AT, AT.replace(hour=11), logs, 1, "EKRK", "EKOD", **values))  # type: ignore[arg-type]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("many", [False, True])
def test_the_partner_reads_what_we_mean(key: str, many: bool) -> None:
    """The sandbox's reader knows nothing of our writer."""
    profile = parse_profile(ready_profile(key))
    assert profile.totals is not None
    assert profile.flights is not None
    row = totals_row(totals(), profile.totals, profile.identity)
    content = document([row], profile.totals) if many else single(row, profile.totals)
    (told,) = DIALECTS[key].totals(content)
    assert (told.tail, told.seconds, told.landings, told.as_of, told.message) == ("OY-HLD", 17_324_280, 3902, AT, "k-1")
    leg = flight_row(flight(), profile.flights, profile.identity)
    content = document([leg], profile.flights) if many else single(leg, profile.flights)
    (sent,) = DIALECTS[key].flights(content)
    assert (sent.tail, sent.id, sent.seconds, sent.landings) == ("OY-HLD", "f-1", 4_320, 1)
    assert (sent.off, sent.on) == (AT, AT.replace(hour=11))


def test_decimals_in_json_are_numbers_and_exact() -> None:
    how = parse_profile(ready_profile("traxxall")).totals
    assert how is not None
    content = single(totals_row(totals(), how, Identity.REGISTRATION), how)
    assert b'"hours": 4812.30' in content
    assert json.loads(content, parse_float=Decimal)["components"][0]["hours"] == Decimal("4812.30")


def csv_totals() -> Totals:
    how = parse_profile(ready_profile("cmp")).totals
    assert how is not None
    return how


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+OY-HLD", "-OY", "@SUM(A1)"])
def test_no_cell_begins_like_a_formula(name: str) -> None:
    how = csv_totals()
    content = document([totals_row(totals(name), how, Identity.REGISTRATION)], how)
    (_, row, _) = csv.reader(io.StringIO(content.decode()))
    assert row[0] == f"'{name}"


def test_quotes_lines_and_signs_stay_inside_their_cell() -> None:
    how = csv_totals()
    content = document([totals_row(totals('OY"\n,HLD'), how, Identity.REGISTRATION)], how)
    (_, row, end) = csv.reader(io.StringIO(content.decode()))
    assert row[0] == 'OY",HLD'
    assert end == ["END", "1"]


def test_markup_stays_text() -> None:
    how = parse_profile(ready_profile("camp")).totals
    assert how is not None
    content = single(totals_row(totals("<x>&amp;]]>"), how, Identity.REGISTRATION), how)
    assert fromstring(content).findtext("tail") == "<x>&amp;]]>"


@pytest.mark.parametrize(
    ("identity", "change", "said"),
    [
        (Identity.REGISTRATION_AND_SERIAL, totals(serial=""), "no serial number"),
        (Identity.PARTNER_ID, totals(), "not linked"),
    ],
)
def test_who_is_not_known_well_enough_is_not_sent(identity: Identity, change: Change[CounterTotals], said: str) -> None:
    with pytest.raises(DataError, match=said):
        totals_row(change, csv_totals(), identity)


def test_a_needed_counter_that_nobody_anchored() -> None:
    change = totals()
    record = CounterTotals("", AT, (), aircraft=change.record.aircraft)
    with pytest.raises(DataError, match="no known total of airborne or flight_time"):
        totals_row(Change("k", record), csv_totals(), Identity.REGISTRATION)


def test_the_same_content_has_the_same_name() -> None:
    assert stamp(b"a") == stamp(b"a") != stamp(b"b")


def test_letters_that_the_encoding_lacks() -> None:
    how = csv_totals().model_copy(update={"csv": csv_totals().csv.model_copy(update={"encoding": "iso8859-1"})})
    with pytest.raises(DataError, match="cannot be written"):
        document([totals_row(totals("日本"), how, Identity.REGISTRATION)], how)
