"""The history of the demo school: the same flights for the same dates, whenever and however often it is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from hangarlink.sandbox.flightlogger.fleet import DEMO_KEY, EXPIRED_KEY, SECOND_KEY, STUDENT_KEY, fleet
from hangarlink.sandbox.flightlogger.records import (
    Aircraft,
    Airport,
    ApiKey,
    Audit,
    Booking,
    Customer,
    Deletion,
    Part,
    Requirement,
    Sortie,
    Upcoming,
    User,
)
from hangarlink.sandbox.flightlogger.school import School

SEED = "skyline"
PLANNED_AHEAD = timedelta(days=60)
"""How far past now the school has planned: with a running clock new flights keep coming in."""

HOME = "EKRK"
AIRPORTS = ("EKRK", "EKOD", "EKAH", "EKBI", "EKYT", "EKCH", "EKSB", "EKVJ", "EKEB", "ESMS")
HEAD_OF_TRAINING, INSTRUCTORS, STUDENTS, RENTERS, PILOTS = 1, (1, 2, 3), (11, 12, 13, 14, 15, 16), (21, 22), (31, 32)
NAMES = {
    1: "HT Henrik Toft",
    2: "MSK Mette Skovgaard",
    3: "JBR Jonas Brandt",
    11: "S011 Alma Lindholm",
    12: "S012 Emil Kruse",
    13: "S013 Freja Dam",
    14: "S014 Noah Winther",
    15: "S015 Ida Bech",
    16: "S016 Oscar Lund",
    21: "R021 Karen Vestergaard",
    22: "R022 Peter Holm",
    31: "CPT Lars Nygaard",
    32: "CPA Sofie Friis",
}


@dataclass(frozen=True)
class Style:
    """How an aircraft is used: weights of 0, 1, 2, ... flights a day, minutes of a flight, share of flights away."""

    flights_a_day: tuple[int, ...]
    minutes: tuple[int, int]
    away: float
    activity: str = "TRAINING"
    touch_and_goes: int = 0
    any_weather: bool = False


STYLES = {
    "school": Style((2, 3, 4, 3, 1), (42, 100), 0.25, touch_and_goes=8),
    "touring": Style((5, 4, 1), (55, 150), 0.9, activity="RENTAL", touch_and_goes=1),
    "charter": Style((4, 1, 4, 2), (38, 115), 1.0, activity="OPERATION", any_weather=True),
    "rotor": Style((3, 4, 2, 1), (28, 62), 0.1, touch_and_goes=5),
    "simulator": Style((2, 3, 4, 3), (60, 120), 0.0, any_weather=True),
    "sold": Style((1, 3, 3), (40, 80), 0.1, touch_and_goes=6),
}
SOLD_AFTER = 30
"""Days of the history after which the sold aircraft flew no more."""


def fill(school: School, *, since: date, aircraft: int | None = None, seed: str = SEED) -> None:
    """Write the demo school: its fleet as it stood on the morning of `since`, then every flight up to now.

    aircraft  only the first so many of the active fleet
    """
    _people(school, since)
    rows = fleet()
    active = [row for row in rows if not row["disabled"]]
    chosen = active[:aircraft] + ([row for row in rows if row["disabled"]] if aircraft is None else [])
    opened = datetime.combine(since, time(5), UTC)
    planned: list[Upcoming] = []
    last_day = (school.now() + PLANNED_AHEAD).date()
    for row in chosen:
        number = rows.index(row) + 1
        one = _aircraft(school, row, number, opened)
        until = min(last_day, since + timedelta(days=SOLD_AFTER)) if one.disabled else last_day
        planned += _flights(one, number, STYLES[row["style"]], since=since, until=until, seed=seed)
    school.upcoming.extend(sorted(planned, key=lambda plan: (plan.sortie.end, plan.flight_id)))
    school.catch_up()
    _entered_twice(school, seed)
    _maintenance(school, since)
    _bookings(school)


def _people(school: School, since: date) -> None:
    school.users = {number: User(number, *name.split(" ", 2)) for number, name in NAMES.items()}
    school.airports = {name: Airport(n, name) for n, name in enumerate(AIRPORTS, start=501)}
    school.customers = [
        Customer(801, "NJ", "Nordjet Charter"),
        Customer(802, "KM", "Kattegat Medical"),
        Customer(803, "VF", "Vestfoto Aerial Survey"),
    ]
    school.keys = [
        ApiKey(DEMO_KEY, HEAD_OF_TRAINING),
        ApiKey(SECOND_KEY, HEAD_OF_TRAINING),
        ApiKey(STUDENT_KEY, STUDENTS[0], may_read_all=False),
        ApiKey(EXPIRED_KEY, HEAD_OF_TRAINING, expires_at=datetime.combine(since, time(), UTC)),
    ]


def _aircraft(school: School, row: dict[str, Any], number: int, opened: datetime) -> Aircraft:
    one = school.add_aircraft(
        row["call_sign"],
        row["model"],
        logs=[(log["type"], log["measurement"], log["total_seconds"]) for log in row["logs"]],
        aircraft_class=row["aircraft_class"],
        aircraft_type=row["aircraft_type"],
        landings=row["landings"],
        fuel_per_hour=row["fuel_per_hour"],
        home=HOME,
        aircraft_id=100 + number,
    )
    one.audit = Audit(opened, HEAD_OF_TRAINING, opened, HEAD_OF_TRAINING)
    one.disabled = row["disabled"]
    return one


def _flights(one: Aircraft, number: int, style: Style, *, since: date, until: date, seed: str) -> Iterator[Upcoming]:
    for day in (since + timedelta(days=n) for n in range((until - since).days + 1)):
        dice = Random(f"{seed}/{one.call_sign}/{day.isoformat()}")
        for n, sortie in enumerate(_day(one, style, day, dice, seed)):
            entered = sortie.end + timedelta(minutes=dice.randint(8, 90))
            if dice.random() < 0.03:  # somebody forgot: entered days later
                entered += timedelta(days=dice.randint(1, 4), hours=dice.randint(1, 9))
            edited = entered + timedelta(hours=dice.randint(2, 40)) if dice.random() < 0.02 or day == since else None
            yield Upcoming(_flight_id(day, number, n), one, sortie, entered, sortie.crew[0], edited)


def _flight_id(day: date, aircraft_number: int, n: int) -> int:
    """The same flight has the same id in every run, and no other run's flight has it."""
    return (day - date(2020, 1, 1)).days * 10_000 + aircraft_number * 100 + n


