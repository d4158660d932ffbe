"""What holds for every page: who may open it, its headers, its menu."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.web.access import Access
from tests.conftest import make_member
from tests.web.conftest import sign_in


def page_patterns() -> Iterator[tuple[str, URLPattern]]:
    """Every URL of hangarlink.web, with its route."""

    def walk(resolver: URLResolver, route: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route + str(pattern.pattern))
            else:
                yield route + str(pattern.pattern), pattern

    for route, pattern in walk(get_resolver(), ""):
        if pattern.callback.__module__.startswith("hangarlink.web"):
            yield route, pattern


def test_every_page_declares_who_may_open_it() -> None:
    patterns = list(page_patterns())
    assert patterns
    for route, pattern in patterns:
        access = getattr(pattern.callback, "access", "nothing")
        assert access is None or isinstance(access, Access), f"/{route} says neither @page(...) nor @public"


def test_who_is_not_signed_in_comes_back_after_signing_in(stranger: Client) -> None:
    answer = stranger.get("/aircraft/?status=maintenance")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in/?next=/aircraft/%3Fstatus%3Dmaintenance"
    assert stranger.get("/aircraft/", headers={"HX-Request": "true"}).status_code == 401


def test_a_missing_permission_is_named_and_hides_the_entry(account: Account) -> None:
    client = sign_in(make_member(account, "defects.view"))
    answer = client.get("/aircraft/")
    assert answer.status_code == 403
    assert "fleet.view" in answer.text
    assert 'href="/aircraft/"' not in client.get("/search/").text


def test_a_session_of_one_account_opens_nothing_in_another(account: Account, other_account: Account) -> None:
    client = sign_in(make_member(account, role="Administrator"))
    assert client.get("/aircraft/").status_code == 200
    assert client.get("/aircraft/", headers={"host": "other.localhost"}).status_code == 302


def test_pages_carry_a_strict_policy_and_nothing_inline(browser: Client) -> None:
    answer = browser.get("/aircraft/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "<style" not in answer.text
    assert ' style="' not in answer.text
    assert ' onclick="' not in answer.text
    assert answer.text.count("<script src=") == answer.text.count("<script")


def test_an_unknown_address_and_a_foreign_id_are_not_found(browser: Client, other_account: Account) -> None:
    from hangarlink.fleet.models import Aircraft, AircraftModel

    with acting_in(other_account):
        model = AircraftModel.objects.create(account=other_account, name="SR22")
        foreign = Aircraft.objects.create(account=other_account, registration="OY-FOR", aircraft_model=model)
    answer = browser.get(f"/aircraft/{foreign.pk}/")
    assert answer.status_code == 404
    assert "OY-FOR" not in answer.text
    assert "No such page" in browser.get("/nowhere/").text


def test_an_unknown_api_address_answers_in_the_apis_words(browser: Client) -> None:
    answer = browser.get("/api/v9/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"


@pytest.mark.parametrize(
    "address",
    [
        "/aircraft/?page=99999999999999999999&sort=nonsense&show=x&status=nonsense&model=1",
        "/search/?q=%00%FF",
        "/aircraft/?q=%00",
    ],
)
def test_nonsense_in_the_address_does_no_harm(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 200
