"""The words of the trade that rules, models and surfaces of components share. No Django."""

from enum import StrEnum


class Place(StrEnum):
    """Where a component is. Source: contracts/flightlogger.md 6.9.

    AIRCRAFT, COMPONENT  installed: there the driving counters move its clock
    STOCK, WORKSHOP      with us and not running, but for bench time
    SENT_ON              no longer with us: whatever runs there, we do not hear of it
    SCRAPPED             its life is over
    """

    AIRCRAFT = "aircraft"
    COMPONENT = "component"
    STOCK = "stock"
    WORKSHOP = "workshop"
    SENT_ON = "sent_on"
    SCRAPPED = "scrapped"

    @property
    def label(self) -> str:
        return PLACES[self]

    @property
    def is_installed(self) -> bool:
        return self in INSTALLED


INSTALLED = frozenset({Place.AIRCRAFT, Place.COMPONENT})

PLACES = {
    Place.AIRCRAFT: "On aircraft",
    Place.COMPONENT: "On component",
    Place.STOCK: "In stock",
    Place.WORKSHOP: "In workshop",
    Place.SENT_ON: "Sent on",
    Place.SCRAPPED: "Scrapped",
}


class Condition(StrEnum):
    """Condition of a unit. Source: domain/maintenance.md 4.1, ATA condition codes of stores."""

    NEW = "new"
    OVERHAULED = "overhauled"
    REPAIRED = "repaired"
    SERVICEABLE = "serviceable"
    AS_REMOVED = "as_removed"
    UNSERVICEABLE = "unserviceable"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


FIT_TO_INSTALL = frozenset({Condition.NEW, Condition.OVERHAULED, Condition.REPAIRED, Condition.SERVICEABLE})


class ComponentKind(StrEnum):
    """What sort of component a type is."""

    ENGINE = "engine"
    MODULE = "module"
    LIFE_LIMITED_PART = "life_limited_part"
    PROPELLER = "propeller"
    APU = "apu"
    LANDING_GEAR = "landing_gear"
    ROTOR = "rotor"
    AVIONICS = "avionics"
    BATTERY = "battery"
    ASSEMBLY = "assembly"
    PART = "part"

    @property
    def label(self) -> str:
        return (
            "APU" if self is ComponentKind.APU else self.value.replace("_", "-" if "life" in self else " ").capitalize()
        )


class Source(StrEnum):
    """What moves a component's counter.

    PARENT  the counter of what it is installed on, times a ratio
    METER   an instrument of its own
    """

    PARENT = "parent"
    METER = "meter"


class EntryKind(StrEnum):
    """What somebody told of a component's counter.

    STATED   the total at a moment, by its papers
    BENCH    an amount run on a bench or in a test, ended at that moment
    READING  what its own meter showed
    METER    its own meter was replaced: first reading of the new one, last one of the old
    """

    STATED = "stated"
    BENCH = "bench"
    READING = "reading"
    METER = "meter"


class WorkKind(StrEnum):
    """Shop work that the life of a component is counted from."""

    OVERHAUL = "overhaul"
    REPAIR = "repair"
    INSPECTION = "inspection"
    MODIFICATION = "modification"
    TEST = "test"
    SHOP_VISIT = "shop_visit"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()
