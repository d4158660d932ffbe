"""Every endpoint, from the outside: without a token, with a bad one, with a stranger's, without its scope."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from hangarlink.api.v1 import api as ninja_api
from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.platform.applications.models import Application, RequestWindow
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import ALL, Api, make_application, make_token, refused


def routes() -> Iterator[tuple[str, str, Scope]]:
    """Method, path and scope of every operation there is, from the route table itself."""
    for _, router in ninja_api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    (gate,) = operation.auth_callbacks
                    yield method, path, gate.scope


ROUTES = sorted(routes())
every_route = pytest.mark.parametrize(("method", "path", "scope"), ROUTES, ids=[f"{m} {p}" for m, p, _ in ROUTES])


@pytest.fixture
def aircraft(account: Account) -> Aircraft:
    """One aircraft, without counters: nobody here gets that far."""
    with acting_in(account):
        model = AircraftModel.objects.create(account=account, name="C172S")
        return Aircraft.objects.create(account=account, registration="OY-SKA", call_sign="SKA", aircraft_model=model)


def send(api: Api, method: str, path: str, **headers: str) -> HttpResponse:
    address = "/api/v1" + path.replace("{call_sign}", "SKA").replace("{id}", "0197379e-0a5e-7b61-8c32-9d1f2e3a4b55")
    return api.call(method, address, None if method == "GET" else {}, **headers)


def test_the_route_table_is_the_published_one() -> None:
    """[stated: hours-and-cycles-synchronization, defect-synchronization] The nested paths; the others as documented."""
    assert {(method, path, scope.value) for method, path, scope in ROUTES} == {
        ("GET", "/aircraft", "aircraft_read"),
        ("POST", "/aircraft", "aircraft_write"),
        ("GET", "/aircraft/{call_sign}", "aircraft_read"),
        ("PUT", "/aircraft/{call_sign}", "aircraft_write"),
        ("PATCH", "/aircraft/{call_sign}", "aircraft_write"),
        ("GET", "/aircraft/{call_sign}/diagnosis", "aircraft_read"),
        ("GET", "/programmes", "programme_read"),
        ("GET", "/programmes/{id}", "programme_read"),
        ("GET", "/programmes/{id}/revisions/{number}/tasks", "programme_read"),
        ("POST", "/programmes/{id}/revisions/{number}/tasks", "amp_write"),
        ("GET", "/programmes/{id}/revisions/{number}/report", "programme_read"),
        ("GET", "/aircraft/{call_sign}/flight_logs", "aircraft_read"),
        ("PUT", "/aircraft/{call_sign}/flight_logs", "aircraft_write"),
        ("GET", "/aircraft/{call_sign}/hours_cycles", "hours_cycles_read"),
        ("POST", "/aircraft/{call_sign}/hours_cycles", "hours_cycles_write"),
        ("GET", "/aircraft/{call_sign}/defects", "defects_read"),
        ("POST", "/aircraft/{call_sign}/defects", "defects_write"),
        ("GET", "/aircraft_models", "aircraft_models_read"),
        ("POST", "/aircraft_models", "aircraft_models_write"),
        ("POST", "/aircraft_models/preview", "aircraft_models_write"),
        ("GET", "/aircraft_models/{id}", "aircraft_models_read"),
        ("PUT", "/aircraft_models/{id}", "aircraft_models_write"),
        ("PATCH", "/aircraft_models/{id}", "aircraft_models_write"),
        ("GET", "/customers", "customers_read"),
        ("POST", "/customers", "customers_write"),
        ("GET", "/customers/{id}", "customers_read"),
        ("PATCH", "/customers/{id}", "customers_write"),
        ("GET", "/trips", "trips_read"),
        ("POST", "/trips", "trips_write"),
        ("GET", "/trips/{id}", "trips_read"),
        ("PATCH", "/trips/{id}", "trips_write"),
        ("GET", "/cost_categories", "billing_read"),
        ("GET", "/invoices", "billing_read"),
        ("POST", "/invoices", "billing_write"),
        ("GET", "/invoices/{id}", "billing_read"),
        ("PATCH", "/invoices/{id}", "billing_write"),
        ("POST", "/invoices/{id}/issue", "billing_issue"),
        ("POST", "/invoices/{id}/void", "billing_issue"),
        ("GET", "/payments", "billing_read"),
        ("POST", "/payments", "billing_write"),
        ("GET", "/payments/{id}", "billing_read"),
        ("POST", "/payments/{id}/use", "billing_write"),
        ("POST", "/payments/{id}/reverse", "billing_write"),
        ("GET", "/expenses", "billing_read"),
        ("POST", "/expenses", "billing_write"),
        ("GET", "/expenses/{id}", "billing_read"),
        ("PATCH", "/expenses/{id}", "billing_write"),
        ("POST", "/expenses/{id}/void", "billing_write"),
        ("GET", "/aircraft/{call_sign}/airworthiness", "programme_read"),
        ("GET", "/aircraft/{call_sign}/due_items", "programme_read"),
        ("GET", "/due_items/{id}/explanation", "programme_read"),
        ("POST", "/due_items/{id}/accomplishments", "programme_record"),
        ("POST", "/flights/{id}/correct", "usage_correct"),
        ("POST", "/flights/{id}/cancel", "usage_correct"),
        ("POST", "/flights/{id}/reinstate", "usage_correct"),
        ("GET", "/directives", "compliance_read"),
        ("POST", "/directives", "compliance_write"),
        ("GET", "/aircraft/{call_sign}/directives", "compliance_read"),
        ("POST", "/aircraft/{call_sign}/directives/{id}/assessment", "compliance_assess"),
        ("GET", "/aircraft/{call_sign}/events", "programme_read"),
        ("POST", "/aircraft/{call_sign}/events", "programme_record"),
        ("POST", "/aircraft/{call_sign}/events/{id}/withdrawal", "programme_record"),
        ("GET", "/tolerance_classes", "programme_read"),
        ("GET", "/due_items/{id}/variations", "programme_read"),
        ("POST", "/due_items/{id}/variations", "programme_approve"),
        ("POST", "/due_items/{id}/variations/{variation_id}/withdrawal", "programme_approve"),
        ("GET", "/aircraft/{call_sign}/components", "components_read"),
        ("GET", "/aircraft/{call_sign}/dispatch", "programme_read"),
        ("GET", "/aircraft/{call_sign}/planned_flights", "aircraft_read"),
        ("PUT", "/aircraft/{call_sign}/planned_flights", "planning_write"),
        ("GET", "/components", "components_read"),
        ("POST", "/components", "components_write"),
        ("GET", "/components/{component_id}", "components_read"),
        ("POST", "/components/{component_id}/counters/{counter_id}/entries", "components_record"),
        ("POST", "/components/{component_id}/exchanges", "components_install"),
        ("POST", "/components/{component_id}/installations", "components_install"),
        ("POST", "/components/{component_id}/moves", "components_install"),
        ("POST", "/components/{component_id}/removals", "components_install"),
        ("POST", "/components/{component_id}/work", "components_record"),
        ("GET", "/forecast", "programme_read"),
        ("GET", "/webhook_endpoints", "webhooks_read"),
        ("POST", "/webhook_endpoints", "webhooks_write"),
        ("DELETE", "/webhook_endpoints/{id}", "webhooks_write"),
        ("GET", "/webhook_endpoints/{id}", "webhooks_read"),
        ("PATCH", "/webhook_endpoints/{id}", "webhooks_write"),
        ("GET", "/webhook_endpoints/{id}/deliveries", "webhooks_read"),
        ("GET", "/webhook_endpoints/{id}/deliveries/{delivery_id}", "webhooks_read"),
        ("POST", "/webhook_endpoints/{id}/deliveries/{delivery_id}/replay", "webhooks_write"),
        ("POST", "/webhook_endpoints/{id}/replay", "webhooks_write"),
        ("POST", "/webhook_endpoints/{id}/rotate_secret", "webhooks_write"),
        ("POST", "/webhook_endpoints/{id}/test", "webhooks_write"),
    }


@every_route
def test_without_a_good_token_nothing_is_told(
    account: Account, aircraft: Aircraft, method: str, path: str, scope: Scope
) -> None:
    """[stated: req-2] invalid_token; 401 and the challenge of RFC 6750."""
    make_application(account)
    with acting_in(account):
        application = Application.objects.get()
        expired = make_token(application, *ALL, expires_in=timedelta(seconds=-1))
    for header in ("", "Bearer", "Bearer ", "Basic abc", "hlt_x", "Bearer hlt_x", "Bearer \xff", f"Bearer {expired}"):
        response = send(Api(""), method, path, **({"Authorization": header} if header else {}))
        text = refused(response, 401, "invalid_token")
        assert response.headers["WWW-Authenticate"].startswith('Bearer realm="Hangarlink", error="invalid_token"')
        assert ("expired" in text) == (expired in header)
    with acting_in(account):
        assert not SyncRun.objects.exists()


@every_route
def test_a_wrong_accounts_token_is_no_token(
    account: Account, other_account: Account, aircraft: Aircraft, method: str, path: str, scope: Scope
) -> None:
    """[stated: req-2] Account and subdomain belong together."""
    strangers = make_application(other_account)
    strangers.subdomain = "demo"
    refused(send(strangers, method, path), 401, "invalid_token")


@every_route
def test_a_stranger_finds_none_of_our_records(
    account: Account, other_account: Account, aircraft: Aircraft, method: str, path: str, scope: Scope
) -> None:
    """[stated: req-2] All look-ups are inside the token's account."""
    strangers = make_application(other_account)
    response = send(strangers, method, path)
    assert b"OY-SKA" not in response.content
    assert response.status_code in ({404, 422} if "{" in path else {200, 422})


