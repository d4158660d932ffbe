"""/_control: what the outside world does to the sandbox, and what it saw."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hangarlink.sandbox.slack.faults import Faults
from hangarlink.sandbox.slack.journal import Journal
from hangarlink.sandbox.slack.workspace import Channel, Workspace
from hangarlink.sandbox.wsgi import Problem, Reply, Request

LARGEST = 100_000


class Control:
    def __init__(self, workspace: Workspace, faults: Faults, journal: Journal) -> None:
        self.workspace, self.faults, self.journal = workspace, faults, journal
        self._get: dict[str, Callable[[], Any]] = {
            "requests": lambda: {"requests": journal.entries()},
            "faults": lambda: {"faults": faults.active()},
            "messages": lambda: {"messages": [asdict(one) for one in workspace.messages]},
            "channels": lambda: {"channels": [asdict(one) for one in workspace.channels.values()]},
        }
        self._post: dict[str, Callable[[dict[str, Any]], Any]] = {
            "faults": self._add_fault,
            "channels": self._add_channel,
            "revoke": lambda _: _nothing(workspace.revoke),
            "expire": lambda _: _nothing(workspace.expire),
            "reset": lambda _: self._reset(),
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
            except (ValueError, TypeError) as error:
                return Reply.message(400, str(error))
        if name in self._get or name in self._post:
            raise Problem(Reply.message(405, f"{request.method} is not for {request.path}."))
        raise Problem(Reply.message(404, f"There is {', '.join(sorted({*self._get, *self._post}))}."))

    def _add_fault(self, wanted: dict[str, Any]) -> dict[str, Any]:
        if "kind" not in wanted:
            raise ValueError("name the `kind` of fault")
        self.faults.add(**wanted)
        return {"faults": self.faults.active()}

    def _add_channel(self, wanted: dict[str, Any]) -> dict[str, Any]:
        channel = Channel(**wanted)
        with self.workspace.lock:
            self.workspace.channels[channel.id] = channel
        return asdict(channel)

    def _reset(self) -> dict[str, Any]:
        self.faults.clear()
        self.workspace.reset()
        self.journal.clear()
        return {}


def _nothing(verb: Callable[[], None]) -> dict[str, Any]:
    verb()
    return {}
