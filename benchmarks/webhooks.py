"""Webhooks: from the commit of an event to the 2xx of its receiver, beside the same client without our tables.

one receiver    20,000 events for one endpoint that answers at once
200 receivers   100 events for 200 endpoints, of which 20 never answer, in two halves

of_raw_client     how fast we are, as a part of what the same guarded client does with the same bodies, the same headers
                  and as many threads, when nothing is read from or written to a database. The lower of the two cases
healthy_slowdown  how much later the last healthy receiver has everything when 20 others hang, than when nobody hangs

The receiver is a process of its own that answers from memory; both sides share this machine.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

DELIVERIES = 20_000
RECEIVERS, HANGING = 200, 20
PAGE = 1_000
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Listener:
    """A receiver process: how many requests it answered, and when it answered the last one (monotonic)."""

    port: int
    count: Any
    last: Any

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def reset(self) -> None:
        self.count.value, self.last.value = 0, 0.0


class _Answering(asyncio.Protocol):
    """HTTP of the smallest kind: whole requests with a Content-Length, answered at once or (below /hang) never."""

    def __init__(self, count: Any, last: Any) -> None:
        self._count, self._last, self._buffer = count, last, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            if not head.startswith(b"POST /hang"):
                self._transport.write(ANSWER)
                self._count.value += 1
                self._last.value = time.monotonic()


def _listen(port: Any, count: Any, last: Any) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Answering(count, last), "127.0.0.1", 0, backlog=1024)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def listening() -> Iterator[Listener]:
    context = multiprocessing.get_context("spawn")
    port, count, last = context.Value("i", 0), context.Value("i", 0, lock=False), context.Value("d", 0.0, lock=False)
    process = context.Process(target=_listen, args=(port, count, last), daemon=True)
    process.start()
    while not port.value:
        time.sleep(0.01)
    try:
        yield Listener(port.value, count, last)
    finally:
        process.terminate()
        process.join()


def run(deliveries: int = DELIVERIES) -> dict[str, Any]:
    """Figures as ratios within this run; seconds only to see what they are made of."""
    with listening() as listener:
        one_raw = raw(listener, ["/one"], deliveries)
        one_ours = ours(listener, "one", ["/one"], deliveries)
        healthy = [f"/well{number}" for number in range(RECEIVERS - HANGING)]
        hanging = [f"/hang{number}" for number in range(HANGING)]
        events = deliveries // RECEIVERS
        many_raw = raw(listener, healthy, events * len(healthy))
        # In turns, because this machine may be busier in one minute than in the next.
        half = events // 2
        many_alone = ours(listener, "alone1", healthy, half)
        many_ours = ours(listener, "many1", mixed(healthy, hanging), half)
        many_ours += ours(listener, "many2", mixed(healthy, hanging), half)
        many_alone += ours(listener, "alone2", healthy, half)
    parts = {"one": one_raw / one_ours, "many": many_raw / many_ours}
    return {
        "of_raw_client": round(min(parts.values()), 2),
        "healthy_slowdown": round(many_ours / many_alone, 2),
        "of_raw_client_one_receiver": round(parts["one"], 2),
        "of_raw_client_200_receivers": round(parts["many"], 2),
        "deliveries": deliveries,
        "one_receiver_s": round(one_ours, 1),
        "one_receiver_raw_s": round(one_raw, 1),
        "healthy_with_hanging_s": round(many_ours, 1),
        "healthy_alone_s": round(many_alone, 1),
        "healthy_raw_s": round(many_raw, 1),
        "cores": os.cpu_count(),
    }


def mixed(healthy: Sequence[str], hanging: Sequence[str]) -> list[str]:
    """The hanging ones first: nobody can have been lucky with the order."""
    return [*hanging, *healthy]


def raw(listener: Listener, paths: Sequence[str], deliveries: int) -> float:
    """Seconds for the same client to post the same bodies, with as many threads, and nothing else."""
    from hangarlink.integration.webhooks import rules
    from hangarlink.integration.webhooks.delivery.posting import new_client
    from hangarlink.integration.webhooks.delivery.pump import PER_ENDPOINT, THREADS

    account, at = uuid4(), datetime.now(UTC)
    signer = rules.Webhook(rules.new_secret())
    data = f'{{"defect_id": "{uuid4()}", "aircraft_id": "{uuid4()}"}}'
    messages = []
    for _ in range(deliveries // len(paths)):
        body = rules.body_of(uuid4(), "defect.reported", account, at, data)
        messages.append((body.encode(), rules.headers_of(str(uuid4()), at, body, [signer])))
    clients = {path: new_client(10.0) for path in paths}

    def post(path: str, first: int, step: int) -> None:
        for body, headers in messages[first::step]:
            clients[path].post(listener.url(path), content=body, headers=headers)

    listener.reset()
    started = time.monotonic()
    with ThreadPoolExecutor(min(THREADS, PER_ENDPOINT * len(paths))) as threads:
        steps = PER_ENDPOINT if len(paths) == 1 else 1
        done = [threads.submit(post, path, first, steps) for path in paths for first in range(steps)]
        for one in done:
            one.result()
    took = time.monotonic() - started
    assert listener.count.value == deliveries, f"{listener.count.value} of {deliveries} arrived"
    for client in clients.values():
        client.close()
    return took


def ours(listener: Listener, subdomain: str, paths: Sequence[str], events: int) -> float:
    """Seconds from the first commit to the last 2xx of a healthy receiver."""
    from hangarlink.integration.webhooks.actions import create_endpoint
    from hangarlink.integration.webhooks.tasks import deliver
    from hangarlink.maintenance.defects.events import DefectReported
    from hangarlink.platform.events.actions import announce_many
    from hangarlink.platform.people.permissions import SYSTEM
    from hangarlink.platform.tenancy.context import acting_in
    from hangarlink.platform.tenancy.models import Account

    account = Account.objects.create(subdomain=subdomain, name=subdomain)
    with acting_in(account):
        for path in paths:
            create_endpoint(url=listener.url(path), event_types=["defect.reported"], acting_user=SYSTEM)
    deliver(account)
    healthy = sum(not path.startswith("/hang") for path in paths) * events
    listener.reset()
    started = time.monotonic()
    for first in range(0, events, PAGE):
        with acting_in(account):
            announce_many([DefectReported(uuid4(), uuid4()) for _ in range(min(PAGE, events - first))])
    for _ in range(100):  # a pump gives way to other accounts after a minute
        if listener.count.value < healthy:
            deliver(account)
    assert listener.count.value == healthy, f"{listener.count.value} of {healthy} arrived"
    _check_log(account, healthy)
    return float(listener.last.value - started)


def _check_log(account: Any, healthy: int) -> None:
    """What arrived is written down, too."""
    from hangarlink.integration.webhooks.models import Attempt, Delivery
    from hangarlink.platform.tenancy.context import acting_in

    with acting_in(account):
        assert Delivery.objects.filter(state="delivered").count() == healthy
        assert Attempt.objects.filter(outcome="delivered").count() == healthy
