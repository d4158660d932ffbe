"""`hangarlink bench due-recompute`: everything worked out anew for a million due items, and one correction among them.

of_numpy            time of a plain numpy pass over the same limits and counters, loaded into arrays beforehand, over
                    the time in which the database works out state and forecast of every item from what is stored:
                    medians, taking turns. numpy reads no disk, checks no wall between accounts and knows no other row
                    than these, so it is the limit of what the machine can do. Both find the same, or nothing is
                    printed
correction_growth   time to correct one flight of one aircraft, with everything that follows from it (derived values of
                    work done since, new versions, due points, states, events), in the whole fleet over the time in a
                    fleet of twenty aircraft in an installation of its own: medians, taking turns
recompute_ms, numpy_ms, correction_ms_few, correction_ms_all, items_corrected, items   for orientation only
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

FEW_AIRCRAFT = 20
FLIGHTS = 10
OPENING = 10_000 * 3600
FLOWN = 10 * 3600
OPENED = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 6, 1)
Ints = NDArray[np.int64]

# Every item was done once, after none to all of the aircraft's ten flights of ten hours, with values that followed from
# usage. Intervals of 20 h to 20 480 h and 1 to 96 months. No randomness: md5 spreads them over the flights.
_FILL = [
    """
    CREATE TEMPORARY TABLE bench_item ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, gen_random_uuid() AS work_id, a.id AS aircraft_id, c.id AS counter_id,
           r.requirement_id, r.id AS revision_id, w.hours, w.months,
           %(opening)s + %(flown)s * n.spread AS value,
           timestamptz '2026-01-01 23:00Z' + n.spread * interval '1 day' AS at,
           (timestamp '2026-01-01' + n.spread * interval '1 day')::date AS day
    FROM aircraft a
    JOIN counter c ON c.aircraft_id = a.id AND c.kind = 'airborne'
    CROSS JOIN requirement_revision r
    CROSS JOIN LATERAL (SELECT ('x' || substr(md5(a.registration || r.title), 1, 7))::bit(28)::int
                               %% (%(flights)s + 1) AS spread) n
    CROSS JOIN LATERAL (SELECT (r.schedule -> 'repeat' -> 'of' -> 0 ->> 'every')::bigint AS hours,
                               (r.schedule -> 'repeat' -> 'of' -> 1 ->> 'every')::int AS months) w
    WHERE a.account_id = %(account)s AND r.account_id = %(account)s
      AND NOT EXISTS (SELECT FROM due_item i WHERE i.aircraft_id = a.id)
    """,
    """
    INSERT INTO due_item
      (id, account_id, requirement_id, aircraft_id, revision_id, binding, done, ended, left_out, created_at,
       is_plain, first_counter, first_limit, first_alert, first_date, first_alert_date)
    SELECT id, %(account)s, requirement_id, aircraft_id, revision_id, jsonb_build_object('airborne', counter_id),
           1, false, '', now(), true, counter_id, value + hours, value + hours - least(90000, hours / 5),
           due.on_, due.on_ - least(30, months * 30 / 5)
    FROM bench_item CROSS JOIN LATERAL (SELECT (day + months * interval '1 month')::date AS on_) due
    """,
    """
    INSERT INTO accomplishment
      (id, account_id, chain, version, item_id, revision_id, performed_at, released_at, due_reference, "on",
       certificate, note, was_due, was_due_stated, is_withdrawn, reason, recorded_at, recorded_by_label)
    SELECT work_id, %(account)s, work_id, 1, id, revision_id, at, at, at, day, '', '', '{}', true, false, '', now(), ''
    FROM bench_item
    """,
    """
    INSERT INTO accomplishment_value (id, account_id, accomplishment_id, counter_id, value, source, at)
    SELECT gen_random_uuid(), %(account)s, work_id, counter_id, value, 'derived', at FROM bench_item
    """,
    """
    INSERT INTO due_term
      (id, account_id, item_id, clause, path, counter_id, limit_value, alert_value, amount, variation, awaits,
       unknown_reason)
    SELECT gen_random_uuid(), %(account)s, id, 0, 'repeat/0', counter_id, value + hours,
           value + hours - least(90000, hours / 5), hours, 0, '', '' FROM bench_item
    """,
    """
    INSERT INTO due_term
      (id, account_id, item_id, clause, path, limit_date, alert_date, anchor, amount, variation, awaits, unknown_reason)
    SELECT gen_random_uuid(), %(account)s, id, 1, 'repeat/1', due.on_, due.on_ - least(30, months * 30 / 5),
           extract(day FROM day), due.on_ - day, 0, '', ''
    FROM bench_item CROSS JOIN LATERAL (SELECT (day + months * interval '1 month')::date AS on_) due
    """,
]

# Everything the database tells of every item, added up: how many are in which state, and the sum of their scores.
_EVERY = "{ctes} SELECT state, count(*), sum(score::bigint) FROM scored GROUP BY state"

_ARRAYS = """
SELECT dense_rank() OVER (ORDER BY t.item_id) - 1, coalesce(c.place, -1), coalesce(t.limit_value, 0),
       coalesce(t.alert_value, 0), coalesce(t.limit_date - date '1970-01-01', 0),
       coalesce(t.alert_date - date '1970-01-01', 0)
