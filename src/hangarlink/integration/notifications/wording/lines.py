"""Events as sentences with a link."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import area_of
from hangarlink.integration.notifications.catalogue import label_of
from hangarlink.integration.notifications.wording.details import details_for
from hangarlink.integration.notifications.wording.names import GONE, Names, names_for
from hangarlink.integration.notifications.wording.sentences import LINKS, SENTENCES
from hangarlink.platform.events.models import OutboxEvent


@dataclass(frozen=True)
class Line:
    """One event in words. `path` on this account's site; `detail` what people typed, only if the rule wants it."""

    type: str
    at: datetime
    sentence: str
    path: str
    detail: str = ""


def lines(events: Sequence[OutboxEvent], *, with_details: bool = False) -> list[Line]:
    """These events in their order. A few statements for names, whatever the number of events."""
    names = names_for([event.data for event in events])
    details = details_for(events) if with_details else {}
    connectors = _connectors(events)
    return [
        Line(
            event.type,
            event.at,
            _sentence(event, names),
            _path(event.type, event.data, connectors),
            details.get(event.id, ""),
        )
        for event in events
    ]


def _sentence(event: OutboxEvent, names: Mapping[str, Names]) -> str:
    words = _words(event.data, names)
    template = SENTENCES.get(event.type)
    if template is None:
        aircraft = words.get("aircraft", "")
        return f"{aircraft}: {label_of(event.type).lower()}" if aircraft else label_of(event.type)
    said = template.format_map(defaultdict(lambda: GONE, words))
    return said[:1].upper() + said[1:]


def _words(data: Mapping[str, Any], names: Mapping[str, Names]) -> dict[str, str]:
    """{aircraft_id: ...} becomes {aircraft: "OY-SKA"}; codes become words."""
    words: dict[str, str] = {}
    for field, value in data.items():
        if field.endswith("_id"):
            known = names.get(field)
            if value and known is not None:
                words[field.removesuffix("_id")] = known.get(UUID(str(value)), GONE)
        elif isinstance(value, str):
            words[field] = value.replace("_", " ")
    return words


def _path(type: str, data: Mapping[str, Any], connectors: Mapping[str, str]) -> str:
    if connector := connectors.get(str(data.get("connection_id") or "")):
        return _connection_path(connector, data["connection_id"])
    for prefix, field, url, argument in LINKS:
        if data.get(field) and type.startswith(prefix):
            try:
                return reverse(url, kwargs={argument: data[field]})
            except NoReverseMatch:
                continue
    return "/"


def _connectors(events: Sequence[OutboxEvent]) -> dict[str, str]:
    """Connector by id of the connection: its page depends on it."""
    ids = {event.data["connection_id"] for event in events if event.data.get("connection_id")}
    rows = Connection.objects.filter(id__in=ids).values_list("id", "connector") if ids else ()
    return {str(id): connector for id, connector in rows}


def _connection_path(connector: str, connection_id: str) -> str:
    """FlightLogger has pages of its own; the others stand in their settings area."""
    place = "connections" if connector == "flightlogger" else f"{area_of(connector).value}_integrations"
    return reverse(f"{place}:connection", args=[connection_id])
