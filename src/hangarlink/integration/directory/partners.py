"""The partners that the hub is made for. Source: requirements/3, "Integration categories" and "settings locations".

A partner stands here whether or not this installation has a connector for it. What a connector really carries is read
from its manifest; the texts here are for those that have none yet.
"""

from dataclasses import dataclass

from hangarlink.integration.contract import Area, Category


@dataclass(frozen=True)
class Partner:
    """One entry of the directory.

    key        the key of its connector, also of one that is still to come
    moves_in   what comes from it, in words; moves_out: what goes to it
    """

    key: str
    name: str
    category: Category
    area: Area = Area.OPS
    moves_in: str = ""
    moves_out: str = ""
    about: str = ""


def _tracker(key: str, name: str, about: str) -> Partner:
    return Partner(
        key,
        name,
        Category.MAINTENANCE,
        moves_in="due items",
        moves_out="flight times, counter totals",
        about=about,
    )


PARTNERS: tuple[Partner, ...] = (
    Partner(
        "flightlogger",
        "FlightLogger",
        Category.FLIGHT_OPERATIONS,
        moves_in="aircraft, flight times, counter totals",
        about="Flights logged by the school move hours, cycles and due dates here.",
    ),
    Partner(
        "foreflight",
        "ForeFlight Dispatch",
        Category.FLIGHT_PLANNING,
        moves_in="filed plans, corrected times",
        moves_out="trips and routes",
        about="Trips planned here appear in Dispatch; times come back.",
    ),
    Partner(
        "garmin",
        "Garmin FltPlan",
        Category.FLIGHT_PLANNING,
        moves_in="filed plans",
        moves_out="trips and routes",
        about="Trips for FltPlan.com and Garmin Pilot.",
    ),
    Partner(
        "apg",
        "APG",
        Category.FLIGHT_PLANNING,
        moves_in="performance data",
        moves_out="trips and routes",
        about="Runway analysis and flight planning.",
    ),
    Partner(
        "quickbooks",
        "QuickBooks Online",
        Category.ACCOUNTING,
        moves_in="payments, chart of accounts",
        moves_out="invoices, expenses",
        about="Invoices and expenses are booked, payments come back.",
    ),
    _tracker("camp", "CAMP", "Maintenance tracking for business aircraft."),
    _tracker("traxxall", "Traxxall", "Maintenance tracking."),
    _tracker("veryon", "Veryon", "Maintenance tracking (formerly Flightdocs)."),
    _tracker("cmp", "CMP", "Computerised maintenance programme of the manufacturer."),
    Partner(
        "fuelerlinx",
        "FuelerLinx",
        Category.FUEL,
        moves_in="fuel orders",
        moves_out="trips",
        about="Fuel is ordered along the trip.",
    ),
    Partner(
        "stripe",
        "Stripe Connect",
        Category.PAYMENTS,
        area=Area.BILLING,
        moves_in="payments",
        moves_out="invoices to pay",
        about="Customers pay invoices by card or bank.",
    ),
    Partner("slack", "Slack", Category.COMMUNICATIONS, moves_out="messages", about="Notifications in channels."),
    Partner("email", "E-mail", Category.COMMUNICATIONS, moves_out="messages", about="Notifications and digests."),
    Partner(
        "satcom_direct",
        "SatCom Direct",
        Category.COMMUNICATIONS,
        moves_out="messages",
        about="Messages to the aircraft in flight.",
    ),
    Partner(
        "honeywell",
        "Honeywell",
        Category.COMMUNICATIONS,
        moves_out="messages",
        about="Datalink messages to the aircraft.",
    ),
    Partner(
        "salesforce",
        "Salesforce",
        Category.CRM,
        moves_in="customers, trips",
        moves_out="customers, trips",
        about="Customers and their trips on both sides.",
    ),
    Partner(
        "avinode",
        "Avinode",
        Category.CHARTER,
        moves_in="requests, listings",
        moves_out="listings, schedule",
        about="The charter marketplace.",
    ),
    Partner(
        "asap",
        "ASAP Gateway",
        Category.SAFETY,
        area=Area.SAFETY,
        moves_out="safety events",
        about="Safety events for the sharing programme.",
    ),
)
