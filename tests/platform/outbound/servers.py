"""Real servers on loopback sockets that behave as badly as a test asks."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address

from hangarlink.platform.outbound import parse_allow

LOOPBACK = parse_allow("127.0.0.0/8")
Script = Callable[[socket.socket, "Server"], None]


@dataclass
class Server:
    """Runs `script` for each connection. `requests` holds the raw head of each request it read."""

    script: Script
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._serve, daemon=True)
        self._acceptor.start()

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def read_head(self, connection: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(65536)
            if not data:
                return b""
            head += data
        self.requests.append(head)
        return head

    def stop(self) -> None:
        self.ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), which close() alone does not
        self._listener.close()
        self._acceptor.join()

    def _serve(self) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        try:
            with connection:
                if self.tls is None:
                    self.script(connection, self)
                else:
                    with self.tls.wrap_socket(connection, server_side=True) as secure:
                        self.script(secure, self)
        except OSError:
            pass  # the client hung up, which most of these tests are about


def answers(body: bytes = b"hello", *headers: bytes, status: bytes = b"200 OK") -> Script:
    """Answer every request on the connection with this, keeping it alive."""

    def script(connection: socket.socket, server: Server) -> None:
        while server.read_head(connection):
            head = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
            connection.sendall(b"\r\n".join(head) + b"\r\n\r\n" + body)

    return script


def resolves_to(*answers_in_turn: str | list[str]):
    """A resolver that gives one answer after the other, then keeps the last; `.asked` counts."""

    class Resolver:
        asked = 0

        def __call__(self, host: str, port: int, seconds: float) -> list[IPv4Address]:
            answer = answers_in_turn[min(self.asked, len(answers_in_turn) - 1)]
            self.asked += 1
            return [ip_address(a) for a in ([answer] if isinstance(answer, str) else answer)]

    return Resolver()
