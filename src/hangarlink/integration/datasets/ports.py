"""What a room of ours offers so that its records can move both ways. All that is peculiar to a dataset is in here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.contract import Dataset, Record
from hangarlink.integration.datasets.codec import said
from hangarlink.integration.datasets.likeness import Likeness
from hangarlink.integration.datasets.outcome import Context
from hangarlink.integration.synclog.vocabulary import Verdict

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Ours(Generic[R]):
    """A row of ours as a partner may see it.

    version  what a link compares: another number whenever the row says something else
    record   canonical, with external_id "" and references by internal_id
    label    for people
    """

    id: UUID
    version: int
    changed_at: datetime | None
    record: R
    label: str


@dataclass(frozen=True, slots=True)
class Incoming(Generic[R]):
    """A record of the partner's to take over: into this row, or (None) as a new one."""

    record: R
    id: UUID | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one. REJECTED carries code and reason; the others the row and its version now."""

    verdict: Verdict
    id: UUID | None = None
    version: int = 0
    code: str = ""
    reason: str = ""


class Room:
    """One dataset's side in our house: a base class that neither sends nor receives. Every function works on sets, with
    a fixed number of statements a page, and writes through the room's own actions only.

    points_at    which datasets its references point at
    announced    beginnings of the event types that tell of a change: ("customer.",)
    needs        permissions that reading and writing take
    is_personal  records hold personal data: nothing of them is kept in the log
    silent       fields that say nothing when they are empty: what is here stays, and they are not compared
    is_final     rows are not changed any more once they may move: what a partner changed is a conflict by itself
    """

    dataset: Dataset
    points_at: tuple[Dataset, ...] = ()
    announced: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    is_personal: bool = False
    is_final: bool = False
    silent: frozenset[str] = frozenset()

    def told_by(self, record: Any) -> dict[str, Any]:
        """What a partner's record says, without what it leaves open."""
        return {name: value for name, value in said(record).items() if value or name not in self.silent}

    def rows(self) -> QuerySet[Any]:
        """Everything that may be pushed, with `pk` and `version`, a column or an annotation."""
        raise LookupError(f"Nothing of {self.dataset} is sent.")

    def read(self, ids: Sequence[UUID]) -> dict[UUID, Ours[Any]]:
        """These rows as canonical records. What is gone, or may no longer be pushed, is left out."""
        del ids
        return {}

    def rows_for(self, connection: Connection) -> QuerySet[Any]:
        """Those of `rows` that this connection's partner is told of."""
        del connection
        return self.rows()

    def read_for(self, connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Ours[Any]]:
        """As `read`, with what a connection knows of a row besides its references."""
        del connection
        return self.read(ids)

    def left_out(self, connection: Connection) -> Sequence[tuple[str, str]]:
        """What this partner is not told of though it could be, for the plan: what, and why."""
        del connection
        return []

    def objection(self, record: Any, agreed: Mapping[str, Any]) -> str:
        """Why a record must not be sent, given what the partner took last (`codec.said`); "" when it may."""
        del record, agreed
        return ""

    def versions(self, ids: Sequence[UUID]) -> dict[UUID, int]:
        """The versions of these rows now; what is gone is left out."""
        return dict(self.rows().filter(pk__in=ids).values_list("pk", "version"))

    def match(self, records: Sequence[Any]) -> Mapping[str, UUID]:
        """For records that are not linked: rows that are surely the same thing, by external id. Mostly none."""
        del records
        return {}

    def resembling(self, records: Sequence[Any], connection: Connection) -> Mapping[str, Likeness]:
        """For records that are not linked: rows without a link to this partner that may be the same thing. One that is
        sure is linked, and nothing of either side is overwritten; the others wait for a person. Mostly none."""
        del records, connection
        return {}

    def take(self, incoming: Sequence[Incoming[Any]], context: Context) -> list[Taken]:
        """Write them, one answer each, in order."""
        del context
        refusal = Taken(Verdict.REJECTED, code="not_taken", reason="Records of this kind are not taken in.")
        return [refusal] * len(incoming)

    def remove(self, ids: Sequence[UUID], context: Context) -> dict[UUID, str]:
        """Remove rows; those that cannot go, with the reason."""
        del context
        return dict.fromkeys(ids, "Records of this kind are not removed by a sync.")
