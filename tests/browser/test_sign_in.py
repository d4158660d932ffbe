"""Signing in with a real browser: a passkey made, used alone and as a second step, under the strict policy."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Page, expect

from hangarlink.platform.people.models import Membership
from tests.browser.conftest import Arrive, Visitor

EMAIL, PASSWORD = "kim@skyline.example", "correct horse battery"


@pytest.fixture(autouse=True)
def no_attempts_yet(committed: None) -> None:
    cache.clear()


def give_authenticator(visitor: Visitor) -> None:
    """A phone that answers at once, built into the browser."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def by_password(page: Page) -> None:
    page.fill("#id_login", EMAIL)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_from_first_to_last(arrive: Arrive, chief: Membership) -> None:
    visitor = arrive(None)
    give_authenticator(visitor)
    page = visitor.open("/sign-in/?next=/me/passkeys/add/")
    visitor.pictures("sign-in", sizes=("1440", "390"))
    by_password(page)
    # Adding a passkey asks for the password once more.
    page.wait_for_url("**/me/confirm/**")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/me/passkeys/add/")
    visitor.pictures("passkey-add", sizes=("1440", "390"))
    page.fill("#id_name", "Phone")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/me/codes/")
    expect(page.locator("#codes")).to_be_visible()
    visitor.pictures("recovery-codes", sizes=("1440", "390"))
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    visitor.open("/me/")
    visitor.pictures("my-sign-in", sizes=("1440", "390"))

    # In with the passkey alone.
    visitor.context.clear_cookies()
    page = visitor.open("/sign-in/?next=/me/passkeys/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    visitor.open("/me/passkeys/")
    expect(page.get_by_text("Phone")).to_be_visible()
    visitor.pictures("passkeys", sizes=("1440", "390"))

    # And as the second step after the password.
    visitor.context.clear_cookies()
    page = visitor.open("/sign-in/")
    by_password(page)
    page.wait_for_url("**/sign-in/second-step/")
    visitor.pictures("second-step", sizes=("1440", "390"))
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    assert visitor.open("/me/").url.endswith("/me/")


def test_without_a_passkey_the_page_says_so_and_stays(arrive: Arrive, chief: Membership) -> None:
    visitor = arrive(None)
    give_authenticator(visitor)
    page = visitor.open("/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey was not used")).to_be_visible()
    by_password(page)
    page.wait_for_url(lambda url: "/sign-in/" not in url)
