"""The commercial side of the demo school: for whom it flies, what it billed, received and spent. All invented."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hangarlink.fleet.models import Aircraft
from hangarlink.operations.billing.actions import (
    ExpenseLineValues,
    LineValues,
    add_line,
    add_usual_categories,
    draft_invoice,
    draft_invoice_of_trip,
    issue_invoice,
    record_expense,
    record_payment,
    reverse_payment,
    void_invoice,
)
from hangarlink.operations.billing.actions.checks import today
from hangarlink.operations.billing.models import CostCategory, Invoice
from hangarlink.operations.customers.actions import CustomerValues, add_customer, archive_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.actions import LegValues, cancel_trip, complete_trip, confirm_trip, plan_trip
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.people.permissions import Actor

CUSTOMERS: dict[str, CustomerValues] = {
    "nordlys": {
        "name": "Nordlys Charter ApS", "email": "bogholderi@nordlys.example", "phone": "+45 70 10 20 30",
        "street": "Havnegade 14", "postal_code": "1058", "city": "København K", "country": "DK", "currency": "EUR",
        "payment_days": 14, "tax_number": "DK 31 22 18 04",
    },
    "vindkraft": {
        "name": "Vindkraft Service A/S", "email": "invoice@vindkraft.example", "street": "Havnevej 3",
        "postal_code": "6700", "city": "Esbjerg", "country": "DK", "currency": "EUR", "payment_days": 21,
    },
    "berg": {
        "name": "Ann Berg", "email": "ann.berg@example.com", "phone": "+45 22 33 44 55", "street": "Søndergade 8",
        "postal_code": "4000", "city": "Roskilde", "country": "DK", "currency": "DKK", "payment_days": 8,
        "note": "PPL student, started in spring",
    },
    "club": {
        "name": "Sjællands Flyveklub", "company": "Sjællands Flyveklub", "email": "kasserer@flyveklub.example",
        "city": "Ringsted", "country": "DK", "currency": "DKK", "payment_days": 14,
    },
    "old": {"name": "Skandia Aerial Photo AB", "city": "Malmö", "country": "SE", "currency": "SEK"},
}  # fmt: skip


@dataclass(frozen=True)
class Flown:
    """A trip of the demo: so many days from today, at this hour, there and back."""

    customer: str
    registration: str
    kind: str
    days: int
    hour: int
    route: tuple[tuple[str, str, int], ...]
    passengers: int = 0
    note: str = ""


TRIPS = (
    Flown("nordlys", "OY-BKA", "charter", -41, 6, (("EKRK", "ENGM", 85), ("ENGM", "EKRK", 80)), 6),
    Flown("vindkraft", "OY-PCT", "charter", -27, 7, (("EKRK", "EKEB", 55), ("EKEB", "EKRK", 50)), 4),
    Flown("nordlys", "OY-BKA", "charter", -9, 5, (("EKRK", "EDDH", 65), ("EDDH", "EKBI", 45), ("EKBI", "EKRK", 50)), 5),
    Flown("vindkraft", "OY-PCT", "charter", 2, 8, (("EKRK", "EKEB", 55), ("EKEB", "EKRK", 50)), 3, "One wheelchair"),
    Flown("nordlys", "OY-BKA", "charter", 6, 9, (("EKRK", "ESSB", 95),), 7),
    Flown("berg", "OY-SKA", "training", 1, 10, (("EKRK", "EKOD", 45), ("EKOD", "EKRK", 45)), 0, "Solo cross-country"),
    Flown("club", "OY-HSK", "charter", -3, 12, (("EKRK", "EKRK", 60),), 2),
)  # fmt: skip


def seed_operations(fleet: dict[str, Aircraft], acting_user: Actor) -> None:
    """Customers, trips in every state, invoices in every state, payments with one reversed, expenses."""
    categories = {row.key: row for row in add_usual_categories(acting_user=acting_user)}
    customers = {key: add_customer(acting_user=acting_user, **values) for key, values in CUSTOMERS.items()}
    archive_customer(customers["old"], acting_user=acting_user)
    trips = [_trip(one, customers, fleet, acting_user) for one in TRIPS]
    for trip in trips[:3]:
        confirm_trip(trip, acting_user=acting_user)
        complete_trip(trip, acting_user=acting_user)
    confirm_trip(trips[3], acting_user=acting_user)
    cancel_trip(trips[6], reason="Low cloud all day", acting_user=acting_user)
    invoices = _invoices(trips, customers, categories, acting_user)
    _payments(invoices, customers, acting_user)
    _expenses(trips, fleet, categories, acting_user)


def _trip(one: Flown, customers: dict[str, Customer], fleet: dict[str, Aircraft], acting_user: Actor) -> Trip:
    legs: list[LegValues] = []
    off_at = datetime.combine(_day(one.days), time(one.hour), UTC)
    for departure, arrival, minutes in one.route:
        on_at = off_at + timedelta(minutes=minutes)
        legs.append({"departure": departure, "arrival": arrival, "off_at": off_at, "on_at": on_at,
                     "passengers": one.passengers})  # fmt: skip
        off_at = on_at + timedelta(minutes=90)
    return plan_trip(
        customer=customers[one.customer], aircraft=fleet[one.registration], kind=one.kind, note=one.note, legs=legs,
        acting_user=acting_user,
    )  # fmt: skip


def _invoices(
    trips: list[Trip], customers: dict[str, Customer], categories: dict[str, CostCategory], acting_user: Actor
) -> list[Invoice]:
    """In the order of their dates: one paid, one overdue, one void, one partly paid, one open, one draft."""

    def of_trip(trip: Trip, rate: int, **extra: int) -> Invoice:
        draft = draft_invoice_of_trip(trip, hourly_rate=rate, category=categories["charter"], acting_user=acting_user)
        for text, price in extra.items():
            add_line(
                draft, description=text.replace("_", " "), quantity=Decimal(1), unit_price=price,
                category=categories["passed_on"], acting_user=acting_user,
            )  # fmt: skip
        return draft

    def lesson(customer: str, text: str, hours: str, rate: int) -> Invoice:
        line = LineValues(
            description=text, quantity=Decimal(hours), unit_price=rate, category=categories["flight_training"]
        )
        return draft_invoice(customer=customers[customer], lines=[line], acting_user=acting_user)

    drafts = [
        (of_trip(trips[0], 185_000, Landing_and_handling_ENGM=42_350), -39),
        (of_trip(trips[1], 142_000), -26),
        (lesson("club", "Hangar evening, two instructors", "3", 65_000), -20),
        (lesson("berg", "Dual instruction C172S, November", "6.4", 189_500), -7),
        (of_trip(trips[2], 185_000, Landing_and_handling_EDDH=51_900, Catering=18_000), -6),
    ]
    issued = [issue_invoice(draft, issued_on=_day(days), acting_user=acting_user) for draft, days in drafts]
    void_invoice(issued[2], reason="The evening was free for members", acting_user=acting_user)
    lesson("berg", "Solo cross-country EKRK–EKOD", "1.5", 159_500)
    return issued


def _payments(invoices: list[Invoice], customers: dict[str, Customer], acting_user: Actor) -> None:
    record_payment(
        customer=customers["nordlys"], amount=invoices[0].total, received_on=_day(-25), reference="Invoice 1",
        parts=[(invoices[0], invoices[0].total)], acting_user=acting_user,
    )  # fmt: skip
    bounced = record_payment(
        customer=customers["berg"], amount=600_000, received_on=_day(-4), method="card", reference="Card 4471",
        parts=[(invoices[3], 600_000)], acting_user=acting_user,
    )  # fmt: skip
    reverse_payment(bounced, reason="Charged back by the card company", acting_user=acting_user)
    record_payment(
        customer=customers["berg"], amount=500_000, received_on=_day(-2), reference="November, first half",
        parts=[(invoices[3], 500_000)], acting_user=acting_user,
    )  # fmt: skip
    record_payment(
        customer=customers["club"], amount=250_000, received_on=_day(-1), reference="Deposit for spring",
        keep_credit=True, acting_user=acting_user,
    )  # fmt: skip


def _expenses(
    trips: list[Trip], fleet: dict[str, Aircraft], categories: dict[str, CostCategory], acting_user: Actor
) -> None:
    spent: list[tuple[str, int, str, str, str, Trip | None, list[tuple[str, int, str]]]] = [
        ("Oslo Ground Service", -41, "EUR", "OGS-55120", "OY-BKA", trips[0],
         [("handling", 31_000, "Turnaround ENGM"), ("landing_fees", 11_350, "")]),
        ("DCC Aviation Fuel", -40, "DKK", "918822", "OY-BKA", trips[0], [("fuel", 1_284_000, "Jet A-1, 1,070 l")]),
        ("DCC Aviation Fuel", -26, "DKK", "919401", "OY-PCT", trips[1], [("fuel", 612_400, "Jet A-1, 510 l")]),
        ("Roskilde Airport", -15, "DKK", "RKE-2026-11", "", None,
         [("hangar_parking", 1_850_000, "Hangar 4, November"), ("landing_fees", 214_500, "School circuit")]),
        ("Hamburg Aviation Handling", -9, "EUR", "HAH 7741", "OY-BKA", trips[2],
         [("handling", 38_900, ""), ("landing_fees", 13_000, ""), ("catering", 14_600, "Breakfast for five")]),
        ("Aero Spares Odense", -5, "DKK", "A-20814", "OY-SKA", None, [("maintenance", 318_750, "Main tyre and tube")]),
    ]  # fmt: skip
    for vendor, days, currency, reference, registration, trip, lines in spent:
        record_expense(
            vendor=vendor, spent_on=_day(days), currency=currency, reference=reference,
            aircraft=fleet.get(registration), trip=trip, acting_user=acting_user,
            lines=[ExpenseLineValues(category=categories[key], amount=amount, description=text)
                   for key, amount, text in lines],
        )  # fmt: skip


def _day(days: int) -> date:
    return today() + timedelta(days=days)
