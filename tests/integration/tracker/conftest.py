"""A tracker in a sandbox on a real socket or behind a real folder, connected, and a fleet here that it tracks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, record_flights, set_opening
from hangarlink.fleet.facts import FlightFact, OnKnown
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.proving import Credentials
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.maintenance.tracked.queries import TrackedRow, tracked_list
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.tracker import DEMO_KEY, DEMO_PASSWORD, DEMO_USER, DropFolder, Shop, TrackerApp
from tests.integration.conftest import Waits, now

HOUR = 3600
FLEET = {"OY-HLD": ("1577", 4812, 3901), "OY-HLE": ("3355", 1207, 1650), "OY-HLA": ("BB-1444", 9104, 8012)}


@dataclass
class Tracking:
    """A connection to a tracker, and short words for what tests do with it."""

    account: Account
    connection: Connection
    shop: Shop
    acting_user: Actor
    app: TrackerApp
    drop: DropFolder | None = None
    waits: Waits = field(default_factory=Waits)

    def run(self, flow: Flow = Flow.DUE_ITEMS, direction: Direction = Direction.IN, **options: Any) -> SyncRun:
        options.setdefault("skip_plan", True)
        switch_on(self.connection, [flow], direction=direction, acting_user=self.acting_user)
        run = request_run(self.connection, flow, direction=direction, acting_user=self.acting_user, **options)
        drain(self.account, self.connection.id, Means(self.waits))
        run.refresh_from_db()
        return run

    def send(self, **options: Any) -> SyncRun:
        """Flights and totals out."""
        return self.run(Flow.HOURS_CYCLES, Direction.OUT, **options)

    def items(self) -> dict[tuple[str, str], TrackedRow]:
        return {(row.registration, row.reference): row for row in tracked_list(limit=1000)}

    def refused(self, run: SyncRun) -> list[SyncRecord]:
        return list(SyncRecord.objects.filter(run=run, verdict__in=["rejected", "failed"]).order_by("subject"))

    def fly(self, registration: str, hours: float = 1.0, *, hours_ago: float = 2.0) -> None:
        """A flight recorded here, with one landing."""
        counters = {one.kind: one for one in Counter.objects.filter(aircraft__registration=registration)}
        start = now() - timedelta(hours=hours + hours_ago)
        amounts = {counters["airborne"].id: round(hours * HOUR), counters["landings"].id: 1}
        aircraft_id = counters["airborne"].aircraft_id
        fact = FlightFact(aircraft_id, "", start, start + timedelta(hours=hours), "EKRK", "EKOD", amounts=amounts)
        record_flights([fact], source="manual", acting_user=self.acting_user, on_known=OnKnown.SKIP)

    def counter(self, registration: str, kind: str = "airborne") -> Counter:
        return Counter.objects.get(aircraft__registration=registration, kind=kind)


def add_tracked(acting_user: Actor, registration: str, **values: Any) -> Aircraft:
    """One of ours as the shop has it: same serial number; totals a little above the shop's."""
    serial, hours, landings = FLEET[registration]
    model = AircraftModel.objects.filter(name="PC-12").first()
    model = model or add_aircraft_model(name="PC-12", acting_user=acting_user)
    named = {"serial_number": serial, **values}
    aircraft = add_aircraft(registration=registration, aircraft_model=model, acting_user=acting_user, **named)
    for kind, total in (("airborne", (hours + 1) * HOUR), ("landings", landings)):
        counter = add_counter(aircraft, kind=kind, acting_user=acting_user)
        set_opening(counter, total=total, at=now() - timedelta(days=30), acting_user=acting_user)
    return aircraft


@pytest.fixture
def fleet(acting_user: Actor) -> dict[str, Aircraft]:
    return {registration: add_tracked(acting_user, registration) for registration in FLEET}


@pytest.fixture
def shop() -> Shop:
    return Shop.demo(clock=now)


@pytest.fixture
def served(shop: Shop) -> Iterator[Served[TrackerApp]]:
    with Served(TrackerApp(shop)) as server:
        yield server


Connect = Callable[..., Tracking]


@pytest.fixture
def connect(
    acting: Account, acting_user: Actor, shop: Shop, served: Served[TrackerApp], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Connect:  # fmt: skip
    """Connect one of the trackers: over HTTPS (here: HTTP on loopback) or, with folder=True, through a folder."""

    def made(key: str, *, folder: bool = False, profile: str = "") -> Tracking:
        options = {"profile": profile} if profile else {}
        if folder:
            monkeypatch.setenv("HANGARLINK_FOLDERS", str(tmp_path))
            place = tmp_path / acting.subdomain / "camo"
            place.mkdir(parents=True)
            dialect = "traxxall" if key == "tracker" else key
            drop = DropFolder(shop, place, dialect)
            credentials = Credentials({}, {"folder": "camo"}, "folder")
            connection = create_connection(
                connector=key, credentials=credentials, options=options, acting_user=acting_user
            )
            return Tracking(acting, connection, shop, acting_user, served.app, drop)
        if key in {"traxxall", "tracker"}:
            credentials = Credentials({"api_key": Secret(DEMO_KEY)}, {}, "api_key")
        else:
            credentials = Credentials({"password": Secret(DEMO_PASSWORD)}, {"username": DEMO_USER}, "user_password")
        connection = create_connection(
            connector=key, credentials=credentials, base_url=served.url, options=options, acting_user=acting_user
        )
        return Tracking(acting, connection, shop, acting_user, served.app)

    return made
