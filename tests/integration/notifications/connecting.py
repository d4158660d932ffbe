"""Connections as the wizard leaves them behind, without the way through a browser (test_end_to_end walks it)."""

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.models import Grant
from hangarlink.integration.connections.streams import make_streams
from hangarlink.integration.contract import Manifest
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import SlackApp


def connect_slack(account: Account, slack: Served[SlackApp], acting_user: Actor, *, name: str = "Slack") -> Connection:
    from hangarlink.connectors.slack import Slack

    connection = _connect(account, Slack.manifest, name, slack.url, slack.app.workspace.team_id)
    Grant.objects.create(account=account, connection=connection, serial=1)
    vault.put(connection, "access_token", Secret(slack.app.workspace.install()), acting_user=acting_user)
    return connection


def _connect(account: Account, manifest: Manifest, name: str, base_url: str, identity: str) -> Connection:
    connection = Connection.objects.create(
        account=account,
        connector=manifest.key,
        name=name,
        base_url=base_url,
        identity_key=identity,
        identity_name="Skyline Flight School",
    )
    make_streams(connection, manifest)
    return connection
