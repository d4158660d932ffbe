"""May it fly the next flight? Every limit of the aircraft against its counters as they would stand after landing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.programme.days import fresh_since, today
from hangarlink.maintenance.programme.derived_counters import Derived
from hangarlink.maintenance.programme.grounding import Permit, grounds_of, permits_of
from hangarlink.maintenance.programme.queries.board import board
from hangarlink.maintenance.programme.queries.gauges import PARKED, stale
from hangarlink.maintenance.programme.queries.plans import outlooks
from hangarlink.maintenance.programme.queries.rows import ITEM_COLUMNS, ITEM_JOINS, DueRow, due_row
from hangarlink.maintenance.programme.queries.scores import OF_AIRCRAFT, SCORED, STATE, moment
from hangarlink.maintenance.programme.queries.statements import Row, rows
from hangarlink.maintenance.programme.rules import sentences
from hangarlink.maintenance.programme.rules.airworthiness import Ground, of_item
from hangarlink.maintenance.programme.rules.dispatch import Answer, Decision, decide
from hangarlink.maintenance.programme.rules.dues import Reason, Unknown
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.words import CounterWords
from hangarlink.platform.errors import RuleBroken


@dataclass(frozen=True)
class Dispatch:
    """The answer to one dispatch question.

    added    what the flight, and flights planned before it where that was asked, add to each counter (in its unit)
    items    due items that were looked at
    permits  special flight permits valid on the day: they change no answer, they let the flights they name go
    """

    aircraft: Aircraft
    landing_on: date
    asked_on: date
    decision: Decision
    added: Mapping[UUID, int]
    items: int
    permits: tuple[Permit, ...]

    @property
    def answer(self) -> Answer:
        return self.decision.answer


# The aircraft's counters after the flight. How fresh usage is, is asked as of today, not as of the landing.
_AFTER = f"""
WITH {PARKED}, gauge AS MATERIALIZED (
  SELECT c.id, c.total AS before, c.total + coalesce(u.amount, 0) AS total,
         {stale("c.total_at", "%(asked_on)s")} AS stale, 0 AS pace, 1 AS days,
         NULL::int[] AS plan_first, NULL::bigint[] AS plan_used, NULL::bigint[] AS plan_use
  FROM counter c JOIN aircraft a ON a.id = c.aircraft_id LEFT JOIN parked k ON k.aircraft_id = a.id
  LEFT JOIN unnest(%(counters)s::uuid[], %(amounts)s::bigint[]) AS u (id, amount) ON u.id = c.id
  WHERE c.aircraft_id = ANY(%(aircraft)s)
)
"""  # noqa: S608 - constants only
_ITEMS = f"""
{_AFTER}, near AS ({OF_AIRCRAFT}), {SCORED.format(items="near")}
SELECT {ITEM_COLUMNS} FROM scored s {" ".join(ITEM_JOINS.values())}
"""  # noqa: S608 - constants only
_TERMS = f"""
{_AFTER}
SELECT DISTINCT ON (t.item_id, t.path)
       t.item_id, {STATE}, t.counter_id, t.limit_value, t.limit_date, g.before, g.total, t.unknown_reason
