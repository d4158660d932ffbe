"""Every standing of domain rule 1.8, and what leads from one to the next."""

from collections.abc import Iterator
from datetime import date

import pytest

from hangarlink.fleet.actions import change_aircraft
from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance.actions import (
    add_paragraph,
    add_product,
    assess_applicable,
    assess_not_applicable,
    cancel_directive,
    give_credit,
    record_amoc,
    reopen,
    revise_directive,
    supersede_directive,
    take_example,
    terminate,
    withdraw_amoc,
)
from hangarlink.maintenance.compliance.examples import examples
from hangarlink.maintenance.compliance.models import Decision, Directive, DirectiveParagraph
from hangarlink.maintenance.compliance.queries.rows import Narrow, counts, pairs
from hangarlink.maintenance.compliance.rules.standing import standing
from hangarlink.maintenance.compliance.rules.words import Because, ParagraphKind
from hangarlink.maintenance.programme.actions import withdraw_requirement
from hangarlink.maintenance.programme.models import DueItem, Requirement
from hangarlink.maintenance.programme.queries import Narrow as DueNarrow
from hangarlink.maintenance.programme.queries import due_list
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from tests.maintenance.compliance.conftest import ONCE, make_directive, pair, seen, state
from tests.maintenance.programme.conftest import HOUR, Hangar


@pytest.fixture(autouse=True)
def rules_agree(flying: Hangar) -> Iterator[None]:
    """Whatever a test leaves behind: the statement and the rules say the same of it."""
    yield
    for one in pairs(Narrow()):
        assert standing(one.facts) is one.state


def limits(directive: Directive) -> Requirement:
    found = DirectiveParagraph.objects.exclude(requirement=None).get(directive=directive, retired_at=None).requirement
    assert found is not None
    return found


def open_items(one: Hangar) -> set[str]:
    rows = DueItem.objects.filter(aircraft=one.aircraft, closed_at=None).exclude(requirement__reference="Annual")
    return set(rows.values_list("requirement__reference", flat=True))


