"""The shapes of flights: how one is told, and how it is read."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from hangarlink.api.v1.fields import ClockTime, Count, Day, Incoming, Moment, Outgoing, Plain, Quantity
from hangarlink.api.v1.outgoing import AircraftName, FlightLogOut, FlightOut, Listing

EXAMPLE_REPORT = {
    "flight": {
        "external_id": "F-20260603-1",
        "reading_date": "2026-06-03",
        "reading_time": "09:12",
        "departure": "EKRK",
        "arrival": "EKRK",
        "logs": [{"name": "Hobbs", "value": "1.4"}, {"name": "Tach", "start": "2210.7", "end": "2211.9"}],
        "landings": 3,
    }
}
EXAMPLE_FLIGHT = {
    "id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9a11",
    "external_id": "F-20260603-1",
    "source": "api:0197379e0f2b7b6f8f3a6a1d2c4b5e60",
    "reading_date": "2026-06-03",
    "reading_time": "09:12:00",
    "started_at": "2026-06-03T09:12:00Z",
    "ended_at": "2026-06-03T09:12:00Z",
    "departure": "EKRK",
    "arrival": "EKRK",
    "logs": [
        {"name": "Hobbs", "value": "1.4", "amount": 5040, "unit": "seconds"},
        {"name": "Tach", "value": "1.2", "amount": 4320, "unit": "seconds"},
        {"name": "Landings", "value": "3", "amount": 3, "unit": "count"},
    ],
}


class LogIn(Incoming):
    """What the flight added to one log: value, or the readings before and after it."""

    name: Plain = Field(
        min_length=1, max_length=60, description="The name of a log configured on the aircraft, to the letter."
    )
    value: Quantity | None = Field(None, description="What the flight added: hours (1.4, 1:24) or a count.")
    start: Quantity | None = Field(None, description="The reading before the flight; together with end.")
    end: Quantity | None = Field(None, description="The reading after the flight.")


class FlightIn(Incoming):
    id: Plain = Field("", max_length=120, description="The same as external_id.")
    external_id: Plain = Field("", max_length=120, description="Your name for the flight. Sent again, it is skipped.")
    reading_date: Day = Field(description="Date of the readings, normally of the landing, YYYY-MM-DD.")
    reading_time: ClockTime = Field(description="Time of the readings, HH:MM. UTC unless an offset follows.")
    started_at: Moment | None = Field(None, description="Off block or take-off. Needed when there is no external_id.")
    ended_at: Moment | None = Field(None, description="On block or landing. Without it, the moment of the readings.")
    departure: Plain = Field("", max_length=40, description="Where from, e.g. an ICAO code.")
    arrival: Plain = Field("", max_length=40, description="Where to.")
    logs: list[LogIn] = Field(default_factory=list, max_length=50)
    cycles: Count | None = Field(None, description="Cycles flown; needs a log that counts cycles.")
    landings: Count | None = Field(None, description="Landings made; needs a log that counts landings.")

    @model_validator(mode="after")
    def _named(self) -> "FlightIn":
        if self.id and self.external_id and self.id != self.external_id:
            raise PydanticCustomError("value", "id and external_id differ. Give one of them.")
        if not self.name and not (self.started_at and self.ended_at):
            raise PydanticCustomError(
                "value",
                "give external_id (or id), or both started_at and ended_at: else a repeated flight is not recognised.",
            )
        return self

    @property
    def name(self) -> str:
        return self.external_id or self.id

    @property
    def ends(self) -> datetime:
        """The moment at which the amounts count."""
        return self.ended_at or datetime.combine(self.reading_date, self.reading_time).astimezone(UTC)


class FlightReport(Incoming):
    flight: FlightIn


class HoursCycles(Listing):
    aircraft: AircraftName
    flight_logs: list[FlightLogOut] = Field(description="The counters with their totals now.")
    flights: list[FlightOut]


class FlightAnswer(Outgoing):
    """`skipped`: the flight is recorded already, and nothing was changed; `reason` says more."""

    result: Literal["created", "skipped"]
    reason: str = Field("", description='Why it was skipped; "" when created.')
    flight: FlightOut
    unreported: list[str] = Field(description="Configured logs that this flight says nothing about.")
