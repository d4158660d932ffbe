"""What earlier runs had to refuse is tried again by the next: what was mended here arrives without the partner."""

from uuid import UUID

from django.db.models import Q

from hangarlink.integration.connections.models import Link, LinkState
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.matching import Code
from hangarlink.integration.sync.paging import Journey, apply_again, fence
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.platform.tenancy.context import acting_in

PAGE = 500
FOR_WANT_OF_AIRCRAFT = (Code.NO_MATCH, Code.TAKEN)


def try_again(journey: Journey, dataset: Dataset) -> None:
    """Try open records, those that the run was asked for or all for which something may have changed."""
    last: UUID | None = None
    while rows := _open_records(journey, dataset, last):
        apply_again(journey, dataset, rows)
        last = rows[-1].id


def _open_records(journey: Journey, dataset: Dataset, last: UUID | None) -> list[SyncRecord]:
    chosen: list[str] = journey.run.options.get("only_again") or []
    with acting_in(journey.account):
        fence(journey)
        rows = SyncRecord.objects.filter(
            connection_id=journey.connection.id, dataset=dataset, is_open=True, payload__isnull=False
        )
        rows = rows.filter(pk__in=chosen) if chosen else rows.exclude(run=journey.run).filter(_has_a_chance(journey))
        if last is not None:
            rows = rows.filter(pk__gt=last)
        return list(rows.order_by("pk")[:PAGE])


def _has_a_chance(journey: Journey) -> Q:
    """A flight of an aircraft that still has no match needs no further try."""
    decided = Link.objects.filter(connection=journey.connection, dataset=Dataset.AIRCRAFT).exclude(
        state=LinkState.UNMATCHED
    )
    return ~Q(code__in=FOR_WANT_OF_AIRCRAFT) | Q(parent_id__in=decided.values("external_id"))
