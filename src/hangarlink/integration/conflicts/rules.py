"""Who is right when both sides changed a record. Pure. Source: requirements/3, "Conflict resolution".

1. Last write wins for most data. 2. Financial data is looked at by a person, never settled by itself. 3. Safety data is
appended and never overwritten; hours and cycles are created and never overwritten.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.choosing import Choice, Side

# A clock may be a little ahead of ours. One that is further ahead says nothing about who was last.
CLOCK_TOLERANCE = timedelta(minutes=2)
# So many records may be removed in one run without asking, or a tenth of what is linked, if that is more.
REMOVED_WITHOUT_ASKING = 10
SHARE_WITHOUT_ASKING = 10


class Rule(StrEnum):
    LAST_WRITE_WINS = "last_write_wins"
    MANUAL_REVIEW = "manual_review"
    APPEND_ONLY = "append_only"
    CREATE_ONLY = "create_only"


DEFAULTS: dict[Dataset, Rule] = {
    Dataset.INVOICES: Rule.MANUAL_REVIEW,
    Dataset.PAYMENTS: Rule.MANUAL_REVIEW,
    Dataset.EXPENSES: Rule.MANUAL_REVIEW,
    Dataset.FLIGHT_TIMES: Rule.CREATE_ONLY,
    Dataset.COUNTER_TOTALS: Rule.CREATE_ONLY,
}
# Whatever a stream says: money is never settled without a person.
ALWAYS_REVIEWED = frozenset({Dataset.INVOICES, Dataset.PAYMENTS, Dataset.EXPENSES})


def rule_for(dataset: Dataset, chosen: str = "") -> Rule:
    """The rule that holds for a dataset, where a stream may have chosen another one."""
    if dataset in ALWAYS_REVIEWED or not chosen:
        return DEFAULTS.get(dataset, Rule.LAST_WRITE_WINS)
    return Rule(chosen)


def overwrites(rule: Rule) -> bool:
    """Whether what is here may be replaced by what comes in."""
    return rule not in {Rule.APPEND_ONLY, Rule.CREATE_ONLY}


def decide(rule: Rule, ours: Side, theirs: Side, *, now: datetime) -> Choice:
    """Both sides changed since they agreed. Never a guess: where it is not known who was last, a person decides."""
    if not overwrites(rule):
        return Choice.LEAVE
    if rule is Rule.MANUAL_REVIEW or ours.changed_at is None or theirs.changed_at is None:
        return Choice.REVIEW
    if max(ours.changed_at, theirs.changed_at) > now + CLOCK_TOLERANCE or ours.changed_at == theirs.changed_at:
        return Choice.REVIEW
    return Choice.OURS if ours.changed_at > theirs.changed_at else Choice.THEIRS


def most_removals(linked: int, removed: int = 0) -> int:
    """How many more records may go in this run before a person is asked. linked: how many there are in all."""
    return max(0, max(REMOVED_WITHOUT_ASKING, linked // SHARE_WITHOUT_ASKING) - removed)
