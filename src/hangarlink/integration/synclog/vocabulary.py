"""The words of the sync log. One word for one thing, on pages, in the API and in commands. No Django."""

from enum import StrEnum


class Flow(StrEnum):
    """Which stream of data an attempt belongs to: the first question of every search for a fault."""

    AIRCRAFT = "aircraft"
    AIRCRAFT_MODELS = "aircraft_models"
    HOURS_CYCLES = "hours_cycles"
    DEFECTS = "defects"
    FLIGHT_LOGS = "flight_logs"
    DUE_ITEMS = "due_items"
    TRIPS = "trips"
    CUSTOMERS = "customers"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    EXPENSES = "expenses"
    LEDGER_ACCOUNTS = "ledger_accounts"
    MESSAGES = "messages"
    MAINTENANCE_BOOKINGS = "maintenance_bookings"
    MAINTENANCE_PARTS = "maintenance_parts"
    WEBHOOKS = "webhooks"
    COMPONENTS = "components"

    @property
    def label(self) -> str:
        labels = {"hours_cycles": "Hours and cycles", "ledger_accounts": "Chart of accounts"}
        return labels.get(self.value, self.value.replace("_", " ").capitalize())


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
    """EVENT: something changed here. WEBHOOK: the partner hinted that something changed there."""

    MANUAL = "manual"
    SCHEDULE = "schedule"
    EVENT = "event"
    WEBHOOK = "webhook"
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
    """What became of one record, or (in a dry run) what would become of it.

    CONFLICTED  changed on both sides; both versions are kept for a person to choose
    """

    READ = "read"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    SKIPPED = "skipped"
    CONFLICTED = "conflicted"
    REJECTED = "rejected"
    FAILED = "failed"


COUNTED = tuple(Verdict)
