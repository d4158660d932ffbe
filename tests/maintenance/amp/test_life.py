"""The table of a revision's life: drawn in the documentation from the table itself."""

from pathlib import Path

import pytest

from hangarlink.maintenance.amp.rules.life import TABLE, Stage, Step, drawn, steps_from, transition
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import PERMISSIONS

DOCS = Path(__file__).parents[3] / "docs" / "user" / "programmes.md"


def test_the_documentation_has_the_very_table() -> None:
    assert drawn() in DOCS.read_text("utf-8")


def test_every_line_is_reachable_and_asks_for_a_known_permission() -> None:
    reached = {Stage.DRAFT} | {line.after for line in TABLE}
    assert {line.before for line in TABLE} <= reached == set(Stage)
    assert {line.permission for line in TABLE} <= PERMISSIONS.keys()


@pytest.mark.parametrize("stage", [Stage.SUPERSEDED, Stage.DISCARDED])
def test_what_has_ended_stays_ended(stage: Stage) -> None:
    assert not steps_from(stage)
    for step in Step:
        with pytest.raises(RuleBroken, match="What may be done now: nothing"):
            transition(stage, step)
