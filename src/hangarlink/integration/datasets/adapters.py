"""The adapter of each dataset."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets import aircraft, aircraft_models, counter_totals, due_items, flight_times, rooms
from hangarlink.integration.datasets.outcome import Context, Outcome
from hangarlink.integration.datasets.ports import Room
from hangarlink.integration.datasets.two_way import TwoWay


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


# What moves both ways, or only out, or in through the shared adapter.
ROOMS: dict[Dataset, Room] = {room.dataset: room for room in rooms.ALL}

# What comes in through an adapter of its own.
OWN_ADAPTERS: dict[Dataset, Adapter] = {
    Dataset.AIRCRAFT: cast(Adapter, aircraft),
    Dataset.AIRCRAFT_MODELS: cast(Adapter, aircraft_models),
    Dataset.FLIGHT_TIMES: cast(Adapter, flight_times),
    Dataset.COUNTER_TOTALS: cast(Adapter, counter_totals),
    Dataset.DUE_ITEMS: cast(Adapter, due_items),
}
ADAPTERS: dict[Dataset, Adapter] = {dataset: TwoWay(room) for dataset, room in ROOMS.items()} | OWN_ADAPTERS


def two_way(dataset: Dataset) -> TwoWay:
    """The shared adapter of a dataset. Raises LookupError for one that has adapters of its own."""
    return TwoWay(ROOMS[dataset])
