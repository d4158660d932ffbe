"""The hands of the outside world over HTTP: track items, comply with them, switch faults on, see what was sent.

    GET    /_control/requests     the journal
    GET    /_control/world        aircraft with totals, items, flights received
    GET    /_control/faults       faults that are switched on
    POST   /_control/faults       switch one on: {"kind": "rate_limited", "times": 2, "retry_after": 1}
    DELETE /_control/faults       all well again
    POST   /_control/track        {"tail": "OY-HLD", "code": "72-00", "title": "Hot section", "due_hours": "5300.0"}
    POST   /_control/comply       {"id": "T00001", "due_hours": "5112.3"}
    POST   /_control/drop         {"id": "T00001"}

No key is asked for: it is meant for the reader's own machine. A POST must be application/json, which a web page of
somebody else cannot send here unasked.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from hangarlink.sandbox.tracker.faults import Faults, Journal
from hangarlink.sandbox.tracker.shop import Item, Shop, hours_of
from hangarlink.sandbox.wsgi import Problem, Reply, Request

LARGEST = 100_000


class Control:
    def __init__(self, shop: Shop, faults: Faults, journal: Journal) -> None:
        self.shop, self.faults = shop, faults
        self._get: dict[str, Callable[[], Any]] = {
            "requests": lambda: {"requests": journal.entries()},
            "faults": lambda: {"faults": faults.active()},
            "world": self._world,
        }
        self._post: dict[str, Callable[[dict[str, Any]], Any]] = {
            "faults": self._add_fault,
            "track": lambda wanted: _item(shop.add_item(**_dated(wanted))),
            "comply": lambda wanted: _item(shop.comply(wanted.pop("id"), **_dated(wanted))),
            "drop": self._drop,
        }

    def reply(self, request: Request) -> Reply:
        name = request.path.removeprefix("/_control/")
        if request.method == "GET" and name in self._get:
            return Reply.json(200, self._get[name]())
        if request.method == "DELETE" and name == "faults":
            self.faults.clear()
            return Reply.json(200, {"faults": []})
        if request.method == "POST" and name in self._post:
            try:
                return Reply.json(200, self._post[name](dict(request.json_object(LARGEST))))
            except (ValueError, TypeError, KeyError) as error:
                return Reply.message(400, str(error))
        raise Problem(Reply.message(404, f"There is {', '.join(sorted({*self._get, *self._post}))}."))

    def _world(self) -> dict[str, Any]:
        with self.shop.lock:
            return {
                "account": self.shop.account,
                "aircraft": [
                    {"tail": one.tail, "serial": one.serial, "hours": hours_of(one.seconds), "landings": one.landings,
                     "as_of": one.as_of.isoformat()}
                    for one in self.shop.tails.values()
                ],
                "items": [_item(one) for one in self.shop.items.values()],
                "flights": [one.id for one in self.shop.flights.values()],
            }  # fmt: skip

    def _add_fault(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self.faults.add(**wanted)
        return {"faults": self.faults.active()}

    def _drop(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self.shop.drop_item(wanted["id"])
        return {"dropped": wanted["id"]}


def _item(item: Item) -> dict[str, Any]:
    return {**asdict(item), "due_on": item.due_on.isoformat() if item.due_on else None}


def _dated(wanted: dict[str, Any]) -> dict[str, Any]:
    if isinstance(wanted.get("due_on"), str):
        wanted["due_on"] = date.fromisoformat(wanted["due_on"])
    return wanted
