"""Which function plays which kind of step."""

from collections.abc import Callable
from typing import Any, TypeVar

from hangarlink.maintenance.conformance.stage import Stage
from hangarlink.maintenance.conformance.steps import Action

Kind = TypeVar("Kind", bound=Action)
PLAYS: dict[type[Action], Callable[[Stage, Any], None]] = {}


def plays(kind: type[Kind]) -> Callable[[Callable[[Stage, Kind], None]], Callable[[Stage, Kind], None]]:
    """Declare the function that plays a kind of step."""

    def declare(play: Callable[[Stage, Kind], None]) -> Callable[[Stage, Kind], None]:
        PLAYS[kind] = play
        return play

    return declare
