"""Which datasets a flow is made of, in the order in which they are moved."""

from hangarlink.integration.contract import Dataset
from hangarlink.integration.synclog.vocabulary import Flow

# The totals come after the flights that they are compared with.
DATASETS: dict[Flow, tuple[Dataset, ...]] = {
    Flow.AIRCRAFT: (Dataset.AIRCRAFT,),
    Flow.HOURS_CYCLES: (Dataset.FLIGHT_TIMES, Dataset.COUNTER_TOTALS),
}


def flow_of(dataset: Dataset) -> Flow:
    return next(flow for flow, datasets in DATASETS.items() if dataset in datasets)
