"""The token endpoint: RFC 6749, section 4.4, on the account's subdomain."""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from hangarlink.platform.applications.actions import IssuedSecret, create_application, revoke_application, rotate_secret
from hangarlink.platform.applications.models import AccessToken, Application
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, refused, told


@pytest.fixture
def issued(account: Account) -> IssuedSecret:
    with acting_in(account):
        return create_application(name="App", scopes=["aircraft_read", "defects_read"], acting_user=SYSTEM)


def ask(issued: IssuedSecret | None, *, subdomain: str = "demo", basic: bool = False, **changed: Any) -> HttpResponse:
    form = {"grant_type": "client_credentials"}
    headers = {"Host": f"{subdomain}.localhost"}
    if issued is not None and basic:
        pair = f"{quote(issued.client_id)}:{quote(issued.secret)}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    elif issued is not None:
        form |= {"client_id": issued.client_id, "client_secret": issued.secret}
    form = {name: value for name, value in {**form, **changed}.items() if value is not None}
    return Client().post(
        "/oauth/token", urlencode(form, doseq=True), content_type="application/x-www-form-urlencoded", headers=headers
    )


@pytest.mark.parametrize("basic", [False, True])
def test_client_credentials_give_a_bearer_token(issued: IssuedSecret, basic: bool) -> None:
    """[stated: req-1] Client credentials, account-scoped."""
    response = ask(issued, basic=basic)
    body = told(response)
    assert response.status_code == 200
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert body["scope"].split() == ["aircraft_read", "defects_read"]
    assert response.headers["Cache-Control"] == "no-store"
    assert Api(body["access_token"]).get("/aircraft").status_code == 200


def test_only_a_digest_of_the_token_is_kept(issued: IssuedSecret, account: Account) -> None:
    token = told(ask(issued))["access_token"]
    with acting_in(account):
        (row,) = AccessToken.objects.values()
    assert token not in str(row)
    assert row["token"] == ""
    assert row["expires"] <= timezone.now() + timedelta(hours=1)


def test_a_token_may_hold_fewer_scopes(issued: IssuedSecret) -> None:
    body = told(ask(issued, scope="defects_read"))
    assert body["scope"] == "defects_read"
    assert refused(Api(body["access_token"]).get("/aircraft"), 403, "insufficient_scope")


@pytest.mark.parametrize("scope", ["aircraft_write", "aircraft_read admin", "*", "AIRCRAFT_READ"])
def test_more_than_was_granted_is_invalid_scope(issued: IssuedSecret, scope: str) -> None:
    refused(ask(issued, scope=scope), 400, "invalid_scope")


@pytest.mark.parametrize(
    "changed",
    [
        {"client_secret": "wrong"},
        {"client_secret": None},
        {"client_id": "wrong"},
        {"client_id": None},
        {"client_id": "\x00"},
    ],
)
def test_a_wrong_client_is_invalid_client(issued: IssuedSecret, changed: dict[str, Any]) -> None:
    response = ask(issued, **changed)
    refused(response, 401, "invalid_client")
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


def test_unknown_client_and_wrong_secret_read_the_same(issued: IssuedSecret) -> None:
    assert ask(issued, client_secret="x").content == ask(issued, client_id="x").content


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "Bearer x", "Basic bm9jb2xvbg=="],
)
def test_an_unusable_header_is_invalid_client(issued: IssuedSecret, header: str) -> None:
    response = Client().post(
        "/oauth/token", "grant_type=client_credentials", content_type="application/x-www-form-urlencoded",
        headers={"Host": "demo.localhost", "Authorization": header},
    )  # fmt: skip
    refused(response, 401, "invalid_client")


def test_another_accounts_client_is_unknown_here(issued: IssuedSecret, other_account: Account) -> None:
    """[stated: req-2] The token is requested for the right subdomain."""
    refused(ask(issued, subdomain="other"), 401, "invalid_client")
    refused(ask(issued, subdomain="nowhere"), 404, "not_found")


