"""Approved variations on record: how far, for what, once; what the lists, the explanation and the audit trail say."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from hangarlink.maintenance.programme.actions import (
    add_ready_tolerance_classes,
    add_tolerance_class,
    approve_variation,
    change_tolerance_class,
    retire_tolerance_class,
    revise_requirement,
    set_baseline,
    withdraw_accomplishment,
    withdraw_variation,
)
from hangarlink.maintenance.programme.models import DueTerm, Requirement, ToleranceClass, Variation
from hangarlink.maintenance.programme.queries import item_detail
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.programme.conftest import HOUR, HUNDRED_HOURS, Hangar, announced, hours, state_changes

pytestmark = pytest.mark.django_db

TWO_YEARS = {"repeat": {"kind": "calendar", "unit": "months", "every": 24}}
MIP = {
    "repeat": {
        "kind": "first",
        "of": [
            {"kind": "counter", "counter": "airborne", "every": 100 * HOUR},
            {"kind": "calendar", "unit": "months", "every": 12},
        ],
    }
}
TODAY = date(2026, 3, 1)
MONTHLY = [{"measure": "calendar", "most": 1, "unit": "months"}]


@pytest.fixture(autouse=True)
def classes(acting_user: Actor) -> None:
    add_ready_tolerance_classes(acting_user=acting_user)
    add_tolerance_class(code="one_month", name="One month", bands=MONTHLY, acting_user=acting_user)


def approve(hangar: Hangar, requirement: Requirement, amount: int, path: str = "repeat", **more: Any) -> Variation:
    said = {"approved_by": "CAMO postholder", "approved_on": TODAY, "reference": "VAR 7", **more}
    return approve_variation(hangar.item(requirement), path=path, amount=amount, acting_user=hangar.acting_user, **said)


def one_term(hangar: Hangar, requirement: Requirement) -> DueTerm:
    return DueTerm.objects.get(item=hangar.item(requirement))


class TestE06PartM:
    """A 24-month task due in March, extended by a month, released under the extension."""

    def test_the_list_shows_the_due_date_and_judges_by_the_extended_one(self, hangar: Hangar) -> None:
        task = hangar.demand(schedule=TWO_YEARS, tolerance="one_month")
        hangar.did(task, "2024-03-10")
        approve(hangar, task, 1, unit="months", approved_on=date(2026, 2, 20))
        term = one_term(hangar, task)
        assert (term.limit_date, term.variation) == (date(2026, 4, 10), 31)
        row = hangar.row(task, as_of=date(2026, 3, 20))
        assert (row.terms[0].limit, row.terms[0].variation, row.terms[0].remaining) == (date(2026, 3, 10), 31, 21)
        assert row.state is State.DUE_SOON
        assert hangar.row(task, as_of=date(2026, 4, 11)).state is State.OVERDUE

    def test_the_next_one_counts_from_the_due_point_before_it(self, hangar: Hangar) -> None:
        task = hangar.demand(schedule=TWO_YEARS, tolerance="one_month")
        hangar.did(task, "2024-02-10")
        approve(hangar, task, 1, unit="months", approved_on=date(2026, 2, 5))
        assert state_changes()[-1] == ("overdue", "due_soon")
        done = hangar.did(task, "2026-02-25")
        assert done.was_due["repeat"]["date"] == "2026-02-10"
        assert one_term(hangar, task).limit_date == date(2028, 2, 10)
        assert "done under an approved variation" in str(item_detail(hangar.item(task).id).explanation.to_json())

    def test_withdrawing_the_work_brings_it_back(self, hangar: Hangar, acting_user: Actor) -> None:
        task = hangar.demand(schedule=TWO_YEARS, tolerance="one_month")
        hangar.did(task, "2024-02-10")
        approve(hangar, task, 1, unit="months", approved_on=date(2026, 2, 5))
        done = hangar.did(task, "2026-02-25")
        withdraw_accomplishment(done, reason="other aircraft", acting_user=acting_user)
        assert one_term(hangar, task).limit_date == date(2026, 3, 10)

    def test_withdrawing_the_variation_after_the_work_moves_the_next_one(
        self, hangar: Hangar, acting_user: Actor
    ) -> None:
        task = hangar.demand(schedule=TWO_YEARS, tolerance="one_month")
        hangar.did(task, "2024-02-10")
        approved = approve(hangar, task, 1, unit="months", approved_on=date(2026, 2, 5))
        hangar.did(task, "2026-02-25")
        withdraw_variation(approved, reason="approved for another aircraft", acting_user=acting_user)
        assert one_term(hangar, task).limit_date == date(2028, 2, 25)


def test_e05_both_sides_of_a_minimum_inspection_programme(hangar: Hangar) -> None:
    task = hangar.demand(schedule=MIP, tolerance="part_ml_mip")
    hangar.did(task, "2025-02-20", 1000.0)
    hangar.use(95, "2026-02-18")
    approve(hangar, task, 10 * HOUR, "repeat/0", approved_on=date(2026, 2, 19))
    approve(hangar, task, 1, "repeat/1", unit="months", approved_on=date(2026, 2, 19))
    hangar.use(12, "2026-02-27")
    assert hangar.row(task).state is State.DUE_SOON
    assert [(one.limit, one.variation) for one in hangar.row(task).terms] == [
        (hours(1100), hours(10)),
        (date(2026, 2, 20), 28),
    ]
    hangar.did(task, "2026-02-28", 1107.0)
    assert [one.limit for one in hangar.row(task).terms] == [hours(1207), date(2027, 2, 28)]


class TestWhereNoToleranceExists:
    @pytest.mark.parametrize(
        "mandatory", ["airworthiness_directive", "airworthiness_limitation", "certification_maintenance", "life_limit"]
    )
    def test_e19_never_for_these(self, hangar: Hangar, mandatory: str) -> None:
        task = hangar.demand(mandatory_class=mandatory)
        hangar.did(task, "2025-02-20", 1000.0)
        with pytest.raises(RuleBroken, match="allows no variation"):
            approve(hangar, task, HOUR)
        hangar.use(100.1, "2026-02-27")
        assert hangar.row(task).state is State.OVERDUE

    def test_nor_may_a_class_be_named_there(self, hangar: Hangar) -> None:
        with pytest.raises(RuleBroken, match="no tolerance exists for those"):
            hangar.demand(mandatory_class="life_limit", tolerance="nl_ilt")

    def test_a_directive_that_grants_one_says_where(self, hangar: Hangar) -> None:
        task = hangar.demand(
            mandatory_class="airworthiness_directive", tolerance="nl_ilt", tolerance_source="paragraph (h)(2)"
        )
        hangar.did(task, "2025-02-20", 1000.0)
        approve(hangar, task, 10 * HOUR)
        assert one_term(hangar, task).limit_value == hours(1110)

    def test_an_approval_dies_when_a_revision_makes_it_a_limitation(self, hangar: Hangar, acting_user: Actor) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        hangar.did(task, "2025-02-20", 1000.0)
        approve(hangar, task, 10 * HOUR)
        revise_requirement(
            task, mandatory_class="airworthiness_limitation", tolerance="", reason="ALS", acting_user=acting_user
        )
        assert (one_term(hangar, task).limit_value, one_term(hangar, task).variation) == (hours(1100), 0)

    def test_without_a_class_nothing_says_how_far(self, hangar: Hangar) -> None:
        task = hangar.demand()
        hangar.did(task, "2025-02-20", 1000.0)
        with pytest.raises(RuleBroken, match="names no tolerance class"):
            approve(hangar, task, HOUR)

    def test_an_unknown_class_is_refused(self, hangar: Hangar) -> None:
        with pytest.raises(RuleBroken, match=r"no tolerance class 'mine'\. Known are nl_ilt"):
            hangar.demand(tolerance="mine")


class TestCeilings:
    @pytest.mark.parametrize(
        ("code", "schedule", "amount", "said"),
        [
            ("nl_ilt", HUNDRED_HOURS, hours(10.1), "10.1 h is more than the 10.0 h"),
            ("part_m_steps", HUNDRED_HOURS, hours(10.1), "10.1 h is more than the 10.0 h"),
            ("one_month", HUNDRED_HOURS, HOUR, "says nothing for an interval like this"),
            ("one_month", TWO_YEARS, 29, "29 days is more than the 28 days"),
            ("nl_ilt", TWO_YEARS, 1, "says nothing for an interval like this"),
        ],
    )
    def test_beyond_it_is_refused(
        self, hangar: Hangar, code: str, schedule: dict[str, Any], amount: int, said: str
    ) -> None:
        task = hangar.demand(schedule=schedule, tolerance=code)
        hangar.did(task, "2025-02-28", 1000.0)
        with pytest.raises(RuleBroken) as refused:
            approve(hangar, task, amount)
        assert said in str(refused.value)
        assert refused.value.field == "amount"
        assert not Variation.objects.exists()

    def test_once(self, hangar: Hangar) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        hangar.did(task, "2025-02-20", 1000.0)
        approve(hangar, task, HOUR)
        with pytest.raises(RuleBroken, match="extended already, under VAR 7"):
            approve(hangar, task, HOUR)
        hangar.use(100, "2026-02-20")
        hangar.did(task, "2026-02-27", 1100.0)
        approve(hangar, task, HOUR)
        assert Variation.objects.count() == 2

    def test_not_after_the_limit_was_passed(self, hangar: Hangar) -> None:
        counted = hangar.demand(tolerance="nl_ilt")
        hangar.did(counted, "2025-02-20", 1000.0)
        hangar.use(103, "2026-02-20")
        with pytest.raises(RuleBroken, match="passed before 2026-03-01"):
            approve(hangar, counted, 5 * HOUR)
        dated = hangar.demand("24 m", schedule=TWO_YEARS, tolerance="one_month")
        hangar.did(dated, "2024-02-10")
        with pytest.raises(RuleBroken, match="passed before 2026-03-01"):
            approve(hangar, dated, 20)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"approved_by": " "}, "approved_by"),
            ({"reference": ""}, "reference"),
            ({"approved_on": date(2026, 3, 2)}, "approved_on"),
            ({"unit": "days"}, "unit"),
            ({"counts_from": "window"}, "counts_from"),
            ({"path": "repeat/7"}, "path"),
        ],
    )
    def test_what_an_approval_must_say(self, hangar: Hangar, change: dict[str, Any], field: str) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        hangar.did(task, "2025-02-20", 1000.0)
        with pytest.raises(RuleBroken) as refused:
            approve(hangar, task, **{"amount": HOUR, **change})
        assert refused.value.field == field

    def test_an_unknown_limit_has_nothing_to_extend(self, hangar: Hangar) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        with pytest.raises(RuleBroken, match="is unknown, so there is no due point"):
            approve(hangar, task, HOUR)

    def test_before_the_first_accomplishment(self, hangar: Hangar, acting_user: Actor) -> None:
        new = {"initial": {"kind": "counter", "counter": "airborne", "thresholds": [1200 * HOUR], "start": "new"}}
        task = hangar.demand(schedule=new, tolerance="nl_ilt")
        set_baseline(
            hangar.aircraft, Start.NEW, on=date(2020, 1, 1), values={hangar.airborne.id: 0}, acting_user=acting_user
        )
        approve(hangar, task, 50 * HOUR, "initial")
        assert one_term(hangar, task).limit_value == hours(1250)


class TestOnRecord:
    def test_what_is_kept_and_told(self, hangar: Hangar) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        hangar.did(task, "2025-02-20", 1000.0)
        made = approve(hangar, task, HOUR)
        (told,) = announced("variation.approved")
        assert told["item_id"] == str(hangar.item(task).id)
        kept = AuditEntry.objects.get(action="approved")
        assert kept.new["reference"] == "VAR 7"
        assert made.due == {"counter": str(hangar.airborne.id), "value": hours(1100)}

    def test_a_row_is_never_changed(self, hangar: Hangar) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        hangar.did(task, "2025-02-20", 1000.0)
        made = approve(hangar, task, HOUR)
        for change in ({"amount": 9 * HOUR}, {"approved_by": "me"}):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                Variation.objects.filter(pk=made.pk).update(**change)
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            made.delete()

    def test_withdrawn(self, hangar: Hangar, acting_user: Actor) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        hangar.did(task, "2025-02-20", 1000.0)
        hangar.use(99, "2026-02-27")
        made = approve(hangar, task, 5 * HOUR)
        hangar.fly(3, "2026-03-01", 2)
        assert hangar.row(task).state is State.DUE_SOON
        withdraw_variation(made, reason="typing error", acting_user=acting_user)
        assert hangar.row(task).state is State.OVERDUE
        assert state_changes()[-1] == ("due_soon", "overdue")
        with pytest.raises(Missing):
            withdraw_variation(made, reason="again", acting_user=acting_user)

    def test_it_takes_a_permission_of_its_own(self, hangar: Hangar, mechanic: Actor) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        hangar.did(task, "2025-02-20", 1000.0)
        hangar.acting_user = mechanic
        with pytest.raises(NotPermitted, match=r"programme\.approve"):
            approve(hangar, task, HOUR)


@pytest.fixture
def mechanic(acting_user: Actor) -> Actor:
    """Who may record work, and approve nothing."""
    may = frozenset({"fleet.view", "programme.view", "programme.record"})
    return Actor(acting_user.kind, acting_user.id, acting_user.label, may)


class TestClasses:
    def test_the_published_ones_come_once(self, acting_user: Actor) -> None:
        before = ToleranceClass.objects.count()
        assert add_ready_tolerance_classes(acting_user=acting_user) == []
        assert ToleranceClass.objects.count() == before

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"code": "Part ML"}, "code"),
            ({"code": "nl_ilt"}, "code"),
            ({"name": ""}, "name"),
            ({"bands": []}, "bands"),
            ({"bands": [{"measure": "hours"}]}, "bands"),
            ({"bands": [{"measure": "hours", "percent": 0}]}, "bands"),
            ({"bands": [{"measure": "calendar", "most": 3}]}, "bands"),
            ({"bands": [{"measure": "hours", "most": 1, "unit": "days"}]}, "bands"),
            ({"counts_from": "min"}, "counts_from"),
        ],
    )
    def test_refusals(self, acting_user: Actor, change: dict[str, Any], field: str) -> None:
        said: dict[str, Any] = {"code": "mine", "name": "Mine", "bands": MONTHLY, **change}
        with pytest.raises(RuleBroken) as refused:
            add_tolerance_class(acting_user=acting_user, **said)
        assert refused.value.field == field

    def test_a_change_leaves_what_was_approved(self, hangar: Hangar, acting_user: Actor) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        hangar.did(task, "2025-02-20", 1000.0)
        approve(hangar, task, 10 * HOUR)
        stricter = [{"measure": "hours", "percent": 5}]
        change_tolerance_class(
            ToleranceClass.objects.get(code="nl_ilt"), name="5 %", bands=stricter, counts_from="grid",
            acting_user=acting_user,
        )  # fmt: skip
        assert one_term(hangar, task).limit_value == hours(1110)
        assert [one["tolerance_class_id"] for one in announced("tolerance_class.changed")]

    def test_one_in_use_cannot_be_retired(self, hangar: Hangar, acting_user: Actor) -> None:
        task = hangar.demand(tolerance="nl_ilt")
        used = ToleranceClass.objects.get(code="nl_ilt")
        with pytest.raises(RuleBroken, match="100 h names nl_ilt"):
            retire_tolerance_class(used, acting_user=acting_user)
        revise_requirement(task, tolerance="", reason="none", acting_user=acting_user)
        retire_tolerance_class(used, acting_user=acting_user)
        with pytest.raises(RuleBroken, match="no tolerance class 'nl_ilt'"):
            revise_requirement(task, tolerance="nl_ilt", reason="again", acting_user=acting_user)
