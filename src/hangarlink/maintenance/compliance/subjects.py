"""The object a directive is decided for: an aircraft, or a component wherever it is."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.components.models import Component
from hangarlink.platform.errors import Missing

Object = Aircraft | Component


@dataclass(frozen=True)
class Subject:
    """An object as compliance keeps it: which columns point at it, its serial number now, how people call it."""

    object: Object
    serial_number: str
    name: str

    @property
    def columns(self) -> dict[str, UUID | None]:
        """The columns of a row about it."""
        if isinstance(self.object, Aircraft):
            return {"aircraft_id": self.object.pk, "component_id": None}
        return {"aircraft_id": None, "component_id": self.object.pk}

    @property
    def slug(self) -> str:
        """How an address names it."""
        return f"{'aircraft' if isinstance(self.object, Aircraft) else 'component'}-{self.object.pk}"


def subject_of(given: Object) -> Subject:
    """The object as it stands now. Raises Missing when this account has no such object."""
    found: Any
    if isinstance(given, Aircraft):
        found = Aircraft.objects.filter(pk=given.pk).first()
        if found is None:
            raise Missing("There is no such aircraft in this account.")
        return Subject(found, found.serial_number, found.registration)
    found = Component.objects.select_related("serialised_item__item").filter(pk=given.pk).first()
    if found is None:
        raise Missing("There is no such component in this account.")
    unit = found.serialised_item
    if unit is None:
        return Subject(found, "", found.name)
    return Subject(found, unit.serial_number, f"{found.name}, P/N {unit.item.part_number} S/N {unit.serial_number}")


def find_subject(slug: str) -> Subject:
    """The object that an address names. Raises Missing."""
    kind, _, key = slug.partition("-")
    try:
        wanted = UUID(key)
    except ValueError:
        raise Missing("There is no such aircraft or component in this account.") from None
    if kind == "aircraft":
        return subject_of(Aircraft(pk=wanted))
    if kind == "component":
        return subject_of(Component(pk=wanted))
    raise Missing("There is no such aircraft or component in this account.")