@pytest.mark.parametrize(
    "grant", ["password", "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", "x"]
)
def test_no_other_grant_is_offered(issued: IssuedSecret, grant: str) -> None:
    refused(
        ask(issued, grant_type=grant, username="a", password="b", code="c", device_code="d"),
        400,
        "unsupported_grant_type",
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"grant_type": None}, "grant type"),
        ({"scope": ["aircraft_read", "defects_read"]}, "more than once"),
        ({"client_id": ["a", "b"]}, "more than once"),
    ],
)
def test_malformed_requests_are_invalid_request(issued: IssuedSecret, changed: dict[str, Any], words: str) -> None:
    assert words in refused(ask(issued, **changed), 400, "invalid_request")


def test_the_secret_is_sent_in_one_place_only(issued: IssuedSecret) -> None:
    assert "once" in refused(ask(issued, basic=True, client_secret=issued.secret), 400, "invalid_request")
    assert "not the one" in refused(ask(issued, basic=True, client_id="other"), 400, "invalid_request")


def test_json_is_not_taken_here(issued: IssuedSecret) -> None:
    response = Api("").call("POST", "/oauth/token", {"grant_type": "client_credentials"})
    assert "form" in refused(response, 400, "invalid_request")


def test_a_large_form_is_not_read(issued: IssuedSecret) -> None:
    refused(ask(issued, padding="x" * 20_000), 413, "payload_too_large")


def test_parameters_in_the_address_do_not_count(issued: IssuedSecret) -> None:
    query = urlencode(
        {"grant_type": "client_credentials", "client_id": issued.client_id, "client_secret": issued.secret}
    )
    response = Client().post(
        f"/oauth/token?{query}&%%%",
        "",
        content_type="application/x-www-form-urlencoded",
        headers={"Host": "demo.localhost"},
    )
    refused(response, 400, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_only_post(issued: IssuedSecret, method: str) -> None:
    response = Api("").call(method, "/oauth/token")
    refused(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "POST"


def test_during_a_rotation_both_secrets_are_good(issued: IssuedSecret, account: Account) -> None:
    with acting_in(account):
        second = rotate_secret(issued.application, keep_old_for=timedelta(hours=1), acting_user=SYSTEM)
    assert ask(issued).status_code == ask(second).status_code == 200
    with acting_in(account):
        Application.objects.update(previous_secret_until=timezone.now())
    refused(ask(issued), 401, "invalid_client")
    assert ask(second).status_code == 200


def test_a_revoked_client_gets_nothing(issued: IssuedSecret, account: Account) -> None:
    token = told(ask(issued))["access_token"]
    with acting_in(account):
        revoke_application(issued.application, acting_user=SYSTEM)
    refused(ask(issued), 401, "invalid_client")
    refused(Api(token).get("/aircraft"), 401, "invalid_token")


def test_requests_are_limited_per_address(issued: IssuedSecret, settings: Any) -> None:
    settings.HANGARLINK_TOKEN_REQUESTS_PER_MINUTE = 2
    assert [ask(issued).status_code for _ in range(3)] == [200, 200, 429]
    response = ask(issued)
    refused(response, 429, "rate_limited")
    assert int(response.headers["Retry-After"]) > 0
    # Another account is not touched by it.
    Account.objects.create(subdomain="third", name="Third")
    refused(ask(issued, subdomain="third"), 401, "invalid_client")


def test_behind_a_proxy_the_proxys_entry_names_the_client(issued: IssuedSecret, settings: Any) -> None:
    settings.HANGARLINK_TOKEN_REQUESTS_PER_MINUTE = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    def from_address(forwarded: str) -> int:
        return Client().post(
            "/oauth/token", "grant_type=client_credentials", content_type="application/x-www-form-urlencoded",
            headers={"Host": "demo.localhost", "X-Forwarded-For": forwarded},
        ).status_code  # fmt: skip

    assert [from_address("198.51.100.1, 10.0.0.1"), from_address("198.51.100.2, 10.0.0.1")] == [401, 429]
    assert from_address("198.51.100.1, 10.0.0.2") == 401


def test_a_switched_off_feature_gives_no_token(issued: IssuedSecret, account: Account) -> None:
    Account.objects.update(features=[])
    assert "switched off" in refused(ask(issued), 404, "not_found")


def test_the_answer_is_json_without_secrets(issued: IssuedSecret) -> None:
    response = ask(issued)
    assert response.headers["Content-Type"] == "application/json"
    assert issued.secret not in json.dumps(told(response))
