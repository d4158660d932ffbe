"""`hangarlink bench due-list`: the fleet's due list and the cost of a flight, with a million due items.

vs_scan              time of one plain SQL scan-and-sort of the same rows over the time of our first page by forecast,
                     each the median of its rounds; they take turns. Both find the same items, or nothing is printed
flight_cost_growth   time to record one flight with all items over the time with the items of two aircraft: medians
first_page_ms, scan_ms, flight_ms_few, flight_ms_all, items   for orientation only
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

FEW_AIRCRAFT = 2
PAGE = 50
WARM_UP = 20
TURN = 10
OPENED = datetime(2026, 1, 1, tzinfo=UTC)

# Rows as the room writes them: every item is "hours or date, whichever comes first". Intervals of 50 h to 3 200 h and
# 30 to 1 920 days, each somewhere in its interval, one in 500 a little over. No randomness: md5 spreads them.
_FILL = [
    """
    CREATE TEMPORARY TABLE bench_item ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, a.id AS aircraft_id, c.id AS counter_id, c.total,
           r.requirement_id, r.id AS revision_id,
           50 * 3600 * (1 << (n.spread %% 7)) AS hours, 30 * (1 << (n.spread / 7 %% 7)) AS days,
           CASE WHEN n.spread %% 500 = 3 THEN -0.01 ELSE (n.spread / 49 %% 10007) / 10007.0 END AS left_hours,
           (n.spread / 131 %% 10009) / 10009.0 AS left_days
    FROM aircraft a
    JOIN counter c ON c.aircraft_id = a.id AND c.kind = 'airborne'
    CROSS JOIN requirement_revision r
    CROSS JOIN LATERAL (SELECT ('x' || substr(md5(a.registration || r.title), 1, 7))::bit(28)::int AS spread) n
    WHERE a.account_id = %(account)s AND r.account_id = %(account)s
      AND NOT EXISTS (SELECT FROM due_item i WHERE i.aircraft_id = a.id)
    """,
    """
    INSERT INTO due_item
      (id, account_id, requirement_id, aircraft_id, revision_id, binding, done, ended, created_at, left_out)
    SELECT id, %(account)s, requirement_id, aircraft_id, revision_id, '{}', 1, false, now(), '' FROM bench_item
    """,
    """
    INSERT INTO due_term
      (id, account_id, item_id, clause, path, counter_id, limit_value, alert_value, amount, unknown_reason, awaits,
       variation)
    SELECT gen_random_uuid(), %(account)s, id, 0, 'repeat/0', counter_id, total + (hours * left_hours)::bigint,
           total + (hours * left_hours)::bigint - least(90000, hours / 5), hours, '', '', 0 FROM bench_item
    """,
    """
    INSERT INTO due_term
      (id, account_id, item_id, clause, path, limit_date, alert_date, anchor, amount, unknown_reason, awaits, variation)
    SELECT gen_random_uuid(), %(account)s, id, 1, 'repeat/1', %(today)s + (days * left_days)::int,
           %(today)s + (days * left_days)::int - least(30, days / 5), 1, days, '', '', 0 FROM bench_item
    """,
]

# What somebody would write who has only the tables: scan the terms, work out each day, take the earliest, sort.
_SCAN = """
SELECT t.item_id, min(CASE WHEN t.limit_date IS NOT NULL THEN t.limit_date - %(today)s
                           ELSE floor((t.limit_value - c.total)::numeric / c.daily_rate)::int END) AS days
