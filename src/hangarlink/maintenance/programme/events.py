"""The facts the programme announces: ids, codes, numbers and moments only."""

from datetime import date
from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("requirement.added")
class RequirementAdded(Event):
    requirement_id: UUID


@event("requirement.revised")
class RequirementRevised(Event):
    requirement_id: UUID
    revision: int


@event("requirement.retired")
class RequirementRetired(Event):
    requirement_id: UUID


@event("requirement.applied")
class RequirementApplied(Event):
    """It applies to an aircraft model, an aircraft, a part or a component from now on; the other ids are None."""

    requirement_id: UUID
    aircraft_model_id: UUID | None
    aircraft_id: UUID | None
    part_id: UUID | None = None
    component_id: UUID | None = None


@event("requirement.withdrawn")
class RequirementWithdrawn(Event):
    """It no longer applies to that aircraft model, aircraft, part or component."""

    requirement_id: UUID
    aircraft_model_id: UUID | None
    aircraft_id: UUID | None
    part_id: UUID | None = None
    component_id: UUID | None = None


@event("requirement.satisfies")
class RequirementSatisfies(Event):
    """Work under the one is recorded as work under the other too, from now on."""

    requirement_id: UUID
    satisfied_id: UUID


@event("requirement.no_longer_satisfies")
class RequirementNoLongerSatisfies(Event):
    requirement_id: UUID
    satisfied_id: UUID


@event("baseline.set")
class BaselineSet(Event):
    """`start` is the kind of moment, such as `overhaul`."""

    baseline_id: UUID
    aircraft_id: UUID
    requirement_id: UUID | None
    start: str
    on: date


@event("accomplishment.recorded")
class AccomplishmentRecorded(Event):
    accomplishment_id: UUID
    requirement_id: UUID
    aircraft_id: UUID | None
    on: date


@event("accomplishment.corrected")
class AccomplishmentCorrected(Event):
    """A new version, the `number`th, stands; its values or the due points it answered are not what they were."""

    accomplishment_id: UUID
    requirement_id: UUID
    aircraft_id: UUID | None
    number: int


@event("accomplishment.withdrawn")
class AccomplishmentWithdrawn(Event):
    accomplishment_id: UUID
    requirement_id: UUID
    aircraft_id: UUID | None


@event("counter.formula_set")
class CounterFormulaSet(Event):
    """A derived counter is worked out by a formula, or by another one than before, also for the past."""

    counter_id: UUID
    aircraft_id: UUID


@event("aircraft_event.recorded")
class AircraftEventRecorded(Event):
    """Something happened to an aircraft that limits count from, such as a `hard_landing`."""

    event_id: UUID
    aircraft_id: UUID
    code: str
    on: date


@event("aircraft_event.corrected")
class AircraftEventCorrected(Event):
    event_id: UUID
    aircraft_id: UUID
    code: str
    on: date


@event("aircraft_event.withdrawn")
class AircraftEventWithdrawn(Event):
    """It did not happen."""

    event_id: UUID
    aircraft_id: UUID
    code: str


@event("tolerance_class.added")
class ToleranceClassAdded(Event):
    """A table of ceilings for variations; by itself it moves no due point."""

    tolerance_class_id: UUID


@event("tolerance_class.changed")
class ToleranceClassChanged(Event):
    tolerance_class_id: UUID


@event("tolerance_class.retired")
class ToleranceClassRetired(Event):
    tolerance_class_id: UUID


@event("variation.approved")
class VariationApproved(Event):
    """One limit of an item may be passed once, by as much as the approval says."""

    variation_id: UUID
    item_id: UUID
    requirement_id: UUID
    aircraft_id: UUID | None


@event("variation.withdrawn")
class VariationWithdrawn(Event):
    variation_id: UUID
    item_id: UUID
    requirement_id: UUID
    aircraft_id: UUID | None


@event("due.state_changed")
class DueStateChanged(Event):
    """An item crossed a line: usage, a day or a record moved it. States: ok, due_soon, due, unknown, overdue, closed.

    Staleness of usage is not told this way: it makes a whole aircraft unknown and changes no limit.
    """

    item_id: UUID
    requirement_id: UUID
    aircraft_id: UUID | None
    old_state: str
    new_state: str


@event("accomplishment.value_disputed")
class ValueDisputed(Event):
    """Usage does not agree with a value that a person read at an accomplishment."""

    discrepancy_id: UUID
    counter_id: UUID


@event("accomplishment.value_settled")
class ValueSettled(Event):
    discrepancy_id: UUID


@event("modification.embodied")
class ModificationEmbodied(Event):
    """A modification, service bulletin or STC is embodied in an aircraft from that day on."""

    modification_id: UUID
    aircraft_id: UUID
    on: date


@event("modification.removed")
class ModificationRemoved(Event):
    """It was taken out again."""

    modification_id: UUID
    aircraft_id: UUID
    on: date
