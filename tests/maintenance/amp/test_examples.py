"""Example programmes: each can be taken as a draft, is marked, and demands nothing by itself."""

import pytest

from hangarlink.maintenance.amp.actions import draft_revision
from hangarlink.maintenance.amp.examples import examples, take_example
from hangarlink.maintenance.amp.models import Programme
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.maintenance.programme.rules.limits import Basis
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind

HOUR = 3600


@pytest.mark.parametrize("key", [one.key for one in examples()])
def test_every_example_becomes_a_marked_draft(acting_user: Actor, key: str) -> None:
    draft = take_example(key, acting_user=acting_user)
    wanted = next(one for one in examples() if one.key == key)
    assert draft.tasks.count() == len(wanted.tasks) > 0
    assert draft.programme.is_example
    assert "not for operational use" in draft.programme.description
    assert not Requirement.objects.exists()


def test_the_facts_are_those_of_the_source(acting_user: Actor) -> None:
    phase = take_example("citation550", acting_user=acting_user).tasks.get(reference="PHASE-15")
    limit = from_json(phase.content["schedule"]).repeat
    assert (limit.thresholds, limit.every) == ((10_000 * HOUR, 15_000 * HOUR), 1_000 * HOUR)  # type: ignore[union-attr]
    rotax = take_example("rotax", acting_user=acting_user).tasks.get()
    assert from_json(rotax.content["schedule"]).basis is Basis.MIN


def test_an_example_is_taken_once_and_by_who_may(acting_user: Actor) -> None:
    take_example("far91", acting_user=acting_user)
    with pytest.raises(RuleBroken, match="already"):
        take_example("far91", acting_user=acting_user)
    with pytest.raises(Missing):
        take_example("concorde", acting_user=acting_user)
    with pytest.raises(NotPermitted):
        take_example("rotax", acting_user=Actor(ActorKind.PERSON, None, "R", frozenset()))
    assert Programme.objects.count() == 1
    with pytest.raises(RuleBroken):
        draft_revision(Programme.objects.get(), acting_user=acting_user)
