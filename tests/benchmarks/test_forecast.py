"""The benchmark runs, and compares the same counts. No time is asserted."""

import pytest
from benchmarks.forecast import run


@pytest.mark.committed
def test_it_runs_small(committed: None) -> None:
    figures = run(aircraft=4, items=20, rounds=1)
    assert figures["items"] == 80
    assert figures["vs_scan"] > 0
    assert figures["planned_vs_scan"] > 0
