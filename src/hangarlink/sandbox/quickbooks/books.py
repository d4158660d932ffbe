"""/v3/company/{realmId}/...: read, create, update, delete, query and change data capture."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hangarlink.sandbox.quickbooks import query as language
from hangarlink.sandbox.quickbooks.company import Company
from hangarlink.sandbox.quickbooks.limits import Limits
from hangarlink.sandbox.quickbooks.refusals import Refusal, invalid, missing
from hangarlink.sandbox.quickbooks.shapes import BY_PATH, KINDS
from hangarlink.sandbox.wsgi import Request

Answer = dict[str, Any]
LONGEST_REQUEST_ID = 50


class Call:
    """One call of the API, understood before it is carried out. Raises Refusal for what cannot be understood."""

    def __init__(self, company: Company, limits: Limits, request: Request, rest: str) -> None:
        self.company, self.limits, self.request = company, limits, request
        self.name, _, self.id = rest.partition("/")
        self.params = request.query
        self.request_id = self.params.get("requestid", "")
        self.statement = ""
        self.given: dict[str, Any] = {}
        self.operation, self.entity, self._act = self._understood()

    def carry_out(self) -> Answer:
        """Do it. Raises Refusal."""
        with self.company.lock:
            return self._act()

    def _understood(self) -> tuple[str, str | None, Callable[[], Answer]]:
        method = self.request.method
        if self.name == "query" and not self.id and method in {"GET", "POST"}:
            self.statement = self._statement()
            return "query", language.parse(self.statement).entity, self._query
        if self.name == "cdc" and not self.id and method == "GET":
            return "cdc", None, self._cdc
        if self.name in {"companyinfo", "preferences"} and method == "GET":
            entity = "CompanyInfo" if self.name == "companyinfo" else "Preferences"
            return "read", entity, lambda: {entity: single(self.company, entity), "time": self.company.written()}
        entity = BY_PATH.get(self.name, "")
        if entity and method == "GET" and self.id:
            return "read", entity, lambda: self._one(entity, self.company.get(entity, self.id))
        if entity and method == "POST" and not self.id:
            return self._write(entity)
        raise Refusal("500", "Unsupported Operation", f"Operation {method} {self.name} is not supported.")

    # --- writing ---------------------------------------------------------------------------------------------------

    def _write(self, entity: str) -> tuple[str, str, Callable[[], Answer]]:
        self.given = self._json()
        if len(self.request_id) > LONGEST_REQUEST_ID:
            raise invalid("requestid", f"at most {LONGEST_REQUEST_ID} characters")
        wanted = self.params.get("operation", "")
        acts: dict[str, Callable[[], Answer]] = {
            "": lambda: self._one(entity, self.company.save(entity, self.given)),
            "update": lambda: self._one(entity, self.company.save(entity, self.given)),
            "delete": lambda: self._one(entity, self.company.remove(entity, self.given)),
            "void": lambda: self._one(entity, self._void(entity)),
        }
        if wanted not in acts:
            raise Refusal("500", "Unsupported Operation", f"Operation {wanted} is not supported.")
        name = wanted or ("update" if self.given.get("Id") else "create")
        return name, entity, lambda: self.company.once(self.request_id, entity, acts[wanted])

    def _void(self, entity: str) -> Answer:
        if entity != "Invoice":
            raise Refusal("500", "Unsupported Operation", f"Operation void is not supported for {entity}.")
        return self.company.void(self.given)

    def _json(self) -> dict[str, Any]:
        try:
            given = json.loads(self.request.body(self.limits.max_body_bytes), parse_float=Decimal)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict) or self.request.content_type() != "application/json":
            raise Refusal("2010", "Request has invalid or unsupported property", "The body must be one JSON object")
        return given

    def _one(self, entity: str, record: Answer) -> Answer:
        return {entity: record, "time": self.company.written()}

    # --- reading ---------------------------------------------------------------------------------------------------

    def _statement(self) -> str:
        if self.request.method == "GET":
            return str(self.params.get("query", ""))
        if self.request.content_type() not in {"application/text", "text/plain"}:
            raise Refusal("4000", "Error parsing query", "Send the statement with Content-Type: application/text")
        return self.request.body(self.limits.max_body_bytes).decode("utf-8", "replace")

    def _query(self) -> Answer:
        asked = language.parse(self.statement)
        if asked.entity in language.SINGLE:
            found: list[Answer] = [single(self.company, asked.entity)]
        else:
            found = [one for one in self.company.all(asked.entity) if asked.matches(one)]
        if asked.order:
            found.sort(key=lambda one: language.ordered(language.value_at(one, asked.order)), reverse=asked.descending)
        if asked.counts:
            return {"QueryResponse": {"totalCount": len(found)}, "time": self.company.written()}
        page = [_columns(one, asked.columns) for one in found[asked.start - 1 : asked.start - 1 + asked.most]]
        held: Answer = {asked.entity: page, "startPosition": asked.start, "maxResults": len(page)} if page else {}
        return {"QueryResponse": held, "time": self.company.written()}

    def _cdc(self) -> Answer:
        since = self._since()
        names = [name.strip() for name in self.params.get("entities", "").split(",") if name.strip()]
        if not names:
            raise missing("entities")
        if unknown := [name for name in names if name not in KINDS]:
            raise invalid("entities", f"{unknown[0]} is not an entity")
        left, responses = self.limits.cdc_objects, []
        for name in names:
            changed = self._changed(name, since)[:left]
            left -= len(changed)
            responses.append({name: changed, "startPosition": 1, "maxResults": len(changed)} if changed else {})
        return {"CDCResponse": [{"QueryResponse": responses}], "time": self.company.written()}

    def _since(self) -> datetime:
        try:
            since = datetime.fromisoformat(self.params.get("changedSince", ""))
        except ValueError:
            raise invalid("changedSince", "a moment as in ISO 8601 is expected") from None
        since = since if since.tzinfo else since.replace(tzinfo=self.company.now().tzinfo)
        if since < self.company.now() - timedelta(days=self.limits.cdc_days):
            raise invalid("changedSince", f"at most {self.limits.cdc_days} days back")
        return since

    def _changed(self, entity: str, since: datetime) -> list[Answer]:
        """The records as they are now, and the deleted ones as no more than their id; latest change last."""
        latest = {one.id: one for one in self.company.changes if one.entity == entity and one.at >= since}
        changed = sorted(latest.values(), key=lambda one: one.at)
        return [self._as_changed(entity, one.id, one.at) for one in changed]

    def _as_changed(self, entity: str, id: str, at: datetime) -> Answer:
        record = self.company.books[entity].get(id)
        if record is None:
            return {"domain": "QBO", "status": "Deleted", "Id": id, "MetaData": _moved(self.company.written(at))}
        return record


def single(company: Company, entity: str) -> Answer:
    """What there is one of in a company."""
    if entity == "CompanyInfo":
        return {
            "Id": "1",
            "SyncToken": "0",
            "CompanyName": company.name,
            "LegalName": company.name,
            "Country": company.country,
            "domain": "QBO",
            "MetaData": _moved(company.written()),
        }
    return {
        "Id": "1",
        "SyncToken": "0",
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": company.multicurrency,
            "HomeCurrency": {"value": company.currency},
        },
        "TaxPrefs": {"UsingSalesTax": company.tax_rate > 0},
        "SalesFormsPrefs": {"CustomTxnNumbers": True},
        "domain": "QBO",
        "MetaData": _moved(company.written()),
    }


def _columns(record: Answer, columns: tuple[str, ...] | None) -> Answer:
    if columns is None:
        return record
    return {name: record[name] for name in (*columns, "Id") if name in record} | {"domain": "QBO", "sparse": True}


def _moved(moment: str) -> Answer:
    return {"LastUpdatedTime": moment}
