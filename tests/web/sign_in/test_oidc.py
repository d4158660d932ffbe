"""Signing in through an identity provider, against a small one on a real socket."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.models import Membership, User
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import add_member
from tests.web.sign_in.conftest import HOST, KIM, is_in


@dataclass
class Provider:
    """An identity provider that says what it is told to say."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path == "/.well-known/openid-configuration":
            body: dict[str, Any] = {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        elif path == "/token":
            form = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
            self.codes.append(form["code"][0])
            assert form["client_secret"] == ["very-secret"]
            assert form["code_verifier"]
            body = {"access_token": "token", "token_type": "Bearer"}
        else:
            body = self.claims
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    app = Provider()
    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    app.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    configured = {
        "provider_id": "oidc",
        "name": "Skyline",
        "client_id": "hangarlink",
        "secret": "very-secret",
        "settings": {"server_url": app.issuer},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [configured]}}
    yield app
    server.shutdown()
    server.server_close()
    thread.join()


def come_back(door: Client, provider: Provider, claims: dict[str, Any], path: str = "/sign-in/oidc/") -> Any:
    """Go to the provider and return with these claims."""
    provider.claims = claims
    target = urlsplit(door.get(path).headers["Location"])
    query = parse_qs(target.query)
    assert f"{target.scheme}://{target.netloc}" == provider.issuer
    assert query["redirect_uri"] == [f"http://{HOST}/sign-in/oidc/back/"]
    return door.get("/sign-in/oidc/back/", {"code": "abc", "state": query["state"][0]})


def kim_says(**more: Any) -> dict[str, Any]:
    return {"sub": "kim-1", "email": KIM, "email_verified": True} | more


def test_a_member_comes_in(account: Account, kim: Membership, door: Client, provider: Provider) -> None:
    assert "Sign in with Skyline" in door.get("/sign-in/").text
    answer = come_back(door, provider, kim_says(), "/sign-in/oidc/?next=/me/password/")
    assert answer.headers["Location"] == "/me/password/"
    assert is_in(door)
    with acting_in(account):
        assert AuditEntry.objects.get(action="signed_in").new == {"method": "identity provider"}
    # The provider's own name for the person counts from now on, also when the address changes there.
    again = Client(headers={"host": HOST})
    come_back(again, provider, kim_says(email="married@example.com"))
    assert is_in(again)
    kim.user.refresh_from_db()
    assert kim.user.check_password("correct horse battery"), "the password still works"


@pytest.mark.parametrize(
    "claims",
    [
        kim_says(email="stranger@example.com"),
        kim_says(email_verified=False),
        kim_says(email_verified="false"),
        kim_says(email_verified="true"),
        kim_says(email=None),
        {"sub": "kim-1"},
    ],
)
def test_who_is_not_invited_does_not(kim: Membership, door: Client, provider: Provider, claims: dict[str, Any]) -> None:
    answer = come_back(door, provider, claims)
    assert answer.headers["Location"] == "/sign-in/"
    assert "no user of this account" in door.get("/sign-in/").text
    assert not is_in(door)
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1


def test_a_member_of_another_account_does_not(
    account: Account, other_account: Account, kim: Membership, door: Client, provider: Provider
) -> None:
    add_member(other_account, "elsewhere@example.com")
    come_back(door, provider, kim_says(sub="e", email="elsewhere@example.com"))
    assert not is_in(door)
    # Also not when the provider is known to belong to them.
    SocialAccount.objects.create(user=User.objects.get(email="elsewhere@example.com"), provider="oidc", uid="e")
    come_back(door, provider, kim_says(sub="e", email="elsewhere@example.com"))
    assert not is_in(door)


def test_a_made_up_return_is_refused(kim: Membership, door: Client, provider: Provider) -> None:
    provider.claims = kim_says()
    answer = door.get("/sign-in/oidc/back/", {"code": "abc", "state": "made-up"})
    assert answer.status_code in {200, 401}
    assert "Not signed in" in answer.text
    assert not provider.codes
    assert not is_in(door)


def test_without_a_provider_there_is_no_such_page(kim: Membership, door: Client) -> None:
    assert "Sign in with" not in door.get("/sign-in/").text.replace("Sign in with a passkey", "")
    assert door.get("/sign-in/oidc/").status_code == 404
    assert door.get("/sign-in/nonsense/back/").status_code == 404
