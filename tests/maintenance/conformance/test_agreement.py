"""On random lives, the due list, the rules over the records and the rules over the bare facts say the same at any time.

The facts know no increments: whatever late flights, corrections and revisions did to the records step by step must be
what a computation from nothing gives.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings

from hangarlink.maintenance.conformance.comparing import check
from hangarlink.maintenance.conformance.format import Script, load
from hangarlink.maintenance.conformance.running import attempt, staged
from hangarlink.maintenance.conformance.stage import Stage
from hangarlink.maintenance.conformance.steps import Action, Expect, ExpectComponent, Step
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, DueTerm
from hangarlink.maintenance.programme.recompute import recompute
from hangarlink.platform.people.permissions import SYSTEM
from tests.maintenance.conformance.lives import CRAFT, PUMPS, Json, lives

# Shrinking a life in a database takes minutes; the case that failed is printed, and `hangarlink due conform` plays it.
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
FIELDS = [field.name for field in DueTerm._meta.concrete_fields if field.name != "id"]


def script_of(life: Json, folder: Path) -> Script:
    path = folder / "life.yaml"
    expectation = {"expect": "R0", "aircraft": CRAFT[0], "as_of": "2027-01-01"}
    path.write_text(json.dumps({"version": 1, "cases": [{**life, "steps": [*life["steps"], expectation]}]}))
    return load(path)[0]


def disagreements(stage: Stage, as_of: date) -> list[str]:
    names = [name for name in stage.requirements if name != "P"]
    asked: list[Step] = [Expect(expect=name, aircraft=craft, as_of=str(as_of)) for name in names for craft in CRAFT]
    asked += [Expect(expect="P", component=pump, as_of=str(as_of)) for pump in PUMPS]
    asked += [ExpectComponent(expect_component=pump, at=str(as_of)) for pump in PUMPS]
    return [f"{one!r}: {found}" for one in asked for found in check(stage, one, 0)]


def check_against_nothing() -> None:
    """Working everything out again from the records changes no term and makes no new version."""

    def terms() -> list[Mapping[str, Any]]:
        return list(DueTerm.objects.order_by("item_id", "clause", "path").values(*FIELDS))

    before, versions = terms(), Accomplishment.objects.count()
    recompute(list(DueItem.objects.values_list("id", flat=True)), reason="again", acting_user=SYSTEM)
    assert terms() == before
    assert Accomplishment.objects.count() == versions


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(life=lives())
def test_facts_records_and_list_agree(life: Json, tmp_path: Path) -> None:
    script = script_of(life, tmp_path)
    with staged(script) as stage:
        stage.set_up()
        played: list[Json] = []
        try:
            play_all(stage, life, played)
        except AssertionError:
            note(json.dumps({**life, "steps": played}))
            raise


def play_all(stage: Stage, life: Json, played: list[Json]) -> None:
    """Play a life, looking at everything now and then. `played` gets the steps that were accepted."""
    actions = [step for step in stage.script.steps if isinstance(step, Action)]
    for number, step in enumerate(actions):
        if not attempt(stage, step):
            played.append(life["steps"][number])
        if number % 4 == 3 or number == len(actions) - 1:
            assert not disagreements(stage, stage.clock.now.date())
    for later in (20, 400, 2_000):
        assert not disagreements(stage, stage.clock.now.date() + timedelta(days=later))
    check_against_nothing()
