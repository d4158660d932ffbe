"""The hands of the outside world over HTTP: make things happen, switch faults on, see what was asked.

    GET    /_control/requests            the journal
    GET    /_control/world               companies, latest documents, who is connected
    GET    /_control/faults              faults that are switched on
    POST   /_control/faults              switch one on: {"kind": "rate_limited", "times": 2}
    DELETE /_control/faults              all well again
    POST   /_control/pay                 {"number": "INV-1", "amount": "100.00"}: a payment is received
    POST   /_control/add                 {"entity": "Customer", "fields": {"DisplayName": "New Air"}}
    POST   /_control/edit                {"entity": "Invoice", "id": "31", "fields": {"PrivateNote": "seen"}}
    POST   /_control/delete              {"entity": "Invoice", "id": "31"}
    POST   /_control/expire              {"tokens": "access"} or "refresh"
    POST   /_control/disconnect          {}: somebody disconnects the app inside QuickBooks
    GET    /_control/webhooks            where events go, and the latest deliveries
    POST   /_control/webhooks            {"url": "http://..."}: where to send events from now on; "" stops it
    POST   /_control/deliver             {}: send what is pending now; {"again": true} sends the last one once more
    POST   /_control/reset               books, faults, journal as they were at the start; connections stay

No key is asked for: it is meant for the reader's own machine. A POST must be application/json, which a web page of
somebody else cannot send here unasked. `realm_id` names another company than the first.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from hangarlink.sandbox.quickbooks.company import Company
from hangarlink.sandbox.quickbooks.faults import Faults
from hangarlink.sandbox.quickbooks.journal import Journal
from hangarlink.sandbox.quickbooks.oauth import Tokens
from hangarlink.sandbox.quickbooks.refusals import Refusal
from hangarlink.sandbox.quickbooks.shapes import KINDS
from hangarlink.sandbox.quickbooks.webhooks import Webhooks
from hangarlink.sandbox.wsgi import Problem, Reply, Request

LARGEST = 100_000
LATEST = 10
Wanted = dict[str, Any]


class Control:
    def __init__(
        self, companies: Mapping[str, Company], faults: Faults, journal: Journal, tokens: Tokens, webhooks: Webhooks
    ) -> None:
        self.companies, self.faults, self.journal = companies, faults, journal
        self.tokens, self.webhooks = tokens, webhooks
        self._get: dict[str, Callable[[], Any]] = {
            "requests": lambda: {"requests": journal.entries()},
            "faults": lambda: {"faults": faults.active()},
            "webhooks": webhooks.shown,
            "world": self._world,
        }
        self._post: dict[str, Callable[[Wanted], Any]] = {
            "faults": self._add_fault,
            "pay": self._pay,
            "add": lambda wanted: self._company(wanted).save(wanted["entity"], wanted["fields"], by="Ada Bookkeeper"),
            "edit": lambda wanted: self._company(wanted).edit(wanted["entity"], wanted["id"], **wanted["fields"]),
            "delete": lambda wanted: self._company(wanted).delete(wanted["entity"], wanted["id"]),
            "expire": self._expire,
            "disconnect": lambda wanted: {"ended": tokens.disconnect(self._company(wanted).realm_id)},
            "webhooks": self._aim,
            "deliver": self._deliver,
            "reset": self._reset,
        }

    def reply(self, request: Request) -> Reply:
        name = request.path.removeprefix("/_control/")
        if request.method == "GET" and name in self._get:
            return _json(self._get[name]())
        if request.method == "DELETE" and name == "faults":
            self.faults.clear()
            return _json({"faults": []})
        if request.method == "POST" and name in self._post:
            return self._act(name, dict(request.json_object(LARGEST)))
        if name in self._get or name in self._post:
            raise Problem(Reply.message(405, f"{request.method} is not for {request.path}."))
        raise Problem(Reply.message(404, f"There is {', '.join(sorted({*self._get, *self._post}))}."))

    def _act(self, name: str, wanted: Wanted) -> Reply:
        try:
            return _json(self._post[name](_exact(wanted)))
        except KeyError as error:
            return Reply.message(400, f"name {error.args[0]!r}; entities are {', '.join(KINDS)}")
        except (Refusal, ValueError, TypeError, LookupError) as error:
            return Reply.message(400, str(error))

    def _company(self, wanted: Wanted) -> Company:
        realm_id = wanted.get("realm_id") or next(iter(self.companies))
        if realm_id not in self.companies:
            raise ValueError(f"there is no company {realm_id}; there are {', '.join(self.companies)}")
        return self.companies[realm_id]

    def _world(self) -> dict[str, Any]:
        return {"companies": [_books(one) for one in self.companies.values()], "connected": self.tokens.alive()}

    def _add_fault(self, wanted: Wanted) -> dict[str, Any]:
        self.faults.add(**wanted)
        return {"faults": self.faults.active()}

    def _pay(self, wanted: Wanted) -> dict[str, Any]:
        company = self._company(wanted)
        invoice = company.find("Invoice", DocNumber=wanted["number"])
        return company.pay(invoice["Id"], wanted.get("amount"), reference=str(wanted.get("reference", "")))

    def _expire(self, wanted: Wanted) -> dict[str, Any]:
        {"access": self.tokens.expire_access, "refresh": self.tokens.expire_refresh}[wanted["tokens"]]()
        return {"connected": self.tokens.alive()}

    def _aim(self, wanted: Wanted) -> dict[str, Any]:
        url = str(wanted["url"])
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("the url must start with http:// or https://")
        self.webhooks.url = url
        self.webhooks.verifier_token = str(wanted.get("verifier_token") or self.webhooks.verifier_token)
        for name in ("duplicates", "disorder", "bad_signature", "at_once"):
            if name in wanted:
                setattr(self.webhooks, name, wanted[name])
        return self.webhooks.shown()

    def _deliver(self, wanted: Wanted) -> dict[str, Any]:
        if wanted.get("again"):
            sent = self.webhooks.again()
            return {"deliveries": [asdict(sent)] if sent else []}
        return {"deliveries": [asdict(one) for one in self.webhooks.deliver()]}

    def _reset(self, _wanted: Wanted) -> dict[str, Any]:
        self.faults.clear()
        self.journal.clear()
        self.webhooks.clear()
        for company in self.companies.values():
            company.reset()
        return self._world()


def _books(company: Company) -> dict[str, Any]:
    with company.lock:
        return {
            "realm_id": company.realm_id,
            "name": company.name,
            "counts": {entity: len(held) for entity, held in company.books.items()},
            **{
                f"latest_{entity.lower()}s": [_brief(one) for one in list(company.all(entity))[-LATEST:]]
                for entity in ("Invoice", "Payment", "Purchase")
            },
        }


def _brief(record: dict[str, Any]) -> dict[str, Any]:
    told = ("Id", "SyncToken", "DocNumber", "TxnDate", "TotalAmt", "Balance")
    return {name: record[name] for name in told if name in record}


def _exact(value: Any) -> Any:
    """Amounts as the books keep them: JSON's floats as the decimals that were written."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {name: _exact(one) for name, one in value.items()}
    return [_exact(one) for one in value] if isinstance(value, list) else value


def _json(data: Any) -> Reply:
    return Reply(200, json.dumps(data, default=float).encode(), {"Content-Type": "application/json; charset=utf-8"})
