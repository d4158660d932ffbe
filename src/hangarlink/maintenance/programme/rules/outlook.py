"""When a limit on usage will be reached, in words: at which pace, with which planned flights, around which days."""

from collections.abc import Mapping
from datetime import date

from hangarlink.maintenance.programme.rules.dues import AtCount
from hangarlink.maintenance.programme.rules.forecast import Certainty, Forecast, Rate, Use, reached_in
from hangarlink.maintenance.programme.rules.pace import PaceSource, Span
from hangarlink.maintenance.programme.rules.plan import UsagePlan
from hangarlink.maintenance.programme.rules.sentences import Words, count
from hangarlink.maintenance.programme.rules.status import TermStatus

SOURCES = {
    PaceSource.SET: " (set for this counter)",
    PaceSource.AVERAGE: " (average of recent use)",
    PaceSource.RATIO: " (in its ratio to another counter)",
    PaceSource.NONE: " (nothing was set or used)",
}


def outlook(now: TermStatus, when: Forecast, uses: Mapping[str, Use], today: date, words: Words) -> list[str]:
    """When it will be reached, for counters; a calendar limit is its own forecast."""
    due, use = now.term.due, uses.get(now.term.measure)
    if not isinstance(due, AtCount) or now.remaining is None or when.certainty is Certainty.UNKNOWN:
        return []
    ahead = _planned(due, use, today, words) if isinstance(use, UsagePlan) and now.remaining > 0 else []
    if when.certainty is Certainty.NEVER:
        return [*ahead, "at the present rate of use it is not reached"]
    if use is None or when.certainty is Certainty.PASSED:
        return []
    days = reached_in(now.remaining, use, today) or 0
    return [*ahead, f"{_pace(due, use, words)}, {count(days, 'full day')} from now: {words.day(when.day)}"]


def _pace(due: AtCount, use: Use, words: Words) -> str:
    rate, source = (use, None) if isinstance(use, Rate) else (use.pace, use.source)
    return (
        f"at {words.amount(due.counter, rate.amount)} in {count(rate.days, 'day')}{SOURCES[source] if source else ''}"
    )


def _planned(due: AtCount, plan: UsagePlan, today: date, words: Words) -> list[str]:
    flown = sorted(day for day in plan.planned if day >= today)
    added = words.amount(due.counter, plan.planned_from(today))
    until = f" up to {words.day(flown[-1])}" if flown else ""
    flights = [f"flights planned on {count(len(flown), 'day')}{until} add {added}"] if flown else []
    return [*flights, *(_idle(span, words) for span in plan.idle if span.last is None or span.last >= today)]


def _idle(span: Span, words: Words) -> str:
    until = f" to {words.day(span.last)}" if span.last else ", until somebody says otherwise"
    return f"no other use from {words.day(span.first)}{until}"
