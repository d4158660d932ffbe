"""The school in its sandbox, and a browser in front of it."""

import pytest
from django.test import Client

from hangarlink.platform.people.models import Membership
from tests.integration.conftest import Hub, connection, hub, serving
from tests.web.conftest import sign_in

__all__ = ["connection", "hub", "serving"]


@pytest.fixture
def page_of(hub: Hub) -> str:
    """The address of the connection."""
    return f"/connections/flightlogger/{hub.connection.pk}/"


@pytest.fixture
def browser(admin: Membership) -> Client:
    return sign_in(admin)
