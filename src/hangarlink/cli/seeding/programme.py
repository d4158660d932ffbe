"""What the demo fleet must have done, and when it was done last. Examples, not for operational use."""

from dataclasses import dataclass
from typing import Any

from hangarlink.fleet.vocabulary import CounterKind, Unit
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass

K, M = CounterKind, MandatoryClass
HOUR = 3600
Schedule = dict[str, Any]


def every(amount: int, kind: CounterKind) -> Schedule:
    """Every so many hours, landings or cycles."""
    return {"kind": "counter", "counter": kind.value, "every": amount * (HOUR if kind.unit is Unit.SECONDS else 1)}


def months(number: int, *, to_month_end: bool = False) -> Schedule:
    return {"kind": "calendar", "unit": "calendar_months" if to_month_end else "months", "every": number}


def first(*limits: Schedule, basis: str = "actual") -> Schedule:
    """Whichever comes first, again and again."""
    return {"version": 1, "basis": basis, "repeat": {"kind": "first", "of": list(limits)}}


@dataclass(frozen=True)
class Demand:
    """A requirement and the models it applies to."""

    reference: str
    title: str
    ata: str
    source: str
    paragraph: str
    mandatory: MandatoryClass
    schedule: Schedule
    models: tuple[str, ...]


SKYHAWK, WARRIOR, ARCHER, STAR, TWINSTAR = (
    "Cessna 172S", "Piper PA-28-161", "Piper PA-28-181", "Diamond DA40 NG", "Diamond DA42-VI",
)  # fmt: skip
CIRRUS, PILATUS, KINGAIR, ROBINSON, MAULE = (
    "Cirrus SR22", "Pilatus PC-12/47E", "King Air B200", "Robinson R44 II", "Maule MX-7-180",
)  # fmt: skip
ALL = (SKYHAWK, WARRIOR, ARCHER, STAR, TWINSTAR, CIRRUS, PILATUS, KINGAIR, ROBINSON, MAULE)

DEMANDS = (
    Demand("ARC", "Airworthiness review", "05", "ML.A.901", "(a)", M.PROGRAMME, first(months(12)), ALL),
    Demand("XPDR-24", "Transponder test", "34", "14 CFR 91.413", "(a)", M.PROGRAMME,
           first(months(24, to_month_end=True)), ALL),
    Demand("ELT-12", "ELT inspection", "25", "14 CFR 91.207", "(d)", M.PROGRAMME,
           first(months(12, to_month_end=True)), ALL),
    Demand("172-50", "Oil and filter change", "79", "Example programme C172S", "12-14", M.RECOMMENDED,
           first(every(50, K.HOBBS), months(4)), (SKYHAWK,)),
    Demand("172-100", "100-hour inspection", "05-20", "14 CFR 91.409", "(b)", M.PROGRAMME,
           first(every(100, K.HOBBS), months(12, to_month_end=True), basis="min"), (SKYHAWK,)),
    Demand("172-MAG", "Magneto inspection", "74", "Example programme C172S", "74-10", M.PROGRAMME,
           first(every(500, K.TACH)), (SKYHAWK,)),
    Demand("PA28-100", "100-hour inspection", "05-20", "Example programme PA-28", "05-20", M.PROGRAMME,
           first(every(100, K.TACH), months(12, to_month_end=True), basis="min"), (WARRIOR,)),
    Demand("PA28-100V", "100-hour inspection", "05-20", "Example programme PA-28", "05-20", M.PROGRAMME,
           first(every(100, K.VDO), months(12, to_month_end=True), basis="min"), (ARCHER,)),
    Demand("DA40-100", "100-hour inspection", "05-20", "Example programme DA40 NG", "05-20", M.PROGRAMME,
           first(every(100, K.FLIGHT_TIME), months(12)), (STAR,)),
    Demand("DA42-100", "100-hour inspection", "05-20", "Example programme DA42-VI", "05-20", M.PROGRAMME,
           first(every(100, K.AIRBORNE), months(12)), (TWINSTAR,)),
    Demand("DA42-GEAR", "Landing gear lubrication", "32", "Example programme DA42-VI", "32-30", M.PROGRAMME,
           first(every(200, K.LANDINGS), months(6)), (TWINSTAR,)),
    Demand("SR22-50", "Oil change", "79", "Example programme SR22", "05-20", M.RECOMMENDED,
           first(every(50, K.HOBBS)), (CIRRUS,)),
    Demand("SR22-100", "100-hour inspection", "05-20", "Example programme SR22", "05-20", M.PROGRAMME,
           first(every(100, K.HOBBS), months(12, to_month_end=True), basis="min"), (CIRRUS,)),
    Demand("SR22-CAPS", "Parachute and rocket", "95", "Example programme SR22", "04-00", M.AIRWORTHINESS_LIMITATION,
           first(months(120)), (CIRRUS,)),
    Demand("PC12-300", "300 FH inspection", "05-20", "Example programme PC-12/47E", "05-20", M.PROGRAMME,
           first(every(300, K.AIRBORNE), months(12, to_month_end=True)), (PILATUS,)),
    Demand("PC12-LDG", "Landing gear actuators", "32", "Example programme PC-12/47E", "32-10", M.PROGRAMME,
           first(every(1000, K.LANDINGS)), (PILATUS,)),
    Demand("B200-PH1", "Phase 1 inspection", "05-20", "Example programme B200", "05-20", M.PROGRAMME,
           first(every(200, K.AIRBORNE), months(24)), (KINGAIR,)),
    Demand("AD-2020-21-22", "Recurring airworthiness directive (example)", "53", "AD 2020-21-22", "(g)",
           M.AIRWORTHINESS_DIRECTIVE, first(every(500, K.AIRBORNE), months(60)), (KINGAIR,)),
    Demand("R44-100", "100-hour inspection", "05-20", "Example programme R44 II", "05-20", M.PROGRAMME,
           first(every(100, K.HOBBS), months(12)), (ROBINSON,)),
    Demand("TOW-50", "Tow hook inspection", "25", "Example programme MX-7", "25-60", M.PROGRAMME,
           first(every(50, K.TACH)), (MAULE,)),
)  # fmt: skip

