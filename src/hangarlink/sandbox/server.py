"""A WSGI application on a real socket, in a thread; and several partners on one address, each under its own path.

with Served(SomePartnerApp()) as partner:
    Client(partner.url)
"""

import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from threading import Thread
from types import TracebackType
from typing import Any, Generic, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.util import shift_path_info

from hangarlink.sandbox.wsgi import HANG_UP, Environ, StartResponse

WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]
App = TypeVar("App", bound=WsgiApp)


class Mounts:
    """One WSGI application out of several: /<name>/... goes to the partner of that name, the rest to the first one."""

    def __init__(self, first: WsgiApp, others: Mapping[str, WsgiApp]) -> None:
        self.first, self.others = first, dict(others)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        name = environ.get("PATH_INFO", "").removeprefix("/").partition("/")[0]
        if name not in self.others:
            return self.first(environ, start_response)
        shift_path_info(environ)
        return self.others[name](environ, start_response)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is everyday life; anything else is a bug and may be seen."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(WSGIRequestHandler):
    timeout = 60
    """Seconds a silent client is waited for."""

    def get_environ(self) -> Environ:
        environ: Environ = super().get_environ()
        environ[HANG_UP] = self._hang_up
        return environ

    def _hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the journal knows more, and stderr belongs to the caller."""


class Served(Generic[App]):
    """A running application. `url` is its root. Port 0 takes a free one; OSError when a port is taken."""

    def __init__(
        self, app: App, host: str = "127.0.0.1", port: int = 0, *, beside: Mapping[str, WsgiApp] | None = None
    ) -> None:
        self.app = app
        self._server = _Server((host, port), _Handler)
        self._server.set_app(Mounts(app, beside) if beside else app)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), name="sandbox", daemon=True)
        self._thread.start()
        shown = f"[{host}]" if ":" in host else host
        self.port = int(self._server.server_address[1])
        self.url = f"http://{shown}:{self.port}"

    def stop(self) -> None:
        """Stop listening. Requests under way in other threads are left to end by themselves."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def __enter__(self) -> "Served[App]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
