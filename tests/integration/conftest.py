"""A flying school in a sandbox on a real socket, and a fleet here that knows some of its aircraft."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter, Flight
from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.flightlogger import DEMO_KEY, World
from hangarlink.sandbox.flightlogger.records import Airport, ApiKey, User
from hangarlink.sandbox.flightlogger.school import School
from hangarlink.sandbox.serve import Serving, serve

HOUR = 3600


def now() -> datetime:
    return timezone.now().replace(microsecond=0)


def furnish(school: School) -> None:
    """A school with a key, two airports, three aircraft and a simulator, and no flight yet."""
    school.users = {1: User(1, "HT", "Henrik", "Toft")}
    school.airports = {name: Airport(n, name) for n, name in enumerate(("EKRK", "EKOD"), start=501)}
    school.keys = [ApiKey(DEMO_KEY, 1), ApiKey("student", 1, may_read_all=False)]
    logs = [("HOBBS", "DECIMAL_HOURS", 4000 * HOUR), ("AIRBORNE", "HOURS_MINUTES", 3000 * HOUR)]
    school.add_aircraft("OY-SKA", logs=logs, landings=9000, aircraft_id=101)
    school.add_aircraft("OY-SKB", logs=logs, landings=6000, aircraft_id=102)
    school.add_aircraft("OY-RNT", logs=logs, landings=5000, aircraft_id=103)
    school.add_aircraft(
        "FNPT-1", "ALX", logs=[("BLOCK", "HOURS_MINUTES", 0)], aircraft_class="SIMULATOR", aircraft_id=104
    )


@dataclass
class Waits:
    """Waiting that takes no time and is remembered."""

    seconds: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass
class Hub:
    """A connected account, and short words for what tests do with it."""

    account: Account
    connection: Connection
    serving: Serving
    acting_user: Actor
    waits: Waits = field(default_factory=Waits)

    @property
    def world(self) -> World:
        return self.serving.world

    def request(self, flow: Flow = Flow.HOURS_CYCLES, **options: Any) -> SyncRun:
        switch_on(self.connection, [flow], acting_user=self.acting_user)
        options.setdefault("skip_plan", True)
        return request_run(self.connection, flow, acting_user=self.acting_user, **options)

    def drain(self) -> int | None:
        return drain(self.account, self.connection.id, Means(self.waits))

    def sync(self, flow: Flow = Flow.HOURS_CYCLES, **options: Any) -> SyncRun:
        run = self.request(flow, **options)
        self.drain()
        run.refresh_from_db()
        return run

    def fly(self, call_sign: str = "OY-SKA", *, hours_ago: float = 3, **sortie: Any) -> str:
        """A flight in FlightLogger; its id there."""
        start = self.world.now() - timedelta(hours=hours_ago)
        return str(self.world.fly(call_sign, start=start, **sortie).id)

    def counter(self, kind: str, registration: str = "OY-SKA") -> Counter:
        return Counter.objects.get(aircraft__registration=registration, kind=kind)

    def total(self, kind: str, registration: str = "OY-SKA") -> int | None:
        return self.counter(kind, registration).total

    def flights(self) -> int:
        return Flight.objects.filter(cancelled_at=None).count()

    def stream(self, flow: Flow = Flow.HOURS_CYCLES) -> Stream:
        return Stream.objects.get(connection=self.connection, flow=flow)

    def health(self) -> Connection:
        self.connection.refresh_from_db()
        return self.connection


OPENINGS = {"hobbs": 4000 * HOUR, "airborne": 3000 * HOUR, "landings": 9000, "cycles": 9000}


def add_ours(
    acting_user: Actor,
    registration: str,
    kinds: Sequence[str] = tuple(OPENINGS),
    *,
    openings: dict[str, int] | None = None,
    **values: Any,
) -> Aircraft:
    """An aircraft here, with counters that stand where the partner's stood thirty days ago."""
    model = AircraftModel.objects.filter(name="C172S").first()
    model = model or add_aircraft_model(name="C172S", acting_user=acting_user)
    aircraft = add_aircraft(registration=registration, aircraft_model=model, acting_user=acting_user, **values)
    for kind in kinds:
        counter = add_counter(aircraft, kind=kind, acting_user=acting_user)
        opening = (OPENINGS if openings is None else openings).get(kind)
        if opening is not None:
            set_opening(counter, total=opening, at=now() - timedelta(days=30), acting_user=acting_user)
    return aircraft


@pytest.fixture
def serving() -> Iterator[Serving]:
    """The furnished school; its clock stands at now and is moved by `world.advance`."""
    with serve(world=World(now=now() - timedelta(minutes=1), recipe=furnish)) as sandbox:
        yield sandbox


@pytest.fixture
def connection(serving: Serving, acting_user: Actor) -> Connection:
    return create_connection(
        connector="flightlogger", secret=Secret(DEMO_KEY), base_url=serving.endpoint, acting_user=acting_user
    )


@pytest.fixture
def hub(acting: Account, connection: Connection, serving: Serving, acting_user: Actor) -> Hub:
    """Connected, with OY-SKA in the fleet here; nothing synced yet."""
    add_ours(acting_user, "OY-SKA")
    switch_on(connection, (Flow.AIRCRAFT, Flow.HOURS_CYCLES), acting_user=acting_user)
    return Hub(acting, connection, serving, acting_user)
