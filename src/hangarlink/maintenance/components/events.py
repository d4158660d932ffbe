"""The facts that components announce: ids, codes and moments only."""

from datetime import datetime
from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("component.added")
class ComponentAdded(Event):
    """A component is tracked from now on."""

    component_id: UUID
    component_type_id: UUID


@event("component.changed")
class ComponentChanged(Event):
    """A component was changed. `changed`: the names of its fields that differ."""

    component_id: UUID
    changed: tuple[str, ...] = ()


@event("component.installed")
class ComponentInstalled(Event):
    """A component was installed on an aircraft or on another component; one of the two ids is set."""

    component_id: UUID
    placement_id: UUID
    aircraft_id: UUID | None
    parent_id: UUID | None
    at: datetime


@event("component.removed")
class ComponentRemoved(Event):
    """A component was removed from where it was installed. `place` says where it is now: stock, workshop, sent_on..."""

    component_id: UUID
    placement_id: UUID
    aircraft_id: UUID | None
    parent_id: UUID | None
    place: str
    at: datetime


@event("component.moved")
class ComponentMoved(Event):
    """A component that is not installed went from one place to another."""

    component_id: UUID
    placement_id: UUID
    place: str
    at: datetime


@event("component.placement_corrected")
class PlacementCorrected(Event):
    """A component was moved at another moment than recorded, or not at all; its totals follow."""

    component_id: UUID
    since: datetime


@event("component.work_recorded")
class WorkRecorded(Event):
    """An overhaul, a repair or other shop work of a component is on record. `kind` says which."""

    component_id: UUID
    work_id: UUID
    kind: str
    at: datetime


@event("component.usage_told")
class ComponentUsageTold(Event):
    """Somebody told of a component's counter: a total, bench time or its own meter. `kind` says which."""

    component_id: UUID
    counter_id: UUID
    kind: str
    at: datetime


@event("component.rating_changed")
class RatingChanged(Event):
    """A component runs at another rating from that moment on."""

    component_id: UUID
    at: datetime
