"""Which of the partner's aircraft is which of ours. Pure.

Call sign first, then registration, both exactly as written: formatting differences are reasons for no match, never
bridged by guessing. Source: contracts/flightlogger.md 2.2. What is nearly the same is named, so that a person mends it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from hangarlink.integration.contract import Aircraft


class Code(StrEnum):
    """Why an aircraft is not linked."""

    SIMULATOR = "simulator"
    DISABLED = "disabled"
    NO_MATCH = "no_match"
    TAKEN = "taken"
    IGNORED = "ignored"
    SERIAL = "serial_number"


@dataclass(frozen=True)
class Known:
    """One of our aircraft, as far as matching needs it."""

    id: UUID
    registration: str
    call_sign: str
    serial_number: str = ""


@dataclass(frozen=True)
class Match:
    """aircraft_id is None when there is none; then code and reason say why, in a word and in sentences."""

    aircraft_id: UUID | None
    code: str = ""
    reason: str = ""


class Fleet:
    """Our aircraft by what partners call them."""

    def __init__(self, aircraft: Iterable[Known]) -> None:
        self.all = list(aircraft)
        self.by_id = {one.id: one for one in self.all}
        self._by_call_sign = {one.call_sign: one for one in self.all if one.call_sign}
        self._by_registration = {one.registration: one for one in self.all}

    def match(self, theirs: Aircraft) -> Match:
        if theirs.is_simulator:
            return Match(None, Code.SIMULATOR, f"{theirs.call_sign} is a simulator.")
        for identifier in _identifiers(theirs):
            found = self._by_call_sign.get(identifier) or self._by_registration.get(identifier)
            if found is not None:
                why = self.differs(found, theirs)
                return Match(None, Code.SERIAL, why) if why else Match(found.id)
        if theirs.is_disabled:
            return Match(None, Code.DISABLED, f"{_name(theirs)} is disabled at the partner and not in Hangarlink.")
        return Match(None, Code.NO_MATCH, self._why_not(theirs))

    def differs(self, ours: Known, theirs: Aircraft) -> str:
        """In words, if a partner that tells serial numbers means another individual; "" if it is the same, or no serial
        number is told. Exact, blanks and dashes included: contracts/aviation-partners.md 7."""
        if not theirs.serial_number or theirs.serial_number == ours.serial_number:
            return ""
        if not ours.serial_number:
            return f"The partner gives {ours.registration} the serial number {theirs.serial_number}. Enter it here."
        return (
            f"{ours.registration} has the serial number {ours.serial_number} here and {theirs.serial_number} at the "
            "partner. Write both the same way if it is the same aircraft."
        )

    def _why_not(self, theirs: Aircraft) -> str:
        near = [hint for identifier in _identifiers(theirs) for hint in self._near(identifier)]
        said = f"No aircraft here has the call sign or registration {' or '.join(_identifiers(theirs))}."
        if near:
            return f"{said} {' '.join(dict.fromkeys(near))} Write both the same way, or link them by hand."
        return f"{said} Add the aircraft, or link it by hand to one of yours."

    def _near(self, identifier: str) -> list[str]:
        names = (name for one in self.all for name in (one.call_sign, one.registration) if name)
        near = ((name, how_they_differ(name, identifier)) for name in names)
        return [f"{name} is close: it differs {difference}." for name, difference in near if difference][:3]


def how_they_differ(ours: str, theirs: str) -> str:
    """In words, if two identifiers differ only a little; "" if they do not, or are the same."""
    if ours == theirs:
        return ""
    if ours.casefold() == theirs.casefold():
        return "only in upper and lower case"
    if _bare(ours) == _bare(theirs):
        only_dash = ours.replace("-", "").casefold() == theirs.replace("-", "").casefold()
        return "only by a dash" if only_dash else "only in blanks or punctuation"
    return "in one character" if _one_edit_apart(_bare(ours), _bare(theirs)) else ""


def _identifiers(theirs: Aircraft) -> list[str]:
    return list(dict.fromkeys(filter(None, (theirs.call_sign, theirs.registration))))


def _name(theirs: Aircraft) -> str:
    return theirs.call_sign or theirs.registration


def _bare(identifier: str) -> str:
    return "".join(character for character in identifier.casefold() if character.isalnum())


def _one_edit_apart(a: str, b: str) -> bool:
    """One character changed, added or left out; too short identifiers are near everything, so they are not near."""
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < 4:
        return False
    short, long = sorted((a, b), key=len)
    start = next((n for n in range(len(short)) if short[n] != long[n]), len(short))
    return short[start:] == long[start + 1 :] or (len(a) == len(b) and short[start + 1 :] == long[start + 1 :])
