"""The connectors of this installation: our own, and those that other packages offer as entry points."""

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from hangarlink.integration.contract import Connector, Manifest
from hangarlink.platform.errors import Missing
from hangarlink.platform.tenancy.models import Account, Feature

BUILT_IN = (
    "hangarlink.connectors.flightlogger",
    "hangarlink.connectors.quickbooks",
    "hangarlink.connectors.slack",
    "hangarlink.connectors.email",
    "hangarlink.connectors.tracker",
    "hangarlink.connectors.tracker.camp",
    "hangarlink.connectors.tracker.cmp",
    "hangarlink.connectors.tracker.traxxall",
    "hangarlink.connectors.tracker.veryon",
)
ENTRY_POINTS = "hangarlink.connectors"
FEATURES = {"flightlogger": Feature.FLIGHTLOGGER_SYNC}


@cache
def connectors() -> dict[str, type[Connector]]:
    """Every connector class by its key. Raises RuntimeError for two of the same key."""
    found = [import_module(module).connector for module in BUILT_IN]
    found += [point.load() for point in entry_points(group=ENTRY_POINTS)]
    by_key: dict[str, type[Connector]] = {}
    for connector in found:
        if connector.manifest.key in by_key:
            raise RuntimeError(f"Two connectors have the key {connector.manifest.key}.")
        by_key[connector.manifest.key] = connector
    return by_key


def connector_of(key: str) -> type[Connector]:
    try:
        return connectors()[key]
    except KeyError:
        raise Missing(f"There is no connector named {key}. This installation has: {', '.join(connectors())}.") from None


def manifest_of(key: str) -> Manifest:
    return connector_of(key).manifest


def is_switched_on(key: str, account: Account) -> bool:
    """Whether the account has the feature that this connector belongs to."""
    feature = FEATURES.get(key)
    return feature is None or account.has_feature(feature)
