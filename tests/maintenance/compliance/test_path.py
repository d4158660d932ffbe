"""One directive, from paper to status report: entered, unknown, assessed, due, done."""

from datetime import date

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance.actions import assess_applicable
from hangarlink.maintenance.compliance.queries.rows import Narrow, pairs
from hangarlink.maintenance.compliance.rules.standing import Standing
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries import Narrow as DueNarrow
from hangarlink.maintenance.programme.queries import due_list, item_detail
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.compliance.conftest import make_directive, make_hangar, pair, seen, state
from tests.maintenance.programme.conftest import HOUR, Hangar, announced


def test_a_directive_from_paper_to_the_next_due(flying: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    assert seen(flying).state is Airworthiness.OK
    directive = make_directive(model, acting_user)
    other = make_hangar(model, acting_user, "OY-DEF")

    # It names both aircraft of the model, and nobody decided anything: unknown, with the reason.
    asked = pairs(Narrow(states=[Standing.NOT_ASSESSED]))
    assert [(one.name, one.object_name) for one in asked] == [
        ("AD 2020-21-22", "OY-ABC"),
        ("AD 2020-21-22", "OY-DEF"),
    ]
    row = seen(flying)
    assert row.state is Airworthiness.UNKNOWN
    (ground,) = row.grounds
    assert ground.code == "directive_not_assessed"
    assert ground.said == "AD 2020-21-22 Tailplane attachment was not assessed"
    assert ground.subject == f"{directive.id}/aircraft-{flying.aircraft.id}"
    assert ground.source == "FAA AD 2020-21-22"

    # Applicable: the limits count from the effective day. 1000 h then, 1010 h now; later of 1100 h and 1 June 2026.
    assess_applicable(directive, flying.aircraft, method="Paragraph (g)", acting_user=acting_user)
    assert state(directive, flying.aircraft) == "open"
    assert state(directive, other.aircraft) == "not_assessed"
    item = DueItem.objects.get(aircraft=flying.aircraft, requirement__reference="AD 2020-21-22 (g)")
    (due,) = due_list(DueNarrow(aircraft_id=flying.aircraft.id, requirement_id=item.requirement_id)).rows
    assert due.state is State.OK
    assert {term.limit for term in due.terms} == {1100 * HOUR, date(2026, 6, 1)}
    assert seen(flying).state is Airworthiness.OK
    said = str(item_detail(item.id).explanation)
    assert "FAA AD 2020-21-22" in due.source
    assert "effective" in said.lower()

    # Done: it repeats, and what is next follows from what was done.
    flying.did(item.requirement, "2026-02-20")
    assert state(directive, flying.aircraft) == "repetitive"
    (due,) = due_list(DueNarrow(aircraft_id=flying.aircraft.id, requirement_id=item.requirement_id)).rows
    assert {term.limit for term in due.terms} == {1500 * HOUR, date(2031, 2, 20)}
    assert pair(directive, flying.aircraft).facts.undone == 0
    assert announced("directive.assessed") == [
        {
            "directive_id": str(directive.id),
            "aircraft_id": str(flying.aircraft.id),
            "component_id": None,
            "verdict": "applicable",
            "because": "",
        }
    ]
