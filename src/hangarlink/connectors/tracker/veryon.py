"""Veryon (Flightdocs): OAuth 2.0 authorisation code under a written partner agreement, or files.

The hosts and the authorisation endpoint are public; the token endpoint's path is our assumption. Both stand below the
host that the connection uses: the vendor's sandbox authorises by itself.
"""

from hangarlink.connectors.tracker import Tracker, manifest_for
from hangarlink.integration.contract import Folder, OAuthCode, Sftp, UserPassword


class Veryon(Tracker):
    manifest = manifest_for(
        "veryon",
        "Veryon",
        base_url="https://api.flightdocs.com",
        other_urls={"sandbox": "https://api-sandbox.flightdocs.com"},
        auth=OAuthCode(
            authorize_url="/oauth2/authorize",
            token_url="/oauth2/token",  # noqa: S106 - an address, no token
            app_help="Client id and secret come with Veryon's partner agreement.",
        ),
        other_auth=(UserPassword(), Sftp(), Folder()),
        about="Sends totals and flight times to Veryon Tracking and brings in its due list.",
        setup="Sign Veryon's API agreement; it brings client id, client secret and the interface description.",
    )


connector = Veryon
