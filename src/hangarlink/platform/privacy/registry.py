"""What a room says of a person: `@holds("Defects")` on `def find(subject) -> Iterator[Finding]` in its `privacy.py`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from hangarlink.platform.people.permissions import Actor


class Treatment(StrEnum):
    """ERASE: it goes. PSEUDONYMISE: the record stays, the person is no longer in it. HOLD: a regulation keeps it."""

    ERASE = "erase"
    PSEUDONYMISE = "pseudonymise"
    HOLD = "hold"


@dataclass(frozen=True)
class Subject:
    """Whose data it is about, inside one account. Matched exactly, case apart: nobody is guessed.

    user_id  of a member or former member of this account; None for somebody who never had a sign-in
    email, name  "" when not known; a record that holds only a name is found by it
    """

    email: str = ""
    name: str = ""
    user_id: UUID | None = None

    @property
    def names(self) -> list[str]:
        """What a free text field of a record could hold: lower case."""
        return [text.casefold() for text in (self.email, self.name) if text]


@dataclass(frozen=True)
class Erasure:
    """What carrying out is given. `alias` stands where the person stood."""

    subject: Subject
    alias: str
    acting_user: Actor


@dataclass(frozen=True)
class Finding:
    """One kind of record that holds something of the person.

    what       in words: "reports of defects", with `count` of them
    reason     for a HOLD: which regulation, until when
    records    for the export: each as plain values
    carry_out  erases or pseudonymises them, and returns how many; None for a HOLD
    """

    what: str
    count: int
    treatment: Treatment
    reason: str = ""
    records: tuple[Mapping[str, Any], ...] = ()
    carry_out: Callable[[Erasure], int] | None = None
    room: str = field(default="", compare=False)


Finder = Callable[[Subject], Iterator[Finding]]
ROOMS: list[tuple[str, Finder]] = []


def holds(room: str) -> Callable[[Finder], Finder]:
    """Contribute what this room holds. Findings without records are left out."""

    def register(find: Finder) -> Finder:
        ROOMS.append((room, find))
        return find

    return register
