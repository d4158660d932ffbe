"""What differs is told, whichever way it differs; what the product refuses can be expected."""

from pathlib import Path

import pytest

from hangarlink.maintenance.conformance import answers, comparing
from hangarlink.maintenance.conformance.format import load
from hangarlink.maintenance.conformance.running import Outcome, run
from tests.maintenance.conformance.conftest import Written

pytestmark = pytest.mark.django_db


def differences(path: Path) -> list[str]:
    (script,) = load(path)
    result = run(script)
    assert (result.outcome is Outcome.FAILED) is bool(result.differences)
    return [str(one) for one in result.differences]


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("due: {hours: 1099.0}", "step 3, due hours: expected 1099.0, the rules say 1100.0"),
        ("due: {landings: 5}", "step 3, due landings: expected 5, the rules say nothing"),
        ("remaining: {hours: 99.9}", "step 3, remaining hours: expected 99.9, the rules say 100.0"),
        ("state: due", "step 3, state: expected due, the rules say ok"),
        ("forecast: 2026-02-01", "step 3, forecast: expected 2026-02-01, the rules say never"),
        ("unknown: {hours: no_total}", "step 3, why hours is unknown: expected no_total, the rules say known"),
        ("ended: true", "step 3, 100 h: expected the control has ended, the rules say something further is due"),
        ("applies: false", "step 3, 100 h: expected not demanded, the record says demanded"),
    ],
)
def test_what_differs_is_told_of_both_ways(stepped: Written, expected: str, told: str) -> None:
    found = differences(stepped(f"{{expect: 100 h, as_of: 2026-01-02, {expected}}}"))
    assert told in found
    if "the rules" in told and "ended" not in told:
        assert told.replace("the rules say", "the due list says") in found