FROM due_term t LEFT JOIN gauge g ON g.id = t.counter_id
WHERE t.item_id = ANY(%(items)s) ORDER BY t.item_id, t.path, t.clause
"""  # noqa: S608 - constants only


def dispatch(
    aircraft: Aircraft, added: Mapping[UUID, int], *, landing_on: date | None = None, after_planned: bool = False
) -> Dispatch:
    """Whether an aircraft may fly a flight that adds these amounts and lands on a day (default today).

    added          by counter of the aircraft, in its unit; a counter not named is not used
    after_planned  the flights planned up to that day are flown before it
    Raises RuleBroken for a day that is past, a negative amount, or a counter of something else.
    """
    asked_on = today()
    landing_on = landing_on or asked_on
    counters = list(Counter.objects.filter(aircraft=aircraft).order_by("position", "name"))
    _check(added, counters, landing_on, asked_on)
    used = _with_planned(added, counters, asked_on, landing_on) if after_planned else dict(added)
    used |= _derived(counters, used)
    parameters = moment(
        landing_on, asked_on=asked_on, counters=list(used), amounts=list(used.values()), aircraft=[aircraft.pk]
    )
    parameters["fresh_since"] = fresh_since(asked_on)
    items = [due_row(row, landing_on) for row in rows(_ITEMS, parameters)]
    not_ok = [item for item in items if item.state is not State.OK]
    terms = rows(_TERMS, parameters | {"items": [item.item_id for item in not_ok]}) if not_ok else []
    told = _Telling(counters, landing_on).of(terms, {item.item_id: item.state for item in not_ok})
    grounds = [_ground(item, told) for item in not_ok] + _others(aircraft.pk, asked_on, landing_on)
    permits = tuple(permits_of([aircraft.pk], landing_on)[aircraft.pk])
    return Dispatch(aircraft, landing_on, asked_on, decide(grounds), used, len(items), permits)


def _check(added: Mapping[UUID, int], counters: Sequence[Counter], landing_on: date, asked_on: date) -> None:
    if landing_on < asked_on:
        raise RuleBroken(f"It lands on {landing_on}, which is past. Ask for today or later.", field="landing_on")
    unknown = added.keys() - {counter.id for counter in counters}
    if unknown:
        raise RuleBroken(f"{min(map(str, unknown))} is not a counter of this aircraft.", field="added")
    if any(type(amount) is not int or amount < 0 for amount in added.values()):
        raise RuleBroken("A flight adds zero or more to a counter, in whole seconds or counts.", field="added")


def _with_planned(
    added: Mapping[UUID, int], counters: Sequence[Counter], asked_on: date, landing_on: date
) -> dict[UUID, int]:
    used = dict(added)
    for counter_id, outlook in outlooks(counters, asked_on).items():
        before = sum(amount for day, amount in outlook.plan.planned.items() if day <= landing_on)
        used[counter_id] = used.get(counter_id, 0) + before
    return used


def _derived(counters: Sequence[Counter], used: Mapping[UUID, int]) -> dict[UUID, int]:
    """What the flight adds to counters that follow from others by a formula."""
    worked_out = {counter.id: counter.total for counter in counters if counter.formula is not None}
    if not worked_out:
        return {}
    after = Derived(counter for counter in counters if counter.id in worked_out).now(used)
    return {
        one: max(0, total - before)
        for one, before in worked_out.items()
        if before is not None and (total := after[one]) is not None
    }


def _others(aircraft_id: UUID, asked_on: date, landing_on: date) -> list[Ground]:
    """What speaks against it besides due items: as it is today, and what other rooms say of the day of landing."""
    now = board([aircraft_id], as_of=asked_on)[aircraft_id].grounds
    found = {(one.code, one.subject): one for one in now if not one.code.startswith("item_")}
    if landing_on != asked_on:
        found |= {(one.code, one.subject): one for one in grounds_of([aircraft_id], landing_on)[aircraft_id]}
    return list(found.values())


def _ground(item: DueRow, told: Mapping[UUID, str]) -> Ground:
    name = f"{item.reference} {item.title}".strip()
    said = f"{name}: {told[item.item_id]}" if item.item_id in told else name
    state = of_item(item.state, item.mandatory_class)
    return Ground(state, f"item_{item.state.code}", str(item.item_id), item.title, item.source, item.reference, said)


class _Telling:
    """Says of an item which limit decides, with its arithmetic."""

    def __init__(self, counters: Sequence[Counter], landing_on: date) -> None:
        self.words = CounterWords({str(counter.id): counter for counter in counters})
        self.landing_on = landing_on

    def of(self, terms: Sequence[Row], states: Mapping[UUID, State]) -> dict[UUID, str]:
        """By item, what the first of its terms says that is in the item's own state."""
        told: dict[UUID, str] = {}
        for item_id, state, *term in terms:
            if state == states[item_id]:
                told.setdefault(item_id, self._term(State(state), *term))
        return told

    def _term(
        self, state: State, counter: UUID | None, limit: int | None, day: date | None, before: int | None,
        after: int | None, reason: str,
    ) -> str:  # fmt: skip
        if day is not None:
            return f"due {self.words.day(day)}, and it lands {self.words.day(self.landing_on)}"
        name = str(counter) if counter else ""
        if state is State.UNKNOWN or limit is None or before is None or after is None:
            why = Reason(reason) if reason else Reason.NO_TOTAL if after is None else Reason.STALE_USAGE
            return sentences.unknown(Unknown(why, name), self.words)
        return self._counted(name, limit, before, after)

    def _counted(self, name: str, limit: int, before: int, after: int) -> str:
        def shown(value: int) -> str:
            return self.words.amount(name, value)

        over = f", {shown(after - limit)} over" if after > limit else ", nothing left" if after == limit else ""
        flown = f"{shown(before)} + {shown(after - before)} = {shown(after)}" if after > before else shown(after)
        already = " already" if before > limit else ""
        return f"{self.words.name(name)} {flown} of {shown(limit)}{over}{already}"
