"""The facts compliance announces: ids, codes, numbers and days only."""

from datetime import date
from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("directive.added")
class DirectiveAdded(Event):
    """A directive, bulletin or letter was entered: nothing it names is assessed yet."""

    directive_id: UUID


@event("directive.revised")
class DirectiveRevised(Event):
    """`reassess`: what was decided for earlier revisions no longer counts."""

    directive_id: UUID
    revision: int
    reassess: bool


@event("directive.products_changed")
class DirectiveProductsChanged(Event):
    """It names other aircraft models or part numbers than before."""

    directive_id: UUID


@event("directive.superseded")
class DirectiveSuperseded(Event):
    directive_id: UUID
    by_directive_id: UUID


@event("directive.cancelled")
class DirectiveCancelled(Event):
    directive_id: UUID


@event("directive.assessed")
class DirectiveAssessed(Event):
    """Decided for one object. Verdicts: applicable, not_applicable, terminated, superseded, withdrawn."""

    directive_id: UUID
    aircraft_id: UUID | None
    component_id: UUID | None
    verdict: str
    because: str


@event("directive.credit_given")
class CreditGiven(Event):
    """Work done under something else counts for the directive."""

    directive_id: UUID
    accomplishment_id: UUID


@event("directive.amoc_recorded")
class AmocRecorded(Event):
    amoc_id: UUID
    directive_id: UUID
    aircraft_id: UUID | None
    component_id: UUID | None
    valid_until: date | None


@event("directive.amoc_withdrawn")
class AmocWithdrawn(Event):
    amoc_id: UUID
    directive_id: UUID


@event("permit.recorded")
class PermitRecorded(Event):
    permit_id: UUID
    aircraft_id: UUID
    valid_from: date
    valid_to: date


@event("permit.flight_used")
class PermitFlightUsed(Event):
    permit_id: UUID
    aircraft_id: UUID
    on: date


@event("permit.revoked")
class PermitRevoked(Event):
    permit_id: UUID
    aircraft_id: UUID