def test_the_two_ways_must_agree_even_where_nothing_is_expected(
    stepped: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_day_on(row: object, named: answers.Named) -> answers.Answer:
        found = of_row(row, named)
        return answers.Answer("overdue", found.forecast, found.limits)

    of_row = answers._of_row
    monkeypatch.setattr(answers, "_of_row", one_day_on)
    (found,) = differences(stepped("{expect: 100 h, as_of: 2026-01-02}"))
    assert found == "step 3, agreement on state: expected ok as the rules say, the due list says overdue"


def test_a_refusal_is_expected_or_a_difference(stepped: Written) -> None:
    below = "{reading: {hours: 999.0}, at: 2026-01-02"
    assert differences(stepped(f"{below}, refused: a total never falls}}\n{EXPECT}")) == []
    (refused,) = differences(stepped(f"{below}}}\n{EXPECT}"))
    assert refused.startswith(
        "step 3, reading: expected accepted, the record says refused: This makes a total of 999:00"
    )
    (accepted,) = differences(stepped("{reading: {hours: 1001.0}, at: 2026-01-02, refused: too low}\n" + EXPECT))
    assert accepted == "step 3, reading: expected a refusal with 'too low', the record says nothing"


EXPECT = "{expect: 100 h, as_of: 2026-01-02, due: {hours: 1100.0}}"


def test_usage_that_comes_late_counts_where_it_happened(stepped: Written) -> None:
    steps = """
{flight: F1, at: 2026-01-10T08:00, uses: {hours: 2.0}}
{done: 100 h, at: 2026-01-20}
{expect: 100 h, as_of: 2026-01-20, due: {hours: 1102.0}}
{flight: F2, at: 2026-01-15T08:00, entered: 2026-01-21, uses: {hours: 3.0}}
{expect_done: 100 h, of: 2026-01-20, values: {hours: 1005.0}, versions: 2}
{expect: 100 h, as_of: 2026-01-21, due: {hours: 1105.0}}
{cancel_flight: F1, at: 2026-01-22}
{expect: 100 h, as_of: 2026-01-22, due: {hours: 1103.0}}
{correct_done: 100 h, of: 2026-01-20, at: 2026-01-23, read: {hours: 1002.9}}
{expect_done: 100 h, of: 2026-01-20, values: {hours: 1002.9}, disputed: true}
{withdraw_done: 100 h, of: 2026-01-20, at: 2026-01-24}
{expect: 100 h, as_of: 2026-01-24, due: {hours: 1100.0}, remaining: {hours: 97.0}}
"""
    assert differences(stepped(steps)) == []


def test_what_was_done_before_the_total_was_known_gets_its_value_when_it_is(written: Written) -> None:
    text = """
version: 1
cases:
  - id: late
    title: The opening is found in the logbook after work, an event and a starting point were recorded
    aircraft: {OY-AAA: {counters: {hours: {kind: airborne}}}}
    requirements:
      100 h: {schedule: {repeat: {kind: counter, counter: hours, every: 100}}}
      new: {schedule: {initial: {kind: counter, counter: hours, thresholds: [50], start: new}}}
      hard: {schedule: {initial: {kind: counter, counter: hours, thresholds: [10], start: event, event: hard_landing}}}
    steps:
      - {done: 100 h, at: 2026-01-10}
      - {baseline: new, at: 2026-01-11}
      - {event: hard_landing, at: 2026-01-12}
      - {flight: F1, at: 2026-01-13, uses: {hours: 2.0}}
      - {expect: 100 h, as_of: 2026-01-14, due: {hours: unknown}, unknown: {hours: no_value_at_accomplishment}}
      - {opening: {hours: 1000.0}, at: 2026-01-05, entered: 2026-01-14}
      - {expect: 100 h, as_of: 2026-01-14, due: {hours: 1100.0}, remaining: {hours: 98.0}}
      - {expect: new, as_of: 2026-01-14, due: {hours: 1050.0}, remaining: {hours: 48.0}}
      - {expect: hard, as_of: 2026-01-14, due: {hours: 1010.0}, remaining: {hours: 8.0}}
      - note: a later beginning makes the value unknown again, an earlier one brings it back
        opening: {hours: 1001.0}
        at: 2026-01-11T18:00
        reason: wrong page
      - {expect: 100 h, as_of: 2026-01-14, due: {hours: unknown}}
      - {expect: hard, as_of: 2026-01-14, due: {hours: 1011.0}}
      - {opening: {hours: 999.0}, at: 2026-01-04, reason: right page, entered: 2026-01-15}
      - {expect: 100 h, as_of: 2026-01-15, due: {hours: 1099.0}, remaining: {hours: 98.0}}
"""
    assert differences(written(text)) == []


def test_forecasts_go_by_planned_flights_standing_and_ratios(written: Written) -> None:
    text = """
version: 1
cases:
  - id: plans
    title: Ten hours left at one hour a day
    aircraft: {OY-AAA: {counters: {hours: {kind: airborne}, apu: {kind: apu_hours}}}}
    requirements:
      air: {schedule: {initial: {kind: counter, counter: hours, thresholds: [1010], start: zero}}}
      apu: {schedule: {initial: {kind: counter, counter: apu, thresholds: [510], start: zero}}}
    steps:
      - {opening: {hours: 1000.0, apu: 500.0}, at: 2026-01-01}
      - {rate: {hours: 1.0}, at: 2026-01-01}
      - {expect: air, as_of: 2026-01-01, forecast: 2026-01-11}
      - {expect: apu, as_of: 2026-01-01, forecast: never}
      - {use_ratio: apu, follows: hours, use: 2, per: 1, at: 2026-01-01}
      - {expect: apu, as_of: 2026-01-01, forecast: 2026-01-06}
      - {park: storage, at: 2026-01-02, until: 2026-01-05}
      - {expect: air, as_of: 2026-01-01, forecast: 2026-01-15}
      - {plan_flight: P1, at: 2026-01-06T08:00, uses: {hours: 9.0}}
      - {expect: air, as_of: 2026-01-01, forecast: 2026-01-07}
"""
    assert differences(written(text)) == []


def test_stale_usage_is_unknown(written: Written) -> None:
    text = """
version: 1
cases:
  - id: stale
    title: Nobody entered usage for a week
    stale_after_days: 7
    aircraft: {OY-AAA: {counters: {hours: {kind: airborne}}}}
    requirements: {100 h: {schedule: {repeat: {kind: counter, counter: hours, every: 100}}}}
    steps:
      - {opening: {hours: 1000.0}, at: 2026-01-01}
      - {done: 100 h, at: 2026-01-01}
      - {expect: 100 h, as_of: 2026-01-08, state: ok}
      - {expect: 100 h, as_of: 2026-01-09, state: unknown, due: {hours: 1100.0}, unknown: {hours: stale_usage}}
      - {expect_aircraft: unknown, as_of: 2026-01-09}
      - {status: maintenance, at: 2026-01-09}
      - {expect: 100 h, as_of: 2026-01-09, state: ok}
"""
    assert differences(written(text)) == []


def test_every_kind_of_step_can_be_played_or_asked() -> None:
    from hangarlink.maintenance.conformance.playing.registry import PLAYS
    from hangarlink.maintenance.conformance.steps import KINDS, Action

    assert {kind for kind in KINDS.values() if issubclass(kind, Action)} == set(PLAYS)
    assert {kind for kind in KINDS.values() if not issubclass(kind, Action)} == set(comparing._CHECKS)
