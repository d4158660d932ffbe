"""The connectors of this installation: our own, and those that other packages offer as entry points."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import structlog

from hangarlink.integration.contract import OLDEST, VERSION, Connector, Manifest
from hangarlink.platform.errors import Missing
from hangarlink.platform.tenancy.models import Account, Feature

log = structlog.get_logger(__name__)

BUILT_IN = (
    "hangarlink.connectors.flightlogger",
    "hangarlink.connectors.quickbooks",
    "hangarlink.connectors.slack",
    "hangarlink.connectors.email",
    "hangarlink.connectors.model_source",
    "hangarlink.connectors.tracker",
    "hangarlink.connectors.tracker.camp",
    "hangarlink.connectors.tracker.cmp",
    "hangarlink.connectors.tracker.traxxall",
    "hangarlink.connectors.tracker.veryon",
)
ENTRY_POINTS = "hangarlink.connectors"
FEATURES = {"flightlogger": Feature.FLIGHTLOGGER_SYNC}


@dataclass(frozen=True)
class Unusable:
    """A connector of another package that was left out, and why."""

    name: str
    reason: str


@cache
def connectors() -> dict[str, type[Connector]]:
    """Every connector class by its key, ours first. What another package gets wrong leaves out its own connector only:
    see `unusable`. Raises RuntimeError for two of ours with the same key."""
    by_key: dict[str, type[Connector]] = {}
    for module in BUILT_IN:
        connector: type[Connector] = import_module(module).connector
        if connector.manifest.key in by_key:
            raise RuntimeError(f"Two connectors have the key {connector.manifest.key}.")
        by_key[connector.manifest.key] = connector
    _left_out.clear()
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: (point.name, point.value)):
        found = _loaded(point, by_key)
        if isinstance(found, Unusable):
            _left_out.append(found)
            log.error("connector_left_out", connector=found.name, reason=found.reason)
        else:
            by_key[found.manifest.key] = found
    return by_key


_left_out: list[Unusable] = []


def unusable() -> list[Unusable]:
    """What is installed and was left out, for `hangarlink doctor` and administrators."""
    connectors()
    return list(_left_out)


def _loaded(point: EntryPoint, taken: Mapping[str, object]) -> type[Connector] | Unusable:
    name = f"{point.name} ({point.dist.name if point.dist else point.value})"
    try:
        found = point.load()
    except Exception as error:  # noqa: BLE001 - somebody else's code: anything may be wrong with it
        return Unusable(name, f"It cannot be loaded: {type(error).__name__}: {error}"[:300])
    if not (isinstance(found, type) and issubclass(found, Connector) and hasattr(found, "manifest")):
        return Unusable(name, "The entry point names no connector class.")
    manifest = found.manifest
    if not OLDEST <= manifest.contract <= VERSION:
        return Unusable(
            name, f"It was written for version {manifest.contract} of the contract; here are {OLDEST} to {VERSION}."
        )
    if manifest.key in taken:
        return Unusable(name, f"There is a connector with the key {manifest.key} already.")
    return found


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
