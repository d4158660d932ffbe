"""Effectivity in the database: which aircraft get an item, and what a new serial number or modification does."""

from datetime import date
from typing import Any

import pytest

from hangarlink.fleet.actions import change_aircraft
from hangarlink.maintenance.amp.actions import draft_revision, put_task
from hangarlink.maintenance.amp.models import Programme
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement, revise_requirement
from hangarlink.maintenance.programme.actions.modifications import record_modification, remove_modification
from hangarlink.maintenance.programme.models import DueItem, Modification, Requirement
from hangarlink.maintenance.programme.queries import Narrow, board, due_list
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.maintenance.amp.conftest import HUNDRED, in_force, requirement
from tests.maintenance.programme.conftest import HUNDRED_HOURS, Hangar, announced, hours, make_hangar


def open_items(made: Requirement) -> set[Any]:
    return set(made.items.filter(closed_at__isnull=True).values_list("aircraft_id", flat=True))


def narrowed(hangar: Hangar, **effectivity: Any) -> Requirement:
    made = add_requirement(
        reference="05-20", title="x", mandatory_class="programme", schedule=HUNDRED_HOURS, effectivity=effectivity,
        acting_user=hangar.acting_user,
    )  # fmt: skip
    apply_requirement(made, hangar.aircraft.aircraft_model, acting_user=hangar.acting_user)
    return made


def test_only_the_meant_serial_numbers_get_an_item_and_the_others_say_why(hangar: Hangar, acting_user: Actor) -> None:
    change_aircraft(hangar.aircraft, serial_number="172S100", acting_user=acting_user)
    other = make_hangar(hangar.aircraft.aircraft_model, acting_user, "OY-OTH")
    change_aircraft(other.aircraft, serial_number="172S900", acting_user=acting_user)
    made = narrowed(hangar, serials=[{"first": "172S1", "last": "172S500"}])
    assert open_items(made) == {hangar.aircraft.id}
    out = made.items.get(aircraft=other.aircraft)
    assert "172S900 is not among 172S1 to 172S500" in out.left_out
    found = board([other.aircraft.id])[other.aircraft.id]
    assert "not_assessed" not in {ground.code for ground in found.grounds}


def test_an_aircraft_without_a_serial_number_is_asked_until_it_is_known(hangar: Hangar, acting_user: Actor) -> None:
    made = narrowed(hangar, serials=[{"first": "1", "last": "500"}])
    assert open_items(made) == {hangar.aircraft.id}
    change_aircraft(hangar.aircraft, serial_number="900", acting_user=acting_user)
    assert not open_items(made)
    assert not due_list(Narrow(aircraft_id=hangar.aircraft.id)).rows
    change_aircraft(hangar.aircraft, serial_number="90", acting_user=acting_user)
    assert open_items(made) == {hangar.aircraft.id}
    assert made.items.get().left_out == ""


def test_a_modification_turns_the_pre_task_off_and_the_post_task_on(
    programme: Programme, hangar: Hangar, acting_user: Actor
) -> None:
    draft = draft_revision(programme, acting_user=acting_user)
    put_task(draft, "PRE", acting_user=acting_user, **{**HUNDRED, "effectivity": {"pre": ["SB 32-01"]}})
    put_task(draft, "POST", acting_user=acting_user, **{**HUNDRED, "effectivity": {"post": ["SB 32-01"]}})
    in_force(draft, acting_user)
    pre, post = requirement(programme, "PRE"), requirement(programme, "POST")
    hangar.did(pre, "2026-02-01", 990)
    assert (len(open_items(pre)), len(open_items(post))) == (1, 0)
    row = record_modification(hangar.aircraft, "SB 32-01", embodied_on=date(2026, 2, 20), acting_user=acting_user)
    assert (len(open_items(pre)), len(open_items(post))) == (0, 1)
    remove_modification(row, removed_on=date(2026, 2, 25), reason="Reverted", acting_user=acting_user)
    assert (len(open_items(pre)), len(open_items(post))) == (1, 0)
    assert hangar.row(pre).terms[0].limit == hours(1090)
    assert [one["on"] for one in announced("modification.embodied")] == ["2026-02-20"]


def test_revising_the_effectivity_opens_and_closes(hangar: Hangar, acting_user: Actor) -> None:
    change_aircraft(hangar.aircraft, serial_number="50", acting_user=acting_user)
    made = narrowed(hangar, serials=[{"first": "1", "last": "10"}])
    assert not open_items(made)
    wider = {"serials": [{"first": "1", "last": "100"}]}
    revise_requirement(made, effectivity=wider, reason="SB revised", acting_user=acting_user)
    assert open_items(made) == {hangar.aircraft.id}
    revise_requirement(made, effectivity={"pre": [], "serials": []}, reason="All", acting_user=acting_user)
    assert made.revisions.get(number=3).effectivity == {}


@pytest.mark.parametrize(
    ("code", "on", "field"),
    [
        ("", date(2026, 2, 1), "code"),
        ("SB 1", date(2026, 3, 2), "embodied_on"),
        ("SB 1", date(1900, 1, 1), "embodied_on"),
    ],
)
def test_a_modification_that_cannot_be_is_refused(
    hangar: Hangar, acting_user: Actor, code: str, on: date, field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        record_modification(hangar.aircraft, code, embodied_on=on, acting_user=acting_user)
    assert refused.value.field == field
    assert not Modification.objects.exists()


def test_a_modification_is_embodied_once_and_needs_the_permission(hangar: Hangar, acting_user: Actor) -> None:
    row = record_modification(hangar.aircraft, "SB 1", embodied_on=date(2026, 2, 1), acting_user=acting_user)
    with pytest.raises(RuleBroken, match="already"):
        record_modification(hangar.aircraft, "SB 1", embodied_on=date(2026, 2, 1), acting_user=acting_user)
    reader = Actor(ActorKind.PERSON, None, "R", frozenset({"programme.view"}))
    with pytest.raises(NotPermitted):
        record_modification(hangar.aircraft, "SB 2", embodied_on=date(2026, 2, 1), acting_user=reader)
    with pytest.raises(NotPermitted):
        remove_modification(row, removed_on=date(2026, 2, 2), reason="x", acting_user=reader)
    with pytest.raises(RuleBroken, match="before it was embodied"):
        remove_modification(row, removed_on=date(2026, 1, 1), reason="x", acting_user=acting_user)
    remove_modification(row, removed_on=date(2026, 2, 2), reason="x", acting_user=acting_user)
    with pytest.raises(Missing):
        remove_modification(row, removed_on=date(2026, 2, 2), reason="x", acting_user=acting_user)
    assert not DueItem.objects.exists()
