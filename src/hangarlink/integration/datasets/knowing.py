"""What is known of a partner's records: links looked up a page at a time."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection as database
from pydantic_core import from_json

from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.codec import refs_of
from hangarlink.integration.ledger.queries import booked_to
from hangarlink.platform.database.merging import merge


class Glimpse(NamedTuple):
    """As much of a link as tells whether a record is news; most records are not."""

    external_version: str
    content_hash: str | None
    external_changed_at: datetime | None
    is_held: bool
    is_listed: bool
    is_linked: bool
    state: str


# One document instead of many rows: a page asks for thousands, and reading rows one by one costs more than the query.
_GLIMPSES = """
SELECT json_agg(json_build_array(
    external_id, external_version, encode(content_hash, 'hex'), external_changed_at, is_held, is_listed,
    internal_id IS NOT NULL, state
))::text FROM connection_link
WHERE account_id = %s AND connection_id = %s AND dataset = %s AND external_id = ANY(%s)
"""
_LISTED = """
SELECT json_agg(external_id)::text FROM connection_link
WHERE account_id = %s AND connection_id = %s AND dataset = %s AND state = 'linked' AND is_listed AND external_id <> ''
"""


def glimpses(connection: Connection, dataset: Dataset, names: Collection[str]) -> dict[str, Glimpse]:
    """By the partner's ids, in one query."""
    wanted = [name for name in names if name]
    rows = _document(_GLIMPSES, connection, dataset, wanted)
    return {name: Glimpse(version, digest, at and datetime.fromisoformat(at), *rest)
            for name, version, digest, at, *rest in rows}  # fmt: skip


def listed(connection: Connection, dataset: Dataset) -> set[str]:
    """The partner's ids of everything linked that it still had when it last listed all."""
    return set(_document(_LISTED, connection, dataset))


def _document(query: str, connection: Connection, dataset: Dataset, *given: Any) -> list[Any]:
    with database.cursor() as cursor:
        cursor.execute(query, [connection.account_id, connection.pk, dataset.value, *given])
        (document,) = cursor.fetchone()
    return from_json(document) if document else []


def links_by_external(connection: Connection, dataset: Dataset, names: Collection[str]) -> dict[str, Link]:
    """Links by the partner's ids, in one query."""
    wanted = [name for name in names if name]
    if not wanted:
        return {}
    rows = Link.objects.filter(connection=connection, dataset=dataset, external_id__in=wanted)
    return {link.external_id: link for link in rows}


KEPT = [
    "external_id", "external_version", "external_changed_at", "internal_version", "refused_version", "content_hash",
    "facts", "internal_id", "state", "is_listed", "is_held", "candidates", "changed_at", "label",
]  # fmt: skip


def save_links(links: Collection[Link]) -> None:
    """New and changed links, in one statement."""
    merge(list(links), update=KEPT)


def internal_ids(connection: Connection, dataset: Dataset, names: Collection[str]) -> dict[str, UUID]:
    """Our rows by the partner's ids, for what is linked."""
    wanted = [name for name in names if name]
    if not wanted:
        return {}
    rows = Link.objects.filter(
        connection=connection, dataset=dataset, external_id__in=wanted, internal_id__isnull=False
    )
    return {name: row for name, row in rows.values_list("external_id", "internal_id") if row}


def external_ids(connection: Connection, datasets: Sequence[Dataset], records: Sequence[Any]) -> dict[str, str]:
    """The partner's ids of everything that these records point at, by our id as text: one query, and one more where
    lines are booked to accounts. A line points at its category; the connection's account mapping says the rest.
    """
    wanted = (
        {ref.internal_id for record in records for ref in refs_of(record) if ref.internal_id} if datasets else set()
    )
    if not wanted:
        return {}
    rows = Link.objects.filter(connection=connection, dataset__in=datasets, internal_id__in=wanted)
    known = {str(row): name for row, name in rows.exclude(external_id="").values_list("internal_id", "external_id")}
    return known | (booked_to(connection, wanted) if Dataset.LEDGER_ACCOUNTS in datasets else {})
