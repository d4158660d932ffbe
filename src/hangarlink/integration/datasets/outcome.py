"""What became of one record, on its way from an adapter to the sync log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.platform.people.permissions import Actor


class Outcome(NamedTuple):
    """subject, old and new are filled where somebody will read them: for plans, and for what was refused.

    payload    the record in JSON, for what was refused: it can be tried again without asking the partner
    parent_id  external id of what it belongs to: a flight's aircraft
    """

    external_id: str
    verdict: Verdict
    subject: str = ""
    code: str = ""
    reason: str = ""
    internal_id: UUID | None = None
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None
    payload: Mapping[str, Any] | None = None
    parent_id: str = ""


@dataclass(frozen=True)
class Context:
    """For whom a page is applied.

    actor     the connection itself, with the few permissions that a sync needs
    explain   a dry run: outcomes carry old and new values
    is_first  nothing was applied before in this run (or in a dry run, where it was undone)
    """

    connection: Connection
    actor: Actor
    now: datetime
    explain: bool = False
    is_first: bool = True
