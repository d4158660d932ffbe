"""The app that stands for us at a partner: registered by the operator of the installation, or by an account itself."""

import os

from django.db.transaction import atomic

from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.oauth.models import PartnerApp
from hangarlink.integration.connections.oauth.wire import App
from hangarlink.integration.connections.rights import EDIT, require_right
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from hangarlink.platform.vault.queries import fields_of

SECRET = "client_secret"  # noqa: S105 - the name of the vault's field
LONGEST = 400


@atomic
def set_partner_app(*, connector: str, client_id: str, client_secret: Secret | None, acting_user: Actor) -> PartnerApp:
    """Store the account's own app at a partner, or change it. client_secret None keeps the stored one.

    Needs the edit right of the connector's area. Raises RuleBroken (field client_id, client_secret).
    """
    require_right(acting_user, connector, EDIT)
    client_id = client_id.strip()
    if not 0 < len(client_id) <= LONGEST or not _is_visible(client_id):
        raise RuleBroken("Enter the client ID as the partner shows it.", field="client_id")
    if client_secret is not None and not _is_visible(client_secret.reveal()):
        raise RuleBroken("Enter the client secret as the partner shows it.", field=SECRET)
    account = current_account()
    app = PartnerApp.objects.filter(connector=connector).first() or PartnerApp(account=account, connector=connector)
    if client_secret is None and SECRET not in fields_of(app):
        raise RuleBroken("Enter the client secret.", field=SECRET)
    old = {"client_id": app.client_id}
    app.client_id = client_id
    app.save()
    if client_secret is not None:
        vault.put(app, SECRET, client_secret, acting_user=acting_user)
    record(acting_user, app, "partner_app_set", old=old, new={"connector": connector, "client_id": client_id})
    return app


@atomic
def remove_partner_app(app: PartnerApp, *, acting_user: Actor) -> None:
    """Forget the account's own app; connections authorised through it can no longer renew their tokens."""
    require_right(acting_user, app.connector, EDIT)
    vault.forget(app, acting_user=acting_user)
    record(acting_user, app, "partner_app_removed", old={"connector": app.connector, "client_id": app.client_id})
    app.delete()


def own_app(connector: str) -> PartnerApp | None:
    """The account's own app, for the settings page."""
    return PartnerApp.objects.filter(connector=connector).first()


def app_for(connector: str, *, is_partners_own: bool) -> App | None:
    """The app to use: the account's own, else the installation's from the environment.

    is_partners_own  the endpoint is one that the manifest names. The installation's secret goes to no other: an
                     account's administrator may choose the endpoint, and must not learn the operator's secret by it
    """
    manifest_of(connector)
    if (own := own_app(connector)) is not None:
        return App(own.client_id, vault.reveal(own, SECRET))
    if not is_partners_own:
        return None
    return installed_app(connector)


def installed_app(connector: str) -> App | None:
    """HANGARLINK_APP_<CONNECTOR>_ID and _SECRET."""
    client_id = os.environ.get(f"HANGARLINK_APP_{connector.upper()}_ID", "")
    secret = os.environ.get(f"HANGARLINK_APP_{connector.upper()}_SECRET", "")
    return App(client_id, Secret(secret)) if client_id and secret else None


def has_app(connector: str) -> bool:
    """Whether authorising can start, for the wizard: else it asks for an app first."""
    return own_app(connector) is not None or installed_app(connector) is not None


def _is_visible(text: str) -> bool:
    return bool(text) and all("!" <= one <= "~" for one in text)
