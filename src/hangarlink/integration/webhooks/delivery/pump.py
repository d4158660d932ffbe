"""The pump of one account: fans out what was announced and posts what is due, until nothing is.

One pump at a time per account (the job's lock); after a kill another one begins with the same rows, so a message whose
answer was not written down is sent again, under the same id.

    threads     64 post at the same time, and an endpoint has at most four of them. One that has taken nothing yet in
                this round has one, and all such endpoints together leave 16 to the others: who hangs, hangs alone
    failing     an endpoint that failed last is probed with one delivery at a time, 16 such probes at once at most
    strict      one thread, in order; nothing more after a failure
"""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from random import random
from types import TracebackType
from typing import TypeAlias
from uuid import UUID

import httpx2
import structlog
from django.conf import settings
from django.utils import timezone
from standardwebhooks import Webhook

from hangarlink.integration.webhooks import rules
from hangarlink.integration.webhooks.actions import DELIVER_TASK, stop_endpoint
from hangarlink.integration.webhooks.delivery import desk
from hangarlink.integration.webhooks.delivery.desk import Health, Parcel, Result, Settled, Want
from hangarlink.integration.webhooks.delivery.posting import new_client, post
from hangarlink.integration.webhooks.fan_out import fan_out
from hangarlink.integration.webhooks.models import Endpoint
from hangarlink.integration.webhooks.vocabulary import Outcome, StopCode
from hangarlink.platform.errors import Missing
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault.crypto import VaultError

log = structlog.get_logger(__name__)

THREADS = 64
FOR_THE_PROVEN = 16
PROBES = 16
PER_ENDPOINT = 4
# Messages that a thread takes along at once, and that an endpoint has in memory at most.
BUNDLE = 25
IN_HAND = 250
# Deliveries made by one fan-out statement, roughly.
FAN_OUT_ROWS = 5_000
# Results are written together: this many, or what came within this time.
BATCH = 500
COLLECT_SECONDS = 0.05
# While all that is left is waiting for slow receivers, this often is looked for something new.
IDLE_SECONDS = 0.2
ROUTES_SECONDS = 2.0
# Then another account has its turn.
SLICE_SECONDS = 60.0


@dataclass
class Route:
    """An endpoint as this pump sees it.

    waiting   claimed and not given to a thread
    running   bundles that threads are at
    open      deliveries that are claimed and not written down
    halted    a thread met a receiver that does not answer: the others of this endpoint put their bundles back
    stale     a person changed, paused or deleted it: it takes nothing more, and a new one takes its place
    proven    it has taken something in this round
    reached   the delivery that was claimed last; the next ones are behind it
    """

    endpoint: Endpoint
    signers: tuple[Webhook, ...]
    client: httpx2.Client
    waiting: deque[Parcel] = field(default_factory=deque)
    running: int = 0
    open: set[UUID] = field(default_factory=set)
    halted: bool = False
    stale: bool = False
    proven: bool = False
    reached: tuple[datetime, UUID] | None = None

    @property
    def is_probe(self) -> bool:
        return self.endpoint.failures > 0

    @property
    def threads(self) -> int:
        return PER_ENDPOINT if self.proven and not self.endpoint.strict_order and not self.is_probe else 1

    @property
    def is_ready(self) -> bool:
        """Whether another thread may take something for it."""
        return bool(self.waiting) and not self.halted and not self.stale and self.running < self.threads

    def next_bundle(self) -> list[Parcel]:
        """What the next thread takes along: of an endpoint that has taken nothing yet, one message to try."""
        size = BUNDLE if self.proven or self.endpoint.strict_order else 1
        self.running += 1
        return [self.waiting.popleft() for _ in range(min(size, len(self.waiting)))]

    def want(self, room: int) -> Want:
        """What to claim. When nothing is under way the search begins anew: what was sent again may lie before."""
        if not self.open:
            self.reached = None
        return Want(room, self.endpoint.strict_order, None if self.endpoint.strict_order else self.reached)

    def room(self, now: datetime) -> int:
        """How many more deliveries to claim."""
        if self.halted or self.stale or (self.endpoint.held_until is not None and self.endpoint.held_until > now):
            return 0
        if self.is_probe or self.endpoint.strict_order:
            # Order and probing both need the answer to what is under way first.
            return 0 if self.open else (1 if self.is_probe else BUNDLE)
        most = IN_HAND if self.proven else BUNDLE
        return 0 if len(self.waiting) >= most // 2 else max(0, most - len(self.open))


@dataclass(frozen=True)
class Returned:
    """A thread is done with its bundle; it did not try the rest of it."""

    route: Route
    rest: Sequence[Parcel]


