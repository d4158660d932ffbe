"""Open questions, and one of them side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.integration.conflicts.models import Review, ReviewState
from hangarlink.integration.connections.models import Link
from hangarlink.integration.connections.rights import VIEW, connectors_outside, require_right, require_some_view
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.adapters import two_way
from hangarlink.integration.datasets.codec import said
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor


@dataclass(frozen=True)
class FieldPair:
    """One field as both sides have it. Values are JSON: texts, numbers, lists; None where a side has no record.

    base  what both said when they last agreed, None where that is not known
    """

    name: str
    ours: Any
    theirs: Any
    base: Any

    @property
    def differs(self) -> bool:
        return bool(self.ours != self.theirs)

    @property
    def changed_here(self) -> bool:
        return bool(self.base is not None and self.ours != self.base)

    @property
    def changed_there(self) -> bool:
        return bool(self.base is not None and self.theirs != self.base)


# Which record it is, not what it says.
NAMES = frozenset({"external_id", "version", "changed_at"})


def open_reviews(*, acting_user: Actor, connection_id: UUID | None = None) -> QuerySet[Review]:
    """Questions that wait for somebody, oldest first, of the areas that the reader may see: two queries with slicing.

    Raises NotPermitted for somebody who may see no area.
    """
    return _visible(acting_user, connection_id).filter(state=ReviewState.OPEN).order_by("raised_at", "id")


def past_reviews(*, acting_user: Actor, connection_id: UUID | None = None) -> QuerySet[Review]:
    """Questions that were answered, by a person or by a rule, newest first. Both versions are still there."""
    rows = _visible(acting_user, connection_id).exclude(state=ReviewState.OPEN)
    return rows.order_by("-raised_at", "-id")


def find_review(review_id: UUID, *, acting_user: Actor) -> Review:
    """Raises Missing."""
    found = Review.objects.select_related("connection__account").filter(pk=review_id).first()
    if found is None:
        raise Missing("There is no such conflict in this account.")
    require_right(acting_user, found.connection.connector, VIEW)
    return found


def side_by_side(review: Review) -> list[FieldPair]:
    """Every field that both versions have, those that differ first; where one side has none, every field of the other.
    What a partner does not carry is not compared."""
    ours, theirs, base = review.ours or {}, review.theirs or {}, review.base or {}
    both = [name for name in ours if name in theirs] if ours and theirs else [*ours, *theirs]
    names = [name for name in both if name not in NAMES]
    pairs = [FieldPair(name, ours.get(name), theirs.get(name), base.get(name)) for name in names]
    return sorted(pairs, key=lambda pair: not pair.differs)


@dataclass(frozen=True)
class Candidate:
    """A row of ours that a partner's record may be. is_free: no other record of the partner's is linked to it."""

    id: UUID
    label: str
    said: Mapping[str, Any]
    is_free: bool


def candidates(review: Review) -> list[Candidate]:
    """The rows that a MATCH asks about, as they are now: two queries."""
    rows = two_way(Dataset(review.dataset)).room.read([UUID(one) for one in review.candidates])
    links = Link.objects.filter(connection=review.connection_id, dataset=review.dataset, internal_id__in=list(rows))
    taken = set(links.values_list("internal_id", flat=True))
    return [Candidate(row.id, row.label, said(row.record), row.id not in taken) for row in rows.values()]


def _visible(acting_user: Actor, connection_id: UUID | None) -> QuerySet[Review]:
    hidden = connectors_outside(require_some_view(acting_user))
    rows = Review.objects.select_related("connection").exclude(connection__connector__in=hidden)
    return rows if connection_id is None else rows.filter(connection_id=connection_id)
