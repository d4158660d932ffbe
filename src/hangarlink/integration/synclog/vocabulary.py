"""The words of the sync log. One word for one thing, on pages, in the API and in commands. No Django."""

from enum import StrEnum


class Flow(StrEnum):
    """Which stream of data an attempt belongs to: the first question of every search for a fault."""

    AIRCRAFT = "aircraft"
    AIRCRAFT_MODELS = "aircraft_models"
    HOURS_CYCLES = "hours_cycles"
    DEFECTS = "defects"
    FLIGHT_LOGS = "flight_logs"

    @property
    def label(self) -> str:
        return {"hours_cycles": "Hours and cycles"}.get(self.value, self.value.replace("_", " ").capitalize())


class Direction(StrEnum):
    """Seen from here: IN changes or asks us to change our records, OUT tells our records to somebody else."""

    IN = "in"
    OUT = "out"


class Kind(StrEnum):
    """RUN: a sync. DRY_RUN: the same, rolled back and shown as a plan. CALL: one API request."""

    RUN = "run"
    DRY_RUN = "dry_run"
    CALL = "call"


class Trigger(StrEnum):
    MANUAL = "manual"
    SCHEDULE = "schedule"
    API = "api"
    COMMAND = "command"
    RETRY = "retry"


class State(StrEnum):
    """REQUESTED and WAITING have work ahead, RUNNING is under way, the others are final.

    WAITING  not before a moment that the partner named (a long Retry-After)
    PARTIAL  everything was read; some records were rejected or failed, each listed with its reason
    """

    REQUESTED = "requested"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"
    STOPPED = "stopped"


UNFINISHED = (State.REQUESTED, State.RUNNING, State.WAITING)


class Verdict(StrEnum):
    """What became of one record, or (in a dry run) what would become of it."""

    READ = "read"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    FAILED = "failed"


COUNTED = tuple(Verdict)
