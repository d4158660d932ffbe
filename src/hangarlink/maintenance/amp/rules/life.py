"""The life of a revision: one table of what may be done with it. The documentation draws it from this table.

Source: domain rule 1.9 (revision, difference, re-baseline report, approval).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hangarlink.platform.errors import RuleBroken


class Stage(StrEnum):
    """Where a revision stands. Only an ACTIVE one demands anything; SUPERSEDED and DISCARDED are for the record."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"

    @property
    def is_open(self) -> bool:
        """Still on its way: a programme has at most one of these."""
        return self in {Stage.DRAFT, Stage.IN_REVIEW, Stage.APPROVED}


class Step(StrEnum):
    """What is done with a revision."""

    EDIT = "edit"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    ACTIVATE = "activate"
    SUPERSEDE = "supersede"
    DISCARD = "discard"


@dataclass(frozen=True)
class Transition:
    """One line of the table.

    permission  what it takes
    holds       what must be true, in words; checked by the action of that name
    """

    before: Stage
    step: Step
    after: Stage
    permission: str
    holds: str = ""


EDIT, APPROVE = "amp.edit", "amp.approve"
TABLE: tuple[Transition, ...] = (
    Transition(Stage.DRAFT, Step.EDIT, Stage.DRAFT, EDIT),
    Transition(Stage.DRAFT, Step.SUBMIT, Stage.IN_REVIEW, EDIT, "it has tasks and differs from the active revision"),
    Transition(Stage.IN_REVIEW, Step.RETURN, Stage.DRAFT, APPROVE, "a reason is given"),
    Transition(
        Stage.IN_REVIEW, Step.APPROVE, Stage.APPROVED, APPROVE,
        "no interval is weaker than the minimum programme's, and the report that was read is still the report",
    ),
    Transition(Stage.APPROVED, Step.RETURN, Stage.DRAFT, APPROVE, "a reason is given"),
    Transition(Stage.APPROVED, Step.ACTIVATE, Stage.ACTIVE, APPROVE, "no interval is weaker than the minimum's"),
    Transition(Stage.ACTIVE, Step.SUPERSEDE, Stage.SUPERSEDED, APPROVE, "the next revision is activated"),
    Transition(Stage.DRAFT, Step.DISCARD, Stage.DISCARDED, EDIT, "a reason is given"),
    Transition(Stage.IN_REVIEW, Step.DISCARD, Stage.DISCARDED, EDIT, "a reason is given"),
    Transition(Stage.APPROVED, Step.DISCARD, Stage.DISCARDED, APPROVE, "a reason is given"),
)  # fmt: skip
_BY_STEP = {(line.before, line.step): line for line in TABLE}
WORDS = {
    Stage.DRAFT: "a draft",
    Stage.IN_REVIEW: "in review",
    Stage.APPROVED: "approved",
    Stage.ACTIVE: "active",
    Stage.SUPERSEDED: "superseded",
    Stage.DISCARDED: "discarded",
}


def transition(stage: Stage, step: Step) -> Transition:
    """The line of the table. Raises RuleBroken saying what the revision is and what may be done with it."""
    found = _BY_STEP.get((stage, step))
    if found is None:
        may = ", ".join(one.value for one in steps_from(stage)) or "nothing"
        raise RuleBroken(
            f"This revision is {WORDS[stage]}, so it cannot be taken through “{step.value}”. What may be done now: "
            f"{may}.",
            field="stage",
        )
    return found


def steps_from(stage: Stage) -> list[Step]:
    """What may be done with a revision in this stage."""
    return [line.step for line in TABLE if line.before is stage]


def drawn(table: Iterable[Transition] = TABLE) -> str:
    """The table as Markdown, for the documentation."""
    lines = ["| from | step | to | permission | what must hold |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.before.value} | {one.step.value} | {one.after.value} | `{one.permission}` | {one.holds} |"
        for one in table
    ]
    return "\n".join(lines)
