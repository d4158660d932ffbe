"""The connector contract: all that a connector may import. No Django, no database, no other room.

docs/integrator/connector-contract.md explains it to authors. VERSION rises with any change that an existing connector
would notice; additions that it would not notice keep it.
"""

from hangarlink.integration.contract.connector import Connector, Identity, pulls, pushes
from hangarlink.integration.contract.diagnostics import redact
from hangarlink.integration.contract.errors import (
    AuthFailed,
    DataError,
    Malformed,
    NotReady,
    PartnerError,
    Permanent,
    RateLimited,
    ServerTrouble,
    Unreachable,
)
from hangarlink.integration.contract.http import Http, Response
from hangarlink.integration.contract.manifest import ApiKey, Area, Directions, Limits, Manifest, Tier
from hangarlink.integration.contract.paging import Cursor, Page, Unreadable
from hangarlink.integration.contract.records import (
    LONGEST_ID,
    Aircraft,
    AircraftLog,
    CounterTotals,
    Dataset,
    FlightTimes,
    LogAmount,
    LogKind,
    LogSlot,
    Measure,
    by_source,
    is_storable,
)

VERSION = 1

__all__ = [
    "LONGEST_ID",
    "VERSION",
    "Aircraft",
    "AircraftLog",
    "ApiKey",
    "Area",
    "AuthFailed",
    "Connector",
    "CounterTotals",
    "Cursor",
    "DataError",
    "Dataset",
    "Directions",
    "FlightTimes",
    "Http",
    "Identity",
    "Limits",
    "LogAmount",
    "LogKind",
    "LogSlot",
    "Malformed",
    "Manifest",
    "Measure",
    "NotReady",
    "Page",
    "PartnerError",
    "Permanent",
    "RateLimited",
    "Response",
    "ServerTrouble",
    "Tier",
    "Unreachable",
    "Unreadable",
    "by_source",
    "is_storable",
    "pulls",
    "pushes",
    "redact",
]