FROM due_term t LEFT JOIN counter c ON c.id = t.counter_id
GROUP BY t.item_id ORDER BY days, t.item_id LIMIT %(page)s
"""


def run(*, aircraft: int = 2_000, items: int = 500, rounds: int = 7, flights: int = 200) -> dict[str, Any]:
    """Measure on the installation that Django is loaded for. Leaves the account `duelist` behind.

    items    per aircraft, each with two terms
    flights  recorded one by one, here and on a second installation with two aircraft; they take turns
    """
    bench = Bench(items)
    bench.add_fleet(aircraft)
    page, scan = bench.list_seconds(rounds)
    with _small_installation(items) as small:
        few, everything = _take_turns(small, bench, flights)
    return {
        "vs_scan": round(scan / page, 2),
        "flight_cost_growth": round(everything / few, 3),
        "first_page_ms": round(page * 1000, 1),
        "scan_ms": round(scan * 1000, 1),
        "flight_ms_few": round(few * 1000, 2),
        "flight_ms_all": round(everything * 1000, 2),
        "items_few": FEW_AIRCRAFT * items,
        "items": aircraft * items,
    }


def _take_turns(small: "Process", bench: "Bench", flights: int) -> tuple[float, float]:
    """Median times of a flight there and here. Ten at a time, so that whatever else the machine does hits both."""
    few, everything = list[float](), list[float]()
    small.flight_seconds(WARM_UP)
    bench.flight_seconds(WARM_UP)
    for _ in range(max(1, flights // TURN)):
        few += small.flight_seconds(TURN)
        everything += bench.flight_seconds(TURN)
    return statistics.median(few), statistics.median(everything)


class Process:
    """A process with an installation of its own and two aircraft, that records flights when asked."""

    def __init__(self, running: "subprocess.Popen[str]") -> None:
        self.running = running

    def flight_seconds(self, flights: int) -> list[float]:
        """Have it record flights; the time of each."""
        if self.running.stdin is None or self.running.stdout is None:
            raise RuntimeError("the process has no pipes")
        self.running.stdin.write(f"{flights}\n")
        self.running.stdin.flush()
        return list(json.loads(self.running.stdout.readline()))


@contextmanager
def _small_installation(items: int) -> Iterator[Process]:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "benchmarks.due_list", str(items)]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as running:
        try:
            yield Process(running)
        finally:
            if running.stdin:
                running.stdin.close()
            running.wait(timeout=60)


class Bench:
    """An account with a growing fleet under one programme."""

    def __init__(self, items: int) -> None:
        from hangarlink.fleet.actions import add_aircraft_model
        from hangarlink.maintenance.programme.actions import add_requirement
        from hangarlink.platform.people.permissions import SYSTEM
        from hangarlink.platform.tenancy.context import acting_in
        from hangarlink.platform.tenancy.models import Account

        self.account = Account.objects.create(subdomain="duelist", name="Benchmark", stale_usage_days=30_000)
        self.system, self.fleet, self.flown = SYSTEM, list[tuple[UUID, UUID]](), 0
        schedule = {
            "kind": "first",
            "of": [
                {"kind": "counter", "counter": "airborne", "every": 360_000},
                {"kind": "calendar", "unit": "months", "every": 12},
            ],
        }
        with acting_in(self.account):
            self.model = add_aircraft_model(name="Fleet", acting_user=SYSTEM)
            for number in range(items):
                add_requirement(
                    reference=f"{number:04d}", title=f"Task {number:04d}", mandatory_class="programme",
                    schedule={"repeat": schedule}, acting_user=SYSTEM,
                )  # fmt: skip

    def add_fleet(self, aircraft: int) -> None:
        """Aircraft up to this number, each with its items."""
        from hangarlink.fleet.actions import add_aircraft, add_counter, set_opening
        from hangarlink.platform.tenancy.context import acting_in

        for number in range(len(self.fleet), aircraft):
            with acting_in(self.account):
                one = add_aircraft(registration=f"N{number:05d}", aircraft_model=self.model, acting_user=self.system)
                counter = add_counter(one, kind="airborne", acting_user=self.system)
                set_opening(counter, total=10_000 * 3600, at=OPENED, acting_user=self.system)
                self.fleet.append((one.id, counter.id))
        self._fill()

    def flight_seconds(self, flights: int) -> list[float]:
        """Time to record one flight and commit it, going round the fleet in long steps."""
        return [self._record_one() for _ in range(flights)]

    def list_seconds(self, rounds: int) -> tuple[float, float]:
        """Median times of our first page and of the scan, taking turns. Raises when they find different days.

        Days, because items due on the same day may stand in another order.
        """
        ours, theirs = [], []
        for _ in range(rounds):
            page, scan = self._timed(self._page), self._timed(self._scan)
            if page[1] != scan[1]:
                raise AssertionError("the first page and the scan do not list the same days")
            ours.append(page[0])
            theirs.append(scan[0])
        return statistics.median(ours), statistics.median(theirs)

    def _fill(self) -> None:
        """Items and terms by SQL as the owner, without checking references: two million rows in a minute."""
        from django.db import connections, transaction

        values: dict[str, Any] = {"account": self.account.id, "today": self._today()}
        owner = connections["owner"]
        with transaction.atomic(using="owner"), owner.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in _FILL:
                cursor.execute(statement, values)
            cursor.execute("UPDATE counter SET daily_rate = 3 * 3600 WHERE account_id = %(account)s", values)
        with owner.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE due_item, due_term, counter, aircraft")
            cursor.execute("CHECKPOINT")

    def _record_one(self) -> float:
        from hangarlink.fleet.actions import record_flights
        from hangarlink.fleet.facts import FlightFact, OnKnown, Verdict
        from hangarlink.platform.tenancy.context import acting_in

        self.flown += 1
        aircraft, counter = self.fleet[self.flown * 619 % len(self.fleet)]
        start = OPENED + timedelta(hours=2 * self.flown)
        fact = FlightFact(aircraft, f"F{self.flown}", start, start + timedelta(hours=1), amounts={counter: 3600})
        began = time.perf_counter()
        with acting_in(self.account):
            (outcome,) = record_flights([fact], source="bench", acting_user=self.system, on_known=OnKnown.SKIP)
        took = time.perf_counter() - began
        if outcome.verdict is not Verdict.CREATED:
            raise AssertionError(f"the flight was {outcome.verdict}: {outcome.message}")
        return took

    def _page(self) -> list[int]:
        from hangarlink.maintenance.programme.queries import due_list

        rows = due_list(limit=PAGE, as_of=self._today()).rows
        return [(row.forecast - self._today()).days for row in rows if row.forecast]

    def _scan(self) -> list[int]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(_SCAN, {"today": self._today(), "page": PAGE})
            return [days for _, days in cursor.fetchall()]

    def _timed(self, ask: Callable[[], list[int]]) -> tuple[float, list[int]]:
        from hangarlink.platform.tenancy.context import acting_in

        with acting_in(self.account):
            began = time.perf_counter()
            found = ask()
            return time.perf_counter() - began, found

    def _today(self) -> date:
        return date(2026, 6, 1)


def serve(items: int) -> None:
    """Be the small installation: a number of flights on standard input, their times on standard output."""
    from hangarlink.cli import scratch

    with scratch.installation():
        bench = Bench(items)
        bench.add_fleet(FEW_AIRCRAFT)
        for line in sys.stdin:
            print(json.dumps(bench.flight_seconds(int(line))), flush=True)


def main() -> None:
    """Print the figures, measured on an installation of its own."""
    from hangarlink.cli import scratch

    with scratch.installation():
        print(json.dumps(run(), indent=2))


if __name__ == "__main__":
    serve(int(sys.argv[1])) if len(sys.argv) > 1 else main()
