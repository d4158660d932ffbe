"""The adapter of each dataset."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets import aircraft, counter_totals, flight_times
from hangarlink.integration.datasets.outcome import Context, Outcome


class Adapter(Protocol):
    """A module with these functions."""

    def apply(self, records: Sequence[Any], deleted: Sequence[str], context: Context) -> list[Outcome]:
        """Take a page over, in the caller's transaction; one outcome per record, or fewer where nothing was meant."""
        ...

    def failed(self, record: Any, reason: str) -> Outcome:
        """The outcome of a record that broke the page."""
        ...

    def again(self, payload: Mapping[str, Any]) -> Any:
        """The record of an earlier outcome's payload."""
        ...

    def absent(self, seen: set[str], context: Context) -> list[Outcome]:
        """A complete listing held these ids only: what becomes of the others."""
        ...


ADAPTERS: dict[Dataset, Adapter] = {
    Dataset.AIRCRAFT: cast(Adapter, aircraft),
    Dataset.FLIGHT_TIMES: cast(Adapter, flight_times),
    Dataset.COUNTER_TOTALS: cast(Adapter, counter_totals),
}
