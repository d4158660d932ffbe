"""The received mail as a page, and /_control for the outside world."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from hangarlink.sandbox.mail.faults import KINDS
from hangarlink.sandbox.mail.server import MailServer, Received
from hangarlink.sandbox.wsgi import Environ, Problem, Reply, Request, StartResponse

LARGEST = 100_000
LOOK = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Sandbox mail</title><style>body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;"
    "padding:0 1rem;color-scheme:light dark}small{opacity:.7}article{border-top:1px solid #8885;padding:.8rem 0}"
    "pre{white-space:pre-wrap;font:inherit;margin:.4rem 0 0}</style><h1>Received mail</h1>"
)


class MailApp:
    """A WSGI application beside a mail server."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            reply = self._reply(request)
        except Problem as problem:
            reply = problem.reply
        return reply.send(start_response)

    def _reply(self, request: Request) -> Reply:
        route = f"{request.method} {request.path}"
        answers: dict[str, Callable[[], Reply]] = {
            "GET /": lambda: Reply(200, self._page().encode(), {"Content-Type": "text/html; charset=utf-8"}),
            "GET /_control/messages": lambda: Reply.json(200, {"messages": [_facts(m) for m in self.server.messages]}),
            "GET /_control/requests": lambda: Reply.json(200, {"requests": list(self.server.journal)}),
            "GET /_control/faults": lambda: Reply.json(200, {"faults": self.server.faults.active(), "kinds": KINDS}),
            "POST /_control/faults": lambda: self._add_fault(dict(request.json_object(LARGEST))),
            "DELETE /_control/faults": self._clear_faults,
            "POST /_control/reset": self._reset,
        }
        if route not in answers:
            return Reply.message(404, f"There is {', '.join(sorted(answers))}.")
        return answers[route]()

    def _clear_faults(self) -> Reply:
        self.server.faults.clear()
        return Reply.json(200, {"faults": []})

    def _reset(self) -> Reply:
        self.server.clear()
        return self._clear_faults()

    def _add_fault(self, wanted: dict[str, Any]) -> Reply:
        try:
            self.server.faults.add(**wanted)
        except (ValueError, TypeError) as error:
            return Reply.message(400, str(error))
        return Reply.json(200, {"faults": self.server.faults.active()})

    def _page(self) -> str:
        shown = "".join(_article(one) for one in reversed(self.server.messages))
        where = f"<small>SMTP at {escape(self.server.host)}:{self.server.port}</small>"
        return LOOK + where + (shown or "<p>No message yet.")


def _facts(one: Received) -> dict[str, Any]:
    return {
        "from": one.sender,
        "to": list(one.recipients),
        "subject": one.subject,
        "text": one.text,
        "encrypted": one.encrypted,
        "at": one.at.isoformat(timespec="milliseconds"),
    }


def _article(one: Received) -> str:
    people = f"{one.sender} to {', '.join(one.recipients)}, {one.at:%d %b %Y %H:%M:%S}Z"
    head = f"<b>{escape(one.subject)}</b><br><small>{escape(people)}</small>"
    return f"<article>{head}<pre>{escape(one.text)}</pre></article>"
