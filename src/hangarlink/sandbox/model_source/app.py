"""The data source. GET / lists `aircraft_models`; `next_cursor` is sent back as ?cursor=. POST /_control/faults."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hangarlink.sandbox.wsgi import HANG_UP, Environ, HungUp, Problem, Reply, Request, StartResponse

DEMO_KEY = "demo-model-source-key"
PAGE = 2
MODELS = (
    {"external_id": "tm-172s", "name": "Cessna 172S", "manufacturer": "Textron Aviation", "model_number": "172S"},
    {"external_id": "tm-sr22", "name": "Cirrus SR22", "manufacturer": "Cirrus Aircraft", "model_number": "SR22"},
    {
        "external_id": "tm-da42",
        "name": "Diamond DA42",
        "manufacturer": "Diamond Aircraft",
        "specifications": {"seats": 4},
    },
    {
        "external_id": "tm-p28a",
        "name": "Piper PA-28-181",
        "manufacturer": "Piper Aircraft",
        "model_number": "PA-28-181",
    },
    {"external_id": "tm-b350", "name": "King Air 350", "manufacturer": "Textron Aviation", "model_number": "B300"},
)
FAULTS = {
    "unauthorized": Reply.json(401, {"error": "unauthorized"}),
    "rate_limited": Reply.json(429, {"error": "rate_limited"}, Retry_After="3"),
    "server_error": Reply(503, b"maintenance"),
    "refused": Reply.json(400, {"error": "bad_request"}),
    "garbage": Reply(200, b"<html>Sign in</html>"),
    "half": Reply(200, b'{"aircraft_models": [{"external_id": "tm-1'),
    "endless": Reply.json(200, {"aircraft_models": [], "next_cursor": "0"}),
    "lost": Reply(0),
}


@dataclass(frozen=True)
class Asked:
    """A call, as the journal keeps it; never the key."""

    cursor: str
    status: int


@dataclass
class ModelSourceApp:
    """models: what is listed; keys: who may read; faults: what the next calls get instead, in this order."""

    models: list[dict[str, Any]] = field(default_factory=lambda: [dict(model) for model in MODELS])
    keys: set[str] = field(default_factory=lambda: {DEMO_KEY})
    faults: list[str] = field(default_factory=list)
    journal: list[Asked] = field(default_factory=list)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            reply = self._control(request) if request.path == "/_control/faults" else self._listed(request)
        except Problem as problem:
            reply = problem.reply
        if request.path != "/_control/faults":
            self.journal.append(Asked(request.query.get("cursor", ""), reply.status))
        if reply.status == 0:
            environ[HANG_UP]()
            raise HungUp
        return reply.send(start_response)

    def fail(self, fault: str, times: int = 1) -> None:
        self.faults += [fault] * times

    def _control(self, request: Request) -> Reply:
        asked = request.json_object(1_000)
        if asked.get("kind") not in FAULTS:
            return Reply.message(400, f"Choose one of {', '.join(FAULTS)}.")
        self.fail(str(asked["kind"]), int(asked.get("times", 1)))
        return Reply.json(200, {"faults": self.faults})

    def _listed(self, request: Request) -> Reply:
        if self.faults:
            return FAULTS[self.faults.pop(0)]
        if request.method != "GET" or request.path != "/":
            return Reply.message(404, "There is one list here, at the root.")
        if request.header("Authorization").removeprefix("Bearer ") not in self.keys:
            return FAULTS["unauthorized"]
        start = request.query.get("cursor", "0")
        if not start.isdecimal():
            return FAULTS["refused"]
        rows = self.models[int(start) : int(start) + PAGE]
        following = {"next_cursor": str(int(start) + PAGE)} if int(start) + PAGE < len(self.models) else {}
        return Reply.json(200, {"aircraft_models": rows, **following})
