"""Every verb of compliance asks for its permission, and the account's wall holds."""

from datetime import date

import pytest

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance import actions
from hangarlink.platform.errors import NotPermitted
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.maintenance.compliance.conftest import make_directive
from tests.maintenance.programme.conftest import Hangar

PLANNER = Actor(
    ActorKind.PERSON, None, "Kim", frozenset({"compliance.view", "programme.edit", "programme.record", "fleet.edit"})
)
ASSESSOR = Actor(ActorKind.PERSON, None, "Kim", frozenset({"compliance.view", "compliance.assess"}))


def test_without_the_permission_nothing_is_entered_or_decided(
    flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    directive = make_directive(model, acting_user)
    paragraph, product = directive.paragraphs.get(), directive.products.get()
    at, day = flying.aircraft, date(2026, 1, 1)
    refused = [
        lambda: actions.add_directive(kind="ad", issuer="FAA", number="1", subject="x", acting_user=PLANNER),
        lambda: actions.revise_directive(directive, reason="x", acting_user=PLANNER),
        lambda: actions.add_paragraph(directive, title="x", acting_user=PLANNER),
        lambda: actions.change_paragraph(paragraph, title="x", acting_user=PLANNER),
        lambda: actions.change_limits(paragraph, schedule={}, reason="x", acting_user=PLANNER),
        lambda: actions.retire_paragraph(paragraph, reason="x", acting_user=PLANNER),
        lambda: actions.add_product(directive, part_number="1", acting_user=PLANNER),
        lambda: actions.remove_product(product, reason="x", acting_user=PLANNER),
        lambda: actions.supersede_directive(directive, directive, acting_user=PLANNER),
        lambda: actions.cancel_directive(directive, reason="x", acting_user=PLANNER),
        lambda: actions.take_example("83-23-01", acting_user=PLANNER),
        lambda: actions.assess_applicable(directive, at, acting_user=PLANNER),
        lambda: actions.assess_not_applicable(directive, at, because="other", reason="x", acting_user=PLANNER),
        lambda: actions.terminate(directive, at, reference="x", done_on=day, method="x", acting_user=PLANNER),
        lambda: actions.reopen(directive, at, reason="x", acting_user=PLANNER),
        lambda: actions.record_amoc(
            directive, at, reference="x", approved_by="x", approved_on=day, scope="x", acting_user=PLANNER
        ),
    ]
    for act in refused:
        with pytest.raises(NotPermitted):
            act()


def test_who_may_assess_needs_no_right_to_change_the_programme(
    flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    directive = make_directive(model, acting_user)
    decision = actions.assess_applicable(directive, flying.aircraft, acting_user=ASSESSOR)
    assert decision.decided_by_label == "Kim"
    with pytest.raises(NotPermitted):
        actions.add_paragraph(directive, title="x", acting_user=ASSESSOR)
