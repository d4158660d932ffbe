"""`hangarlink bench forecast`: the year's workload chart of a fleet with a million due items.

vs_scan        our time over that of one plain SQL scan of the same items that counts them by month, each the median of
               its rounds; they take turns. Both count the same, or nothing is printed
planned_vs_scan  the same with flights planned, days of standing and ratios on every tenth aircraft, over the same scan
chart_ms, planned_ms, scan_ms, items   for orientation only
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from typing import Any

from benchmarks.due_list import Bench

MONTHS = 12
EVERY = 10

# What somebody would write who has only the tables: each item's earliest day, counted by month.
_SCAN = """
SELECT to_char(%(today)s::date + days, 'YYYY-MM'), count(*)
FROM (SELECT t.item_id, min(CASE WHEN t.limit_date IS NOT NULL THEN t.limit_date - %(today)s
                                 ELSE floor((t.limit_value - c.total)::numeric / c.daily_rate)::int END) AS days
      FROM due_term t LEFT JOIN counter c ON c.id = t.counter_id GROUP BY t.item_id) items
WHERE days BETWEEN 0 AND %(days)s GROUP BY 1
"""


def run(*, aircraft: int = 2_000, items: int = 500, rounds: int = 7) -> dict[str, Any]:
    """Measure on the installation that Django is loaded for. Leaves the account `duelist` behind.

    items  per aircraft, each with two terms
    """
    bench = ForecastBench(items)
    bench.add_fleet(aircraft)
    chart, scan = bench.seconds(rounds, compared=True)
    bench.plan()
    planned, scan_again = bench.seconds(rounds, compared=False)
    return {
        "vs_scan": round(chart / scan, 2),
        "planned_vs_scan": round(planned / scan_again, 2),
        "chart_ms": round(chart * 1000, 1),
        "planned_ms": round(planned * 1000, 1),
        "scan_ms": round(scan * 1000, 1),
        "items": aircraft * items,
    }


class ForecastBench(Bench):
    """The fleet of the due-list benchmark, asked for its workload."""

    def seconds(self, rounds: int, *, compared: bool) -> tuple[float, float]:
        """Median times of the chart and of the scan, taking turns. Raises when they count differently."""
        ours, theirs = [], []
        for _ in range(rounds):
            chart, scan = self._clocked(self._chart), self._clocked(self._plain)
            if compared and chart[1] != scan[1]:
                raise AssertionError(f"the chart and the scan do not count the same: {chart[1]} and {scan[1]}")
            ours.append(chart[0])
            theirs.append(scan[0])
        return statistics.median(ours), statistics.median(theirs)

    def plan(self) -> None:
        """Thirty flights on every tenth aircraft, two weeks of standing on every twentieth."""
        from hangarlink.fleet.models import Parking, PlannedFlight, PlannedUse
        from hangarlink.platform.tenancy.context import acting_in

        begins = datetime.combine(self._today(), clock(9), UTC)
        with acting_in(self.account):
            for number, (aircraft, counter) in enumerate(self.fleet[::EVERY]):
                flights = [
                    PlannedFlight(
                        account=self.account, aircraft_id=aircraft, starts_at=begins + timedelta(days=day),
                        ends_at=begins + timedelta(days=day, hours=2), source="bench",
                    )
                    for day in range(0, 60, 2)
                ]  # fmt: skip
                PlannedFlight.objects.bulk_create(flights)
                PlannedUse.objects.bulk_create(
                    PlannedUse(account=self.account, flight=flight, counter_id=counter, amount=7_200)
                    for flight in flights
                )
                if number % 2:
                    first = self._today() + timedelta(days=70)
                    Parking.objects.create(
                        account=self.account, aircraft_id=aircraft, starts_on=first,
                        ends_on=first + timedelta(days=13), reason="storage", source="bench",
                    )  # fmt: skip

    def _chart(self) -> dict[str, int]:
        from hangarlink.maintenance.programme.queries.workload import Step, workload

        found = workload(Step.MONTH, MONTHS, as_of=self._today())
        return {f"{period.first:%Y-%m}": period.items for period in found.periods if period.items}

    def _plain(self) -> dict[str, int]:
        from django.db import connection

        last = self._today() + timedelta(days=364)
        with connection.cursor() as cursor:
            cursor.execute(_SCAN, {"today": self._today(), "days": (last - self._today()).days})
            return dict(cursor.fetchall())

    def _clocked(self, ask: Callable[[], dict[str, int]]) -> tuple[float, dict[str, int]]:
        from hangarlink.platform.tenancy.context import acting_in

        with acting_in(self.account):
            began = time.perf_counter()
            found = ask()
            return time.perf_counter() - began, found


def main() -> None:
    """Print the figures, measured on an installation of its own."""
    from hangarlink.cli import scratch

    with scratch.installation():
        print(json.dumps(run(), indent=2))


if __name__ == "__main__":
    main()
