"""What outsiders read about cases is what the product reads."""

import re
from pathlib import Path

import pytest

from hangarlink.maintenance.conformance.format import Case, load
from hangarlink.maintenance.conformance.running import Outcome, run, shipped
from hangarlink.maintenance.conformance.steps import KINDS
from tests.maintenance.conformance.conftest import Written

PAGE = (Path(__file__).parents[3] / "docs/integrator/due-cases.md").read_text()


@pytest.mark.django_db
def test_the_example_in_the_documentation_passes(written: Written) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (script,) = load(written(example))
    assert run(script).outcome is Outcome.PASSED


def test_every_field_and_every_kind_of_step_is_documented() -> None:
    fields = {field.alias or name for name, field in Case.model_fields.items()}
    missing = [name for name in [*fields, *KINDS] if f"`{name}" not in PAGE]
    assert not missing


def test_every_kind_of_step_is_shown_in_an_example() -> None:
    shown = "\n".join(path.read_text() for path in shipped().glob("*.yaml"))
    seldom = {
        "cancel_flight", "status", "correct_done", "withdraw_done", "revise", "withdraw_event", "withdraw_variation",
        "exchange", "bench", "meter", "park", "use_ratio",
    }  # fmt: skip
    assert {word for word in KINDS if not re.search(rf"\b{word}: ", shown)} <= seldom
