"""The words of compliance."""

from enum import StrEnum

from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass


class DirectiveKind(StrEnum):
    """What sort of paper it is."""

    AD = "ad"
    SB = "sb"
    SL = "sl"

    @property
    def label(self) -> str:
        return {"ad": "Airworthiness directive", "sb": "Service bulletin", "sl": "Service letter"}[self.value]

    @property
    def usual_class(self) -> MandatoryClass:
        """A directive binds; a manufacturer's paper recommends, unless the operator or a directive says more."""
        return MandatoryClass.AIRWORTHINESS_DIRECTIVE if self is DirectiveKind.AD else MandatoryClass.RECOMMENDED


def named(kind: DirectiveKind, number: str) -> str:
    """What people call it: AD 2020-21-22; SB-32-01 says what it is already."""
    word = kind.value.upper()
    return number if number.upper().startswith(word) else f"{word} {number}"


class ParagraphKind(StrEnum):
    """ACTION has limits. TERMINATING has none of its own need: doing it ends the repeats of the others."""

    ACTION = "action"
    TERMINATING = "terminating"

    @property
    def label(self) -> str:
        return {"action": "Action with limits", "terminating": "Terminating action"}[self.value]


class Verdict(StrEnum):
    """What a person decided of a directive on one object. Nothing decided is no verdict."""

    APPLICABLE = "applicable"
    NOT_APPLICABLE = "not_applicable"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"


class Because(StrEnum):
    """Why a directive does not apply to an object. The status list shows it (domain rule 1.8)."""

    SERIAL = "serial"
    NOT_INSTALLED = "not_installed"
    MODIFIED = "modified"
    NOT_THIS_MODEL = "not_this_model"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _BECAUSE[self]


_BECAUSE = {
    Because.SERIAL: "Serial number is outside its range",
    Because.NOT_INSTALLED: "The affected part is not installed",
    Because.MODIFIED: "A modification takes it out",
    Because.NOT_THIS_MODEL: "It is for another variant",
    Because.OTHER: "Another reason",
}
