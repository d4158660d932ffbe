"""Books of one's own on a real socket, standing still at a known moment, and a client that speaks QuickBooks."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from hangarlink.sandbox.quickbooks import (
    CLIENT_ID,
    CLIENT_SECRET,
    SCOPE,
    UNLIMITED,
    Company,
    QuickBooksApp,
    fill,
)
from hangarlink.sandbox.server import Served

NOW = datetime(2026, 10, 20, 16, 30, tzinfo=UTC)
BACK = "http://demo.localhost:8000/connections/callback"


@dataclass
class Client:
    served: Served[QuickBooksApp]
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(trust_env=False, timeout=5))
    tokens: dict[str, Any] = field(default_factory=dict)

    @property
    def app(self) -> QuickBooksApp:
        return self.served.app

    @property
    def company(self) -> Company:
        return self.app.company

    # --- OAuth -------------------------------------------------------------------------------------------------------

    def consent(self, answer: str = "connect", **changed: str) -> dict[str, str]:
        """Press a button of the consent page; the query of the redirect."""
        asked = {"client_id": CLIENT_ID, "response_type": "code", "scope": SCOPE, "redirect_uri": BACK, "state": "s1"}
        asked |= {"realmId": self.company.realm_id, "answer": answer, **changed}
        response = self.http.post(f"{self.served.url}/connect/oauth2", data=asked)
        assert response.status_code == 302, response.text
        found = parse_qs(urlsplit(response.headers["Location"]).query)
        return {name: values[0] for name, values in found.items()}

    def token(self, secret: str = CLIENT_SECRET, **form: str) -> httpx2.Response:
        basic = base64.b64encode(f"{CLIENT_ID}:{secret}".encode()).decode()
        url = f"{self.served.url}/oauth2/v1/tokens/bearer"
        return self.http.post(url, data=form, headers={"Authorization": f"Basic {basic}"})

    def connect(self) -> "Client":
        code = self.consent()["code"]
        answer = self.token(grant_type="authorization_code", code=code, redirect_uri=BACK)
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self

    def refresh(self, **more: str) -> httpx2.Response:
        return self.token(grant_type="refresh_token", **{"refresh_token": self.tokens["refresh_token"], **more})

    # --- the API -----------------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, *, realm: str = "", json: Any = None, **params: str) -> httpx2.Response:
        url = f"{self.served.url}/v3/company/{realm or self.company.realm_id}/{path}"
        headers = {"Authorization": f"Bearer {self.tokens.get('access_token', 'none')}", "Accept": "application/json"}
        return self.http.request(method, url, json=json, params={"minorversion": "75", **params}, headers=headers)

    def ok(self, method: str, path: str, **more: Any) -> Any:
        response = self.call(method, path, **more)
        assert response.status_code == 200, response.text
        return response.json()

    def fault(self, method: str, path: str, *, status: int = 400, **more: Any) -> dict[str, Any]:
        """The one error of a call that must be refused."""
        response = self.call(method, path, **more)
        assert response.status_code == status, response.text
        (error,) = response.json()["Fault"]["Error"]
        return dict(error)

    def query(self, statement: str) -> list[dict[str, Any]]:
        answer = self.ok("GET", "query", query=statement)["QueryResponse"]
        return next((value for value in answer.values() if isinstance(value, list)), [])

    def control(self, what: str, method: str = "POST", **wanted: Any) -> Any:
        url = f"{self.served.url}/_control/{what}"
        response = self.http.request(method, url, json=wanted if method == "POST" else None)
        assert response.status_code == 200, response.text
        return response.json()

    # --- documents ---------------------------------------------------------------------------------------------------

    def invoice(self, number: str = "HL-1", amount: float = 100.0, **more: Any) -> dict[str, Any]:
        """The body of an invoice with one line."""
        item, customer = self.company.find("Item", Name="Charter flight"), self.company.find("Customer", Taxable=False)
        detail = {"ItemRef": {"value": item["Id"]}, "Qty": 2, "UnitPrice": amount / 2}
        line = {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
        return {"DocNumber": number, "CustomerRef": {"value": customer["Id"]}, "Line": [line], **more}

    def made(self, number: str = "HL-1", amount: float = 100.0, **params: str) -> dict[str, Any]:
        answer = self.ok("POST", "invoice", json=self.invoice(number, amount), **params)
        return dict(answer["Invoice"])


@pytest.fixture
def company() -> Company:
    return Company(now=NOW, recipe=fill)


@pytest.fixture
def stranger(company: Company) -> Iterator[Client]:
    """Nobody has consented yet."""
    with Served(QuickBooksApp(company, limits=UNLIMITED)) as served:
        client = Client(served)
        with client.http:
            yield client


@pytest.fixture
def quickbooks(stranger: Client) -> Client:
    return stranger.connect()