Report: TypeAlias = tuple[Route, Result] | Returned


class Pump:
    """One run of an account's pump. Use it as a context manager, and call `run` inside."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._routes: dict[UUID, Route] = {}
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")
        self._bundles = 0
        self._results: list[tuple[Route, Result]] = []
        self._routes_read_at = -ROUTES_SECONDS
        self._ends_at = time.monotonic() + SLICE_SECONDS
        self.was_cut = False

    def __enter__(self) -> "Pump":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for route in self._routes.values():
            route.halted = True
        self._threads.shutdown(wait=True, cancel_futures=True)
        for route in self._routes.values():
            route.client.close()

    def run(self) -> datetime | None:
        """Deliver until nothing is due; return when something is due again, None when nothing waits."""
        while True:
            with acting_in(self.account):
                moved = self._turn()
                if not moved and not self._bundles and self._reports.empty():
                    return desk.next_due()
            self._hand_out()
            self._collect(COLLECT_SECONDS if moved else IDLE_SECONDS)

    def _turn(self) -> bool:
        """One transaction: write what came back, fan out, claim. False when there was nothing to claim."""
        self._settle()
        if self._is_over and not self._waits_for_silent:
            self.was_cut = True
            return False
        self._read_routes()
        if not self._routes:
            return fan_out(DELIVER_TASK, limit=FAN_OUT_ROWS) > 0
        told = fan_out(DELIVER_TASK, limit=max(1, FAN_OUT_ROWS // len(self._routes)))
        return self._claim() > 0 or told > 0

    @property
    def _is_over(self) -> bool:
        """Another account should have its turn."""
        return time.monotonic() > self._ends_at

    @property
    def _waits_for_silent(self) -> bool:
        """Whether somebody who has taken nothing yet still keeps a thread, and so this pump. Until then the others go
        on: they would wait for a silent receiver otherwise. It is not waited for longer than one message may take."""
        longest = self._ends_at + settings.HANGARLINK_WEBHOOK_SECONDS
        silent = any(route.running and not route.proven for route in self._routes.values())
        return silent and time.monotonic() < longest

    def _read_routes(self) -> None:
        """What people changed meanwhile holds from here on."""
        if time.monotonic() - self._routes_read_at < ROUTES_SECONDS:
            return
        self._routes_read_at = time.monotonic()
        found = {endpoint.id: endpoint for endpoint in desk.endpoints()}
        for id, route in list(self._routes.items()):
            fresh = found.get(id)
            if fresh is None or _was_changed(route.endpoint, fresh):
                route.stale = True
                self._put_back(route)
                if not route.running and not route.open:
                    route.client.close()
                    del self._routes[id]
        for id, endpoint in found.items():
            if id not in self._routes and (made := self._new_route(endpoint)):
                self._routes[id] = made

    def _new_route(self, endpoint: Endpoint) -> Route | None:
        try:
            signers = desk.signers_of(endpoint)
        except (Missing, VaultError) as error:
            # Unsigned is never an alternative. It stays due, and the log says why nothing leaves.
            log.error("webhook_secret_unreadable", endpoint=str(endpoint.id), error=type(error).__name__)
            return None
        return Route(endpoint, signers, new_client(settings.HANGARLINK_WEBHOOK_SECONDS))

    def _claim(self) -> int:
        now = timezone.now()
        is_over = self._is_over
        open_ones = [(id, route) for id, route in self._routes.items() if route.proven or not is_over]
        wanted = {id: route.want(room) for id, route in open_ones if (room := route.room(now)) > 0}
        # Behind what was claimed last there is nothing that is under way.
        under_way = [id for one, want in wanted.items() if want.after is None for id in self._routes[one].open]
        parcels = desk.claim(wanted, except_for=under_way, now=now)
        for parcel in parcels:
            route = self._routes[parcel.endpoint_id]
            route.waiting.append(parcel)
            route.open.add(parcel.id)
            route.reached = (parcel.due_at, parcel.event_id)
        return len(parcels)

    def _hand_out(self) -> None:
        """Give bundles to free threads, one per endpoint in turn."""
        handed, is_over = True, self._is_over
        while handed and self._bundles < THREADS:
            handed = False
            unproven = sum(route.running for route in self._routes.values() if not route.proven)
            probes = sum(route.running for route in self._routes.values() if route.is_probe)
            for route in self._routes.values():
                if self._bundles >= THREADS:
                    break
                if is_over and not route.proven:
                    continue
                if not route.is_ready or (route.is_probe and probes >= PROBES):
                    continue
                if not route.proven and unproven >= THREADS - FOR_THE_PROVEN:
                    continue
                unproven += not route.proven
                probes += route.is_probe
                self._bundles += 1
                self._threads.submit(self._carry, route, route.next_bundle())
                handed = True

    def _carry(self, route: Route, bundle: Sequence[Parcel]) -> None:
        """In a thread: post a bundle, one after the other. A receiver that is away gets nothing more of it."""
        done = 0
        try:
            for parcel in bundle:
                if route.halted:
                    break
                result = post(route.client, route.endpoint.url, route.signers, self.account.id, parcel)
                done += 1
                self._reports.put((route, result))
                if rules.halts(result.outcome, strict=route.endpoint.strict_order):
                    route.halted = True
        finally:
            self._reports.put(Returned(route, bundle[done:]))

    def _collect(self, seconds: float) -> None:
        """Wait for results, and gather what comes at the same time."""
        if not self._bundles and self._reports.empty():
            return
        until = time.monotonic() + seconds
        while len(self._results) < BATCH:
            try:
                report = self._reports.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                return
            if isinstance(report, Returned):
                report.route.running -= 1
                self._bundles -= 1
                self._forget(report.route, report.rest)
                # A thread is free: give it something before waiting for more results.
                self._hand_out()
            else:
                if report[1].outcome is Outcome.DELIVERED:
                    report[0].proven = True
                self._results.append(report)
            if not self._bundles and self._reports.empty():
                return

    def _put_back(self, route: Route) -> None:
        """Its deliveries stay pending in the table, and its threads stop after the message they are at."""
        route.halted = True
        self._forget(route, route.waiting)
        route.waiting.clear()
        route.reached = None

    def _forget(self, route: Route, parcels: Iterable[Parcel]) -> None:
        gone = [parcel.id for parcel in parcels]
        route.open.difference_update(gone)
        if gone:
            route.reached = None

    def _settle(self) -> None:
        """Write the results down, and what follows from them for their endpoints."""
        results, self._results = self._results, []
        settled: list[Settled] = []
        stops: dict[UUID, StopCode] = {}
        for route, result in results:
            settled.append(_judged(route, result, stops))
            route.open.discard(result.parcel.id)
        desk.settle(settled)
        touched = {route.endpoint.id: route for route, _ in results}
        desk.note_health({id: _health(route.endpoint) for id, route in touched.items()})
        for id, route in touched.items():
            if route.endpoint.held_until is not None or id in stops:
                self._put_back(route)
            if id in stops:
                route.stale = True
                stop_endpoint(route.endpoint, stops[id])
        for route in self._routes.values():
            # Its last results are written down with what follows from them; `held_until` says when it goes on.
            route.halted = route.halted and route.running > 0


def _judged(route: Route, result: Result, stops: dict[UUID, StopCode]) -> Settled:
    """What follows from a result, for the delivery and, in memory, for its endpoint."""
    endpoint, parcel, now = route.endpoint, result.parcel, timezone.now()
    if result.outcome is Outcome.DELIVERED:
        endpoint.failures, endpoint.failing_since, endpoint.held_until = 0, None, None
        endpoint.last_success_at = result.at
    elif not endpoint.held_until or endpoint.held_until <= now:
        # What several threads met at the same time is one failure of the endpoint.
        endpoint.failures += 1
        endpoint.failing_since = endpoint.failing_since or result.at
    verdict = rules.after_attempt(
        result.outcome,
        attempts=parcel.attempts + 1,
        failures=endpoint.failures,
        failing_for=(now - endpoint.failing_since).total_seconds() if endpoint.failing_since else 0.0,
        strict=endpoint.strict_order,
        asked=result.asked,
        jitter=random(),
        waits=settings.HANGARLINK_WEBHOOK_WAITS,
    )
    if verdict.stops is not None:
        stops[endpoint.id] = verdict.stops
    if verdict.holds:
        endpoint.held_until = max(endpoint.held_until or now, now + timedelta(seconds=verdict.holds))
    # In strict order the place in the queue stays; the endpoint waits instead.
    moves = verdict.wait is not None and not endpoint.strict_order
    return Settled(result, verdict.state, now + timedelta(seconds=verdict.wait or 0.0) if moves else None)


def _health(endpoint: Endpoint) -> Health:
    return Health(endpoint.failures, endpoint.failing_since, endpoint.held_until, endpoint.last_success_at)


def _was_changed(known: Endpoint, fresh: Endpoint) -> bool:
    """Whether a person changed what the pump goes by."""
    names = ("url", "strict_order", "secret_set_at", "previous_until", "held_until", "event_types")
    return any(getattr(known, name) != getattr(fresh, name) for name in names)
