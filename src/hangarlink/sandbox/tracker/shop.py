"""The tracker itself: aircraft with totals, items with absolute limits, and what it makes of what it is sent.

Times are whole seconds inside, decimal hours as text where a person writes them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import RLock
from typing import Any

HOUR = 3600
# No aircraft gains more than a day in a day; what does was sent in another unit.
_SLACK = timedelta(hours=1)


class Refused(ValueError):
    """What was sent is not accepted. `code`: unknown_tail, wrong_serial, lower_total, implausible, invalid."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass
class Tail:
    tail: str
    serial: str
    seconds: int
    landings: int
    as_of: datetime
    id: str = ""


@dataclass
class Item:
    """due_seconds, due_landings: absolute totals; due_on: a day."""

    id: str
    tail: str
    code: str
    title: str
    ata: str = ""
    component_serial: str = ""
    due_seconds: int | None = None
    due_landings: int | None = None
    due_on: date | None = None
    is_done: bool = False


@dataclass(frozen=True)
class Totals:
    """What a client says of an aircraft, whatever dialect it used."""

    tail: str
    serial: str | None
    as_of: datetime
    seconds: int
    landings: int | None
    message: str


@dataclass(frozen=True)
class SentFlight:
    tail: str
    serial: str | None
    id: str
    off: datetime
    on: datetime
    seconds: int | None
    landings: int | None


