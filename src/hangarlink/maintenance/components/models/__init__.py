"""The tables of components."""

from hangarlink.maintenance.components.models.clock import Clock, ClockEntry, ClockLink
from hangarlink.maintenance.components.models.component import Component, ComponentType, Position
from hangarlink.maintenance.components.models.item import Item, LifeLimit, SerialisedItem
from hangarlink.maintenance.components.models.placement import Placement, RatingChange
from hangarlink.maintenance.components.models.work import PastRecord, Work, WorkValue

__all__ = [
    "Clock", "ClockEntry", "ClockLink", "Component", "ComponentType", "Item", "LifeLimit", "PastRecord", "Placement",
    "Position", "RatingChange", "SerialisedItem", "Work", "WorkValue",
]  # fmt: skip