@every_route
def test_without_its_scope_it_is_refused(
    account: Account, aircraft: Aircraft, method: str, path: str, scope: Scope, api_with: Callable[..., Api]
) -> None:
    """[stated: req-1, req-2] insufficient_scope; every scope but the one needed does not help."""
    others = api_with(*(word for word in ALL if word != scope))
    response = send(others, method, path)
    assert scope.value in refused(response, 403, "insufficient_scope")
    challenge = response.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert f'scope="{scope.value}"' in challenge
    with acting_in(account):
        assert SyncRun.objects.get().code == "insufficient_scope"


@every_route
def test_its_own_scope_is_enough(
    aircraft: Aircraft, method: str, path: str, scope: Scope, api_with: Callable[..., Api]
) -> None:
    response = send(api_with(scope.value), method, path)
    assert response.status_code in {200, 404, 422}


@every_route
def test_a_spent_quota_is_429(
    aircraft: Aircraft, api: Api, method: str, path: str, scope: Scope, settings: Any
) -> None:
    settings.HANGARLINK_API_REQUESTS_PER_MINUTE = 1
    first = send(api, method, path)
    assert first.status_code != 429
    assert first.headers["RateLimit"].startswith('"default";r=0;t=')
    assert first.headers["RateLimit-Policy"] == '"default";q=1;w=60'
    second = send(api, method, path)
    refused(second, 429, "rate_limited")
    assert 1 <= int(second.headers["Retry-After"]) <= 60


