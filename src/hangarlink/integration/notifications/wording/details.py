"""What people typed, for rules that ask for it. It may name somebody, so it is off unless an administrator says so."""

from collections.abc import Sequence
from uuid import UUID

from hangarlink.maintenance.defects.models import Defect
from hangarlink.platform.events.models import OutboxEvent

LONGEST = 500


def details_for(events: Sequence[OutboxEvent]) -> dict[UUID, str]:
    """By event id. One statement."""
    of = {event.id: event.data["defect_id"] for event in events if event.data.get("defect_id")}
    texts = {
        str(id): description[:LONGEST]
        for id, description in Defect.objects.filter(id__in=set(of.values())).values_list("id", "description")
    }
    return {event: texts.get(str(defect), "") for event, defect in of.items()}
