import pytest

from hangarlink.platform.applications.actions import IssuedSecret, create_application
from hangarlink.platform.people.permissions import Actor


@pytest.fixture
def issued(acting_user: Actor) -> IssuedSecret:
    return create_application(name="Flight school", scopes=["aircraft_read", "defects_write"], acting_user=acting_user)
