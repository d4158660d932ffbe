"""The one address that an application had becomes an endpoint that begins paused; nothing else of it is left."""

import importlib

import pytest
from django.db import connection

from hangarlink.integration.webhooks.actions import resume_endpoint, rotate_secret
from hangarlink.integration.webhooks.models import Endpoint
from hangarlink.platform.applications.actions import create_application, revoke_application
from hangarlink.platform.applications.models import Application
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account

STATEMENT = importlib.import_module("hangarlink.integration.webhooks.migrations.0002_former_addresses")._ENDPOINTS


@pytest.fixture
def former(acting: Account, acting_user: Actor) -> Application:
    """The migration's statement, over a table of before that stands in front of the present one."""
    made = [create_application(name=name, scopes=["aircraft_read"], acting_user=acting_user) for name in "ABC"]
    revoke_application(made[2].application, acting_user=acting_user)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE oauth_application ON COMMIT DROP AS SELECT id, account_id, name, revoked_at,"
            " CASE name WHEN 'B' THEN '' ELSE 'https://example.com/hook?key=' || name END AS webhook_url"
            " FROM public.oauth_application"
        )
        cursor.execute(STATEMENT)
        cursor.execute(STATEMENT)
        cursor.execute("DROP TABLE pg_temp.oauth_application")
    return made[0].application


def test_it_becomes_one_paused_endpoint(former: Application) -> None:
    (hook,) = Endpoint.objects.all()
    assert (hook.application_id, hook.url, hook.description) == (former.pk, "https://example.com/hook?key=A", "A")
    assert (hook.state, hook.event_types, hook.failures) == ("paused", [], 0)
    assert hook.missed_since is not None


def test_it_needs_a_secret_before_it_is_resumed(former: Application, acting_user: Actor) -> None:
    hook = Endpoint.objects.get()
    with pytest.raises(RuleBroken, match="New secret"):
        resume_endpoint(hook, acting_user=acting_user)
    assert rotate_secret(hook, acting_user=acting_user).secret.startswith("whsec_")
    assert resume_endpoint(hook, acting_user=acting_user).is_active
