"""The programme's tables."""

from hangarlink.maintenance.programme.models.accomplishment import (
    Accomplishment,
    AccomplishmentValue,
    Baseline,
    BaselineValue,
    ValueDiscrepancy,
    ValueSource,
)
from hangarlink.maintenance.programme.models.due import CalendarTurn, DueItem, DueTerm
from hangarlink.maintenance.programme.models.modification import Modification
from hangarlink.maintenance.programme.models.requirement import Applicability, Requirement, RequirementRevision

__all__ = [
    "Accomplishment", "AccomplishmentValue", "Applicability", "Baseline", "BaselineValue", "CalendarTurn", "DueItem",
    "DueTerm", "Modification", "Requirement", "RequirementRevision", "ValueDiscrepancy", "ValueSource",
]  # fmt: skip
