"""Every address: closed to members without its permission, to strangers, and where its feature is switched off."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from hangarlink.platform.people.permissions import PERMISSIONS
from hangarlink.platform.tenancy.models import Account
from hangarlink.web.access import Access
from tests.conftest import make_member
from tests.web.conftest import sign_in

FILLINGS = {"uuid": "01a1f951-fc50-759c-9079-2fb2ec56ae62", "int": "1", "str": "abc", "slug": "abc"}


def guarded_pages() -> list[tuple[str, Access]]:
    """Every address behind `@page`, with made-up ids."""
    found: list[tuple[str, Access]] = []

    def walk(resolver: URLResolver, route: str) -> None:
        for pattern in resolver.url_patterns:
            path = route + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern, path)
            elif isinstance(pattern, URLPattern) and isinstance(getattr(pattern.callback, "access", None), Access):
                filled = re.sub(r"<(\w+):\w+>", lambda match: FILLINGS[match[1]], path)
                found.append(("/" + filled, pattern.callback.access))  # type: ignore[attr-defined]

    walk(get_resolver(), "")
    return found


def _both(client: Client, path: str) -> list[Any]:
    """By GET and by POST; a page that takes no GET says so to everybody."""
    seen, sent = client.get(path), client.post(path)
    return [sent] if seen.status_code == 405 else [seen, sent]


def test_there_are_many() -> None:
    assert len(guarded_pages()) > 30


@pytest.mark.parametrize(("path", "access"), guarded_pages())
def test_a_member_without_the_permission_is_refused(account: Account, path: str, access: Access) -> None:
    """With every other permission, by GET and by POST, and the refusal names what is missing."""
    if access.permission is None:
        pytest.skip("open to every member")
    client = sign_in(make_member(account, *(set(PERMISSIONS) - {access.permission, *access.instead})))
    for answer in _both(client, path):
        assert answer.status_code == 403
        assert access.permission in answer.text


@pytest.mark.parametrize(("path", "access"), guarded_pages())
def test_a_stranger_is_sent_to_sign_in(account: Account, path: str, access: Access) -> None:
    client = Client(headers={"host": "demo.localhost"})
    for answer in _both(client, path):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize(("path", "access"), [pair for pair in guarded_pages() if pair[1].feature])
def test_a_switched_off_feature_has_no_page(account: Account, path: str, access: Access) -> None:
    account.features = []
    account.save()
    client = sign_in(make_member(account, *PERMISSIONS))
    for answer in _both(client, path):
        assert answer.status_code == 404
        assert "is switched off" in answer.text