def test_not_applicable_says_why(flying: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    directive = make_directive(model, acting_user)
    with pytest.raises(RuleBroken, match="Say why") as refused:
        assess_not_applicable(directive, flying.aircraft, because=Because.SERIAL, reason=" ", acting_user=acting_user)
    assert refused.value.field == "reason"
    assess_not_applicable(
        directive,
        flying.aircraft,
        because=Because.SERIAL,
        reason="S/N 172S-8101 is not listed",
        acting_user=acting_user,
    )
    assert state(directive, flying.aircraft) == "not_applicable"
    assert seen(flying).state is Airworthiness.OK
    assert open_items(flying) == set()


def test_a_decision_holds_for_its_serial_number(flying: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    directive = make_directive(model, acting_user)
    assess_not_applicable(directive, flying.aircraft, because="serial", reason="not listed", acting_user=acting_user)
    change_aircraft(flying.aircraft, serial_number="172S-8102", acting_user=acting_user)
    assert state(directive, flying.aircraft) == "not_assessed"
    (ground,) = seen(flying).grounds
    assert "assessed for serial number 172S-8101, which is 172S-8102 now" in ground.said


def test_once_done_it_is_complied_with(flying: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    directive = make_directive(model, acting_user, schedule=ONCE)
    assess_applicable(directive, flying.aircraft, acting_user=acting_user)
    assert state(directive, flying.aircraft) == "open"
    flying.did(limits(directive), "2026-02-10")
    assert state(directive, flying.aircraft) == "complied_once"


def test_without_limits_it_cannot_be_found_applicable(flying: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    directive = make_directive(model, acting_user, schedule=None)
    with pytest.raises(RuleBroken, match="no paragraph with limits"):
        assess_applicable(directive, flying.aircraft, acting_user=acting_user)
    add_paragraph(directive, code="(h)", title="Inspect", acting_user=acting_user)
    with pytest.raises(RuleBroken, match=r"\(h\): enter the limits"):
        assess_applicable(directive, flying.aircraft, acting_user=acting_user)
    assert state(directive, flying.aircraft) == "not_assessed"
    assert not Decision.objects.exists()


def test_a_terminating_action_ends_the_repeats(flying: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    directive = make_directive(model, acting_user)
    add_paragraph(directive, code="(k)", title="Repair", kind=ParagraphKind.TERMINATING, acting_user=acting_user)
    with pytest.raises(RuleBroken, match="Assess it first"):
        terminate(
            directive,
            flying.aircraft,
            reference="CRS 7",
            done_on=date(2026, 2, 1),
            method="(k)",
            acting_user=acting_user,
        )
    assess_applicable(directive, flying.aircraft, acting_user=acting_user)
    flying.did(limits(directive), "2026-02-10")
    with pytest.raises(RuleBroken, match="future"):
        terminate(
            directive,
            flying.aircraft,
            reference="CRS 7",
            done_on=date(2026, 3, 2),
            method="(k)",
            acting_user=acting_user,
        )
    terminate(
        directive, flying.aircraft, reference="CRS 7", done_on=date(2026, 2, 20), method="Repaired, (k)",
        acting_user=acting_user,
    )  # fmt: skip
    assert state(directive, flying.aircraft) == "terminated"
    assert open_items(flying) == set()
    assert seen(flying).state is Airworthiness.OK
    reopen(directive, flying.aircraft, reason="Wrong release", acting_user=acting_user)
    assert state(directive, flying.aircraft) == "not_assessed"
    assert seen(flying).state is Airworthiness.UNKNOWN


def test_a_revision_asks_again_unless_it_changes_nothing(
    flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    directive = make_directive(model, acting_user)
    assess_applicable(directive, flying.aircraft, acting_user=acting_user)
    revise_directive(directive, label="R1", reassess=False, reason="Spelling", acting_user=acting_user)
    assert state(directive, flying.aircraft) == "open"
    revise_directive(
        directive, label="R2", effective_on=date(2025, 9, 1), reason="New effective day", acting_user=acting_user
    )
    assert state(directive, flying.aircraft) == "not_assessed"
    assert "must be assessed again" in seen(flying).grounds[0].said
    # What was demanded goes on meanwhile, with the new effective day: 1000 h were on the counter then.
    assert open_items(flying) == {"AD 2020-21-22 (g)"}
    (due,) = due_list(DueNarrow(requirement_id=limits(directive).id)).rows
    assert {term.limit for term in due.terms} == {1100 * HOUR, date(2026, 9, 1)}
    directive.refresh_from_db()
    assess_applicable(directive, flying.aircraft, acting_user=acting_user)
    assert state(directive, flying.aircraft) == "open"


def test_what_was_taken_away_elsewhere_is_unknown_not_good(
    flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    """A planner who withdraws the requirement by hand does not make the directive go away."""
    directive = make_directive(model, acting_user)
    assess_applicable(directive, flying.aircraft, acting_user=acting_user)
    withdraw_requirement(limits(directive), flying.aircraft, reason="by mistake", acting_user=acting_user)
    assert state(directive, flying.aircraft) == "not_assessed"
    assert "taken from the object" in seen(flying).grounds[0].said


def test_superseded_goes_on_until_the_new_one_is_assessed_and_gives_credit(
    flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    old = make_directive(model, acting_user, "2019-06-06")
    assess_applicable(old, flying.aircraft, acting_user=acting_user)
    done = flying.did(limits(old), "2025-12-10", certificate="CRS 12")
    new = make_directive(None, acting_user, "2021-05-18")
    supersede_directive(old, new, acting_user=acting_user)
    # The new one names what the old one named, and nobody assessed it.
    assert new.products.get().aircraft_model == model
    assert state(old, flying.aircraft) == "repetitive"
    assert state(new, flying.aircraft) == "not_assessed"
    assert open_items(flying) == {"AD 2019-06-06 (g)"}
    with pytest.raises(RuleBroken, match="superseded by"):
        supersede_directive(old, new, acting_user=acting_user)
    with pytest.raises(RuleBroken, match="itself superseded"):
        supersede_directive(new, old, acting_user=acting_user)
    assess_applicable(new, flying.aircraft, acting_user=acting_user)
    assert state(old, flying.aircraft) == "superseded"
    assert open_items(flying) == {"AD 2021-05-18 (g)"}
    paragraph = new.paragraphs.get()
    credit = give_credit(paragraph, flying.aircraft, done, reason="paragraph (j) accepts it", acting_user=acting_user)
    assert credit.earlier == done.chain
    assert state(new, flying.aircraft) == "repetitive"
    (due,) = due_list(DueNarrow(requirement_id=limits(new).id)).rows
    assert {term.limit for term in due.terms} == {1500 * HOUR, date(2030, 12, 10)}


def test_an_amoc_replaces_limits_in_its_scope_and_until_its_last_day(
    flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    directive = make_directive(model, acting_user)
    assess_applicable(directive, flying.aircraft, acting_user=acting_user)
    given = {
        "reference": "ANM-120S", "approved_by": "FAA", "approved_on": date(2026, 1, 5), "acting_user": acting_user,
        "scope": "Aircraft 172S-8101 only", "valid_until": date(2026, 12, 31),
        "schedule": {"repeat": {"kind": "counter", "counter": "airborne", "every": 600 * HOUR, "start": "zero"}},
    }  # fmt: skip
    with pytest.raises(RuleBroken, match="More time alone is no AMOC"):
        record_amoc(directive, flying.aircraft, **given)
    amoc = record_amoc(directive, flying.aircraft, compensation="Dye penetrant each 50 h", **given)
    assert state(directive, flying.aircraft) == "amoc"
    assert open_items(flying) == {"AD 2020-21-22 AMOC ANM-120S"}
    with pytest.raises(RuleBroken, match="under an AMOC with limits"):
        record_amoc(directive, flying.aircraft, compensation="x", **{**given, "reference": "Other"})
    after = pairs(Narrow(directive_id=directive.id), as_of=date(2027, 1, 1))
    assert [one.state.value for one in after] == ["not_assessed"]
    assert after[0].stale == "its AMOC is no longer valid"
    withdraw_amoc(amoc, reason="The repair was done", acting_user=acting_user)
    assert state(directive, flying.aircraft) == "open"
    assert open_items(flying) == {"AD 2020-21-22 (g)"}


def test_a_directive_not_yet_in_effect_asks_for_attention_only(
    flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    make_directive(model, acting_user, effective_on=date(2026, 3, 20))
    row = seen(flying)
    assert row.state is Airworthiness.DUE_SOON
    assert "takes effect on 2026-03-20" in row.grounds[0].said


def test_a_recommendation_is_asked_for_and_makes_nothing_unknown(
    flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    directive = make_directive(model, acting_user, "SB-32-01", kind="sb", issuer="Textron")
    assert state(directive, flying.aircraft) == "not_assessed"
    assert seen(flying).state is Airworthiness.OK


def test_cancelled_it_demands_nothing(flying: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    directive = make_directive(model, acting_user)
    assess_applicable(directive, flying.aircraft, acting_user=acting_user)
    cancel_directive(directive, reason="Rescinded", acting_user=acting_user)
    assert open_items(flying) == set()
    assert counts(Narrow()) == {}
    with pytest.raises(RuleBroken, match="cancelled"):
        assess_applicable(directive, flying.aircraft, acting_user=acting_user)


@pytest.mark.parametrize("number", [one.number for one in examples()])
def test_every_example_can_be_taken_over_and_is_unknown_at_first(
    number: str, flying: Hangar, model: AircraftModel, acting_user: Actor
) -> None:
    made = take_example(number, aircraft_models=[model], acting_user=acting_user)
    assert made.is_example
    assert "which prevails" in made.revisions.get().note
    assert state(made, flying.aircraft) == "not_assessed"
    assert seen(flying).state is Airworthiness.UNKNOWN


def test_the_object_must_be_one_that_the_directive_names(flying: Hangar, acting_user: Actor) -> None:
    directive = make_directive(None, acting_user, part_number="123-45")
    with pytest.raises(RuleBroken, match="does not name OY-ABC"):
        assess_applicable(directive, flying.aircraft, acting_user=acting_user)


def test_the_effectivity_of_a_product_proposes(flying: Hangar, model: AircraftModel, acting_user: Actor) -> None:
    directive = make_directive(None, acting_user)
    add_product(
        directive, aircraft_model=model, effectivity={"serials": [{"first": "172S-1", "last": "172S-99"}]},
        acting_user=acting_user,
    )  # fmt: skip
    found = pair(directive, flying.aircraft)
    assert found.state.value == "not_assessed"
    assert "172S-8101 is not among" in found.proposed
