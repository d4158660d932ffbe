"""A small fleet, applications with tokens, and a client that speaks to the account's subdomain."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.fleet.models import Aircraft
from hangarlink.platform.applications import credentials
from hangarlink.platform.applications.actions import create_application
from hangarlink.platform.applications.models import AccessToken, Application
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

OPENED = datetime(2026, 1, 1, tzinfo=UTC)
ALL = [scope.value for scope in Scope]


@dataclass
class Api:
    """A client of the API, holding a token."""

    token: str
    subdomain: str = "demo"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False), repr=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        given = {
            "Host": f"{self.subdomain}.localhost",
            **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        }
        kind = headers.pop("Content-Type", "application/json")
        if body is None:
            return self.client.generic(method, path, headers={**given, **headers})
        return self.client.generic(method, path, data, content_type=kind, headers={**given, **headers})

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("GET", f"/api/v1{path}", **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("POST", f"/api/v1{path}", body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("PUT", f"/api/v1{path}", body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("PATCH", f"/api/v1{path}", body, **headers)


def make_token(application: Application, *scopes: str, expires_in: timedelta = timedelta(hours=1)) -> str:
    """A token without the trip through /oauth/token. Inside acting_in."""
    token = credentials.new_token(object())
    AccessToken.objects.create(
        application=application,
        token_checksum=credentials.token_digest(token),
        expires=timezone.now() + expires_in,
        scope=" ".join(scopes or application.scopes),
    )
    return token


def make_application(account: Account, *scopes: str, name: str = "Flight school", subdomain: str = "") -> Api:
    with acting_in(account):
        application = create_application(name=name, scopes=scopes or ALL, acting_user=SYSTEM).application
        return Api(make_token(application), account.subdomain)


def make_aircraft(account: Account, registration: str = "OY-SKA", call_sign: str = "SKA") -> Aircraft:
    """A Cessna with Hobbs (decimal), Block (HH:MM), Landings and Cycles; opened at 1000 h, 1000 h, 2000 and 1500."""
    with acting_in(account):
        model = add_aircraft_model(name=f"C172S {registration}", acting_user=SYSTEM)
        aircraft = add_aircraft(
            registration=registration, call_sign=call_sign, aircraft_model=model, acting_user=SYSTEM
        )
        for kind, total in (("hobbs", 3_600_000), ("block", 3_600_000), ("landings", 2000), ("cycles", 1500)):
            counter = add_counter(aircraft, kind=kind, acting_user=SYSTEM)
            set_opening(counter, total=total, at=OPENED, acting_user=SYSTEM)
        return aircraft


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """File names without fingerprints: nothing was collected in a test."""
    storages = {**settings.STORAGES}
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


@pytest.fixture
def aircraft(account: Account) -> Aircraft:
    return make_aircraft(account)


@pytest.fixture
def api(account: Account) -> Api:
    """An application with every scope."""
    return make_application(account)


@pytest.fixture
def api_with(account: Account) -> Callable[..., Api]:
    """Applications with the scopes given."""
    return lambda *scopes: make_application(account, *scopes, name=f"With {len(scopes)} scopes")


def told(response: HttpResponse) -> Any:
    """The parsed body."""
    return json.loads(response.content)


def refused(response: HttpResponse, status: int, code: str) -> str:
    """Check that this is a refusal in the one shape there is; return its description."""
    body = told(response)
    assert (response.status_code, body.get("error")) == (status, code), response.content
    assert response.headers["Content-Type"] == "application/json"
    assert set(body) == {"error", "error_description"}
    assert isinstance(body["error_description"], str)
    assert body["error_description"]
    return str(body["error_description"])
