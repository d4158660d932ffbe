"""May this component be installed there, now? The part of the answer that components know themselves.

Source: domain/maintenance.md 1.4 and 2.4.7. Other rooms add theirs through `components.checks`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from hangarlink.maintenance.components.vocabulary import FIT_TO_INSTALL, Condition


class Weight(StrEnum):
    """REFUSED: it may not be installed. NOTED: somebody should know; the installation says that they did."""

    REFUSED = "refused"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that stands against an installation.

    code     a word that surfaces translate and partners may switch on
    message  the same for people: what is wrong and what to do
    source   document and paragraph behind it, where there is one
    """

    component_id: UUID
    code: str
    weight: Weight
    message: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class LifeLeft:
    """One life limit of the component: its name, whether it is known, and whether anything is left."""

    name: str
    is_known: bool
    is_used_up: bool


@dataclass(frozen=True, slots=True)
class Fitting:
    """What is to be installed, and where.

    made_on    day of manufacture, if known
    accepts    name of the type that the position takes; "" takes any
    lives      its life limits
    """

    component_id: UUID
    name: str
    type_name: str
    condition: Condition
    certificate: str
    made_on: date | None
    at: datetime
    position: str
    accepts: str = ""
    lives: tuple[LifeLeft, ...] = ()


def own_findings(asked: Iterable[Fitting]) -> list[Finding]:
    """What condition, papers, life, type and birth say."""
    return [finding for one in asked for finding in _of(one)]


def _of(one: Fitting) -> Iterator[Finding]:
    def finding(code: str, message: str, weight: Weight = Weight.REFUSED) -> Finding:
        return Finding(one.component_id, code, weight, message)

    if one.accepts and one.accepts != one.type_name:
        yield finding("wrong_type", f"{one.position} takes {one.accepts}; {one.name} is {one.type_name}.")
    if one.made_on is not None and one.at.date() < one.made_on:
        yield finding(
            "before_manufacture",
            f"{one.name} was made on {one.made_on:%d %b %Y}; it cannot be installed on {one.at:%d %b %Y}.",
        )
    if one.condition is Condition.UNKNOWN:
        yield finding("condition_unknown", f"Nobody has said in which condition {one.name} is. Record it first.")
    elif one.condition not in FIT_TO_INSTALL:
        said = one.condition.label.lower()
        yield finding("condition_unfit", f"{one.name} is {said}. It needs a release before it is installed.")
    if not one.certificate:
        yield finding("no_certificate", f"No release certificate of {one.name} is recorded.")
    for life in one.lives:
        if not life.is_known:
            yield finding("life_unknown", f"Nobody knows how much of its {life.name} life {one.name} has used.")
        elif life.is_used_up:
            yield finding(
                "life_used_up", f"The {life.name} life of {one.name} is used up. It is never installed again."
            )