FROM due_term t
LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM counter) c ON c.id = t.counter_id
ORDER BY t.item_id, t.clause
"""
_TOTALS = "SELECT total, daily_rate FROM counter ORDER BY id"


def run(*, aircraft: int = 2_000, items: int = 500, rounds: int = 7, corrections: int = 20) -> dict[str, Any]:
    """Measure on the installation that Django is loaded for. Leaves the account `recompute` behind.

    items        per aircraft, each with two terms
    corrections  of one flight each, here and on a second installation with twenty aircraft; they take turns
    """
    bench = Bench(items)
    bench.add_fleet(aircraft)
    ours, plain = bench.recompute_seconds(rounds)
    with _small_installation(items) as small:
        few, everything = _take_turns(small, bench, corrections)
    return {
        "of_numpy": round(plain / ours, 3),
        "correction_growth": round(everything / few, 3),
        "recompute_ms": round(ours * 1000, 1),
        "numpy_ms": round(plain * 1000, 1),
        "correction_ms_few": round(few * 1000, 1),
        "correction_ms_all": round(everything * 1000, 1),
        "items_corrected": bench.items_corrected(),
        "items": aircraft * items,
    }


def _take_turns(small: "Process", bench: "Bench", corrections: int) -> tuple[float, float]:
    """Median times of a correction there and here, one at a time, so that other work on the machine hits both."""
    few, everything = list[float](), list[float]()
    small.correction_seconds()
    bench.correction_seconds()
    for _ in range(corrections):
        few.append(small.correction_seconds())
        everything.append(bench.correction_seconds())
    return statistics.median(few), statistics.median(everything)


class Process:
    """A process with an installation of its own and twenty aircraft, that corrects a flight when asked."""

    def __init__(self, running: "subprocess.Popen[str]") -> None:
        self.running = running

    def correction_seconds(self) -> float:
        """Have it correct a flight; the time that took."""
        if self.running.stdin is None or self.running.stdout is None:
            raise RuntimeError("the process has no pipes")
        self.running.stdin.write("one\n")
        self.running.stdin.flush()
        return float(self.running.stdout.readline())


@contextmanager
def _small_installation(items: int) -> Iterator[Process]:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "benchmarks.due_recompute", str(items)]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as running:
        try:
            yield Process(running)
        finally:
            if running.stdin:
                running.stdin.close()
            running.wait(timeout=60)


@dataclass(frozen=True)
class Arrays:
    """Limits and counters as numpy wants them: one place per term, terms of an item side by side.

    starts  where each item's terms begin; counter -1: a calendar limit, in days since 1970
    """

    starts: Ints
    counter: Ints
    limit: Ints
    alert: Ints
    day: Ints
    alert_day: Ints
    total: Ints
    rate: Ints

    def states_and_scores(self, today: int) -> tuple[Ints, Ints]:
        """What somebody would write who has only the arrays: state and half-days to the limit of every item."""
        dated = self.counter < 0
        left = np.where(dated, self.day - today, self.limit - self.total[self.counter])
        soon = np.where(dated, today >= self.alert_day, self.total[self.counter] >= self.alert)
        state = np.where(left < 0, 4, np.where(left == 0, 2, np.where(soon, 1, 0)))
        pace = self.rate[self.counter]
        ahead = 2 * np.where(dated, left, left // np.maximum(pace, 1))
        return np.maximum.reduceat(state, self.starts), np.minimum.reduceat(ahead, self.starts)


class Bench:
    """An account with a growing fleet under one programme, everything done once."""

    def __init__(self, items: int) -> None:
        from hangarlink.fleet.actions import add_aircraft_model
        from hangarlink.maintenance.programme.actions import add_requirement
        from hangarlink.platform.people.permissions import SYSTEM
        from hangarlink.platform.tenancy.context import acting_in
        from hangarlink.platform.tenancy.models import Account

        self.account = Account.objects.create(subdomain="recompute", name="Benchmark", stale_usage_days=30_000)
        self.system, self.fleet, self.corrected = SYSTEM, list[UUID](), 0
        with acting_in(self.account):
            self.model = add_aircraft_model(name="Fleet", acting_user=SYSTEM)
            for number in range(items):
                every = [
                    {"kind": "counter", "counter": "airborne", "every": 20 * 3600 * (1 << number % 11)},
                    {"kind": "calendar", "unit": "months", "every": 1 + number * 7 % 96},
                ]
                add_requirement(
                    reference=f"{number:04d}", title=f"Task {number:04d}", mandatory_class="programme",
                    schedule={"repeat": {"kind": "first", "of": every}}, acting_user=SYSTEM,
                )  # fmt: skip

    def add_fleet(self, aircraft: int) -> None:
        """Aircraft up to this number, each with ten flights and its items."""
        for number in range(len(self.fleet), aircraft):
            self.fleet.append(self._add_aircraft(f"N{number:05d}"))
        self._fill()

    def recompute_seconds(self, rounds: int) -> tuple[float, float]:
        """Median times of the database and of numpy, taking turns. Raises when they do not find the same."""
        arrays, ours, plain = self.arrays(), [], []
        today = (TODAY - date(1970, 1, 1)).days
        for _ in range(rounds):
            told = _timed(self.everything)
            found = _timed(lambda: arrays.states_and_scores(today))
            if told[1] != summed(*found[1]):
                raise AssertionError(f"the database and numpy do not agree: {told[1]} and {summed(*found[1])}")
            ours.append(told[0])
            plain.append(found[0])
        return statistics.median(ours), statistics.median(plain)

    def everything(self) -> dict[int, tuple[int, int]]:
        """State and forecast of every item worked out anew by the database: by state, how many and their scores."""
        from hangarlink.maintenance.programme.queries.census import CTES, room_for_all
        from hangarlink.maintenance.programme.queries.scores import moment
        from hangarlink.maintenance.programme.queries.statements import rows
        from hangarlink.platform.tenancy.context import acting_in

        with acting_in(self.account), room_for_all():
            found = rows(_EVERY.format(ctes=CTES), moment(TODAY))
        return {state: (number, int(score)) for state, number, score in found}

    def correction_seconds(self) -> float:
        """Time to correct one flight in the middle of one aircraft's life and commit it, going round the fleet."""
        from hangarlink.fleet.actions import correct_flight
        from hangarlink.fleet.models import Counter, Flight
        from hangarlink.platform.tenancy.context import acting_in

        self.corrected += 1
        aircraft = self.fleet[self.corrected * 619 % len(self.fleet)]
        with acting_in(self.account):
            flight = Flight.objects.filter(aircraft=aircraft).order_by("ended_at")[FLIGHTS // 2]
            counter = Counter.objects.get(aircraft=aircraft, kind="airborne")
        amounts = {counter.id: FLOWN + 360 * (self.corrected // len(self.fleet) + 1)}
        began = time.perf_counter()
        with acting_in(self.account):
            correct_flight(flight, amounts=amounts, reason="Misread", acting_user=self.system)
        return time.perf_counter() - began

    def items_corrected(self) -> int:
        """How many items a correction works out anew: the work whose values the last one corrected."""
        from hangarlink.maintenance.programme.models import Accomplishment
        from hangarlink.platform.tenancy.context import acting_in

        aircraft = self.fleet[self.corrected * 619 % len(self.fleet)]
        with acting_in(self.account):
            return Accomplishment.objects.filter(item__aircraft=aircraft, version=2).count()

    def arrays(self) -> Arrays:
        """The same limits and counters in memory."""
        from django.db import connection

        from hangarlink.platform.tenancy.context import acting_in

        with acting_in(self.account), connection.cursor() as cursor:
            cursor.execute(_TOTALS)
            total, rate = np.array(cursor.fetchall(), dtype=np.int64).T
            cursor.execute(_ARRAYS)
            item, counter, limit, alert, day, alert_day = np.array(cursor.fetchall(), dtype=np.int64).T
        starts = np.flatnonzero(np.diff(item, prepend=-1))
        parts = (counter, limit, alert, day, alert_day, total, rate)
        return Arrays(starts, *(np.ascontiguousarray(part) for part in parts))

    def _add_aircraft(self, registration: str) -> UUID:
        from hangarlink.fleet.actions import add_aircraft, add_counter, record_flights, set_opening
        from hangarlink.fleet.facts import FlightFact, OnKnown
        from hangarlink.platform.tenancy.context import acting_in

        with acting_in(self.account):
            one = add_aircraft(registration=registration, aircraft_model=self.model, acting_user=self.system)
            counter = add_counter(one, kind="airborne", acting_user=self.system)
            set_opening(counter, total=OPENING, at=OPENED, acting_user=self.system)
            starts = [OPENED + timedelta(days=day, hours=1) for day in range(1, FLIGHTS + 1)]
            facts = [
                FlightFact(one.id, f"{registration} {start:%d}", start, start + timedelta(hours=10),
                           amounts={counter.id: FLOWN})
                for start in starts
            ]  # fmt: skip
            record_flights(facts, source="bench", acting_user=self.system, on_known=OnKnown.SKIP)
        return UUID(str(one.id))

    def _fill(self) -> None:
        """Items, work and terms by SQL as the owner, without checking references: five million rows in two minutes."""
        from django.db import connections, transaction

        values: dict[str, Any] = {
            "account": self.account.id, "opening": OPENING, "flown": FLOWN, "flights": FLIGHTS,
        }  # fmt: skip
        owner = connections["owner"]
        with transaction.atomic(using="owner"), owner.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in _FILL:
                cursor.execute(statement, values)
            cursor.execute("UPDATE counter SET daily_rate = 3 * 3600 WHERE account_id = %(account)s", values)
        with owner.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE due_item, due_term, accomplishment, accomplishment_value, counter, aircraft")
            cursor.execute("CHECKPOINT")


def summed(state: Ints, score: Ints) -> dict[int, tuple[int, int]]:
    """By state, how many items and the sum of their scores."""
    found = (int(one) for one in np.unique(state))
    return {one: (int((state == one).sum()), int(score[state == one].sum())) for one in found}


def _timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = ask()
    return time.perf_counter() - began, found


def serve(items: int) -> None:
    """Be the small installation: correct one flight for each line on standard input, and say how long it took."""
    from hangarlink.cli import scratch

    with scratch.installation():
        bench = Bench(items)
        bench.add_fleet(FEW_AIRCRAFT)
        for _ in sys.stdin:
            print(bench.correction_seconds(), flush=True)


def main() -> None:
    """Print the figures, measured on an installation of its own."""
    from hangarlink.cli import scratch

    with scratch.installation():
        print(json.dumps(run(), indent=2))


if __name__ == "__main__":
    serve(int(sys.argv[1])) if len(sys.argv) > 1 else main()
