"""Work recorded, late and out of order, corrected and withdrawn: the due points follow, the records stay."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from hangarlink.maintenance.programme.actions import (
    correct_accomplishment,
    record_accomplishment,
    retire_requirement,
    withdraw_accomplishment,
)
from hangarlink.maintenance.programme.models import Accomplishment, DueTerm
from hangarlink.maintenance.programme.rules.dues import AtCount
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.context import current_account
from tests.maintenance.programme.conftest import YEARLY, Hangar, announced, hours, moment, state_changes

MIN = {"repeat": {"kind": "counter", "counter": "airborne", "every": hours(100)}, "basis": "min"}


def limits(hangar: Hangar, requirement: object) -> list[object]:
    terms = DueTerm.objects.filter(item__requirement=requirement, item__aircraft=hangar.aircraft).order_by("path")
    return [term.limit_date or (term.limit_value and term.limit_value / 3600) for term in terms]


def test_without_an_accomplishment_nothing_is_known(hangar: Hangar) -> None:
    inspection = hangar.demand()
    row = hangar.row(inspection)
    assert (row.state, row.forecast, row.never) == (State.UNKNOWN, None, False)
    assert row.terms[0].unknown == "no_accomplishment"


def test_the_next_due_point_follows(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-02-01", 1000.0)
    row = hangar.row(inspection)
    assert (row.terms[0].limit, row.terms[0].remaining, row.terms[0].amount) == (hours(1100), hours(100), hours(100))
    assert (row.registration, row.reference, row.terms[0].counter) == ("OY-ABC", "100 h", "Airborne")
    assert announced("accomplishment.recorded")[0]["on"] == "2026-02-01"
    assert state_changes() == [("closed", "unknown"), ("unknown", "ok")]
    assert row.state is State.UNKNOWN, "usage is stale: that is said on the page, and is no change of the item"


def test_a_value_not_read_follows_from_usage(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.fly(3.5, "2026-01-10")
    done = hangar.did(inspection, "2026-02-01")
    assert {(value.counter_id, value.value, value.source) for value in done.values.all()} == {
        (hangar.airborne.id, hours(1003.5), "derived"),
        (hangar.landings.id, 2001, "derived"),
    }
    assert limits(hangar, inspection) == [1103.5]


def test_every_accomplishment_keeps_the_due_points_it_answered(hangar: Hangar) -> None:
    inspection = hangar.demand(schedule=MIN)
    hangar.did(inspection, "2025-02-01", 1000.0)
    hangar.use(105, "2025-05-01")
    second = hangar.did(inspection, "2025-06-01")
    assert second.was_due == {"repeat": {"counter": str(hangar.airborne.id), "value": hours(1100)}}
    assert limits(hangar, inspection) == [1200]


def test_work_entered_late_slots_into_its_place(hangar: Hangar) -> None:
    """Between two on record: the later one answered another due point than was thought."""
    inspection = hangar.demand(schedule=MIN)
    hangar.did(inspection, "2025-02-01", 1000.0)
    hangar.use(50, "2025-03-01")
    hangar.use(145, "2025-05-01")
    last = hangar.did(inspection, "2025-06-01")
    assert limits(hangar, inspection) == [1200], "due 1100, done 1195: late never shifts"
    hangar.did(inspection, "2025-04-01")
    assert limits(hangar, inspection) == [1250], "due 1150 after the one at 1050"
    versions = Accomplishment.objects.filter(chain=last.chain).order_by("version")
    assert [(one.version, one.was_due["repeat"]["value"] / 3600) for one in versions] == [(1, 1100), (2, 1150)]
    assert versions[0].superseded_at is not None
    assert "2025-04-01" in versions[1].reason


def test_the_reference_is_the_release_unless_said_otherwise(hangar: Hangar) -> None:
    annual = hangar.demand(schedule=YEARLY)
    hangar.did(annual, "2025-01-30", released_at=moment("2025-02-02"))
    assert limits(hangar, annual) == [date(2026, 2, 28)]
    monthly = hangar.demand("monthly", schedule=YEARLY)
    hangar.did(monthly, "2025-01-30", released_at=moment("2025-02-02"), due_reference=moment("2025-01-31"))
    assert limits(hangar, monthly) == [date(2026, 1, 31)]


def test_the_day_is_that_of_the_account(hangar: Hangar) -> None:
    """23:30 UTC on the last of January is February in Copenhagen."""
    annual = hangar.demand(schedule=YEARLY)
    current_account().time_zone = "Europe/Copenhagen"
    done = hangar.did(annual, "", performed_at=moment("2025-01-31", 23.5))
    assert done.on == date(2025, 2, 1)
    assert limits(hangar, annual) == [date(2026, 2, 28)]


def test_what_paper_says_was_due_prevails(hangar: Hangar) -> None:
    inspection = hangar.demand(schedule=MIN)
    hangar.did(inspection, "2025-06-01", 1000.0, was_due={"repeat": AtCount(str(hangar.airborne.id), hours(995))})
    assert limits(hangar, inspection) == [1095]


def test_a_correction_is_a_new_version_and_the_due_point_follows(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.use(30, "2025-05-01")
    done = hangar.did(inspection, "2025-06-01", 1000.0, certificate="CRS 17")
    corrected = correct_accomplishment(
        done, values={hangar.airborne.id: hours(1010)}, reason="typing error", acting_user=hangar.acting_user
    )
    assert (corrected.version, corrected.certificate, corrected.reason) == (2, "CRS 17", "typing error")
    assert limits(hangar, inspection) == [1110]
    stands, old = Accomplishment.objects.filter(chain=done.chain).order_by("-version")
    assert (stands.superseded_at, old.values.get(counter=hangar.airborne).value) == (None, hours(1000))


def test_two_people_cannot_both_correct_the_same_version(hangar: Hangar) -> None:
    inspection = hangar.demand()
    done = hangar.did(inspection, "2025-06-01", 1000.0)
    correct_accomplishment(done, note="first", reason="first", acting_user=hangar.acting_user)
    with pytest.raises(RuleBroken, match="meanwhile"):
        correct_accomplishment(done, note="second", reason="second", acting_user=hangar.acting_user)


def test_a_withdrawn_one_never_happened_and_stays_on_record(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2025-02-01", 1000.0)
    second = hangar.did(inspection, "2025-06-01", 1000.0)
    withdraw_accomplishment(second, reason="wrong aircraft", acting_user=hangar.acting_user)
    assert hangar.row(inspection).terms[0].limit == hours(1100)
    assert Accomplishment.objects.filter(chain=second.chain).count() == 2
    with pytest.raises(Missing, match="withdrawn"):
        withdraw_accomplishment(second, reason="again", acting_user=hangar.acting_user)


@pytest.mark.parametrize(
    ("done", "field", "says"),
    [
        ({"performed_at": moment("2026-03-02")}, "performed_at", "in the future"),
        ({"performed_at": moment("2026-02-01").replace(tzinfo=None)}, "performed_at", "no time zone"),
        ({"performed_at": moment("1903-01-01")}, "performed_at", "first powered flight"),
        ({"released_at": moment("2026-01-31")}, "released_at", "Work is performed first"),
        ({"due_reference": moment("2026-01-31")}, "due_reference", "before the work"),
        ({"note": "x" * 10_001}, "note", "at most 10000"),
        ({"certificate": "x\x00"}, "certificate", "printable"),
    ],
)
def test_what_cannot_be_is_refused(hangar: Hangar, done: dict[str, object], field: str, says: str) -> None:
    inspection = hangar.demand()
    with pytest.raises(RuleBroken, match=says) as refused:
        hangar.did(inspection, "2026-02-01", **done)
    assert refused.value.field == field
    assert not Accomplishment.objects.exists()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (1490.0, "above 1003.0 h, recorded for a later date"),
        (900.0, "below 1000.0 h, recorded for an earlier date"),
        (-1, "whole number of 0 or more"),
    ],
)
def test_a_value_nobody_can_have_read_is_refused(hangar: Hangar, value: float, says: str) -> None:
    inspection, other = hangar.demand(), hangar.demand("other")
    hangar.fly(3, "2026-02-20")
    hangar.did(other, "2025-06-01", 1000.0)
    hangar.did(other, "2026-02-25", 1003.0)
    with pytest.raises(RuleBroken, match=says):
        hangar.did(inspection, "2026-02-01", value)


def test_one_digit_too_many_is_caught(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.fly(3, "2026-02-20")
    with pytest.raises(RuleBroken, match=r"Airborne: 15162.0 h is more than the 1003.1 h it can have reached by then"):
        hangar.did(inspection, "2026-02-01", 15_162.0)
    hangar.did(inspection, "2026-02-25", 1100.0)


def test_another_aircrafts_counter_is_refused(hangar: Hangar) -> None:
    inspection = hangar.demand()
    stranger = hangar.acting_user.id
    with pytest.raises(RuleBroken, match="not a counter of OY-ABC"):
        hangar.did(inspection, "2026-02-01", values={stranger: 5})


def test_the_same_work_twice_is_refused(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-02-01", 1000.0)
    with pytest.raises(RuleBroken, match="recorded for 2026-02-01 12:00 UTC already"):
        hangar.did(inspection, "2026-02-01", 1000.0)


def test_work_that_nothing_demands_is_refused(hangar: Hangar) -> None:
    inspection = hangar.demand()
    retire_requirement(inspection, reason="superseded", acting_user=hangar.acting_user)
    with pytest.raises(Missing, match="does not apply to OY-ABC"):
        hangar.did(inspection, "2026-02-01", 1000.0)


def test_recording_needs_the_permission(hangar: Hangar) -> None:
    inspection = hangar.demand()
    reader = Actor(ActorKind.PERSON, None, "Reader", frozenset({"programme.view"}))
    with pytest.raises(NotPermitted):
        record_accomplishment(
            inspection, hangar.aircraft, performed_at=moment("2026-02-01"), values={}, acting_user=reader
        )


@pytest.mark.parametrize("change", [{"on": date(2020, 1, 1)}, {"was_due": {}}, {"version": 9}, {"superseded_at": None}])
def test_the_database_keeps_the_record(hangar: Hangar, change: dict[str, object]) -> None:
    inspection = hangar.demand()
    done = hangar.did(inspection, "2026-02-01", 1000.0)
    correct_accomplishment(done, note="seen", reason="seen", acting_user=hangar.acting_user)
    for query in (
        lambda: Accomplishment.objects.filter(id=done.id).update(**change),
        lambda: Accomplishment.objects.filter(id=done.id).delete(),
        lambda: done.values.update(value=1),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            query()


def test_a_few_minutes_later_is_another_accomplishment(hangar: Hangar) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-02-01", 1000.0)
    hangar.did(inspection, "", 1000.0, performed_at=moment("2026-02-01") + timedelta(minutes=5))
    assert hangar.item(inspection).done == 2
