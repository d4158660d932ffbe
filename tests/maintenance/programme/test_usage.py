"""What flights do: lines crossed are announced, late and corrected usage is recomputed, read values stay."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet import derived
from hangarlink.fleet.actions import add_counter, cancel_flights, set_opening
from hangarlink.fleet.derived import UsageChange
from hangarlink.fleet.models import Flight
from hangarlink.maintenance.programme.actions import revise_requirement, set_baseline, settle_value_discrepancy
from hangarlink.maintenance.programme.models import Accomplishment, Baseline, DueTerm, ValueDiscrepancy
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.usage import on_usage
from hangarlink.platform.errors import Missing
from tests.maintenance.programme.conftest import HUNDRED_HOURS, Hangar, announced, hours, moment, state_changes

FIFTY = {"repeat": {"kind": "counter", "counter": "airborne", "every": hours(50)}}


def test_a_flight_rewrites_no_due_row(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-02-01", 1000.0)
    before = list(DueTerm.objects.order_by("id").values())
    hangar.fly(3)
    assert list(DueTerm.objects.order_by("id").values()) == before
    assert hangar.row(inspection).terms[0].remaining == hours(97)


def test_a_flight_that_crosses_nothing_costs_two_statements(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-02-01", 1000.0)
    change = UsageChange(hangar.airborne.id, hangar.aircraft.id, hours(1000), hours(1001), moment("2026-02-28"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        on_usage([change], acting_user=hangar.acting_user)
    assert len(queries) == 2


def test_each_line_crossed_is_announced_once(hangar: Hangar) -> None:
    """Due soon begins 20 h before a 100 h limit; at the limit it is due, past it overdue."""
    inspection = hangar.demand()
    hangar.did(inspection, "2025-12-01", 1000.0)
    seen = len(state_changes())
    hangar.use(79, "2026-01-15")
    assert state_changes()[seen:] == []
    hangar.fly(1, "2026-01-20")
    hangar.fly(1, "2026-01-21")
    hangar.use(19, "2026-02-20")
    hangar.fly(0.1, "2026-02-25")
    hangar.fly(1, "2026-02-26")
    assert state_changes()[seen:] == [("ok", "due_soon"), ("due_soon", "due"), ("due", "overdue")]
    (event,) = announced("due.state_changed")[-1:]
    assert (event["aircraft_id"], event["requirement_id"]) == (str(hangar.aircraft.id), str(inspection.id))


def test_a_correction_that_gives_hours_back_is_announced_too(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2025-12-01", 1000.0)
    hangar.use(95, "2026-01-20")
    hangar.fly(6, "2026-02-20", name="17")
    assert state_changes()[-1] == ("due_soon", "overdue")
    cancel_flights(["17"], source="flightlogger", reason="never flown", acting_user=hangar.acting_user)
    assert state_changes()[-1] == ("overdue", "due_soon")


def test_a_last_of_two_announces_only_when_both_are_reached(hangar: Hangar) -> None:
    later = {
        "repeat": {
            "kind": "last",
            "of": [
                {"kind": "counter", "counter": "airborne", "every": hours(10)},
                {"kind": "counter", "counter": "landings", "every": 3},
            ],
        }
    }
    inspection = hangar.demand(schedule=later, alerts={"airborne": 0, "landings": 0})
    hangar.did(inspection, "2025-12-01", values={hangar.airborne.id: hours(1000), hangar.landings.id: 2000})
    seen = len(state_changes())
    hangar.fly(6, "2026-01-01")
    hangar.fly(6, "2026-01-02")
    assert state_changes()[seen:] == [], "12 h of 10 h, 2 landings of 3"
    hangar.fly(1, "2026-01-03")
    hangar.fly(1, "2026-01-04")
    assert state_changes()[seen:] == [("ok", "due"), ("due", "overdue")]


def test_e35_a_correction_moves_a_derived_check_value_and_its_next_due(hangar: Hangar) -> None:
    """A flight of 3 March entered as 18.0 h, truth 1.8 h; the value of the check of 10 March was derived."""
    inspection = hangar.demand()
    hangar.use(480, "2025-02-28")
    hangar.fly(18, "2025-03-03", 0, name="typo")
    done = hangar.did(inspection, "2025-03-10")
    assert hangar.row(inspection).terms[0].limit == hours(1598)
    hangar.fly(1.8, "2025-03-03", 0, name="typo")
    assert hangar.row(inspection).terms[0].limit == hours(1581.8)
    first, second = Accomplishment.objects.filter(chain=done.chain).order_by("version")
    assert [one.values.get(counter=hangar.airborne).value for one in (first, second)] == [hours(1498), hours(1481.8)]
    assert (first.superseded_at is None, second.superseded_at is None) == (False, True)
    assert "late or corrected" in second.reason
    assert announced("accomplishment.corrected")[-1]["number"] == 2


def test_e35_a_value_read_from_the_meter_stays_and_a_discrepancy_is_raised(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.fly(18, "2025-03-03", 0, name="typo")
    hangar.did(inspection, "2025-03-10", 1018.0)
    assert not ValueDiscrepancy.objects.exists()
    hangar.fly(1.8, "2025-03-03", 0, name="typo")
    assert hangar.row(inspection).terms[0].limit == hours(1118)
    (raised,) = ValueDiscrepancy.objects.all()
    assert (raised.expected, raised.settled_at) == (hours(1001.8), None)
    assert announced("accomplishment.value_disputed") == [
        {"discrepancy_id": str(raised.id), "counter_id": str(hangar.airborne.id)}
    ]


def test_e36_a_late_flight_moves_the_derived_value_of_a_check_that_is_done(hangar: Hangar) -> None:
    inspection = hangar.demand("50 h", FIFTY)
    hangar.use(10, "2026-01-30")
    hangar.did(inspection, "2026-02-05")
    assert hangar.row(inspection).terms[0].limit == hours(1060)
    hangar.fly(2.3, "2026-02-01")
    assert hangar.row(inspection).terms[0].limit == hours(1062.3)


def test_a_flight_that_lands_at_the_very_moment_of_the_check_is_in_its_value(hangar: Hangar) -> None:
    """Same instant: flights before maintenance (domain rule 1.5)."""
    inspection = hangar.demand("50 h", FIFTY)
    hangar.did(inspection, "", performed_at=moment("2026-02-05", 12))
    hangar.fly(2, "2026-02-05", 10)
    assert hangar.row(inspection).terms[0].limit == hours(1052)


def test_a_recomputation_answers_under_the_revision_of_its_day(hangar: Hangar) -> None:
    inspection = hangar.demand(schedule=HUNDRED_HOURS | {"basis": "min"})
    hangar.did(inspection, "2025-02-01", 1000.0)
    hangar.use(105, "2025-08-20")
    done = hangar.did(inspection, "2025-09-01")
    revise_requirement(inspection, schedule=FIFTY | {"basis": "min"}, reason="AMP 7", acting_user=hangar.acting_user)
    hangar.fly(1, "2025-08-30")
    stands = Accomplishment.objects.get(chain=done.chain, superseded_at__isnull=True)
    assert (stands.version, stands.was_due["repeat"]["value"]) == (2, hours(1100))
    assert hangar.row(inspection).terms[0].limit == hours(1150)


def test_a_flight_after_the_check_changes_nothing_in_it(hangar: Hangar) -> None:
    inspection = hangar.demand("50 h", FIFTY)
    done = hangar.did(inspection, "2026-02-05")
    hangar.fly(2, "2026-02-06")
    assert Accomplishment.objects.filter(chain=done.chain).count() == 1


def test_missing_flights_that_arrive_settle_the_discrepancy(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-02-05", 1002.3)
    (raised,) = ValueDiscrepancy.objects.all()
    assert raised.expected == hours(1000)
    hangar.fly(2.3, "2026-02-01")
    raised.refresh_from_db()
    assert (raised.settled_at is not None, raised.note) == (True, "No longer contradicted.")


def test_less_than_the_display_can_show_is_no_discrepancy(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-02-05", values={hangar.airborne.id: hours(1000) + 359})
    assert not ValueDiscrepancy.objects.exists()


def test_what_a_person_settled_is_not_raised_again(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.fly(1, "2026-01-20", name="1")
    hangar.did(inspection, "2026-02-05", 1003.0)
    (raised,) = ValueDiscrepancy.objects.all()
    settle_value_discrepancy(raised, note="tach runs fast", acting_user=hangar.acting_user)
    hangar.fly(1.5, "2026-01-20", name="1")
    hangar.fly(1, "2026-01-20", name="1")
    open_ones = ValueDiscrepancy.objects.filter(settled_at__isnull=True)
    assert [one.expected for one in open_ones] == [], "back at the settled difference"
    with pytest.raises(Missing, match="settled already"):
        settle_value_discrepancy(raised, note="again", acting_user=hangar.acting_user)


def test_a_derived_baseline_follows_late_usage(hangar: Hangar) -> None:
    """A directive's limit counts from the total on its effective day, read back from usage."""
    directive = {"initial": {"kind": "counter", "counter": "airborne", "every": hours(100), "start": "effective_date"}}
    hangar.use(50, "2025-05-01")
    ad = hangar.demand(
        "AD 2025-01", directive, effective_on=date(2025, 6, 1), mandatory_class="airworthiness_directive"
    )
    assert hangar.row(ad).terms[0].limit == hours(1150)
    hangar.fly(2, "2025-05-20")
    assert hangar.row(ad).terms[0].limit == hours(1152)
    assert Baseline.objects.filter(superseded_at__isnull=False).count() == 1
    set_baseline(
        hangar.aircraft, Start.EFFECTIVE_DATE, on=date(2025, 6, 1), values={hangar.airborne.id: hours(1049)},
        requirement=ad, source="logbook 3 p. 12", acting_user=hangar.acting_user,
    )  # fmt: skip
    hangar.fly(2, "2025-05-21")
    assert hangar.row(ad).terms[0].limit == hours(1149), "a value somebody read stays"


def test_a_counter_nobody_anchored_is_unknown_until_its_opening(hangar: Hangar) -> None:
    tach = add_counter(hangar.aircraft, kind="tach", acting_user=hangar.acting_user)
    schedule = {"initial": {"kind": "counter", "counter": "tach", "thresholds": [hours(500)], "start": "zero"}}
    overhaul = hangar.demand("tach 500", schedule)
    row = hangar.row(overhaul)
    assert (row.state, row.terms[0].unknown) == (State.UNKNOWN, "no_total")
    set_opening(tach, total=hours(600), at=moment("2026-02-27"), acting_user=hangar.acting_user)
    assert hangar.row(overhaul).state is State.OVERDUE
    assert state_changes()[-1] == ("unknown", "overdue")


def test_flights_and_due_rows_commit_together(hangar: Hangar) -> None:
    """When recomputing fails, the flight is not recorded either: never one without the other."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    derived.register(fail)
    try:
        with pytest.raises(RuntimeError, match="boom"):
            hangar.fly(1, "2026-02-20")
    finally:
        derived.unregister(fail)
    assert not Flight.objects.exists()
