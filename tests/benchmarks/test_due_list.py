"""The due-list benchmark runs, small, and its fill is what the engine itself would show."""

import pytest
from benchmarks.due_list import Bench


@pytest.mark.committed
def test_it_runs_small(committed: None) -> None:
    bench = Bench(items=12)
    bench.add_fleet(5)
    page, scan = bench.list_seconds(1)
    assert page > 0
    assert scan > 0
    assert len(bench.flight_seconds(3)) == 3
