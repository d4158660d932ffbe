"""The recompute benchmark runs, small; its fill is what the engine itself would write; a correction moves it."""

import pytest
from benchmarks.due_recompute import Bench

from hangarlink.fleet.queries import totals_at
from hangarlink.maintenance.programme.models import AccomplishmentValue, DueItem, DueTerm
from hangarlink.maintenance.programme.terms import rewrite_terms
from hangarlink.platform.tenancy.context import acting_in

WRITTEN = (
    "item_id", "clause", "path", "counter_id", "limit_value", "alert_value", "limit_date", "alert_date", "amount",
    "unknown_reason",
)  # fmt: skip


SUMMED_UP = (
    "id", "is_plain", "first_counter", "first_limit", "first_alert", "first_date", "first_alert_date", "done", "ended",
)  # fmt: skip


def items() -> list[tuple[object, ...]]:
    return sorted(DueItem.objects.values_list(*SUMMED_UP), key=str)


def terms() -> list[tuple[object, ...]]:
    return sorted(DueTerm.objects.values_list(*WRITTEN), key=str)


@pytest.mark.committed
def test_it_runs_small(committed: None) -> None:
    bench = Bench(items=12)
    bench.add_fleet(3)
    ours, plain = bench.recompute_seconds(1)
    assert ours > 0
    assert plain > 0
    with acting_in(bench.account):
        filled, filled_items = terms(), items()
        values = AccomplishmentValue.objects.values_list("counter_id", "at", "value")
        assert totals_at([(counter, at) for counter, at, _ in values]) == [value for _, _, value in values]
        rewrite_terms(list(DueItem.objects.values_list("id", flat=True)))
        assert terms() == filled
        assert items() == filled_items
    assert bench.correction_seconds() > 0
    assert 0 < bench.items_corrected() <= 12
