"""The words of the trade that rules, models and surfaces share. No Django."""

from enum import StrEnum

from hangarlink.platform.quantities import Display as Display
from hangarlink.platform.quantities import Unit as Unit


class CounterKind(StrEnum):
    """What a counter measures. The ten timer kinds are FlightLogger's (contracts/flightlogger.md 7.4)."""

    AIRBORNE = "airborne"
    AIRSWITCH = "airswitch"
    BLOCK = "block"
    DATCON = "datcon"
    EDU = "edu"
    FLIGHT_TIME = "flight_time"
    HEATER_HOBBS = "heater_hobbs"
    HOBBS = "hobbs"
    TACH = "tach"
    VDO = "vdo"
    ENGINE_HOURS = "engine_hours"
    APU_HOURS = "apu_hours"
    OTHER_HOURS = "other_hours"
    CYCLES = "cycles"
    LANDINGS = "landings"
    ENGINE_CYCLES = "engine_cycles"
    APU_STARTS = "apu_starts"
    OTHER_COUNT = "other_count"

    @property
    def unit(self) -> Unit:
        return Unit.COUNT if self in COUNTS else Unit.SECONDS

    @property
    def label(self) -> str:
        return LABELS[self]


COUNTS = {
    CounterKind.CYCLES,
    CounterKind.LANDINGS,
    CounterKind.ENGINE_CYCLES,
    CounterKind.APU_STARTS,
    CounterKind.OTHER_COUNT,
}

LABELS = {
    CounterKind.AIRBORNE: "Airborne",
    CounterKind.AIRSWITCH: "Air switch",
    CounterKind.BLOCK: "Block",
    CounterKind.DATCON: "DATCON",
    CounterKind.EDU: "EDU",
    CounterKind.FLIGHT_TIME: "Flight time",
    CounterKind.HEATER_HOBBS: "Heater Hobbs",
    CounterKind.HOBBS: "Hobbs",
    CounterKind.TACH: "Tach",
    CounterKind.VDO: "VDO",
    CounterKind.ENGINE_HOURS: "Engine hours",
    CounterKind.APU_HOURS: "APU hours",
    CounterKind.OTHER_HOURS: "Other hours",
    CounterKind.CYCLES: "Cycles",
    CounterKind.LANDINGS: "Landings",
    CounterKind.ENGINE_CYCLES: "Engine cycles",
    CounterKind.APU_STARTS: "APU starts",
    CounterKind.OTHER_COUNT: "Other count",
}


class Slot(StrEnum):
    """Which of FlightLogger's three logs a counter is. Empty for counters that FlightLogger does not keep."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"


class AircraftStatus(StrEnum):
    """Spelled as partners read it. Source: contracts/flightlogger.md 2.3."""

    IN_SERVICE = "in_service"
    MAINTENANCE = "maintenance"
    OUT_OF_SERVICE = "out_of_service"


class ParkingReason(StrEnum):
    """Why an aircraft stands for days: nobody flies it, or it is worked on."""

    STORAGE = "storage"
    MAINTENANCE = "maintenance"


class EntryKind(StrEnum):
    """What moved a counter.

    OPENING      the total at a moment, from which on flights count
    FLIGHT       an amount that a flight added
    READING      what somebody read from the instrument
    REPLACEMENT  the instrument was changed: last reading of the old one, first reading of the new one
    """

    OPENING = "opening"
    FLIGHT = "flight"
    READING = "reading"
    REPLACEMENT = "replacement"


class DiscrepancyCode(StrEnum):
    """Which two facts about a counter disagree.

    READING_BELOW_TOTAL  a typed reading, opening or last reading is below what the flights up to it add up to; the
                         higher total counts until somebody finds out
    PARTNER_TOTAL        a partner keeps a total of its own, and it differs from ours
    """

    READING_BELOW_TOTAL = "reading_below_total"
    PARTNER_TOTAL = "partner_total"
