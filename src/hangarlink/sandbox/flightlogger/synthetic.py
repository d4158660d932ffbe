"""A big plain history for benchmarks: no randomness, no wrinkles, every flight with every log and two landing rows."""

from datetime import timedelta

from hangarlink.sandbox.flightlogger import fleet
from hangarlink.sandbox.flightlogger.records import Airport, ApiKey, Audit, Flight, Sortie, User
from hangarlink.sandbox.flightlogger.school import School

STRIDE = timedelta(minutes=100)
THREE_LOGS = (
    ("HOBBS", "DECIMAL_HOURS", 3_600_000),
    ("TACH", "LONG_DECIMAL_HOURS", 3_240_000),
    ("AIRBORNE", "HOURS_MINUTES", 3_060_000),
)


def fill(school: School, *, flights: int, aircraft: int) -> None:
    """`flights` flights, back to back over `aircraft` aircraft (SY-0001 and so on), the last ending just before now."""
    school.users = {1: User(1, "BM", "Bench", "Mark")}
    school.airports = {name: Airport(n, name) for n, name in enumerate(("EKRK", "EKOD"), start=501)}
    school.keys = [ApiKey(fleet.DEMO_KEY, 1)]
    rounds = -(-flights // aircraft)
    first = school.now().replace(second=0, microsecond=0) - STRIDE * rounds
    craft = [
        school.add_aircraft(
            f"SY-{n:04d}", "C172S", logs=THREE_LOGS, landings=5000, fuel_per_hour=34.0, aircraft_id=100 + n
        )
        for n in range(1, aircraft + 1)
    ]
    for n in range(flights):
        lap, turn = divmod(n, aircraft)
        sortie = Sortie(
            first + STRIDE * lap,
            minutes=45 + n % 40,
            arrival="EKOD" if lap % 2 else "EKRK",
            touch_and_goes=1 + n % 7,
            crew=(1,),
        )
        entered = sortie.end + timedelta(minutes=5, microseconds=n)
        school.append(Flight(1_000_000 + n, craft[turn], sortie, [], [], Audit(entered, 1, entered, 1)))
