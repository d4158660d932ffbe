"""Work that covers other work: recorded together, corrected together, never in a circle."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.programme.actions import (
    add_satisfaction,
    correct_accomplishment,
    remove_satisfaction,
    retire_requirement,
    withdraw_accomplishment,
)
from hangarlink.maintenance.programme.models import Accomplishment, Requirement, Satisfaction
from hangarlink.maintenance.programme.rules.satisfying import circle, covered
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.programme.conftest import HOUR, HUNDRED_HOURS, YEARLY, Hangar, announced, hours, make_hangar

FIFTY: Mapping[str, Any] = {"repeat": {"kind": "counter", "counter": "airborne", "every": 50 * HOUR}}


class TestRules:
    def test_through_others_and_nearest_first(self) -> None:
        links = {"annual": ["100 h", "oil"], "100 h": ["50 h"], "50 h": ["oil"]}
        assert covered(links, "annual") == ["100 h", "oil", "50 h"]
        assert covered(links, "oil") == []

    def test_a_circle_is_named(self) -> None:
        links = {"annual": ["100 h"], "100 h": ["50 h"]}
        assert circle(links, "50 h", "annual") == ["50 h", "annual", "100 h", "50 h"]
        assert circle(links, "annual", "50 h") is None
        assert circle({}, "a", "a") == ["a", "a"]

    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30))
    def test_links_that_are_let_in_never_close_one(self, wanted: list[tuple[int, int]]) -> None:
        links: dict[int, list[int]] = {}
        for one, other in wanted:
            if circle(links, one, other) is None:
                links.setdefault(one, []).append(other)
        for one, others in links.items():
            assert all(circle({**links, one: []}, one, other) is None for other in others)
            assert one not in covered(links, one)


@pytest.fixture
def three(hangar: Hangar, acting_user: Actor) -> tuple[Requirement, Requirement, Requirement]:
    """An annual that satisfies a 100-hour that satisfies a 50-hour inspection."""
    annual, hundred, fifty = (
        hangar.demand(name, schedule) for name, schedule in (("A", YEARLY), ("100", HUNDRED_HOURS), ("50", FIFTY))
    )
    add_satisfaction(annual, hundred, source="14 CFR 91.409(b)", acting_user=acting_user)
    add_satisfaction(hundred, fifty, acting_user=acting_user)
    return annual, hundred, fifty


def stands(requirement: Requirement) -> list[Accomplishment]:
    found = Accomplishment.objects.filter(item__requirement=requirement, superseded_at__isnull=True, is_withdrawn=False)
    return list(found.order_by("due_reference"))


@pytest.mark.django_db
class TestTogether:
    def test_everything_it_covers_is_done_with_the_same_stamp(self, hangar: Hangar, three: Any) -> None:
        annual, hundred, fifty = three
        done = hangar.did(annual, "2026-02-20", 1000.0, certificate="CRS 1")
        for requirement in (hundred, fifty):
            (one,) = stands(requirement)
            assert (one.due_reference, one.certificate, one.satisfied_by) == (done.due_reference, "CRS 1", done.chain)
        assert hangar.row(hundred).terms[0].limit == hours(1100)
        assert hangar.row(fifty).terms[0].limit == hours(1050)
        assert len(announced("accomplishment.recorded")) == 3

    def test_the_smaller_one_covers_nothing_above_it(self, hangar: Hangar, three: Any) -> None:
        annual, hundred, fifty = three
        hangar.did(fifty, "2026-02-20", 1000.0)
        assert stands(annual) == stands(hundred) == []

    def test_a_correction_goes_with_it(self, hangar: Hangar, three: Any, acting_user: Actor) -> None:
        annual, hundred, _ = three
        done = hangar.did(annual, "2026-02-20", 1000.0)
        hangar.use(20, "2026-02-26")
        moved = stands(annual)[0].performed_at.replace(day=27)
        correct_accomplishment(
            done, performed_at=moved, released_at=moved, values={hangar.airborne.id: hours(1020)}, reason="typo",
            acting_user=acting_user,
        )  # fmt: skip
        (one,) = stands(hundred)
        assert (one.on, one.version) == (date(2026, 2, 27), 2)
        assert hangar.row(hundred).terms[0].limit == hours(1120)

    def test_a_withdrawal_goes_with_it(self, hangar: Hangar, three: Any, acting_user: Actor) -> None:
        annual, hundred, fifty = three
        done = hangar.did(annual, "2026-02-20", 1000.0)
        withdraw_accomplishment(done, reason="other aircraft", acting_user=acting_user)
        assert stands(hundred) == stands(fifty) == []
        assert hangar.row(hundred).terms[0].unknown is not None

    def test_what_follows_is_not_changed_by_itself(self, hangar: Hangar, three: Any, acting_user: Actor) -> None:
        annual, hundred, _ = three
        hangar.did(annual, "2026-02-20", 1000.0)
        with pytest.raises(RuleBroken, match="recorded with the work that satisfied it"):
            withdraw_accomplishment(stands(hundred)[0], reason="no", acting_user=acting_user)

    def test_a_record_of_its_own_at_that_moment_stays(self, hangar: Hangar, three: Any) -> None:
        annual, hundred, _ = three
        own = hangar.did(hundred, "2026-02-20", 1000.0, certificate="own")
        hangar.did(annual, "2026-02-20", 1000.0, certificate="CRS 1")
        assert [(one.chain, one.certificate) for one in stands(hundred)] == [(own.chain, "own")]

    def test_only_where_it_applies(self, hangar: Hangar, three: Any, model: AircraftModel, acting_user: Actor) -> None:
        annual, hundred, _ = three
        other = make_hangar(model, acting_user, "OY-XYZ")
        other.demand("other annual", YEARLY)
        hangar.did(annual, "2026-02-20", 1000.0)
        assert {one.item.aircraft_id for one in stands(hundred)} == {hangar.aircraft.id}


@pytest.mark.django_db
class TestLinks:
    def test_a_circle_is_refused_by_name(self, three: Any, acting_user: Actor) -> None:
        annual, _, fifty = three
        with pytest.raises(RuleBroken, match=r"50 satisfies A satisfies 100 satisfies 50"):
            add_satisfaction(fifty, annual, acting_user=acting_user)
        with pytest.raises(RuleBroken, match="A satisfies A"):
            add_satisfaction(annual, annual, acting_user=acting_user)
        assert Satisfaction.objects.count() == 2

    def test_twice_is_once(self, three: Any, acting_user: Actor) -> None:
        annual, hundred, _ = three
        add_satisfaction(annual, hundred, acting_user=acting_user)
        assert Satisfaction.objects.count() == 2
        assert len(announced("requirement.satisfies")) == 2

    def test_removed_each_is_recorded_by_itself(self, hangar: Hangar, three: Any, acting_user: Actor) -> None:
        annual, hundred, _ = three
        remove_satisfaction(annual, hundred, acting_user=acting_user)
        hangar.did(annual, "2026-02-20", 1000.0)
        assert stands(hundred) == []
        with pytest.raises(Missing):
            remove_satisfaction(annual, hundred, acting_user=acting_user)

    def test_a_retired_one_is_refused(self, hangar: Hangar, three: Any, acting_user: Actor) -> None:
        retired = hangar.demand("old", FIFTY)
        retire_requirement(retired, reason="gone", acting_user=acting_user)
        with pytest.raises(RuleBroken, match="was retired"):
            add_satisfaction(three[0], retired, acting_user=acting_user)

    def test_the_permission(self, three: Any, acting_user: Actor) -> None:
        reader = Actor(acting_user.kind, acting_user.id, acting_user.label, frozenset({"programme.record"}))
        with pytest.raises(NotPermitted):
            add_satisfaction(three[0], three[2], acting_user=reader)