def _day(one: Aircraft, style: Style, day: date, dice: Random, seed: str) -> Iterator[Sortie]:
    weather = Random(f"{seed}/weather/{day.isoformat()}").random()
    if weather < 0.12 and not style.any_weather:
        return
    count = dice.choices(range(len(style.flights_a_day)), style.flights_a_day)[0]
    off_block = datetime.combine(day, time(6), UTC) + timedelta(minutes=dice.randint(0, 150))
    place = HOME
    for n in range(count):
        last_leg = n == count - 1
        sortie = _sortie(one, style, off_block, dice, place=place, last_leg=last_leg)
        yield sortie
        place = sortie.arrival if style.activity == "OPERATION" else HOME
        off_block = sortie.end + timedelta(minutes=dice.randint(30, 95))


def _sortie(one: Aircraft, style: Style, off_block: datetime, dice: Random, *, place: str, last_leg: bool) -> Sortie:
    away = dice.random() < style.away
    arrival = dice.choice([name for name in AIRPORTS if name != place]) if away else place
    if style.activity == "OPERATION" and last_leg and place != HOME:
        arrival = HOME
    kind = "SIM" if one.is_simulator else dice.choices(("DUAL", "SOLO", "SPIC"), (6, 3, 1))[0]
    crew = {
        "TRAINING": (dice.choice(INSTRUCTORS), dice.choice(STUDENTS)),
        "RENTAL": (dice.choice(RENTERS),),
        "OPERATION": (dice.choice(PILOTS),),
    }[style.activity]
    circuits = dice.randint(0, style.touch_and_goes) if style.touch_and_goes and not away else 0
    return Sortie(
        start=off_block,
        minutes=dice.randint(*style.minutes),
        taxi_out=0 if one.is_simulator else dice.randint(4, 11),
        taxi_in=0 if one.is_simulator else dice.randint(2, 6),
        departure=place,
        arrival=arrival,
        touch_and_goes=circuits,
        go_arounds=int(dice.random() < 0.06),
        approaches=dice.choice((0, 0, 0, 1, 2)) if style.activity != "RENTAL" else 0,
        flight_type=kind if style.activity == "TRAINING" else None,
        activity=style.activity,
        crew=crew,
        night=off_block.hour >= 19,
        fuel_before=round(dice.uniform(2.2, 4.0) * one.fuel_per_hour, 1) if one.fuel_per_hour else None,
        fuel_added=dice.choice((None, 40.0, 60.0)) if one.fuel_per_hour else None,
    )


