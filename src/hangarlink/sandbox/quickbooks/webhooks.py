"""Telling an app that something changed: CloudEvents, signed, to one URL, again and again until somebody says 200."""

import base64
import hashlib
import hmac
import json
import random
import urllib.error
import urllib.request
import uuid
from collections import deque
from dataclasses import asdict, dataclass, field
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from hangarlink.sandbox.quickbooks.company import Change, Company
from hangarlink.sandbox.quickbooks.oauth import VERIFIER_TOKEN

ANSWERED_WITHIN = 3.0
MOST_IN_ONE = 50
KEPT = 500
ENTITIES = {"Customer", "Invoice", "Payment", "Purchase", "Account", "Item", "Vendor"}


@dataclass
class Delivery:
    """One attempt. status: None when nobody answered in time."""

    url: str
    events: list[dict[str, Any]]
    status: int | None = None
    error: str = ""


@dataclass
class Webhooks:
    """Where events go, and what became of them. Nothing is sent while `url` is empty; events then are forgotten.

    at_once      send as soon as something happens, from a thread; without it, `deliver` sends what is pending
    duplicates   how many further times each delivery is sent
    disorder     the events of a delivery come in another order
    bad_signature  sign with a wrong key
    """

    url: str = ""
    verifier_token: str = VERIFIER_TOKEN
    at_once: bool = True
    duplicates: int = 0
    disorder: bool = False
    bad_signature: bool = False
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=KEPT))
    _pending: list[dict[str, Any]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _sending: Lock = field(default_factory=Lock)

    def watch(self, company: Company) -> None:
        company.listeners.append(lambda change: self._happened(company, change))

    def _happened(self, company: Company, change: Change) -> None:
        if not self.url or change.entity not in ENTITIES:
            return
        with self._lock:
            self._pending.append(as_event(company, change))
        if self.at_once:
            Thread(target=self.deliver, name="sandbox-webhooks", daemon=True).start()

    def deliver(self) -> list[Delivery]:
        """Send what is pending, in batches; what nobody took stays pending. The attempts of this call."""
        attempts = []
        with self._sending:
            while batch := self._batch():
                attempts += [self._send(batch) for _ in range(1 + self.duplicates)]
                if attempts[-1].status != 200:
                    break
                with self._lock:
                    del self._pending[: len(batch)]
        return attempts

    def again(self) -> Delivery | None:
        """Send the last delivery once more, long after."""
        return self._send(self.deliveries[-1].events) if self.deliveries else None

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()
            self.deliveries.clear()

    def shown(self) -> dict[str, Any]:
        """Where events go and what became of the latest; never the verifier token."""
        with self._lock:
            latest = [asdict(one) for one in self.deliveries][-20:]
            return {"url": self.url, "pending": len(self._pending), "deliveries": latest}

    def _batch(self) -> list[dict[str, Any]]:
        with self._lock:
            batch = self._pending[:MOST_IN_ONE]
        if self.disorder:
            random.Random(len(batch)).shuffle(batch)
            batch.reverse()
        return batch

    def _send(self, events: list[dict[str, Any]]) -> Delivery:
        delivery = Delivery(self.url, events)
        body = json.dumps(events).encode()
        key = "not the verifier token" if self.bad_signature else self.verifier_token
        headers = {"Content-Type": "application/cloudevents-batch+json", "intuit-signature": signature(key, body)}
        url, host = _dialled(self.url)
        request = urllib.request.Request(url, body, headers | host, method="POST")  # noqa: S310 - http, as told
        try:
            with _OPENER.open(request, timeout=ANSWERED_WITHIN) as answer:
                delivery.status = answer.status
        except urllib.error.HTTPError as refusal:
            delivery.status = refusal.code
        except OSError as error:
            delivery.error = type(error).__name__
        self.deliveries.append(delivery)
        return delivery


# No proxy: the receiver is on this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _dialled(url: str) -> tuple[str, dict[str, str]]:
    """Names below localhost are this machine, whether or not anybody resolves them. Source: RFC 6761, 6.3."""
    parts = urlsplit(url)
    if not (parts.hostname or "").endswith(".localhost"):
        return url, {}
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"127.0.0.1{port}")), {"Host": parts.netloc}


def signature(verifier_token: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(verifier_token.encode(), body, hashlib.sha256).digest()).decode()


def as_event(company: Company, change: Change) -> dict[str, Any]:
    """A CloudEvent: which record of which company, and nothing of what is in it."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": f"intuit.sandbox/{company.realm_id}",
        "type": f"qbo.{change.entity.lower()}.{change.verb}.v1",
        "datacontenttype": "application/json",
        "time": change.at.isoformat().replace("+00:00", "Z"),
        "intuitentityid": change.id,
        "intuitaccountid": company.realm_id,
        "data": {},
    }
