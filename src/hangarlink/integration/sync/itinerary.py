"""Which datasets a run still has before it. Pure but for the row it reads."""

from hangarlink.integration.connections.flows import DATASETS
from hangarlink.integration.contract import Dataset, Directions, Manifest
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, Kind

# A dry run shows what would be written; a comparison of totals writes nothing that a plan could show.
NOT_PLANNED = frozenset({Dataset.COUNTER_TOTALS})


def datasets_left(run: SyncRun, manifest: Manifest) -> list[Dataset]:
    """Those of the run's flow that the connector carries this way, from the one on at which it was interrupted."""
    way = Directions.PUSH if run.direction == Direction.OUT else Directions.PULL
    order = [
        dataset for dataset in DATASETS[Flow(run.flow)] if manifest.datasets.get(dataset) in {way, Directions.BOTH}
    ]
    if run.direction == Direction.OUT:
        return order
    if run.kind == Kind.DRY_RUN or run.options.get("only_again"):
        return [dataset for dataset in order if dataset not in NOT_PLANNED]
    at = (run.checkpoint or {}).get("dataset")
    reached = order.index(Dataset(at)) if at in order else 0
    return order[reached:]
