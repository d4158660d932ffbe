"""How a connection is doing, as figures and a small chart. The same on every connection's page."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from hangarlink.integration.connections.dialling import place_of
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.traffic.circuit import Open, open_circuits
from hangarlink.integration.health import Health, Standstill, health
from hangarlink.integration.overview import FlowRow
from hangarlink.platform.people.permissions import Actor
from hangarlink.web.charts import BarChart, bar_chart


@dataclass(frozen=True)
class HealthPanel:
    """What is drawn.

    rate     failed runs in words; "" where nothing ran
    chart    runs that failed, day by day; None where none did
    circuit  the partner is left alone for a while; None where it is called as usual
    lag      since when the slowest scheduled stream is without success
    """

    health: Health
    rate: str
    chart: BarChart | None
    lag: datetime | None
    standstills: tuple[Standstill, ...]
    refused: int
    circuit: Open | None


def health_panel(connection: Connection, rows: list[FlowRow], *, acting_user: Actor) -> HealthPanel:
    """Two queries."""
    found = health(connection, acting_user=acting_user, now=timezone.now())
    chart = None
    if found.failed:
        points = [(str(day.day.day), day.failed) for day in found.days]
        chart = bar_chart("Failed runs per day", points, words=lambda n: f"{n} failed", mark=str)
    scheduled = [row.stream.last_success_at for row in rows if row.stream.every_seconds and row.stream.last_success_at]
    return HealthPanel(
        found,
        _rate(found),
        chart,
        min(scheduled, default=None),
        found.standstills,
        sum(day.refused for day in found.days),
        _circuit(connection),
    )


def _circuit(connection: Connection) -> Open | None:
    """Whether the partner is being left alone after failing, by all connections at its place."""
    place = place_of(connection.connector, connection.base_url or str(connection.access.get("host", "")))
    return open_circuits([place]).get(place)


def _rate(found: Health) -> str:
    if not found.runs:
        return ""
    share = found.failed * 100 / found.runs
    return f"{found.failed:,} of {found.runs:,} runs failed ({share:.0f} %)" if found.failed else "no run failed"
