"""A server that is no partner at all: it answers every call with the same nonsense, and repeats what it was sent."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], Any]
JSON = {"Content-Type": "application/json"}
MEGABYTE = b"x" * 2**20


def _pour() -> Iterator[bytes]:
    yield from (MEGABYTE for _ in range(300))


# What it is called -> what is answered; `{sent}` is replaced by the request's headers and body.
NONSENSE: dict[str, Answer] = {
    "401": (401, JSON, b'{"error": "no", "you_sent": "{sent}"}'),
    "403": (403, JSON, b'{"error": "no", "you_sent": "{sent}"}'),
    "404": (404, {}, b"{sent}"),
    "400": (400, JSON, b'{"error": "bad", "you_sent": "{sent}"}'),
    "500": (500, {}, b"<pre>{sent}</pre>"),
    "503": (503, {}, b""),
    "429 for hours": (429, {"Retry-After": "7200"}, b"{sent}"),
    "429 without a time": (429, {"Retry-After": "soon"}, b""),
    "a redirect": (302, {"Location": "http://169.254.169.254/latest/"}, b""),
    "nothing": (200, JSON, b""),
    "a page": (200, {"Content-Type": "text/html"}, b"<html>Sign in: {sent}</html>"),
    "half": (200, JSON, b'{"data": {"acc'),
    "null": (200, JSON, b"null"),
    "a number": (200, JSON, b"7"),
    "a text": (200, JSON, b'"ok"'),
    "a list": (200, JSON, b"[]"),
    "a list of nulls": (200, JSON, b"[null, null]"),
    "an object": (200, JSON, b"{}"),
    "nulls": (200, JSON, b'{"data": null, "account": null, "ok": null, "QueryResponse": null, "CompanyInfo": null}'),
    "other shapes": (200, JSON, b'{"data": [7], "ok": {"a": 1}, "QueryResponse": [1], "CompanyInfo": "x", "items": 3}'),
    "too deep": (200, JSON, b"[" * 50_000),
    "not text": (200, JSON, b"\xff\xfe\x00"),
    "300 MB": (200, JSON, _pour),
    "hangs up": (0, {}, b""),
}


class Hostile:
    """Listening. A context manager; `url` is its address."""

    def __init__(self, answer: Answer) -> None:
        status, headers, body = answer
        made = self
        self.calls = 0

        class Handler(BaseHTTPRequestHandler):
            wbufsize = -1  # one packet for head and body

            def do_GET(self) -> None:
                made.calls += 1
                sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                echo = f"{dict(self.headers.items())} {sent.decode('utf-8', 'replace')}".replace('"', "'").encode()
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self._pour(body, echo)

            def _pour(self, body: bytes | Callable[[], Iterator[bytes]], echo: bytes) -> None:
                try:
                    for piece in [body.replace(b"{sent}", echo)] if isinstance(body, bytes) else body():
                        self.wfile.write(piece)
                except OSError:
                    return

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Hostile":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
