"""The tables of compliance."""

from hangarlink.maintenance.compliance.models.assessment import Amoc, Credit, Decision
from hangarlink.maintenance.compliance.models.directive import (
    Directive,
    DirectiveParagraph,
    DirectiveProduct,
    DirectiveRevision,
)
from hangarlink.maintenance.compliance.models.permit import PermittedFlight, SpecialFlightPermit

__all__ = [
    "Amoc", "Credit", "Decision", "Directive", "DirectiveParagraph", "DirectiveProduct", "DirectiveRevision",
    "PermittedFlight", "SpecialFlightPermit",
]  # fmt: skip
