"""What the engine can move by itself, and what moves in another way or not yet."""

from enum import StrEnum

from hangarlink.integration.connections.flows import DATASETS
from hangarlink.integration.datasets.adapters import ADAPTERS, ROOMS
from hangarlink.integration.synclog.vocabulary import Direction, Flow


class Moved(StrEnum):
    """BY_RUNS: planned, scheduled and run. BY_RULES: messages follow the notification rules. NOT_YET: nothing reads
    or writes it here, so a connector that could carry it has nobody to talk to."""

    BY_RUNS = "by_runs"
    BY_RULES = "by_rules"
    NOT_YET = "not_yet"


def how_moved(flow: str, direction: str) -> Moved:
    if flow == Flow.MESSAGES:
        return Moved.BY_RULES
    able = ROOMS if direction == Direction.OUT else ADAPTERS
    return Moved.BY_RUNS if any(dataset in able for dataset in DATASETS.get(Flow(flow), ())) else Moved.NOT_YET
