"""The engine benchmark runs, small, and both sides end the same."""

import pytest
from benchmarks.sync_engine import Bench, diffsync_seconds

from hangarlink.integration.connections.catalogue import connectors
from hangarlink.integration.synclog.vocabulary import Direction


@pytest.mark.committed
def test_it_runs_small(committed: None) -> None:
    try:
        bench = Bench(180)
        bench.sync(Direction.IN, created=180)
        bench.change_both(10, 5)
        theirs, ours = bench.theirs(), bench.ours()
        bench.sync(Direction.IN, full=True, created=10, updated=5, unchanged=175)
        bench.sync(Direction.OUT, created=10, updated=5)
        assert bench.theirs() == bench.ours()
        assert len(bench.books) == 200
        assert diffsync_seconds(theirs, ours, 200) > 0
    finally:
        connectors().pop("benchledger", None)
