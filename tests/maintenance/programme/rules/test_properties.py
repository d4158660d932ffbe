"""What must hold for every schedule and history, not only for the examples."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from hangarlink.maintenance.programme.rules.alerts import windows as alert_windows
from hangarlink.maintenance.programme.rules.codec import from_json, stages, to_json
from hangarlink.maintenance.programme.rules.dates import CalendarUnit
from hangarlink.maintenance.programme.rules.dues import (
    CALENDAR,
    Accomplishment,
    AtCount,
    Happening,
    OnDate,
    Starts,
    Variation,
    due_from_json,
    due_to_json,
)
from hangarlink.maintenance.programme.rules.explain import explain
from hangarlink.maintenance.programme.rules.forecast import Certainty, Rate, forecast
from hangarlink.maintenance.programme.rules.limits import (
    Basis,
    CalendarLimit,
    CounterLimit,
    CounterWindow,
    Schedule,
    Tree,
)
from hangarlink.maintenance.programme.rules.standing import Standing, standing
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.rules.status import Usage, status
from hangarlink.maintenance.programme.rules.trees import clauses, combine, leaves
from tests.maintenance.programme.rules.build import FH, PlainWords, done, due, repeat, stand
from tests.maintenance.programme.rules.strategies import (
    COUNTERS,
    alerts,
    calendar_limits,
    counter_limits,
    days,
    happenings,
    histories,
    rates,
    repeat_trees,
    schedules,
    small,
    starts,
    usages,
)

ranks = st.sampled_from(State)


@given(tree=repeat_trees, data=st.data())
def test_the_clauses_say_the_same_as_the_tree(tree: Tree, data: st.DataObject) -> None:
    paths = [path for path, _ in leaves(tree, "repeat")]
    values = {path: data.draw(ranks) for path in paths if data.draw(st.booleans())}
    rows = clauses(tree, "repeat", set(values))
    by_rows = max((min(values[path] for path in clause) for clause in rows), default=None)
    assert by_rows == combine(tree, "repeat", values, first=max, last=min)
    assert not [one for one in rows for other in rows if set(other) < set(one)], "no clause adds nothing"


@given(schedule=schedules())
def test_a_schedule_survives_json(schedule: Schedule) -> None:
    assert from_json(to_json(schedule)) == schedule


@given(schedule=schedules(), history=histories(), known=starts, data=st.data())
def test_the_order_of_recording_does_not_matter(
    schedule: Schedule, history: list[Accomplishment], known: Starts, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history))
    assert standing(schedule, shuffled, known) == standing(schedule, history, known)


@given(schedule=schedules(), history=histories(), known=starts)
def test_the_old_due_points_kept_on_record_say_what_a_recomputation_says(
    schedule: Schedule, history: list[Accomplishment], known: Starts
) -> None:
    """Incremental equals from nothing: recording each accomplishment with its due points changes no answer."""
    recorded: list[Accomplishment] = []
    for one in history:
        recorded.append(replace(one, was_due=standing(schedule, recorded, known).dues()))
    assert standing(schedule, recorded, known).terms == standing(schedule, history, known).terms


@given(schedule=schedules(), history=histories(), known=starts, events=happenings())
def test_so_it_is_with_events(
    schedule: Schedule, history: list[Accomplishment], known: Starts, events: list[Happening]
) -> None:
    """What was due at an accomplishment knows the events up to then, whatever happened later."""
    recorded: list[Accomplishment] = []
    for one in history:
        so_far = [event for event in events if event.at <= one.at]
        recorded.append(replace(one, was_due=standing(schedule, recorded, known, so_far).dues()))
    assert standing(schedule, recorded, known, events).terms == standing(schedule, history, known, events).terms


@given(schedule=schedules(), history=histories(), known=starts, events=happenings(), data=st.data())
def test_the_order_of_events_does_not_matter(
    schedule: Schedule, history: list[Accomplishment], known: Starts, events: list[Happening], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events))
    assert standing(schedule, history, known, shuffled) == standing(schedule, history, known, events)


@given(schedule=schedules(), history=histories(), known=starts, used=usages, day=days, amount=small, data=st.data())
def test_a_variation_moves_no_due_point_and_makes_nothing_overdue(
    *,
    schedule: Schedule,
    history: list[Accomplishment],
    known: Starts,
    used: dict[str, Usage],
    day: date,
    amount: int,
    data: st.DataObject,
) -> None:
    plain = standing(schedule, history, known)
    assume(plain.terms)
    term = data.draw(st.sampled_from(plain.terms))
    months = term.measure == CALENDAR and data.draw(st.booleans())
    one = Variation(term.path, term.measure, plain.last.id if plain.last else "", amount, months=months)
    varied = standing(schedule, history, known, (), [one])
    assert varied.dues() == plain.dues()
    assert status(varied, used, day, {}).state <= status(plain, used, day, {}).state


@given(schedule=schedules(), history=histories(), known=starts, events=happenings())
def test_due_points_survive_json(
    schedule: Schedule, history: list[Accomplishment], known: Starts, events: list[Happening]
) -> None:
    for due_point in standing(schedule, history, known, events).dues().values():
        assert due_from_json(due_to_json(due_point)) == due_point


@given(schedule=schedules(), history=histories(), known=starts)
def test_every_open_term_is_in_a_clause_and_ended_ones_in_none(
    schedule: Schedule, history: list[Accomplishment], known: Starts
) -> None:
    found = standing(schedule, history, known)
    assert {path for clause in found.clauses() for path in clause} <= set(found.dues())
    assert found.ended == (not found.clauses())


@given(schedule=schedules(), history=histories(), known=starts, used=usages, day=days, windows=alerts, more=small)
def test_more_use_and_later_days_never_look_better(
    *,
    schedule: Schedule,
    history: list[Accomplishment],
    known: Starts,
    used: dict[str, Usage],
    day: date,
    windows: dict[str, int],
    more: int,
) -> None:
    found = standing(schedule, history, known)
    early = alert_windows(found, windows, COUNTERS)
    flown = {name: Usage(None if use.total is None else use.total + more, use.stale) for name, use in used.items()}
    today = status(found, used, day, early).state
    assert status(found, flown, day, early).state >= today
    assert status(found, used, day + timedelta(days=more), early).state >= today


@given(schedule=schedules(), history=histories(), known=starts, used=usages, day=days, windows=alerts, pace=rates)
def test_the_forecast_agrees_with_the_state(
    *,
    schedule: Schedule,
    history: list[Accomplishment],
    known: Starts,
    used: dict[str, Usage],
    day: date,
    windows: dict[str, int],
    pace: dict[str, Rate],
) -> None:
    found = standing(schedule, history, known)
    present = status(found, used, day, alert_windows(found, windows, COUNTERS))
    when = forecast(present, pace)
    expected = {State.OVERDUE: Certainty.PASSED, State.UNKNOWN: Certainty.UNKNOWN}
    if present.state in expected:
        assert when.certainty is expected[present.state]
    else:
        assert when.certainty in {Certainty.AHEAD, Certainty.NEVER}
    if when.on is not None:
        assert (when.on < day) == (present.state is State.OVERDUE)


@given(schedule=schedules(), history=histories(), known=starts, used=usages, day=days, windows=alerts, pace=rates)
def test_every_answer_explains_itself_and_twice_the_same(
    *,
    schedule: Schedule,
    history: list[Accomplishment],
    known: Starts,
    used: dict[str, Usage],
    day: date,
    windows: dict[str, int],
    pace: dict[str, Rate],
) -> None:
    def ask() -> object:
        found = standing(schedule, history, known)
        present = status(found, used, day, alert_windows(found, windows, COUNTERS))
        return explain(present, pace, PlainWords(), source="AMP 5-20").to_json()

    assert ask() == ask()


@given(was=small, later=st.integers(0, 50), more=st.integers(0, 50), every=small)
def test_under_min_late_never_shifts_the_next(was: int, later: int, more: int, every: int) -> None:
    schedule = _counted(every, Basis.MIN)
    on_time, late = (_after(schedule, was, was + n) for n in (0, later))
    assert on_time == late == [was + every]
    assert _after(schedule, was, max(0, was - more)) <= on_time


@given(was=small, first=st.integers(0, 90), second=st.integers(0, 90), every=small, basis=st.sampled_from(Basis))
def test_done_later_is_never_due_earlier(was: int, first: int, second: int, every: int, basis: Basis) -> None:
    schedule = _counted(every, basis)
    earlier, later = sorted((first, second))
    assert _after(schedule, was, earlier) <= _after(schedule, was, later)


@given(
    limit=calendar_limits().filter(lambda one: one.event is None),
    was=days,
    first=days,
    second=days,
    basis=st.sampled_from(Basis),
)
def test_done_on_a_later_day_is_never_due_earlier(
    limit: CalendarLimit, was: date, first: date, second: date, basis: Basis
) -> None:
    limit = limit.model_copy(update={"thresholds": (), "every": limit.every or 1, "basis": basis})
    earlier, later = sorted((first, second))
    assert _dated(limit, was, earlier).on <= _dated(limit, was, later).on


@given(limit=(calendar_limits() | counter_limits()).filter(lambda one: one.event is None), was=days, count=small)
def test_done_exactly_at_the_due_point_all_policies_agree(
    limit: CounterLimit | CalendarLimit, was: date, count: int
) -> None:
    limit = limit.model_copy(update={"thresholds": (), "every": limit.every or 1, "basis": None})
    point = OnDate.of(was) if isinstance(limit, CalendarLimit) else AtCount(limit.counter, count)
    values = {} if isinstance(limit, CalendarLimit) else {limit.counter: count}
    found = {basis: stand(repeat(limit, basis), done(was, {"repeat": point}, **values)).terms[0].due for basis in Basis}
    assert len(set(found.values())) == 1


@given(day=days, months=st.integers(1, 30), unit=st.sampled_from([CalendarUnit.MONTHS, CalendarUnit.CALENDAR_MONTHS]))
def test_a_calendar_interval_keeps_its_month(day: date, months: int, unit: CalendarUnit) -> None:
    limit = CalendarLimit(unit=unit, every=months)
    found = _dated(limit, day, day).on
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months


@given(tree=repeat_trees)
def test_every_limit_is_found_by_its_path(tree: Tree) -> None:
    (root, found), *_ = stages(Schedule(repeat=tree))
    paths = [path for path, _ in leaves(found, root)]
    assume(paths)
    assert len(set(paths)) == len(paths)


def _counted(every: int, basis: Basis) -> Schedule:
    return repeat(CounterLimit(counter=FH, every=every, window=CounterWindow(before=3, after=3)), basis)


def _after(schedule: Schedule, was: int, fh: int) -> Sequence[object]:
    return due(stand(schedule, done("2024-01-01", {"repeat": AtCount(FH, was)}, fh=fh)))


def _dated(limit: CalendarLimit, was: date, day: date) -> OnDate:
    found: Standing = stand(repeat(limit), done(day, {"repeat": OnDate.of(was)}))
    point = found.terms[0].due
    assert isinstance(point, OnDate)
    return point
