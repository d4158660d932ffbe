"""How the audit trail's codes read, and where what they are about can be seen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_datetime

from hangarlink.platform.people.permissions import ActorKind
from hangarlink.web import formats

# Table -> what people call a row of it, in the order of the filter. A table that is missing reads as its name.
OBJECTS = {
    "aircraft": "Aircraft",
    "aircraft_model": "Aircraft model",
    "counter": "Counter",
    "flight": "Flight",
    "usage_entry": "Usage",
    "requirement": "Requirement",
    "accomplishment": "Accomplishment",
    "value_discrepancy": "Discrepancy of a record",
    "defect": "Defect",
    "directive": "Directive",
    "directive_decision": "Assessment of a directive",
    "directive_amoc": "AMOC",
    "directive_credit": "Credit for a directive",
    "directive_paragraph": "Paragraph of a directive",
    "special_flight_permit": "Special flight permit",
    "customer": "Customer",
    "trip": "Trip",
    "invoice": "Invoice",
    "payment": "Payment",
    "expense": "Expense",
    "cost_category": "Cost category",
    "document": "Document",
    "discrepancy": "Discrepancy of a total",
    "connection": "Connection",
    "connection_link": "Aircraft of a partner",
    "sync_run": "Sync",
    "oauth_application": "OAuth application",
    "membership": "User",
    "invitation": "Invitation",
    "role": "Role",
    "account": "Account",
}
PAGES = {
    "aircraft": "fleet:aircraft",
    "aircraft_model": "fleet:model",
    "defect": "defects:defect",
    "directive": "compliance:directive",
    "special_flight_permit": "compliance:permit",
    "customer": "customers:customer",
    "trip": "trips:trip",
    "invoice": "billing:invoice",
    "payment": "billing:payment",
    "expense": "billing:expense",
    "cost_category": "billing:edit_category",
    "connection": "connections:connection",
    "sync_run": "synclog:run",
    "membership": "people:user",
    "role": "people:role",
    "oauth_application": "applications:application",
}
KINDS = {
    ActorKind.PERSON: "",
    ActorKind.APPLICATION: "OAuth application",
    ActorKind.CONNECTION: "connection",
    ActorKind.SYSTEM: "by itself",
}


def object_word(object_type: str) -> str:
    return OBJECTS.get(object_type) or object_type.replace("_", " ").capitalize()


def action_word(action: str) -> str:
    """ "roles_changed" -> "roles changed"."""
    return action.replace("_", " ")


def kind_word(kind: str) -> str:
    return KINDS.get(ActorKind(kind), "") if kind in set(ActorKind) else kind


def page_of(object_type: str, object_id: UUID | None) -> str:
    """Where the object can be seen; empty where there is no such page. It may be gone: the trail outlives it."""
    if object_id is None or object_type not in PAGES:
        return ""
    try:
        return reverse(PAGES[object_type], args=[object_id])
    except NoReverseMatch:
        return ""


def value_text(value: Any) -> str:
    """A value of the trail as text: lists with commas, moments in Zulu, nothing as a dash."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            text = ", ".join(value_text(item) for item in value)
        case dict():
            text = ", ".join(f"{key.replace('_', ' ')}: {value_text(item)}" for key, item in value.items())
        case str():
            moment = _moment(value)
            text = formats.moment_text(moment) if moment else value
        case _:
            text = "" if value is None else str(value)
    return text or "–"


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
