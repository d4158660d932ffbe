"""What a partner has not seen yet, found set-wise: rows whose version is not the one that their link remembers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, UUIDField

from hangarlink.integration.connections.models import Connection, Link, LinkState
from hangarlink.integration.contract import DataError, Dataset
from hangarlink.integration.datasets.adapters import ROOMS
from hangarlink.integration.datasets.codec import from_json, hash_of, with_refs
from hangarlink.integration.datasets.knowing import external_ids
from hangarlink.integration.datasets.ports import Ours, Room

# The code of a record that our own rule holds back.
OBJECTION = "objection"


@dataclass(frozen=True)
class Outgoing:
    """One change that a partner should be told of.

    record  canonical, its references resolved; for a deletion as both sides last had it
    is_new  the partner does not know it
    is_same the version is another, but it says what the partner knows already
    objection  why it must not be sent, after what the partner took last
    """

    link: Link
    version: int
    record: Any
    label: str
    is_new: bool
    is_same: bool = False
    is_deletion: bool = False
    objection: str = ""


def is_sent(dataset: Dataset) -> bool:
    """Whether a room here can send this dataset."""
    return dataset in ROOMS


def announced_by(event_type: str) -> list[Dataset]:
    """Which datasets an event tells of a change of."""
    return [dataset for dataset, room in ROOMS.items() if event_type.startswith(room.announced)]


def has_changed(connection: Connection, dataset: Dataset) -> bool:
    """Whether there is anything that the partner has not seen."""
    return _changed(ROOMS[dataset], connection).exists()


def count_changed(connection: Connection, dataset: Dataset) -> int:
    """How many rows the partner has not seen as they are now."""
    return _changed(ROOMS[dataset], connection).count()


def left_out(connection: Connection, dataset: Dataset) -> Sequence[tuple[str, str]]:
    """What the partner is not told of though it could be: what, and why."""
    return ROOMS[dataset].left_out(connection)


def changed(connection: Connection, dataset: Dataset, *, after: UUID | None, limit: int) -> list[Outgoing]:
    """The next of them in the order of their ids, with links (new ones are not saved). Five statements at most."""
    room = ROOMS[dataset]
    rows = _changed(room, connection)
    rows = rows if after is None else rows.filter(pk__gt=after)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    return told(connection, dataset, ids)


def told(connection: Connection, dataset: Dataset, ids: Sequence[UUID]) -> list[Outgoing]:
    """These rows as changes, whether or not the partner has seen them."""
    room = ROOMS[dataset]
    if not ids:
        return []
    ours = room.read_for(connection, ids)
    links = {
        link.internal_id: link
        for link in Link.objects.filter(connection=connection, dataset=dataset, internal_id__in=ids)
    }
    known = external_ids(connection, room.points_at, [one.record for one in ours.values()])
    return [
        _outgoing(room, ours[id], links.get(id) or _new_link(connection, dataset, ours[id]), known)
        for id in ids
        if id in ours
    ]


def departed(connection: Connection, dataset: Dataset, limit: int) -> list[Outgoing]:
    """What the partner has from us and we have no longer. What both last said of it is in the link."""
    room = ROOMS[dataset]
    links = Link.objects.filter(
        connection=connection, dataset=dataset, state=LinkState.LINKED, is_held=False, internal_version__isnull=False
    ).exclude(external_id="")
    links = links.filter(~Exists(room.rows().filter(pk=OuterRef("internal_id"))), attempt__isnull=True)
    links = links.filter(Q(refused_version__isnull=True) | ~Q(refused_version=F("internal_version")))
    return [one for link in links.order_by("pk")[:limit] if (one := _departure(link)) is not None]


def _departure(link: Link) -> Outgoing | None:
    names = {"external_id": link.external_id, "version": link.external_version, "changed_at": None}
    try:
        record = from_json(Dataset(link.dataset), {**link.facts, **names})
    except DataError:
        return None
    return Outgoing(link, link.internal_version or 0, record, link.label, is_new=False, is_deletion=True)


def _changed(room: Room, connection: Connection) -> QuerySet[Any]:
    """An anti-join: no mark of a time or a number, which a transaction that takes longer could pass by."""
    settled = Link.objects.filter(connection=connection, dataset=room.dataset, internal_id=OuterRef("pk")).filter(
        Q(internal_version=OuterRef("version")) | Q(refused_version=OuterRef("version")) | Q(is_held=True)
    )
    return room.rows_for(connection).filter(~Exists(settled)).exclude(pk__in=_in_doubt(connection, room.dataset))


def _in_doubt(connection: Connection, dataset: Dataset) -> QuerySet[Any, Any]:
    """Rows that may be there already under another name: a person has to choose before they are sent."""
    held = Link.objects.filter(connection=connection, dataset=dataset, is_held=True, internal_id__isnull=True)
    return held.annotate(candidate=Func(F("candidates"), function="unnest", output_field=UUIDField())).values(
        "candidate"
    )


def _outgoing(room: Room, ours: Ours[Any], link: Link, known: dict[str, str]) -> Outgoing:
    record = with_refs(ours.record, known) if room.points_at else ours.record
    is_same = bool(link.external_id) and link.content_hash is not None and bytes(link.content_hash) == hash_of(record)
    objection = room.objection(record, link.facts) if link.external_id and not is_same else ""
    return Outgoing(link, ours.version, record, ours.label, not link.external_id, is_same, objection=objection)


def _new_link(connection: Connection, dataset: Dataset, ours: Ours[Any]) -> Link:
    return Link(
        account=connection.account,
        connection=connection,
        dataset=dataset,
        internal_id=ours.id,
        state=LinkState.LINKED,
        label=ours.label[:120],
    )
