"""What FlightLogger calls a maintenance part, and what of a due item fits into one. Pure.

A part carries at most one day, one count and one total of one log; the first that is reached counts. Which kind of
maintenance it is, FlightLogger knows by a number that its API shows nowhere, so an administrator enters it: for a class
of requirements, or for one requirement, which counts more.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.integration.contract import LogKind

OPTION = "maintenance_types"
CLASS, REQUIREMENT = "class", "requirement"
_TYPE_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
_LOGS = {kind.value for kind in LogKind}


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a due item. clause: limits of one clause count LAST, so the later of them; is_known: it has one."""

    clause: int
    counter_id: UUID | None = None
    kind: str = ""
    value: int | None = None
    day: date | None = None
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Fits:
    """What goes into a part; seconds are the total of `log`."""

    day: date | None = None
    cycles: int | None = None
    seconds: int | None = None
    log: LogKind | None = None


@dataclass(frozen=True, slots=True)
class Types:
    """The partner's number for a class of requirements, or for one."""

    classes: Mapping[str, str] = field(default_factory=dict)
    requirements: Mapping[UUID, str] = field(default_factory=dict)

    def of(self, requirement_id: UUID, mandatory_class: str) -> str:
        return self.requirements.get(requirement_id) or self.classes.get(mandatory_class, "")

    def stored(self) -> dict[str, dict[str, str]]:
        return {CLASS: dict(self.classes), REQUIREMENT: {str(id): type for id, type in self.requirements.items()}}


def types_in(stored: object) -> Types:
    """As they are kept among a connection's options."""
    held = stored if isinstance(stored, Mapping) else {}
    classes, requirements = held.get(CLASS) or {}, held.get(REQUIREMENT) or {}
    return Types(dict(classes), {UUID(id): type for id, type in requirements.items()})


def is_type_id(text: str) -> bool:
    return _TYPE_ID.fullmatch(text) is not None


def fitting(limits: Sequence[Limit], fed: Collection[UUID]) -> Fits | str:
    """What of these limits goes into one part, or why they do not. fed: counters that the partner's logs feed."""
    if obstacle := _obstacle(limits, fed):
        return obstacle
    day = min((limit.day for limit in limits if limit.day), default=None)
    counted = [limit for limit in limits if limit.value is not None]
    logs = {limit.kind for limit in counted if limit.kind in _LOGS}
    seconds = min((limit.value for limit in counted if limit.kind in _LOGS and limit.value is not None), default=None)
    cycles = min((one.value for one in counted if one.kind not in _LOGS and one.value is not None), default=None)
    return Fits(day, cycles, seconds, LogKind(logs.pop()) if logs else None)


def _obstacle(limits: Sequence[Limit], fed: Collection[UUID]) -> str:
    """Why these limits do not go into a part, "" when they do. Never a guess: a part that says less would let fly."""
    clauses = [limit.clause for limit in limits]
    counted = [limit for limit in limits if limit.value is not None]
    unlike = [limit.kind for limit in counted if limit.kind not in _LOGS and limit.kind != CounterKind.LANDINGS]
    checks = (
        (not limits, "it has no limit"),
        (not all(limit.is_known for limit in limits), "one of its limits is not known"),
        (len(set(clauses)) < len(clauses), "the later of two limits counts, and FlightLogger knows only the earlier"),
        (bool(unlike), f"FlightLogger keeps no {CounterKind(unlike[0]).label.lower()}" if unlike else ""),
        (any(one.counter_id not in fed for one in counted), "a counter that it goes by is not fed by FlightLogger"),
        (len({one.kind for one in counted} & _LOGS) > 1, "it goes by two logs, and a part has one"),
    )
    return next((reason for is_so, reason in checks if is_so), "")
