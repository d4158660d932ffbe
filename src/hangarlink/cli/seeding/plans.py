"""What the demo fleet is planned to do next, so that forecasts have something to reckon with."""

from datetime import UTC, datetime, time, timedelta

from hangarlink.fleet.actions import complete_schedule, park_aircraft, plan_flight
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.programme.days import today
from hangarlink.platform.people.permissions import Actor

# registration, days from today, off block (UTC), minutes, from, to
FLIGHTS = (
    ("OY-PCT", 2, 7, 95, "EKRK", "ESGG"),
    ("OY-PCT", 2, 13, 100, "ESGG", "EKRK"),
    ("OY-PCT", 5, 6, 140, "EKRK", "EDDB"),
    ("OY-SKA", 1, 8, 90, "EKRK", "EKRK"),
    ("OY-SKA", 1, 11, 75, "EKRK", "EKOD"),
    ("OY-SKA", 3, 9, 120, "EKRK", "EKRK"),
)
COMPLETE_DAYS = 6
STANDS = ("OY-PIB", "Winter storage in Odense")


def seed_plans(fleet: dict[str, Aircraft], acting_user: Actor) -> None:
    """Plan flights of two aircraft, one of them completely for six days, and let a third one stand."""
    for registration, days, hour, minutes, departure, arrival in FLIGHTS:
        if registration in fleet:
            starts_at = datetime.combine(today() + timedelta(days=days), time(hour), UTC)
            plan_flight(
                fleet[registration], starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes),
                departure=departure, arrival=arrival, acting_user=acting_user,
            )  # fmt: skip
    if "OY-PCT" in fleet:
        complete_schedule(fleet["OY-PCT"], today() + timedelta(days=COMPLETE_DAYS), acting_user=acting_user)
    registration, note = STANDS
    if registration in fleet:
        park_aircraft(
            fleet[registration], starts_on=today() + timedelta(days=7), ends_on=today() + timedelta(days=97),
            reason="storage", note=note, acting_user=acting_user,
        )  # fmt: skip
