"""A flying school in memory: flights are flown, entered, edited and deleted, and the meters always chain.

On every aircraft the first flight starts at the opening total, each next one where the last one ended, and the
aircraft's total is the last end. A flight that is squeezed in, edited or deleted moves the readings after it (those
flights count as changed), unless `rechain=False` leaves the mismatch to be found.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any, Literal

from hangarlink.sandbox.flightlogger.measuring import TIMERS, measure, touchdowns
from hangarlink.sandbox.flightlogger.records import (
    RESOLUTION,
    Aircraft,
    Airport,
    ApiKey,
    Audit,
    Booking,
    Customer,
    Deletion,
    Flight,
    FlightLog,
    LogConfiguration,
    Part,
    Requirement,
    Sortie,
    Upcoming,
    User,
    microseconds,
)

Clock = Callable[[], datetime]
NEVER = datetime.max.replace(tzinfo=UTC)
FLIGHT_TYPES = ("DUAL", "SIM", "SOLO", "SPIC", None)
ACTIVITIES = ("TRAINING", "RENTAL", "OPERATION")
SORTIE_FIELDS = frozenset(field.name for field in fields(Sortie))


class Refused(ValueError):
    """The school does not do what was asked; the message says why."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class School:
    """One FlightLogger account. Hold `lock` while reading more than one thing."""

    def __init__(self, *, company: str, subdomain: str, clock: Clock = utc_now) -> None:
        self.company, self.subdomain, self.clock = company, subdomain, clock
        self.lock = RLock()
        self.clear()

    def clear(self) -> None:
        self.keys: list[ApiKey] = []
        self.users: dict[int, User] = {}
        self.airports: dict[str, Airport] = {}
        self.customers: list[Customer] = []
        self.aircraft: dict[int, Aircraft] = {}
        self.flights: dict[int, Flight] = {}
        self.timeline: list[Flight] = []
        self.deletions: list[Deletion] = []
        self.requirements: dict[int, Requirement] = {}
        self.parts: dict[int, Part] = {}
        self.bookings: dict[int, Booking] = {}
        self.upcoming: deque[Upcoming] = deque()
        self._unregistered: list[Flight] = []
        self._last_id = 0
        self._last_stamp = datetime(2000, 1, 1, tzinfo=UTC)

    # --- time, ids, names ------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.clock()

    def stamp(self) -> datetime:
        """The moment of a change: now, but never the same twice, so that `changedAfter` can tell changes apart."""
        self._last_stamp = max(self.now(), self._last_stamp + timedelta(microseconds=1))
        return self._last_stamp

    def new_id(self) -> int:
        """Made from the clock: a restarted sandbox never reuses an id for something else."""
        self._last_id = max(microseconds(self.now()) // 1000, self._last_id + 1)
        return self._last_id

    def new_audit(self, by: int | None = None, at: datetime | None = None) -> Audit:
        moment, who = at or self.stamp(), by or self._default_user()
        return Audit(moment, who, moment, who)

    def _default_user(self) -> int:
        return next(iter(self.users), 1)

    def aircraft_called(self, call_sign: str) -> Aircraft:
        for aircraft in self.aircraft.values():
            if aircraft.call_sign == call_sign:
                return aircraft
        raise Refused(f"no aircraft has the call sign {call_sign!r}")

    def flight(self, flight_id: int | str) -> Flight:
        try:
            return self.flights[int(flight_id)]
        except (KeyError, ValueError):
            raise Refused(f"there is no flight {flight_id!r}") from None

    # --- aircraft --------------------------------------------------------------------------------------------------

    def add_aircraft(
        self,
        call_sign: str,
        model: str = "C172S",
        *,
        logs: Iterable[tuple[str, str, int]] = (("HOBBS", "DECIMAL_HOURS", 0),),
        aircraft_class: Literal["SINGLE_ENGINE", "MULTI_ENGINE", "SIMULATOR"] = "SINGLE_ENGINE",
        aircraft_type: Literal["AIRPLANE", "HELICOPTER"] = "AIRPLANE",
        landings: int = 0,
        home: str = "EKRK",
        fuel_per_hour: float | None = None,
        aircraft_id: int | None = None,
    ) -> Aircraft:
        """Put an aircraft on the fleet. `logs`: one to three of (type, measurement, opening total in seconds)."""
        with self.lock:
            if any(other.call_sign == call_sign for other in self.aircraft.values()):
                raise Refused(f"the call sign {call_sign!r} is taken")
            new_id = aircraft_id or self.new_id()
            configurations = [
                LogConfiguration(new_id * 10 + slot, timer, measurement, opening, opening)
                for slot, (timer, measurement, opening) in enumerate(logs, start=1)
            ]
            if not 1 <= len(configurations) <= 3:
                raise Refused("an aircraft has one to three logs")
            for log in configurations:
                if log.type not in TIMERS or log.measurement not in RESOLUTION:
                    raise Refused(f"no such log: {log.type} in {log.measurement}")
            aircraft = Aircraft(
                id=new_id,
                call_sign=call_sign,
                model=model,
                aircraft_class=aircraft_class,
                aircraft_type=aircraft_type,
                logs=configurations,
                audit=self.new_audit(),
                home=home,
                landings=landings,
                fuel_per_hour=fuel_per_hour,
                fuel=None if fuel_per_hour is None else round(fuel_per_hour * 3, 1),
            )
            self.aircraft[new_id] = aircraft
            return aircraft

    def disable_aircraft(self, call_sign: str) -> None:
        """Sold or withdrawn: no longer listed, its flights stay."""
        with self.lock:
            aircraft = self.aircraft_called(call_sign)
            aircraft.disabled = True
            self._touch(aircraft.audit, None)

    # --- flights ---------------------------------------------------------------------------------------------------

    def fly(
        self,
        call_sign: str,
        *,
        start: datetime | None = None,
        registered: bool = True,
        rechain: bool = True,
        by: int | None = None,
        **sortie: Any,
    ) -> Flight:
        """Fly an aircraft; the flight is entered at once.

        start       off-block, aware; left out, the latest gap of the aircraft that ends before now
        registered  False: the meters ran, nobody has entered it yet; see `register`
        sortie      any field of `records.Sortie` (minutes, touch_and_goes, departure, arrival, durations, ...)
        """
        with self.lock:
            self.catch_up()
            aircraft = self.aircraft_called(call_sign)
            if aircraft.disabled:
                raise Refused(f"{call_sign} is disabled")
            minutes = int(sortie.get("minutes", Sortie.minutes))
            start = start or self._latest_gap(aircraft, timedelta(minutes=minutes))
            flown = self._changed(Sortie(start, departure=aircraft.home, arrival=aircraft.home), sortie)
            audit = self.new_audit(by, at=None if registered else NEVER)
            return self._enter(Flight(self.new_id(), aircraft, flown, [], [], audit, registered), rechain=rechain)

    def append(self, flight: Flight) -> Flight:
        """Put a flight made elsewhere in its place: how histories are written."""
        with self.lock:
            return self._enter(flight, rechain=True)

    def register(self, flight_id: int | str, *, by: int | None = None) -> Flight:
        """Enter a flight that was flown earlier with `registered=False`: a late entry."""
        with self.lock:
            flight = self.flight(flight_id)
            if flight.registered:
                raise Refused(f"flight {flight.id} is entered already")
            self._unregistered.remove(flight)
            flight.audit = self.new_audit(by)
            self._show(flight)
            return flight

    def edit_flight(
        self, flight_id: int | str, *, rechain: bool = True, by: int | None = None, **changes: Any
    ) -> Flight:
        """Replace fields of the flight's sortie; logs, landings, totals and audit follow."""
        with self.lock:
            flight = self.flight(flight_id)
            sortie = self._changed(flight.sortie, changes)
            index = self._leave(flight)
            flight.sortie = sortie
            self._touch(flight.audit, by)
            return self._enter(flight, rechain=rechain, lowest=index)

    def delete_flight(self, flight_id: int | str, *, rechain: bool = True, by: int | None = None) -> Deletion:
        """Take the flight away; only `versions` will tell."""
        with self.lock:
            flight = self.flight(flight_id)
            index = self._leave(flight)
            del self.flights[flight.id]
            if rechain:
                self._chain(flight.aircraft, index, None, by)
            self._total(flight.aircraft)
            deletion = Deletion(self.new_id(), flight.id, "FLIGHT", self.stamp(), by or self._default_user())
            self.deletions.append(deletion)
            return deletion

    def catch_up(self) -> None:
        """Let the flights happen that were planned up to now, and show those whose pilots have entered them."""
        with self.lock:
            now = self.now()
            while self.upcoming and self.upcoming[0].sortie.end <= now:
                plan = self.upcoming.popleft()
                audit = Audit(plan.entered_at, plan.entered_by, plan.entered_at, plan.entered_by)
                if plan.edited_at and plan.edited_at <= now:
                    audit.updated_at, audit.updated_by = plan.edited_at, self._default_user()
                flight = Flight(plan.flight_id, plan.aircraft, plan.sortie, [], [], audit, plan.entered_at <= now)
                self._enter(flight, rechain=True)
            for flight in [one for one in self._unregistered if one.audit.created_at <= now]:
                self._unregistered.remove(flight)
                self._show(flight)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _changed(self, sortie: Sortie, changes: dict[str, Any]) -> Sortie:
        if unknown := sorted(set(changes) - SORTIE_FIELDS):
            raise Refused(f"a flight has no {', '.join(unknown)}; it has {', '.join(sorted(SORTIE_FIELDS))}")
        changed = replace(sortie, **changes)
        if changed.start.tzinfo is None:
            raise Refused("start needs its offset from UTC")
        if changed.minutes < 1 or min(changed.touch_and_goes, changed.go_arounds, changed.approaches) < 0:
            raise Refused("a flight takes at least a minute and counts of landings are not negative")
        if changed.flight_type not in FLIGHT_TYPES or changed.activity not in ACTIVITIES:
            raise Refused(f"flight_type is one of {FLIGHT_TYPES}, activity one of {ACTIVITIES}")
        if unknown := sorted(set(changed.durations) - TIMERS):
            raise Refused(f"there is no log type {', '.join(unknown)}")
        for airport in (changed.departure, changed.arrival):
            if airport not in self.airports:
                raise Refused(f"the school does not know the airport {airport!r}")
        return changed

    def _latest_gap(self, aircraft: Aircraft, length: timedelta) -> datetime:
        end = self.now().replace(second=0, microsecond=0) - timedelta(minutes=1)
        for flight in reversed(aircraft.flights):
            if flight.sortie.end <= end - length:
                break
            end = min(end, flight.sortie.start)
        return end - length

    def _enter(self, flight: Flight, *, rechain: bool, lowest: int | None = None) -> Flight:
        """Measure the flight and put it in its place among the flights of its aircraft."""
        measure(flight)
        aircraft = flight.aircraft
        insort(aircraft.flights, flight, key=lambda one: one.position)
        index = bisect_left(aircraft.flights, flight.position, key=lambda one: one.position)
        aircraft.landings += touchdowns(flight)
        self.flights[flight.id] = flight
        if rechain:
            self._chain(aircraft, index if lowest is None else min(index, lowest), flight, flight.audit.updated_by)
        else:
            self._read(flight, aircraft.flights[index - 1].logs if index else None)
        self._total(aircraft)
        if flight.registered:
            self._show(flight)
        else:
            self._unregistered.append(flight)
        return flight

    def _leave(self, flight: Flight) -> int:
        """Take the flight from its place; where that was among the flights of its aircraft."""
        aircraft = flight.aircraft
        index = aircraft.flights.index(flight)
        del aircraft.flights[index]
        aircraft.landings -= touchdowns(flight)
        (self.timeline if flight.registered else self._unregistered).remove(flight)
        return index

    def _show(self, flight: Flight) -> None:
        flight.registered = True
        insort(self.timeline, flight, key=lambda one: one.position)

    def _chain(self, aircraft: Aircraft, index: int, own: Flight | None, by: int | None) -> None:
        before: list[FlightLog] | None = aircraft.flights[index - 1].logs if index else None
        seen_own = own is None
        for flight in aircraft.flights[index:]:
            moved = self._read(flight, before)
            if flight is own:
                seen_own = True
            elif moved:
                self._touch(flight.audit, by)
            elif seen_own:
                break  # the chain holds from here on
            before = flight.logs

    @staticmethod
    def _read(flight: Flight, before: list[FlightLog] | None) -> bool:
        """Set the meter readings of a flight after the one before it; whether they moved."""
        moved = False
        for slot, (log, configuration) in enumerate(zip(flight.logs, flight.aircraft.logs, strict=True)):
            start = before[slot].finish_reading if before else configuration.opening_seconds
            moved = moved or (log.start_reading, log.finish_reading) != (start, start + log.duration)
            log.start_reading, log.finish_reading = start, start + log.duration
        return moved

    @staticmethod
    def _total(aircraft: Aircraft) -> None:
        for slot, configuration in enumerate(aircraft.logs):
            configuration.total_seconds = (
                aircraft.flights[-1].logs[slot].finish_reading if aircraft.flights else configuration.opening_seconds
            )

    def _touch(self, audit: Audit, by: int | None) -> None:
        audit.updated_at, audit.updated_by = self.stamp(), by or self._default_user()
