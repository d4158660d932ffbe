"""Random schedules, histories and usage for the property tests. Small numbers, so that collisions happen."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from hangarlink.maintenance.programme.rules.codec import problems
from hangarlink.maintenance.programme.rules.dates import CalendarUnit
from hangarlink.maintenance.programme.rules.dues import Accomplishment, Happening, StartPoint
from hangarlink.maintenance.programme.rules.forecast import Rate
from hangarlink.maintenance.programme.rules.limits import (
    Basis,
    CalendarLimit,
    CalendarWindow,
    CounterLimit,
    CounterWindow,
    DateLimit,
    EventLimit,
    First,
    Last,
    RepeatWhen,
    Schedule,
    Start,
    Tree,
)
from hangarlink.maintenance.programme.rules.status import Usage
from tests.maintenance.programme.rules.build import done

COUNTERS = ("airframe_hours", "landings")
EVENTS = ("hard_landing", "shop_visit")
DAY_ZERO = date(2024, 1, 1)

small = st.integers(1, 40)
days = st.integers(0, 1500).map(lambda n: DAY_ZERO + timedelta(days=n))
thresholds = st.lists(small, max_size=2, unique=True).map(lambda found: tuple(sorted(found)))
starts_named = st.sampled_from([Start.NEW, Start.INSTALLATION])
optional_basis = st.none() | st.sampled_from(Basis)


event_limits = st.builds(EventLimit, event=st.sampled_from(EVENTS), start=st.none() | starts_named)


@st.composite
def counter_limits(draw: st.DrawFn) -> CounterLimit:
    steps = draw(thresholds)
    start = draw(starts_named | st.sampled_from([Start.ZERO if steps else Start.LAST_DONE, Start.EVENT]))
    return CounterLimit(
        counter=draw(st.sampled_from(COUNTERS)),
        thresholds=steps,
        every=draw(small if not steps else st.none() | small),
        start=start,
        event=draw(st.sampled_from(EVENTS)) if start is Start.EVENT else None,
        basis=draw(optional_basis),
        window=CounterWindow(before=draw(st.integers(0, 5)), after=draw(st.integers(0, 5))),
    )


@st.composite
def calendar_limits(draw: st.DrawFn) -> CalendarLimit:
    steps = draw(thresholds)
    start = draw(starts_named | st.just(Start.EVENT))
    return CalendarLimit(
        unit=draw(st.sampled_from(CalendarUnit)),
        thresholds=steps,
        every=draw(small if not steps else st.none() | small),
        start=start,
        event=draw(st.sampled_from(EVENTS)) if start is Start.EVENT else None,
        basis=draw(optional_basis),
        window=CalendarWindow(
            before=draw(st.integers(0, 3)),
            after=draw(st.integers(0, 3)),
            unit=draw(st.sampled_from([CalendarUnit.DAYS, CalendarUnit.MONTHS])),
        ),
    )


def trees(leaf: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def nested(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
        return parts.map(lambda of: First(of=of)) | parts.map(lambda of: Last(of=of))

    return st.recursive(leaf, nested, max_leaves=6)


repeat_trees = trees(counter_limits() | calendar_limits() | event_limits)
initial_trees = trees(
    counter_limits().filter(lambda one: one.start is not Start.LAST_DONE)
    | calendar_limits()
    | event_limits
    | days.map(lambda day: DateLimit(on=day))
)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    made = Schedule(
        initial=draw(st.none() | initial_trees),
        repeat=draw(repeat_trees),
        repeat_when=draw(st.none() | st.none() | st.sampled_from(RepeatWhen)),
        times=draw(st.none() | st.integers(1, 4)),
        basis=draw(st.sampled_from(Basis)),
    )
    assert not problems(made, counters=COUNTERS)
    return made


@st.composite
def histories(draw: st.DrawFn) -> list[Accomplishment]:
    """Accomplishments on increasing days with counters that never fall; some values are missing."""
    when = sorted(draw(st.lists(days, max_size=4, unique=True)))
    totals = dict.fromkeys(COUNTERS, 0)
    found = []
    for day in when:
        totals = {name: total + draw(st.integers(0, 20)) for name, total in totals.items()}
        known = {name: total for name, total in totals.items() if draw(st.integers(0, 9))}
        found.append(done(day, None, **known))
    return found


points = st.builds(
    StartPoint,
    st.none() | days,
    st.dictionaries(st.sampled_from(COUNTERS), st.integers(0, 10)),
)
starts = st.dictionaries(starts_named, points)


@st.composite
def happenings(draw: st.DrawFn) -> list[Happening]:
    """Events of any code on any days; some counters are not known."""
    found = []
    for day in draw(st.lists(days, max_size=4, unique=True)):
        at = datetime.combine(day, time(draw(st.sampled_from([6, 12, 18]))), UTC)
        values = draw(st.dictionaries(st.sampled_from(COUNTERS), st.integers(0, 60)))
        found.append(Happening(draw(st.sampled_from(EVENTS)), at, StartPoint(day, values)))
    return found


usages = st.dictionaries(st.sampled_from(COUNTERS), st.builds(Usage, st.none() | st.integers(0, 120), st.booleans()))
alerts = st.dictionaries(st.sampled_from((*COUNTERS, "calendar")), st.integers(0, 30))
rates = st.dictionaries(st.sampled_from(COUNTERS), st.builds(Rate, st.integers(0, 9), st.integers(1, 30)))
