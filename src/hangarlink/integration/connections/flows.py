"""Which datasets a flow is made of, in the order in which they are moved."""

from hangarlink.integration.contract import Dataset
from hangarlink.integration.synclog.vocabulary import Flow

# The totals come after the flights that they are compared with. Every other dataset is a flow of the same name.
_TOGETHER: dict[Flow, tuple[Dataset, ...]] = {Flow.HOURS_CYCLES: (Dataset.FLIGHT_TIMES, Dataset.COUNTER_TOTALS)}
_TAKEN = {dataset for datasets in _TOGETHER.values() for dataset in datasets}
DATASETS: dict[Flow, tuple[Dataset, ...]] = _TOGETHER | {
    Flow(dataset.value): (dataset,) for dataset in Dataset if dataset not in _TAKEN
}


def flow_of(dataset: Dataset) -> Flow:
    return next(flow for flow, datasets in DATASETS.items() if dataset in datasets)
