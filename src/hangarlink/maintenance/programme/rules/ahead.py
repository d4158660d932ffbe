"""The next dues of a schedule, one after the other, if the work is done each time on the day it falls due.

For planners: what a schedule means in practice, and where its repeats lie. A forecast, so later ones are less certain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hangarlink.maintenance.programme.rules.dues import Accomplishment, AtCount
from hangarlink.maintenance.programme.rules.forecast import Use, forecast, forecast_term
from hangarlink.maintenance.programme.rules.pace import Rate
from hangarlink.maintenance.programme.rules.standing import Standing
from hangarlink.maintenance.programme.rules.status import Status, TermStatus, Usage, status

Stand = Callable[[Sequence[Accomplishment]], Standing]


@dataclass(frozen=True)
class Ahead:
    """One due to come.

    status   how it stands on the day reckoned from: its terms with their due points
    on       the day it falls due; None when nobody can tell or it is never reached, and then it is the last one
    decides  the term that falls due on that day
    """

    status: Status
    on: date | None
    decides: TermStatus | None


def ahead(
    stand: Stand,
    history: Sequence[Accomplishment],
    totals: Mapping[str, int | None],
    uses: Mapping[str, Use],
    today: date,
    *,
    count: int = 5,
) -> list[Ahead]:
    """Up to `count` dues, the soonest first; fewer when the control ends or nobody can tell what comes next.

    stand   where the requirement stands after a history
    totals  present totals by counter; uses: how each of them grows
    """
    found: list[Ahead] = []
    done, day = list(history), today
    while len(found) < count:
        stands = stand(done)
        if stands.ended:
            break
        due = _next(stands, _usage(totals, uses, (day - today).days), uses, day)
        found.append(due)
        if due.on is None:
            break
        day = max(day, due.on)
        done.append(_work(len(found), due, day, _reached(totals, uses, (day - today).days)))
    return found


def _next(stands: Standing, usage: Mapping[str, Usage], uses: Mapping[str, Use], day: date) -> Ahead:
    now = status(stands, usage, day, {})
    when = forecast(now, uses)
    deciding = [term for term in now.terms if when.on and forecast_term(term, uses, day) == when]
    return Ahead(now, when.on, deciding[0] if deciding else None)


def _work(number: int, due: Ahead, day: date, reached: dict[str, int]) -> Accomplishment:
    """Done on the day, at the very point that decides: a limit that may be reached is not passed."""
    point = due.decides.term.due if due.decides else None
    if isinstance(point, AtCount):
        reached[point.counter] = point.value
    at = datetime.combine(day, time(12), UTC) + timedelta(minutes=number)
    return Accomplishment(id=f"ahead-{number}", at=at, on=day, values=reached)


def _usage(totals: Mapping[str, int | None], uses: Mapping[str, Use], days: int) -> dict[str, Usage]:
    reached = _reached(totals, uses, days)
    return {counter: Usage(reached.get(counter)) for counter in totals}


def _reached(totals: Mapping[str, int | None], uses: Mapping[str, Use], days: int) -> dict[str, int]:
    """The totals so many days on, at the usual pace."""
    paces = {counter: _pace(uses.get(counter)) for counter in totals}
    return {
        counter: total + paces[counter].amount * days // paces[counter].days
        for counter, total in totals.items()
        if total is not None
    }


def _pace(use: Use | None) -> Rate:
    if use is None:
        return Rate(0)
    return use if isinstance(use, Rate) else use.pace
