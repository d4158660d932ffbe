"""Veryon over OAuth: consent, tokens, items in, totals out, and a token that ends in between."""

from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.oauth.authorising import begin_authorisation, finish_authorisation
from hangarlink.integration.connections.oauth.partner_apps import set_partner_app
from hangarlink.integration.synclog.vocabulary import State
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.tracker import DEMO_CLIENT, DEMO_CLIENT_SECRET, Shop, TrackerApp
from tests.integration.tracker.conftest import Tracking


class _Stay(HTTPRedirectHandler):
    """The browser's part: see where the partner sends it, go nowhere."""

    def redirect_request(self, *given: object) -> None:
        return None


def consent(link: str) -> dict[str, str]:
    from urllib.error import HTTPError

    try:
        build_opener(_Stay).open(link)
    except HTTPError as sent_back:
        query = urlsplit(sent_back.headers["Location"]).query
        return {name: values[0] for name, values in parse_qs(query).items()}
    pytest.fail("The partner did not send the browser back.")


@pytest.fixture
def tracking(
    acting: Account, acting_user: Actor, shop: Shop, served: Served[TrackerApp], fleet: dict[str, Aircraft]
) -> Tracking:
    set_partner_app(
        connector="veryon", client_id=DEMO_CLIENT, client_secret=Secret(DEMO_CLIENT_SECRET), acting_user=acting_user
    )
    link = begin_authorisation(connector="veryon", base_url=served.url, acting_user=acting_user)
    assert link.startswith(f"{served.url}/oauth2/authorize?")
    back = consent(link)
    connection = finish_authorisation(
        acting, state=back["state"], code=Secret(back["code"]), params={}, acting_user=acting_user
    )
    return Tracking(acting, connection, shop, acting_user, served.app)


def test_items_in_and_totals_out_under_a_token(tracking: Tracking) -> None:
    assert (tracking.connection.auth_kind, tracking.connection.identity_key) == ("oauth_code", "skyline")
    run = tracking.run()
    assert (run.state, run.created) == (State.SUCCEEDED, 7), run.technical
    assert tracking.send().created == 3


def test_a_token_that_ends_is_renewed_once_and_the_run_goes_on(tracking: Tracking) -> None:
    tracking.app.faults.add("expired_token", operation="due_list")
    run = tracking.run()
    assert (run.state, run.created) == (State.SUCCEEDED, 7), run.technical
    statuses = [entry["status"] for entry in tracking.app.journal.entries("due_list")]
    assert statuses == [401, 200, 200]
