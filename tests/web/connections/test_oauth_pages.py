"""The way to a partner and back, as a browser walks it."""

import html
import re

import pytest
from django.test import Client

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.authorising import begin_authorisation
from hangarlink.integration.connections.oauth.partner_apps import set_partner_app
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import PERMISSIONS
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from tests.conftest import make_member
from tests.integration.connections.conftest import acme, partner, site
from tests.integration.connections.partner import CLIENT_ID, CLIENT_SECRET, Partner
from tests.web.conftest import sign_in

__all__ = ["acme", "partner", "site"]
pytestmark = pytest.mark.usefixtures("acme")
CALLBACK, FINISH = "/integrations/oauth/callback", "/integrations/oauth/finish"


@pytest.fixture
def back(account: Account, admin: Membership, partner: Partner) -> dict[str, str]:
    """The administrator went to the consent page and said yes: what the browser comes back with."""
    with acting_in(account):
        set_partner_app(
            connector="acme", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), acting_user=admin.actor()
        )
        link = begin_authorisation(connector="acme", base_url=partner.url, acting_user=admin.actor())
    return partner.consent(link)


def connections(account: Account) -> list[Connection]:
    with acting_in(account):
        return list(Connection.objects.all())


def test_there_and_back(account: Account, browser: Client, back: dict[str, str]) -> None:
    first = browser.get(CALLBACK, back, headers={"host": "localhost"})
    assert first.status_code == 302
    assert first["Location"].startswith(f"http://demo.localhost:8000{FINISH}?")
    assert first["Referrer-Policy"] == "no-referrer"
    assert "no-store" in first["Cache-Control"]
    second = browser.get(first["Location"].removeprefix("http://demo.localhost:8000"))
    assert second.status_code == 302
    (made,) = connections(account)
    assert str(made.pk) in second["Location"]
    assert "Acme Aviation is authorised" in browser.get(second["Location"]).content.decode()


def test_the_return_works_once(account: Account, browser: Client, partner: Partner, back: dict[str, str]) -> None:
    browser.get(FINISH, back)
    calls = len(partner.calls)
    assert browser.get(FINISH, back)["Location"] == "/"
    assert len(partner.calls) == calls
    assert len(connections(account)) == 1


def test_a_failure_uses_the_state_up(account: Account, browser: Client, partner: Partner, back: dict[str, str]) -> None:
    browser.get(FINISH, back | {"code": "guessed"})
    browser.get(FINISH, back)
    assert not connections(account)
    assert len(partner.calls) == 1


def test_nobody_else_can_return_in_their_place(account: Account, partner: Partner, back: dict[str, str]) -> None:
    other = sign_in(make_member(account, *PERMISSIONS, email="mallory@example.com", role="All"))
    other.get(FINISH, back)
    assert not connections(account)
    assert not partner.calls


def test_a_victim_of_another_account_is_not_connected(
    other_account: Account, partner: Partner, back: dict[str, str]
) -> None:
    victim = sign_in(make_member(other_account, *PERMISSIONS, email="victim@example.com", role="All"))
    victim.get(FINISH, back)
    assert not connections(other_account)
    assert not partner.calls


def test_a_stranger_signs_in_first(stranger: Client, partner: Partner, back: dict[str, str]) -> None:
    assert "/sign-in/" in stranger.get(FINISH, back)["Location"]
    assert not partner.calls


def test_saying_no_connects_nothing(account: Account, browser: Client, back: dict[str, str]) -> None:
    browser.get(FINISH, {"state": back["state"], "error": "access_denied"})
    page = browser.get("/", follow=True).content.decode()
    assert "Access was not granted at Acme" in page
    assert not connections(account)


def test_what_the_partner_says_is_text(account: Account, browser: Client, back: dict[str, str]) -> None:
    browser.get(FINISH, {"state": back["state"], "error": "<script>alert(1)</script>"})
    assert "<script>alert" not in browser.get("/", follow=True).content.decode()


@pytest.mark.parametrize(
    "state", ["", "nobody." + "x" * 43, "evil.example/" + "x" * 43, "demo.short", "demo@evil." + "x" * 43]
)
def test_the_redirect_address_leads_to_accounts_of_ours_only(account: Account, stranger: Client, state: str) -> None:
    answer = stranger.get(CALLBACK, {"state": state, "code": "c"}, headers={"host": "localhost"})
    assert answer.status_code == 400


def test_authorising_again_leaves_by_a_link(
    account: Account, browser: Client, partner: Partner, back: dict[str, str]
) -> None:
    browser.get(FINISH, back)
    (made,) = connections(account)
    page = browser.post(f"/integrations/oauth/again/{made.pk}/").content.decode()
    (link,) = re.findall(r'href="([^"]*connect/oauth2[^"]*)"', page)
    again = partner.consent(html.unescape(link))
    assert browser.get(FINISH, again).status_code == 302
    assert len(connections(account)) == 1


def test_a_reader_does_not_authorise(account: Account, browser: Client, reader: Client, back: dict[str, str]) -> None:
    browser.get(FINISH, back)
    (made,) = connections(account)
    assert reader.post(f"/integrations/oauth/again/{made.pk}/").status_code == 403
