"""Browsers at the door."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from hangarlink.platform.people.models import Membership, User
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import PASSWORD, add_member

HOST = "demo.localhost"
KIM = "kim@example.com"


@pytest.fixture(autouse=True)
def no_attempts_yet(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def kim(account: Account) -> Membership:
    """A member of the account."""
    return add_member(account, KIM)


@pytest.fixture
def door(account: Account) -> Client:
    """A browser in which nobody is signed in."""
    return Client(headers={"host": HOST})


def enter(client: Client, email: str = KIM, password: str = PASSWORD, *, next_: str = "", **extra: Any) -> HttpResponse:
    data = {"login": email, "password": password} | ({"next": next_} if next_ else {})
    return client.post("/sign-in/", data, **extra)  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def what_it_says(answer: HttpResponse) -> str:
    """The page without what differs every time."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", answer.content.decode())


def block(user: User) -> None:
    user.is_active = False
    user.save()


Enter = Callable[..., HttpResponse]
