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
from hangarlink.maintenance.programme.models.event_record import EventRecord, EventValue
from hangarlink.maintenance.programme.models.modification import Modification
from hangarlink.maintenance.programme.models.requirement import Applicability, Requirement, RequirementRevision
from hangarlink.maintenance.programme.models.satisfaction import Satisfaction
from hangarlink.maintenance.programme.models.variation import ToleranceClass, Variation, VariationUnit

__all__ = [
    "Accomplishment", "AccomplishmentValue", "Applicability", "Baseline", "BaselineValue", "CalendarTurn", "DueItem",
    "DueTerm", "EventRecord", "EventValue", "Modification", "Requirement", "RequirementRevision", "Satisfaction",
    "ToleranceClass", "ValueDiscrepancy", "ValueSource", "Variation", "VariationUnit",
]  # fmt: skip
