"""How early "due soon" begins. A planner may set it per counter and for the calendar; else a default applies."""

from collections.abc import Collection, Mapping

from hangarlink.maintenance.programme.rules.dates import CalendarUnit
from hangarlink.maintenance.programme.rules.dues import CALENDAR
from hangarlink.maintenance.programme.rules.limits import CalendarLimit, DateLimit, EventLimit
from hangarlink.maintenance.programme.rules.standing import Standing
from hangarlink.maintenance.programme.rules.terms import Term

# 25 hours, 20 counts or 30 days (domain rule 1.6), but never more than a fifth of the interval: a 14-day task with a
# window of 30 days would be due soon for ever.
SECONDS, COUNTS, DAYS = 25 * 3600, 20, 30
FIFTH = 5
NOMINAL_DAYS = {CalendarUnit.DAYS: 1, CalendarUnit.MONTHS: 30, CalendarUnit.CALENDAR_MONTHS: 30}
MOST_DAYS = 3_660

Windows = Mapping[str, int]


def windows(standing: Standing, chosen: Windows, timed: Collection[str]) -> dict[str, int]:
    """The alert window of every open term, by path, in the counter's unit or days.

    chosen  the planner's, by counter and `calendar`; 0 switches "due soon" off
    timed   the counters that count seconds

    Under an approved variation "due soon" begins at the displayed due point at the latest, so nothing is ever used up
    unseen.
    """
    return {term.path: max(chosen.get(term.measure, _default(term, timed)), term.extension) for term in standing.terms}


def _default(term: Term, timed: Collection[str]) -> int:
    if isinstance(term.limit, DateLimit):
        return DAYS
    if isinstance(term.limit, EventLimit):
        return 0
    if isinstance(term.limit, CalendarLimit):
        return min(DAYS, term.amount * NOMINAL_DAYS[term.limit.unit] // FIFTH)
    return min(SECONDS if term.measure in timed else COUNTS, term.amount // FIFTH)


def problems(chosen: Mapping[str, object], counters: Collection[str]) -> list[str]:
    """What is wrong with a planner's windows, one sentence each."""
    found = []
    for name, value in chosen.items():
        if name != CALENDAR and name not in counters:
            found.append(f"{name}: there is no such counter; known are calendar, {', '.join(sorted(counters))}")
        elif type(value) is not int or value < 0:
            found.append(f"{name}: must be a whole number of 0 or more, it is {value!r}")
        elif name == CALENDAR and value > MOST_DAYS:
            found.append(f"{name}: must be {MOST_DAYS} days or less, it is {value}")
    return found
