"""May it fly? What due items say about an aircraft; the worst wins, and the reasons are always listed.

Source: domain rule 1.6. The system advises and blocks its own release and dispatch actions; it certifies nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from hangarlink.maintenance.programme.rules.states import State


class MandatoryClass(StrEnum):
    """Who demands the work, and so what an overrun means and whether a tolerance may ever be used.

    PROGRAMME is a task of the approved maintenance programme; RECOMMENDED and OPERATOR are not airworthiness limits.
    """

    AIRWORTHINESS_DIRECTIVE = "airworthiness_directive"
    AIRWORTHINESS_LIMITATION = "airworthiness_limitation"
    CERTIFICATION_MAINTENANCE = "certification_maintenance"
    LIFE_LIMIT = "life_limit"
    PROGRAMME = "programme"
    RECOMMENDED = "recommended"
    OPERATOR = "operator"

    @property
    def grounds(self) -> bool:
        """An overdue item of this class grounds the aircraft, an unknown one makes it unknown."""
        return self not in {MandatoryClass.RECOMMENDED, MandatoryClass.OPERATOR}

    @property
    def never_tolerates(self) -> bool:
        """No tolerance, ever, unless (for a directive) its own text grants one."""
        return self.grounds and self is not MandatoryClass.PROGRAMME


class Airworthiness(IntEnum):
    """The state of an aircraft, worst last."""

    OK = 0
    DUE_SOON = 1
    RESTRICTED = 2
    UNKNOWN = 3
    GROUNDED = 4

    @property
    def code(self) -> str:
        """The spelling used in JSON, events and the API."""
        return self.name.lower()


@dataclass(frozen=True)
class Ground:
    """One reason for a state. Rooms contribute theirs: due items here, deferrals and releases elsewhere.

    code       such as `item_overdue`; its first word tells which room speaks, and so which page opens the subject
    subject    what it is about, as a reference the pages can open
    source     the document and paragraph that demands it
    reference  the requirement's own, e.g. AD 2020-21-22
    said       the whole reason in words, where the room says it best; else it is made from title and code
    """

    state: Airworthiness
    code: str
    subject: str
    title: str
    source: str = ""
    reference: str = ""
    said: str = ""


def of_item(state: State, mandatory: MandatoryClass) -> Airworthiness:
    """What one due item means for its aircraft. An overrun of work that is not mandatory only asks for attention."""
    if state is State.OK:
        return Airworthiness.OK
    if state is State.OVERDUE and mandatory.grounds:
        return Airworthiness.GROUNDED
    if state is State.UNKNOWN and mandatory.grounds:
        return Airworthiness.UNKNOWN
    return Airworthiness.DUE_SOON


def worst(grounds: Iterable[Ground]) -> tuple[Airworthiness, tuple[Ground, ...]]:
    """The state of the aircraft and its reasons, worst first; OK without reasons."""
    ordered = sorted(
        (ground for ground in grounds if ground.state is not Airworthiness.OK),
        key=lambda ground: (-ground.state, ground.code, ground.title, ground.subject),
    )
    return (ordered[0].state if ordered else Airworthiness.OK), tuple(ordered)
