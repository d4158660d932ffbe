"""Pages are asked for as a browser does: by host, with a session."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from hangarlink.platform.people.middleware import ACCOUNT_KEY
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member

HOST = "demo.localhost"


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """File names without fingerprints: nothing was collected in a test."""
    storages = {**settings.STORAGES}
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


def sign_in(membership: Membership, **options: bool) -> Client:
    """A browser in which this member is signed in."""
    client = Client(headers={"host": f"{membership.account.subdomain}.localhost"}, **options)
    client.force_login(membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[ACCOUNT_KEY] = str(membership.account_id)
    session.save()
    return client


@pytest.fixture
def stranger(account: Account) -> Client:
    """A browser in which nobody is signed in."""
    return Client(headers={"host": HOST})


@pytest.fixture
def browser(admin: Membership) -> Client:
    """A browser in which the administrator is signed in."""
    return sign_in(admin)


@pytest.fixture
def reader(account: Account) -> Client:
    """A browser of somebody who may only look."""
    return sign_in(make_member(account, email="reader@example.com", role="Read only"))