@every_route
def test_a_switched_off_feature_refuses(
    account: Account, aircraft: Aircraft, api: Api, method: str, path: str, scope: Scope
) -> None:
    Account.objects.update(features=[])
    assert "switched off" in refused(send(api, method, path), 404, "not_found")


def test_a_token_in_the_address_does_not_count(api: Api) -> None:
    refused(Api("").get(f"/aircraft?access_token={api.token}"), 401, "invalid_token")


def test_unknown_query_parameters_are_accepted(api: Api, aircraft: Aircraft) -> None:
    assert api.get("/aircraft?whatever=1&subdomain=demo").status_code == 200


def test_the_quota_is_per_application(account: Account, api: Api, settings: Any) -> None:
    settings.HANGARLINK_API_REQUESTS_PER_MINUTE = 1
    other = make_application(account, name="Other")
    assert [api.get("/aircraft").status_code, api.get("/aircraft").status_code, other.get("/aircraft").status_code] == [
        200,
        429,
        200,
    ]
    assert RequestWindow.objects.count() == 2


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api/v1", 404, "not_found"),
        ("GET", "/api/v1/", 404, "not_found"),
        ("GET", "/api/v2/aircraft", 404, "not_found"),
        ("POST", "/api/v1/aircraft/", 404, "not_found"),
        ("GET", "/oauth/authorize", 404, "not_found"),
        ("GET", "/api/v1/aircraft/%00", 404, "not_found"),
        ("GET", "/api/v1/aircraft?cursor=%00", 422, "sync_failed"),
        ("DELETE", "/api/v1/aircraft", 405, "method_not_allowed"),
        ("POST", "/api/v1/aircraft/SKA", 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/aircraft", 405, "method_not_allowed"),
    ],
)
def test_everything_under_api_answers_in_json(api: Api, method: str, path: str, status: int, code: str) -> None:
    response = api.call(method, path)
    refused(response, status, code)
    assert ("Allow" in response.headers) == (status == 405)


@pytest.mark.parametrize("host", ["nowhere.localhost", "localhost", "evil.example.com", "a b"])
def test_a_host_that_is_no_account(account: Account, api: Api, host: str) -> None:
    response = api.get("/aircraft", Host=host)
    assert response.status_code in {400, 404}
    refused(response, response.status_code, "not_found" if response.status_code == 404 else "invalid_request")


def test_answers_are_not_for_caches_or_frames(api: Api) -> None:
    response = api.get("/aircraft")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
