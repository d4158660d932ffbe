"""Tolerance classes to begin with, each with the text it comes from. A planner checks them against the own approval."""

from dataclasses import dataclass

from hangarlink.maintenance.programme.rules.dates import CalendarUnit
from hangarlink.maintenance.programme.rules.limits import Basis
from hangarlink.maintenance.programme.rules.tolerance import Band, Measure

HOUR = 3_600


@dataclass(frozen=True)
class ReadyClass:
    """A tolerance class as published."""

    code: str
    name: str
    source: str
    counts_from: Basis
    bands: tuple[Band, ...]


def _hours(*, below: int | None = None, percent: int | None = None, most: int | None = None) -> Band:
    return Band(
        measure=Measure.HOURS,
        below=below * HOUR if below else None,
        percent=percent,
        most=most * HOUR if most else None,
    )


def _days(*, below: int | None = None, percent: int | None = None, most: int | None = None) -> Band:
    return Band(measure=Measure.CALENDAR, below=below, percent=percent, most=most, unit=CalendarUnit.DAYS)


def _months(*, percent: int | None = None, most: int | None = None) -> Band:
    return Band(measure=Measure.CALENDAR, percent=percent, most=most, unit=CalendarUnit.MONTHS)


READY = (
    ReadyClass(
        "nl_ilt", "NL: 10 %, at most 500 h", "ILT leaflet on permitted variations (domain rule 1.3)", Basis.GRID,
        (_hours(percent=10, most=500),),
    ),
    ReadyClass(
        "part_m_steps", "Part-M: by length of the interval",
        "Table of a Part-M programme as quoted at euroga.org, 13113", Basis.GRID,
        (_hours(below=200, percent=10, most=10), _hours(percent=5, most=50), _days(below=60, most=5),
         _days(below=360, most=15), _days(most=30)),
    ),
    ReadyClass(
        "part_ml_mip", "Part-ML minimum inspection programme: 10 h, 1 month", "AMC1 ML.A.302(d)", Basis.ACTUAL,
        (_hours(most=10), _months(most=1)),
    ),
    ReadyClass(
        "pc12", "Pilatus PC-12: 10 %, at most 500 h, 6 months, 500 landings", "Pilatus PC-12/47E AMM chapter 05",
        Basis.GRID,
        (_hours(percent=10, most=500), Band(measure=Measure.COUNTS, percent=10, most=500),
         _months(percent=10, most=6)),
    ),
    ReadyClass(
        "tm_1_1500", "US Army: 10 %, at most 5 h or 30 days", "TM 1-1500-328-23 paras 2-10 to 2-11", Basis.GRID,
        (_hours(below=50, percent=10), _hours(most=5), _days(below=360, percent=10),
         _days(most=30)),
    ),
)  # fmt: skip
