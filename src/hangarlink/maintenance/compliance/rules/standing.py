"""How a directive stands on one object. Source: domain rule 1.8.

    not assessed -> not applicable (reason) | applicable: open, complied once, repetitive
                    | terminated (by mod) | superseded (by, with credit) | AMOC (reference, scope)

A decision holds for the revision of the directive and the serial number it was made for. When either is another one
now, nobody has decided: that is not assessed again, and so unknown, never a green light left over.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hangarlink.maintenance.compliance.rules.words import Verdict
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness
from hangarlink.platform.errors import RuleBroken


class Standing(StrEnum):
    """A directive on an object."""

    NOT_ASSESSED = "not_assessed"
    OPEN = "open"
    REPETITIVE = "repetitive"
    AMOC = "amoc"
    COMPLIED_ONCE = "complied_once"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return "AMOC" if self is Standing.AMOC else self.value.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Decided:
    """The decision that stands.

    revision  number of the directive's revision it was made for
    serial    serial number it was made for
    """

    verdict: Verdict
    revision: int
    serial: str


@dataclass(frozen=True)
class Facts:
    """What decides how a directive stands on an object.

    carried   decisions made for this revision or a later one still hold: later revisions changed nothing that matters
    paragraphs  paragraphs found applicable that have limits
    undone      those of them that were never accomplished
    running     those under which something further is due
    amocs     alternative methods on record whose last day has not passed
    lapsed    alternative methods whose last day has passed and which nobody withdrew
    uncovered  paragraphs that were found applicable and that nothing demands of the object now
    superseded  another directive takes its place; until that one is assessed here, what runs goes on
    """

    decided: Decided | None
    carried: int
    serial: str
    paragraphs: int = 0
    undone: int = 0
    running: int = 0
    amocs: int = 0
    lapsed: int = 0
    uncovered: int = 0
    superseded: bool = False


def stale_reason(facts: Facts) -> str:
    """Why the decision on record no longer counts; empty when it does, or when there is none."""
    decided = facts.decided
    if decided is None:
        return ""
    if decided.serial != facts.serial:
        return (
            f"it was assessed for serial number {decided.serial or 'unknown'}, which is {facts.serial or 'unknown'} now"
        )
    if decided.revision < facts.carried:
        return "it was revised since it was assessed"
    if facts.lapsed and decided.verdict is Verdict.APPLICABLE:
        return "its AMOC is no longer valid"
    if facts.uncovered and decided.verdict is Verdict.APPLICABLE:
        return "its requirement was taken from the object outside of the assessment"
    return ""


def standing(facts: Facts) -> Standing:
    """The state of a directive on an object."""
    decided = facts.decided
    if facts.superseded and (decided is None or decided.verdict is not Verdict.APPLICABLE):
        return Standing.SUPERSEDED
    if decided is None or (stale_reason(facts) and not facts.superseded):
        return Standing.NOT_ASSESSED
    if decided.verdict is not Verdict.APPLICABLE:
        return Standing(decided.verdict.value)
    if facts.amocs:
        return Standing.AMOC
    if not facts.paragraphs or facts.undone:
        return Standing.OPEN
    return Standing.REPETITIVE if facts.running else Standing.COMPLIED_ONCE


def weight(at: Standing, *, mandatory: bool, effective_on: date | None, today: date) -> Airworthiness:
    """What the standing itself means for the aircraft; what is due under it speaks for itself as a due item.

    A directive that binds and was not assessed makes the aircraft unknown from its effective day on; before that day,
    which gives time to assess it, it only asks for attention. Without an effective day it is taken to be in effect.
    """
    if at is not Standing.NOT_ASSESSED or not mandatory:
        return Airworthiness.OK
    return Airworthiness.DUE_SOON if effective_on and effective_on > today else Airworthiness.UNKNOWN


# Which step may follow which standing. The page shows these buttons, the actions refuse the others.
STEPS: dict[str, frozenset[Standing]] = {
    "assess": frozenset(Standing) - {Standing.SUPERSEDED},
    "credit": frozenset({Standing.OPEN, Standing.REPETITIVE, Standing.AMOC}),
    "amoc": frozenset({Standing.OPEN, Standing.REPETITIVE, Standing.AMOC, Standing.COMPLIED_ONCE}),
    "terminate": frozenset({Standing.OPEN, Standing.REPETITIVE, Standing.AMOC, Standing.COMPLIED_ONCE}),
    "reopen": frozenset({Standing.TERMINATED, Standing.NOT_APPLICABLE}),
}
_VERBS = {
    "assess": "assessed", "credit": "given credit", "amoc": "given an AMOC", "terminate": "terminated",
    "reopen": "opened again",
}  # fmt: skip


def check_step(step: str, at: Standing, name: str) -> None:
    """Raise RuleBroken when a directive that stands like this may not be taken through the step."""
    if at not in STEPS[step]:
        raise RuleBroken(
            f"{name} is {at.label.lower() if at is not Standing.AMOC else 'under an AMOC'} here, so it cannot be "
            f"{_VERBS[step]}." + (" Assess it first." if at is Standing.NOT_ASSESSED else ""),
            field="state",
        )