@dataclass
class Shop:
    """Verbs for whoever plays the tracker's analyst; `take_totals` and `take_flight` are what clients reach."""

    name: str = "Skyline Tracking"
    account: str = "skyline"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    tails: dict[str, Tail] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    flights: dict[str, SentFlight] = field(default_factory=dict)
    messages: set[str] = field(default_factory=set)
    lock: Any = field(default_factory=RLock)

    @classmethod
    def demo(cls, clock: Callable[[], datetime] | None = None) -> "Shop":
        """Three aircraft with a dozen items; one item is over, one nearly."""
        shop = cls(clock=clock) if clock else cls()
        today = shop.clock().date()
        shop.add_tail("OY-HLD", "1577", hours="4812.3", landings=3901)
        shop.add_tail("OY-HLE", "3355", hours="1207.9", landings=1650)
        shop.add_tail("OY-HLA", "BB-1444", hours="9104.6", landings=8012)
        shop.add_item("OY-HLD", "05-20-10", "300 FH inspection", ata="05", due_hours="4824.7")
        later = today + timedelta(days=400)
        shop.add_item(
            "OY-HLD",
            "61-10-02",
            "Propeller overhaul",
            ata="61",
            component_serial="HC-77",
            due_hours="5900.0",
            due_on=later,
        )
        shop.add_item("OY-HLD", "25-60-01", "Life vests", ata="25", due_on=today + timedelta(days=12))
        shop.add_item("OY-HLE", "05-10-00", "Annual inspection", ata="05", due_on=today + timedelta(days=64))
        shop.add_item("OY-HLE", "32-40-11", "Main wheels", ata="32", due_landings=1700)
        shop.add_item("OY-HLA", "AD 2020-21-22", "Wing spar", ata="57", due_hours="9101.4")
        shop.add_item("OY-HLA", "24-30-05", "Battery capacity check", ata="24", due_on=today + timedelta(days=5))
        return shop

    @classmethod
    def of_school(cls, clock: Callable[[], datetime] | None = None) -> "Shop":
        """The two turbines of the sandbox flying school, as the demo has them, with totals of before its history."""
        shop = cls(clock=clock) if clock else cls()
        today = shop.clock().date()
        shop.add_tail("OY-PCT", "1012", hours="3120.6", landings=2871)
        shop.add_tail("OY-BKA", "BB-1444", hours="8790.2", landings=8743)
        shop.add_item("OY-PCT", "05-20-300", "300 FH inspection", ata="05", due_hours="3590.0")
        shop.add_item("OY-PCT", "25-60-01", "Life vests", ata="25", due_on=today + timedelta(days=12))
        shop.add_item("OY-PCT", "32-10-07", "Main gear leg overhaul", ata="32", due_landings=6000)
        shop.add_item("OY-BKA", "AD 2020-21-22", "Wing spar", ata="57", due_hours="8789.0")
        shop.add_item(
            "OY-BKA", "61-10-02", "Propeller overhaul", ata="61", component_serial="HC-77", due_hours="9900.0"
        )
        shop.add_item("OY-BKA", "24-30-05", "Battery capacity check", ata="24", due_on=today + timedelta(days=200))
        return shop

    # --- what the analyst does -----------------------------------------------------------------------------------

    def add_tail(self, tail: str, serial: str, *, hours: str = "0", landings: int = 0) -> Tail:
        self.tails[tail] = Tail(tail, serial, seconds_of(hours), landings, self.clock(), f"A{len(self.tails) + 1}")
        return self.tails[tail]

    def add_item(self, tail: str, code: str, title: str, *, due_hours: str = "", **values: Any) -> Item:
        """A tracked item; `due_hours` as decimal hours, other values as in Item."""
        if tail not in self.tails:
            raise Refused("unknown_tail", f"there is no aircraft {tail}")
        with self.lock:
            item = Item(f"T{len(self.items) + 1:05}", tail, code, title, **values)
            item.due_seconds = seconds_of(due_hours) if due_hours else None
            self.items[item.id] = item
        return item

    def drop_item(self, item_id: str) -> None:
        """Stop tracking it: it is in no list any more."""
        with self.lock:
            del self.items[item_id]

    def comply(self, item_id: str, *, due_hours: str = "", due_on: date | None = None) -> Item:
        """Done; with a next limit it goes on, without it stays in the list as done."""
        item = self.items[item_id]
        item.due_seconds = seconds_of(due_hours) if due_hours else None
        item.due_on, item.is_done = due_on, not (due_hours or due_on)
        return item

    def listed(self) -> list[Item]:
        with self.lock:
            return list(self.items.values())

    # --- what clients send ---------------------------------------------------------------------------------------

    def take_totals(self, told: Totals) -> str:
        """Accept totals: "accepted", or "duplicate" for a message it has had. Raises Refused."""
        with self.lock:
            tail = self._tail(told.tail, told.serial)
            if told.message in self.messages:
                return "duplicate"
            if told.seconds < tail.seconds or (told.landings is not None and told.landings < tail.landings):
                raise Refused(
                    "lower_total",
                    f"{tail.tail} stands at {hours_of(tail.seconds)} h and {tail.landings} landings; "
                    f"{hours_of(told.seconds)} h and {told.landings} landings would be less.",
                )
            self._check_plausible(tail, told)
            tail.seconds, tail.as_of = told.seconds, told.as_of
            tail.landings = tail.landings if told.landings is None else told.landings
            self.messages.add(told.message)
            return "accepted"

    def take_flight(self, flight: SentFlight) -> str:
        """Accept a flight; the same id again replaces nothing. Raises Refused."""
        with self.lock:
            self._tail(flight.tail, flight.serial)
            if flight.on < flight.off:
                raise Refused("invalid", f"flight {flight.id} ends before it begins")
            if flight.seconds is not None and timedelta(seconds=flight.seconds) > flight.on - flight.off + _SLACK:
                raise Refused("implausible", f"flight {flight.id}: {flight.seconds} s do not fit between off and on")
            known = self.flights.setdefault(flight.id, flight)
            if known != flight:
                raise Refused("invalid", f"flight {flight.id} is known with other times; correct it here")
            return "accepted"

    def _tail(self, name: str, serial: str | None) -> Tail:
        if name not in self.tails:
            raise Refused("unknown_tail", f"there is no aircraft {name}")
        tail = self.tails[name]
        if serial is not None and serial != tail.serial:
            raise Refused("wrong_serial", f"{name} has the serial number {tail.serial}, not {serial}")
        return tail

    def _check_plausible(self, tail: Tail, told: Totals) -> None:
        """A total that grew by more than the time that can have passed was sent in the wrong unit."""
        if told.as_of > self.clock() + _SLACK:
            raise Refused("invalid", f"totals of {told.as_of.isoformat()} lie in the future")
        most = timedelta(days=365) if told.as_of <= tail.as_of else told.as_of - tail.as_of + timedelta(days=365)
        if timedelta(seconds=told.seconds - tail.seconds) > most:
            raise Refused(
                "implausible",
                f"{tail.tail}: from {hours_of(tail.seconds)} h to {hours_of(told.seconds)} h. Check the unit of time.",
            )


def seconds_of(hours: str) -> int:
    return int(Decimal(hours) * HOUR)


def hours_of(seconds: int) -> str:
    """Decimal hours with two places, cut downwards."""
    return str((Decimal(seconds) / HOUR).quantize(Decimal("0.01"), rounding="ROUND_FLOOR"))
