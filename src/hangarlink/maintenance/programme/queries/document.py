"""The whole explanation of an item as plain JSON values: for the API, the page's download, and whoever asks later."""

from datetime import date, datetime
from typing import Any

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.programme.hindsight import Seen
from hangarlink.maintenance.programme.models import Accomplishment
from hangarlink.maintenance.programme.queries.item import ItemDetail

Json = dict[str, Any]


def document(detail: ItemDetail, seen: Seen | None) -> Json:
    """Limits with their arithmetic, the requirement's revision, the counters, and the work it follows from.

    Amounts are whole numbers in the counter's unit (seconds or counts), days for calendar limits; moments are UTC. No
    names of persons. The same question gives the same document; for the present, `known_at` is null.
    """
    item, revision = detail.item, detail.item.revision
    told = detail.explanation.to_json()
    measured = {term.term.measure for term in detail.status.terms}
    return {
        "id": str(item.pk),
        "aircraft": _named(item.aircraft, "registration"),
        "component": _named(item.component, "name"),
        "requirement": {
            "id": str(item.requirement_id),
            "reference": item.requirement.reference,
            "title": revision.title,
            "mandatory_class": revision.mandatory_class,
            "ata": revision.ata,
            "source_document": revision.source_document,
            "source_paragraph": revision.source_paragraph,
            "revision": revision.number,
            "revised_at": _iso(revision.made_at),
            "effective_on": _iso(revision.effective_on),
        },
        "as_of": told["as_of"],
        "known_at": _iso(seen.known_at) if seen else None,
        "state": told["state"],
        "forecast": told["forecast"],
        "summary": told["summary"],
        "tree": told["tree"],
        "counters": [_counter(one) for name, one in detail.counters.items() if name in measured],
        "accomplishments": [_accomplishment(one) for one in detail.history],
    }


def _counter(one: Counter) -> Json:
    return {
        "id": str(one.pk),
        "name": one.name,
        "kind": one.kind,
        "unit": one.unit,
        "total": one.total,
        "total_at": _iso(one.total_at),
    }


def _accomplishment(one: Accomplishment) -> Json:
    values = [
        {"counter": str(value.counter_id), "value": value.value, "source": value.source} for value in one.values.all()
    ]
    return {
        "id": str(one.chain),
        "version": one.version,
        "on": one.on.isoformat(),
        "performed_at": _iso(one.performed_at),
        "released_at": _iso(one.released_at),
        "due_reference": _iso(one.due_reference),
        "certificate": one.certificate,
        "revision": one.revision.number,
        "values": sorted(values, key=lambda value: value["counter"]),
        "was_due": one.was_due,
        "recorded_at": _iso(one.recorded_at),
        "reason": one.reason,
    }


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None


def _named(thing: Aircraft | Component | None, by: str) -> dict[str, str] | None:
    return None if thing is None else {"id": str(thing.pk), by: str(thing)}
