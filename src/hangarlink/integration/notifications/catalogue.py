"""The events that can be told, by the part of the house they come from, in words for people."""

from dataclasses import dataclass

from hangarlink.platform.events.registry import CATALOGUE

# By the first part of an event's type. A room that is not named here stands under its own word.
ROOMS = {
    "due": "Due items",
    "tracked_item": "Due items",
    "defect": "Defects",
    "flight": "Flights and usage",
    "reading": "Flights and usage",
    "opening": "Flights and usage",
    "instrument": "Flights and usage",
    "usage": "Flights and usage",
    "discrepancy": "Flights and usage",
    "accomplishment": "Work done",
    "requirement": "Programme",
    "baseline": "Programme",
    "aircraft": "Fleet",
    "aircraft_model": "Fleet",
    "counter": "Fleet",
    "trip": "Trips",
    "customer": "Customers",
    "invoice": "Billing",
    "payment": "Billing",
    "expense": "Billing",
    "cost_category": "Billing",
    "ledger_account": "Billing",
    "connection": "Integrations",
    "sync": "Integrations",
    "conflict": "Integrations",
    "webhook": "Integrations",
    "webhook_endpoint": "Integrations",
    "application": "Integrations",
    "notification_rule": "Integrations",
    "member": "People and account",
    "role": "People and account",
    "account": "People and account",
}
ORDER = tuple(dict.fromkeys(ROOMS.values()))
WORDS = {
    "due.state_changed": "An item became due soon, due, overdue or unknown, or is fine again",
    "defect.reported": "A defect was reported",
    "defect.rectified": "A defect was rectified",
    "defect.closed": "A defect was closed",
    "defect.reopened": "A defect was reopened",
    "connection.alerted": "A connection needs somebody to look",
    "connection.recovered": "A connection works again",
    "sync.failed": "A sync failed",
    "sync.finished": "A sync finished",
    "usage.corrected": "Totals changed after the fact",
    "flight.recorded": "A flight was recorded",
}


@dataclass(frozen=True)
class Choice:
    type: str
    label: str


def label_of(type: str) -> str:
    """An event type in words: "Invoice issued"."""
    return WORDS.get(type) or type.replace(".", " ").replace("_", " ").capitalize()


def room_of(type: str) -> str:
    prefix = type.partition(".")[0]
    return ROOMS.get(prefix) or prefix.replace("_", " ").capitalize()


def rooms() -> list[tuple[str, list[Choice]]]:
    """Every event that can be told, under its room, in the order of the menu."""
    found: dict[str, list[Choice]] = {}
    for type in sorted(CATALOGUE):
        found.setdefault(room_of(type), []).append(Choice(type, label_of(type)))
    place = {room: number for number, room in enumerate(ORDER)}
    return sorted(found.items(), key=lambda one: (place.get(one[0], len(place)), one[0]))
