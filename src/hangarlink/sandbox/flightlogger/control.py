"""The hands of the outside world over HTTP: make things happen, switch faults on, see what was asked.

    GET    /_control/requests            the journal
    GET    /_control/world               aircraft, latest flights, ids of maintenance requirements
    GET    /_control/faults              faults that are switched on
    POST   /_control/faults              switch one on: {"kind": "rate_limited", "times": 2, "retry_after": 1}
    DELETE /_control/faults              all well again
    POST   /_control/fly                 {"call_sign": "OY-SKA", "minutes": 72, "touch_and_goes": 4}
    POST   /_control/edit                {"id": "...", "minutes": 80}
    POST   /_control/delete              {"id": "..."}
    POST   /_control/register            {"id": "..."}: enter a flight that was flown with "registered": false
    POST   /_control/reset               world, faults and journal as they were at the start

No key is asked for: it is meant for the reader's own machine. A POST must be application/json, which a web page of
somebody else cannot send here unasked.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hangarlink.sandbox.flightlogger.faults import Faults
from hangarlink.sandbox.flightlogger.journal import Journal
from hangarlink.sandbox.flightlogger.records import Flight
from hangarlink.sandbox.flightlogger.world import Refused, World
from hangarlink.sandbox.wsgi import Problem, Reply, Request

LARGEST = 100_000
LATEST = 10


class Control:
    def __init__(self, world: World, faults: Faults, journal: Journal) -> None:
        self.world, self.faults, self.journal = world, faults, journal
        self._get: dict[str, Callable[[], Any]] = {
            "requests": lambda: {"requests": journal.entries()},
            "faults": lambda: {"faults": faults.active()},
            "world": self._world,
        }
        self._post: dict[str, Callable[[dict[str, Any]], Any]] = {
            "faults": self._add_fault,
            "fly": self._fly,
            "edit": self._edit,
            "delete": lambda wanted: {"deleted": str(world.delete_flight(**_renamed(wanted)).entity_id)},
            "register": lambda wanted: flight_summary(world.register(**_renamed(wanted))),
            "reset": self._reset,
        }

    def reply(self, request: Request) -> Reply:
        name = request.path.removeprefix("/_control/")
        if request.method == "GET" and name in self._get:
            return Reply.json(200, self._get[name]())
        if request.method == "DELETE" and name == "faults":
            self.faults.clear()
            return Reply.json(200, {"faults": []})
        if request.method == "POST" and name in self._post:
            return self._act(name, dict(request.json_object(LARGEST)))
        if name in self._get or name in self._post:
            raise Problem(Reply.message(405, f"{request.method} is not for {request.path}."))
        raise Problem(Reply.message(404, f"There is {', '.join(sorted({*self._get, *self._post}))}."))

    def _act(self, name: str, wanted: dict[str, Any]) -> Reply:
        try:
            return Reply.json(200, self._post[name](wanted))
        except (ValueError, TypeError) as error:
            return Reply.message(400, str(error))

    def _world(self) -> dict[str, Any]:
        with self.world.lock:
            self.world.catch_up()
            return {
                "account": self.world.subdomain,
                "aircraft": [
                    {
                        "call_sign": one.call_sign,
                        "model": one.model,
                        "disabled": one.disabled,
                        "flights": len(one.flights),
                        "landings": one.landings,
                        "logs": {log.type: log.total_seconds for log in one.logs},
                    }
                    for one in self.world.aircraft.values()
                ],
                "latest_flights": [flight_summary(one) for one in reversed(self.world.timeline[-LATEST:])],
                "maintenance_requirements": {str(one.id): one.name for one in self.world.requirements.values()},
            }

    def _add_fault(self, wanted: dict[str, Any]) -> dict[str, Any]:
        if "kind" not in wanted:
            raise Refused("name the `kind` of fault")
        self.faults.add(**wanted)
        return {"faults": self.faults.active()}

    def _fly(self, wanted: dict[str, Any]) -> dict[str, Any]:
        if "call_sign" not in wanted:
            raise Refused("name the `call_sign` of the aircraft")
        return flight_summary(self.world.fly(**_timed(wanted)))

    def _edit(self, wanted: dict[str, Any]) -> dict[str, Any]:
        return flight_summary(self.world.edit_flight(**_timed(_renamed(wanted))))

    def _reset(self, _wanted: dict[str, Any]) -> dict[str, Any]:
        self.faults.clear()
        self.world.reset()
        self.journal.clear()
        return self._world()


def flight_summary(flight: Flight) -> dict[str, Any]:
    return {
        "id": str(flight.id),
        "call_sign": flight.aircraft.call_sign,
        "start": flight.sortie.start.isoformat(),
        "minutes": flight.sortie.minutes,
        "logs": {log.type: log.duration for log in flight.logs},
        "registered": flight.registered,
    }


def _renamed(wanted: dict[str, Any]) -> dict[str, Any]:
    if "id" not in wanted:
        raise Refused("name the `id` of the flight")
    return {"flight_id" if name == "id" else name: value for name, value in wanted.items()}


def _timed(wanted: dict[str, Any]) -> dict[str, Any]:
    if isinstance(wanted.get("start"), str):
        wanted["start"] = datetime.fromisoformat(wanted["start"])
    return wanted
