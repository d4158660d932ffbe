"""What moves, in words."""

from collections.abc import Iterable

from hangarlink.integration.contract import Dataset, Directions, Frequency, Manifest, Tier

DATASETS: dict[str, str] = {
    Dataset.LEDGER_ACCOUNTS: "chart of accounts",
}
TIERS = {
    Tier.GOLD: "Proven against every fault of its sandbox, kept in step with the partner, and documented.",
    Tier.SILVER: "Proven against its sandbox and documented.",
    Tier.BRONZE: "Works, with fewer proofs.",
}
FREQUENCIES: dict[str, str] = {
    Frequency.REAL_TIME: "in real time",
    Frequency.HOURLY: "hourly",
    Frequency.SIX_HOURLY: "every 6 hours",
    Frequency.DAILY: "daily, 00:00Z",
    Frequency.MANUAL: "by hand only",
}


def dataset_words(dataset: str) -> str:
    """A dataset as people say it, in lower case."""
    return DATASETS.get(dataset) or dataset.replace("_", " ")


def moves(manifest: Manifest) -> tuple[str, str]:
    """What comes in and what goes out with this connector, in words."""
    ways = manifest.datasets.items()
    return (
        _listed(dataset for dataset, way in ways if way is not Directions.PUSH),
        _listed(dataset for dataset, way in ways if way is not Directions.PULL),
    )


def _listed(datasets: Iterable[str]) -> str:
    return ", ".join(dataset_words(dataset) for dataset in datasets)
