"""Pure decisions about OAuth: where the endpoints are, what a state says, how long a token is good."""

import base64
import hashlib
import re
import string
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.connections.oauth.rules import (
    LONGEST_LIFETIME,
    authorize_link,
    challenge,
    claim,
    endpoints_at,
    lifetime,
    margin,
    state_for,
    subdomain_in,
)
from hangarlink.integration.contract import Area, Category, ClientCredentials, Dataset, Directions, Manifest, OAuthCode

AUTH = OAuthCode(
    authorize_url="https://login.acme.example/connect/oauth2",
    token_url="https://tokens.acme.example/oauth2/token",
    revoke_url="https://tokens.acme.example/oauth2/revoke",
    scopes=("a", "b"),
)
ACME = Manifest(
    key="acme", name="Acme", category=Category.ACCOUNTING, area=Area.OPS, auth=AUTH,
    base_url="https://api.acme.example", other_urls={"sandbox": "https://sandbox.acme.example"},
    base_url_editable=True, datasets={Dataset.AIRCRAFT: Directions.PULL},
)  # fmt: skip


@pytest.mark.parametrize("base_url", ["https://api.acme.example", "https://sandbox.acme.example"])
def test_at_the_partners_own_endpoints_its_own_pages_are_used(base_url: str) -> None:
    found = endpoints_at(ACME, AUTH, base_url)
    assert (found.authorize, found.token, found.revoke) == (AUTH.authorize_url, AUTH.token_url, AUTH.revoke_url)
    assert found.is_partners_own


@pytest.mark.parametrize(
    "base_url",
    ["http://127.0.0.1:8090/acme", "http://127.0.0.1:8090/acme/", "https://api.acme.example.evil.example",
     "https://api.acme.example:8443", "https://api.acme.example/"],
)  # fmt: skip
def test_at_any_other_endpoint_tokens_go_where_the_calls_go(base_url: str) -> None:
    found = endpoints_at(ACME, AUTH, base_url)
    assert not found.is_partners_own
    for url in (found.authorize, found.token, found.revoke):
        assert urlsplit(url).netloc == urlsplit(base_url).netloc
    assert found.token == base_url.rstrip("/") + "/oauth2/token"


def test_a_token_path_stands_below_the_endpoint() -> None:
    auth = ClientCredentials(token_url="/oauth2/token")
    assert endpoints_at(ACME, auth, "https://api.acme.example").token == "https://api.acme.example/oauth2/token"
    assert endpoints_at(ACME, auth, "https://x.example/v2").token == "https://x.example/v2/oauth2/token"


def test_the_challenge_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@given(st.text(string.ascii_letters + string.digits + "-._~", min_size=43, max_size=128))
def test_challenges_are_hashes(verifier: str) -> None:
    told = challenge(verifier)
    assert re.fullmatch(r"[\w-]{43}", told)
    assert base64.urlsafe_b64decode(told + "=") == hashlib.sha256(verifier.encode()).digest()


def test_a_link_is_quoted() -> None:
    link = authorize_link(
        AUTH,
        "https://a.example/x?y=1",
        client_id="a&b=c",
        redirect_uri="https://h/cb?x=1",
        state="s",
        verifier="v" * 43,
    )
    asked = parse_qs(urlsplit(link).query)
    assert asked["client_id"] == ["a&b=c"]
    assert asked["redirect_uri"] == ["https://h/cb?x=1"]
    assert asked["y"] == ["1"]
    assert "v" * 43 not in link


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,30}", fullmatch=True), st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
def test_a_state_says_whose_it_is(subdomain: str, nonce: str) -> None:
    assert subdomain_in(state_for(subdomain, nonce)) == subdomain


@given(st.text(max_size=120))
def test_what_is_no_state_says_nothing(text: str) -> None:
    found = subdomain_in(text)
    assert found == "" or re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", found)


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans(), st.lists(st.integers())))
def test_any_lifetime_is_one_or_none(told: Any) -> None:
    found = lifetime(told, 3600)
    assert found is not None
    assert 0 < found <= max(LONGEST_LIFETIME, 3600)


@given(st.integers(1, LONGEST_LIFETIME))
def test_a_token_is_used_for_most_of_its_life(seconds: int) -> None:
    assert 0 <= margin(seconds) <= 300
    assert seconds - margin(seconds) >= seconds * 0.9


@pytest.mark.parametrize(
    ("path", "found"), [("team.id", "T1"), ("team", ""), ("nowhere", ""), ("team.id.x", ""), ("n", "7"), ("b", "")]
)
def test_claims(path: str, found: str) -> None:
    assert claim({"team": {"id": "T1"}, "n": 7, "b": True}, path) == found
