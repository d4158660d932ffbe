"""What became of one record, on its way from an adapter to the sync log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from hangarlink.integration.connections.models import Connection, DeletionPolicy, Link
from hangarlink.integration.datasets.choosing import Choice, Judge, nobody_knows
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.platform.people.permissions import Actor


@dataclass(frozen=True)
class Clash:
    """A record that changed on both sides, or changed here and is gone there. Both versions are kept.

    ours, theirs, base  what each side says, and what both said before, as JSON; None: it does not exist there, or
                        nobody knows
    gone      how many of the partner's records are missing: a question about all of them at once. 0 for one record
    link_ids  those it is about
    candidates  rows of ours that it may be, where it is not sure whether it is here already
    """

    link: Link | None
    choice: Choice
    subject: str
    ours: Mapping[str, Any] | None = None
    theirs: Mapping[str, Any] | None = None
    base: Mapping[str, Any] | None = None
    ours_version: int | None = None
    ours_changed_at: datetime | None = None
    theirs_changed_at: datetime | None = None
    is_deletion: bool = False
    gone: int = 0
    link_ids: tuple[UUID, ...] = ()
    candidates: tuple[UUID, ...] = ()


class Outcome(NamedTuple):
    """subject, old and new are filled where somebody will read them: for plans, and for what was refused.

    payload    the record in JSON, for what was refused: it can be tried again without asking the partner
    parent_id  external id of what it belongs to: a flight's aircraft
    clash      both versions, where two sides had something to say
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
    clash: Clash | None = None


@dataclass(frozen=True)
class Context:
    """For whom a page is applied.

    actor     the connection itself, with the few permissions that a sync needs
    explain   a dry run: outcomes carry old and new values
    is_first  nothing was applied before in this run (or in a dry run, where it was undone)
    judge     what follows when both sides changed a record
    policy    what follows when the partner has a record no longer
    most_removals  how many may go in this run before somebody is asked
    overwrites     False: what is here already stays as it is (append-only, create-only)
    """

    connection: Connection
    actor: Actor
    now: datetime
    explain: bool = False
    is_first: bool = True
    judge: Judge = nobody_knows
    policy: DeletionPolicy = DeletionPolicy.FLAG
    most_removals: int = 0
    overwrites: bool = True
