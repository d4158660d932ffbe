"""Consent, codes, tokens: what is single, what rotates, what ends."""

import base64
import hashlib
from datetime import timedelta

import pytest

from hangarlink.sandbox.quickbooks import CLIENT_ID, CLIENT_SECRET, SCOPE
from tests.sandbox.quickbooks.conftest import BACK, Client


def test_the_consent_page_shows_the_companies_and_escapes_what_it_was_given(stranger: Client) -> None:
    asked = {"client_id": CLIENT_ID, "response_type": "code", "scope": SCOPE, "redirect_uri": BACK, "state": "<b>'x"}
    page = stranger.http.get(f"{stranger.served.url}/connect/oauth2", params=asked)
    assert page.status_code == 200
    assert stranger.company.realm_id in page.text
    assert "<b>" not in page.text


@pytest.mark.parametrize(
    "wrong",
    [{"client_id": "somebody"}, {"redirect_uri": "https://elsewhere.example/cb"}, {"redirect_uri": "javascript:1"}],
)
def test_nobody_is_sent_back_to_where_the_app_does_not_live(stranger: Client, wrong: dict[str, str]) -> None:
    asked = {"client_id": CLIENT_ID, "response_type": "code", "scope": SCOPE, "redirect_uri": BACK, "state": "s"}
    answer = stranger.http.post(f"{stranger.served.url}/connect/oauth2", data={**asked, "answer": "connect", **wrong})
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_consent_brings_code_state_and_realm(stranger: Client) -> None:
    back = stranger.consent()
    assert set(back) == {"code", "state", "realmId"}
    assert (back["state"], back["realmId"]) == ("s1", stranger.company.realm_id)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"answer": "cancel"}, "access_denied"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"response_type": "token"}, "invalid_request"),
        ({"realmId": "1"}, "access_denied"),
    ],
)
def test_what_goes_wrong_goes_back_with_the_state(stranger: Client, changed: dict[str, str], error: str) -> None:
    assert stranger.consent(**changed) == {"state": "s1", "error": error}


def test_a_code_works_once_and_a_second_use_ends_what_came_of_it(stranger: Client) -> None:
    code = stranger.consent()["code"]
    answer = stranger.token(grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert answer.headers["intuit_tid"]
    stranger.tokens = answer.json()
    assert set(stranger.tokens) == {
        "access_token", "refresh_token", "token_type", "expires_in", "x_refresh_token_expires_in"
    }  # fmt: skip
    assert (stranger.tokens["expires_in"], stranger.tokens["x_refresh_token_expires_in"]) == (3600, 8_726_400)
    assert stranger.call("GET", "companyinfo/1").status_code == 200
    again = stranger.token(grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert stranger.call("GET", "companyinfo/1").status_code == 401


def test_a_code_is_bound_to_its_redirect_its_verifier_and_five_minutes(stranger: Client) -> None:
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    form = {"grant_type": "authorization_code", "redirect_uri": BACK}
    code = stranger.consent(code_challenge=challenge)["code"]
    for wrong in ({"redirect_uri": BACK + "2"}, {"code_verifier": "other"}, {}):
        refused = stranger.token(**{**form, "code": code, **wrong})
        assert refused.json()["error"] == "invalid_grant"
    assert stranger.token(**form, code=code, code_verifier=verifier).status_code == 200
    late = stranger.consent()["code"]
    stranger.company.advance(minutes=6)
    assert stranger.token(**form, code=late).json()["error"] == "invalid_grant"


def test_the_client_must_say_who_it_is(stranger: Client) -> None:
    code = stranger.consent()["code"]
    refused = stranger.token(secret="guess", grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    wrong = stranger.token(grant_type="password", username="x")
    assert wrong.json()["error"] == "unsupported_grant_type"


def test_a_refresh_token_rotates_and_the_old_one_is_over(quickbooks: Client) -> None:
    old = quickbooks.tokens["refresh_token"]
    quickbooks.tokens = quickbooks.refresh().json()
    assert quickbooks.tokens["refresh_token"] != old
    assert quickbooks.call("GET", "companyinfo/1").status_code == 200
    reused = quickbooks.refresh(refresh_token=old)
    assert reused.status_code == 400
    assert reused.json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }
    assert quickbooks.refresh().status_code == 200


def test_an_access_token_lives_an_hour_and_then_says_so_in_the_gateways_shape(quickbooks: Client) -> None:
    quickbooks.company.advance(minutes=59)
    assert quickbooks.call("GET", "companyinfo/1").status_code == 200
    quickbooks.company.advance(minutes=2)
    answer = quickbooks.call("GET", "companyinfo/1")
    assert answer.status_code == 401
    assert answer.json()["fault"]["type"] == "AUTHENTICATION"
    assert answer.json()["fault"]["error"][0]["code"] == "3200"


def test_the_five_year_end_is_told_on_request(quickbooks: Client) -> None:
    quickbooks.company.advance(days=100)
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "x-include-refresh-token-hard-expires-in": "true"}
    form = {"grant_type": "refresh_token", "refresh_token": quickbooks.tokens["refresh_token"]}
    answer = quickbooks.http.post(f"{quickbooks.served.url}/oauth2/v1/tokens/bearer", data=form, headers=headers).json()
    assert answer["x_refresh_token_hard_expires_in"] == timedelta(days=5 * 365 - 100).total_seconds()


def test_revoking_ends_every_token_of_the_grant(quickbooks: Client) -> None:
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    url, headers = f"{quickbooks.served.url}/v2/oauth2/tokens/revoke", {"Authorization": f"Basic {basic}"}
    body = {"token": quickbooks.tokens["refresh_token"]}
    assert quickbooks.http.post(url, json=body, headers=headers).status_code == 200
    assert quickbooks.call("GET", "companyinfo/1").status_code == 401
    assert quickbooks.refresh().json()["error"] == "invalid_grant"


def test_a_token_opens_one_company_only(quickbooks: Client) -> None:
    assert quickbooks.call("GET", "companyinfo/1", realm="1").status_code == 403


def test_disconnecting_inside_quickbooks_ends_the_grant(quickbooks: Client) -> None:
    assert quickbooks.control("world", "GET")["connected"] == [quickbooks.company.realm_id]
    assert quickbooks.control("disconnect") == {"ended": 1}
    assert quickbooks.refresh().json()["error"] == "invalid_grant"


def test_discovery_names_the_endpoints_that_work(stranger: Client) -> None:
    found = stranger.http.get(f"{stranger.served.url}/.well-known/openid_sandbox_configuration").json()
    assert found["token_endpoint"] == f"{stranger.served.url}/oauth2/v1/tokens/bearer"