# Last done: how long before the opening day, in days, and how much was flown in between, in hours or landings.
# What is missing here was never recorded, and shows as unknown.
DONE: dict[str, dict[str, tuple[int, float]]] = {
    "OY-SKA": {
        "172-50": (16, 31.4), "172-100": (38, 71.5), "172-MAG": (210, 402.2),
        "ARC": (190, 0), "XPDR-24": (400, 0), "ELT-12": (190, 0),
    },
    "OY-SKB": {
        "172-50": (5, 9.8), "172-100": (25, 48.0), "172-MAG": (95, 181.0),
        "ARC": (300, 0), "XPDR-24": (620, 0), "ELT-12": (300, 0),
    },
    "OY-PIA": {"PA28-100": (44, 84.6), "ARC": (120, 0), "XPDR-24": (250, 0), "ELT-12": (120, 0)},
    "OY-PIB": {"PA28-100V": (12, 17.9), "ARC": (331, 0), "XPDR-24": (331, 0), "ELT-12": (331, 0)},
    "OY-DAF": {"DA40-100": (22, 35.1), "ARC": (75, 0), "XPDR-24": (75, 0), "ELT-12": (75, 0)},
    "OY-DAT": {
        "DA42-100": (31, 52.7), "DA42-GEAR": (60, 141), "ARC": (160, 0),
        "XPDR-24": (500, 0), "ELT-12": (160, 0),
    },
    "OY-SRA": {
        "SR22-50": (40, 30.2), "SR22-100": (140, 61.0), "SR22-CAPS": (3560, 0),
        "ARC": (215, 0), "XPDR-24": (215, 0), "ELT-12": (215, 0),
    },
    "OY-PCT": {
        "PC12-300": (150, 214.3), "PC12-LDG": (300, 522), "ARC": (45, 0),
        "XPDR-24": (45, 0), "ELT-12": (45, 0),
    },
    "OY-BKA": {
        "B200-PH1": (70, 121.0), "AD-2020-21-22": (480, 494.0), "ARC": (250, 0),
        "XPDR-24": (250, 0), "ELT-12": (250, 0),
    },
    "OY-HSK": {"R44-100": (20, 22.6), "ARC": (20, 0), "XPDR-24": (380, 0)},
}  # fmt: skip
