"""Random lives of a small fleet, as cases: programmes, usage in and out of order, work, corrections of all of it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from hangarlink.maintenance.programme.rules.codec import to_json
from tests.maintenance.programme.rules.strategies import schedules

Json = dict[str, Any]
DAY_ONE = date(2025, 1, 2)
CRAFT = ("OY-ONE", "OY-TWO")
PUMPS = ("PUMP-ONE", "PUMP-TWO")
# One step of the small numbers of the strategies, and where the counters begin: hours, landings.
SCALE = {"airframe_hours": (5, 1000), "landings": (2, 2000), "TSN": (5, 300), "CSN": (2, 400)}
OF_PUMPS = {"airframe_hours": "TSN", "landings": "CSN"}


def scaled(limit: Any, names: Mapping[str, str]) -> Any:
    """A schedule of the strategies with amounts of a real aircraft or pump, as a case writes it."""
    if isinstance(limit, list):
        return [scaled(one, names) for one in limit]
    if not isinstance(limit, dict):
        return limit
    if limit.get("kind") != "counter":
        return {name: scaled(value, names) for name, value in limit.items()}
    made = {**limit, "counter": names.get(limit["counter"], limit["counter"])}
    scale, zero = SCALE[made["counter"]]
    since = zero if limit.get("start") == "zero" else 0
    if "every" in made:
        made["every"] = made["every"] * scale
    made["thresholds"] = [since + one * scale for one in made.get("thresholds", [])]
    if "window" in made:
        made["window"] = {side: value * scale for side, value in made["window"].items()}
    return made


a_schedule = schedules().map(lambda made: scaled(to_json(made), {}))
a_pump_schedule = schedules().map(lambda made: scaled(to_json(made), OF_PUMPS))
a_pump = st.sampled_from(PUMPS)
a_craft = st.sampled_from(CRAFT)
an_hour = st.integers(0, 19)
some_hours = st.sampled_from(["0.1", "1.5", "2", "3"])
a_reading = st.integers(1000, 1150).map(str)
read = st.dictionaries(st.just("airframe_hours"), a_reading, max_size=1)


@st.composite
def lives(draw: st.DrawFn) -> Json:
    """A case without expectations: they are asked for in between."""
    names = [f"R{number}" for number in range(draw(st.integers(1, 3)))]
    life = _Life(draw, names)
    life.begin()
    for _ in range(draw(st.integers(12, 30))):
        life.act()
    counters = {"airframe_hours": {"kind": "airborne"}, "landings": {"kind": "landings"}}
    ratio = draw(st.sampled_from(["1/1", "1/1", "3/2", "2/3"]))
    pump = {
        "made": "2020-01-01",
        "counters": {
            "TSN": {"kind": "other_hours", "driver": "airborne", "ratio": ratio},
            "CSN": {"kind": "cycles", "driver": "landings"},
        },
    }
    return {
        "id": "life",
        "title": "A random life",
        "time_zone": draw(st.sampled_from(["UTC", "America/Bogota", "Europe/Copenhagen"])),
        "stale_after_days": draw(st.sampled_from([7, 60, 30_000, 30_000])),
        "aircraft": {name: {"counters": counters} for name in CRAFT},
        "components": {name: {**pump, "part": name} for name in PUMPS},
        "requirements": {
            **{name: {"of": list(CRAFT), "schedule": draw(a_schedule)} for name in names},
            "P": {"of": list(PUMPS), "schedule": draw(a_pump_schedule)},
        },
        "steps": life.steps,
    }


class _Life:
    """Draws one step after the other; each knows what the earlier ones named."""

    def __init__(self, draw: st.DrawFn, names: list[str]) -> None:
        self.draw, self.names, self.steps = draw, names, list[Json]()
        self.entered = DAY_ONE
        self.flights: list[str] = []
        self.happened: list[tuple[str, str, date]] = []
        self.worked: list[tuple[str, str, date]] = []

    def begin(self) -> None:
        """Mostly it is known where the counters begin and when the aircraft were made."""
        for craft in CRAFT:
            if self.draw(st.integers(0, 5)):
                totals = {"airframe_hours": "1000", "landings": 2000}
                self.steps.append({"opening": totals, "aircraft": craft, "at": f"{DAY_ONE}T00:00Z"})
            if self.draw(st.booleans()):
                self.steps.append({"baseline": "new", "aircraft": craft, "at": "2025-01-02"})
        for pump in PUMPS:
            if self.draw(st.integers(0, 5)):
                papers = {"TSN": "300", "CSN": 400}
                self.steps.append({"stated": papers, "component": pump, "at": f"{DAY_ONE}T00:00Z"})

    def act(self) -> None:
        often = [self.fly, self.fly, self.fly, self.fly, self.work, self.work, self.work]
        seldom: list[Callable[[], Json | None]] = [
            self.fly_again, self.mend_flight, self.drop_flight, self.read, self.another_meter, self.another_opening,
            self.mend_work, self.drop_work, self.baseline, self.rate, self.park, self.revise, self.happen, self.happen,
            self.unhappen, self.install, self.install, self.remove, self.swap, self.papers, self.bench, self.overhaul,
            self.pump_work, self.pump_work,
        ]  # fmt: skip
        self.entered += timedelta(days=self.draw(st.integers(0, 12)))
        step = self.draw(st.sampled_from([*often, *seldom]))()
        if step:
            on = (
                {}
                if step.keys() & {"install", "remove", "exchange", "work", "component"}
                else {"aircraft": self.draw(a_craft)}
            )
            self.steps.append({**on, "entered": f"{self.entered}T23:00Z", **step})

    def when(self) -> str:
        """Mostly lately; sometimes long ago."""
        back = self.draw(st.sampled_from([1, 1, 1, 2, 5, 20, 60]))
        day = max(DAY_ONE - timedelta(days=3), self.entered - timedelta(days=back))
        return f"{day}T{self.draw(an_hour):02}:00Z"

    def fly(self) -> Json:
        self.flights.append(f"F{len(self.flights)}")
        uses = {"airframe_hours": self.draw(some_hours), "landings": self.draw(st.integers(0, 4))}
        return {"flight": self.flights[-1], "at": self.when(), "uses": uses}

    def fly_again(self) -> Json | None:
        if not self.flights:
            return None
        uses = {"airframe_hours": self.draw(some_hours)}
        return {"flight": self.draw(st.sampled_from(self.flights)), "at": self.when(), "uses": uses}

    def mend_flight(self) -> Json | None:
        if not self.flights:
            return None
        uses = {"airframe_hours": self.draw(some_hours), "landings": 1}
        return {"correct_flight": self.draw(st.sampled_from(self.flights)), "at": self.when(), "uses": uses}

    def drop_flight(self) -> Json | None:
        return {"cancel_flight": self.draw(st.sampled_from(self.flights)), "at": self.when()} if self.flights else None

    def read(self) -> Json:
        return {"reading": {"airframe_hours": self.draw(a_reading)}, "at": self.when()}

    def another_meter(self) -> Json:
        return {"replace_instrument": "airframe_hours", "new_start": self.draw(st.integers(0, 20)), "at": self.when()}

    def another_opening(self) -> Json:
        total = {"airframe_hours": self.draw(st.integers(990, 1010))}
        return {"opening": total, "at": f"{self.draw(st.sampled_from([DAY_ONE, self.entered]))}", "reason": "logbook"}

    def work(self) -> Json:
        craft, name, at = self.draw(a_craft), self.draw(st.sampled_from(self.names)), self.when()
        self.worked.append((craft, name, date.fromisoformat(at[:10])))
        found = self.draw(st.booleans())
        return {"done": name, "aircraft": craft, "at": at, "read": self.draw(read), "finding": found}

    def happen(self) -> Json:
        craft, code, at = self.draw(a_craft), self.draw(st.sampled_from(["shop_visit", "hard_landing"])), self.when()
        self.happened.append((craft, code, date.fromisoformat(at[:10])))
        return {"event": code, "aircraft": craft, "at": at, "read": self.draw(read)}

    def unhappen(self) -> Json | None:
        if not self.happened:
            return None
        craft, code, day = self.draw(st.sampled_from(self.happened))
        return {"withdraw_event": code, "aircraft": craft, "of": f"{day}", "at": self.when()}

    def mend_work(self) -> Json | None:
        if not self.worked:
            return None
        craft, name, day = self.draw(st.sampled_from(self.worked))
        step = {"correct_done": name, "aircraft": craft, "of": f"{day}", "at": self.when(), "performed": self.when()}
        return {**step, "read": self.draw(read)} if self.draw(st.booleans()) else step

    def drop_work(self) -> Json | None:
        if not self.worked:
            return None
        craft, name, day = self.draw(st.sampled_from(self.worked))
        return {"withdraw_done": name, "aircraft": craft, "of": f"{day}", "at": self.when()}

    def baseline(self) -> Json:
        step: Json = {"baseline": self.draw(st.sampled_from(["new", "installation"])), "at": self.when()[:10]}
        only = self.draw(st.none() | st.sampled_from(self.names))
        return {**step, "values": self.draw(read), **({"requirement": only} if only else {})}

    def rate(self) -> Json:
        return {"rate": {"airframe_hours": self.draw(st.sampled_from(["0", "1", "3.11"]))}, "at": self.when()}

    def park(self) -> Json:
        return {"status": self.draw(st.sampled_from(["in_service", "maintenance"])), "at": self.when()}

    def revise(self) -> Json:
        alerts = {"airframe_hours": self.draw(st.integers(0, 60)), "calendar": self.draw(st.integers(0, 40))}
        step: Json = {"revise": self.draw(st.sampled_from(self.names)), "at": self.when(), "alerts": alerts}
        return {**step, "schedule": self.draw(a_schedule)} if self.draw(st.booleans()) else step

    def install(self) -> Json:
        return {"install": self.draw(a_pump), "on": self.draw(a_craft), "position": "Pump", "at": self.when()}

    def remove(self) -> Json:
        return {"remove": self.draw(a_pump), "at": self.when()}

    def swap(self) -> Json:
        one = self.draw(a_pump)
        return {"exchange": one, "by": next(other for other in PUMPS if other != one), "at": self.when()}

    def papers(self) -> Json:
        told = {"TSN": self.draw(st.integers(300, 340)), "CSN": 400}
        return {"stated": told, "component": self.draw(a_pump), "at": self.when()}

    def bench(self) -> Json:
        return {"bench": {"TSN": self.draw(some_hours)}, "component": self.draw(a_pump), "at": self.when()}

    def overhaul(self) -> Json:
        kind = self.draw(st.sampled_from(["overhaul", "repair", "shop_visit"]))
        return {"work": self.draw(a_pump), "kind": kind, "at": self.when()}

    def pump_work(self) -> Json:
        found = self.draw(st.booleans())
        return {"done": "P", "component": self.draw(a_pump), "at": self.when(), "finding": found}