def _entered_twice(school: School, seed: str) -> None:
    """Now and then a flight was entered twice and the second entry deleted: only `versions` still knows."""
    for flight in list(school.timeline):
        if flight is school.timeline[0] or Random(f"{seed}/twice/{flight.id}").random() < 0.004:
            deleted_at = flight.audit.created_at + timedelta(hours=5)
            if deleted_at <= school.now():
                extra = flight.id + 50
                school.deletions.append(Deletion(extra, extra, "FLIGHT", deleted_at, HEAD_OF_TRAINING))
    school.deletions.sort(key=lambda deletion: deletion.position)


def _maintenance(school: School, since: date) -> None:
    opened = datetime.combine(since, time(5), UTC)

    def audit() -> Audit:
        return Audit(opened, HEAD_OF_TRAINING, opened, HEAD_OF_TRAINING)

    requirements = (
        Requirement(701, "100 hour inspection", audit(), on_log="TACH"),
        Requirement(702, "Annual inspection", audit(), on_date=True),
        Requirement(703, "ELT battery", audit(), on_date=True, serial_number=True),
        Requirement(704, "Magneto 500 hours", audit(), on_log="HOBBS", serial_number=True),
        Requirement(705, "Landing gear overhaul", audit(), on_cycles=True),
    )
    school.requirements = {requirement.id: requirement for requirement in requirements}
    for one in (craft for craft in school.aircraft.values() if not craft.is_simulator and not craft.disabled):
        annual = opened + timedelta(days=Random(f"{SEED}/annual/{one.call_sign}").randint(150, 420))
        base = 10_000 + one.id * 10
        school.parts[base + 2] = Part(base + 2, one, requirements[1], audit(), expires_at=annual, approved_at=opened)
        tach = next((log for log in one.logs if log.type == "TACH"), None)
        if tach:
            due = tach.opening_seconds + 100 * 3600
            school.parts[base + 1] = Part(
                base + 1,
                one,
                requirements[0],
                audit(),
                expires_at_seconds=due,
                expires_on_log="TACH",
                approved_at=opened,
            )
        school.bookings[base] = Booking(
            base, "MAINTENANCE", one, annual - timedelta(days=3), annual, audit(), comment="Annual inspection"
        )


def _bookings(school: School) -> None:
    """The training flights of the next three days, as the students booked them."""
    horizon = school.now() + timedelta(days=3)
    for plan in school.upcoming:
        sortie = plan.sortie
        if sortie.activity == "TRAINING" and sortie.start < horizon:
            audit = school.new_audit(sortie.crew[-1], at=sortie.start - timedelta(days=5))
            school.bookings[plan.flight_id] = Booking(
                plan.flight_id, "SINGLE_STUDENT", plan.aircraft, sortie.start, sortie.end, audit, crew=sortie.crew
            )
