"""To a partner's consent page and back: who may return, once, and what is kept."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.utils import timezone

from hangarlink.integration.connections.actions import disconnect
from hangarlink.integration.connections.actions import test_connection as prove_again
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.authorising import (
    begin_authorisation,
    finish_authorisation,
    redirect_uri,
    refused_authorisation,
)
from hangarlink.integration.connections.oauth.models import Authorisation, Grant, Revocation
from hangarlink.integration.connections.oauth.partner_apps import app_for, set_partner_app
from hangarlink.integration.connections.oauth.revoking import revoke
from hangarlink.integration.connections.proving import Unproven
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import PERMISSIONS, Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault.models import VaultEntry
from hangarlink.platform.vault.queries import fields_of
from tests.conftest import make_member
from tests.integration.conftest import Waits
from tests.integration.connections.conftest import authorise
from tests.integration.connections.partner import CLIENT_ID, CLIENT_SECRET, Partner

pytestmark = pytest.mark.usefixtures("acme")


def begin(partner: Partner, acting_user: Actor, **more: Any) -> str:
    return begin_authorisation(connector="acme", base_url=partner.url, acting_user=acting_user, **more)


def finish(account: Account, back: dict[str, str], acting_user: Actor) -> Connection:
    params = {name: value for name, value in back.items() if name not in {"state", "code"}}
    return finish_authorisation(
        account, state=back["state"], code=Secret(back["code"]), params=params, acting_user=acting_user
    )


def test_the_link_asks_for_consent_and_holds_no_secret(app: None, partner: Partner, acting_user: Actor) -> None:
    link = begin(partner, acting_user)
    assert link.startswith(f"{partner.url}/connect/oauth2?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert asked["redirect_uri"] == redirect_uri() == "http://localhost:8000/integrations/oauth/callback"
    assert (asked["response_type"], asked["scope"], asked["client_id"]) == ("code", "books.read books.write", CLIENT_ID)
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert asked["state"].startswith("demo.")
    assert CLIENT_SECRET not in link
    assert asked["state"] not in repr(Authorisation.objects.values())
    assert parse_qs(urlsplit(begin(partner, acting_user)).query)["state"] != [asked["state"]]


def test_what_comes_back_is_kept(authorised: Connection, partner: Partner) -> None:
    assert (authorised.identity_key, authorised.name, authorised.auth_kind) == ("r-1", "Acme Aviation", "oauth_code")
    assert authorised.options == {"realmId": "r-1", "team_id": "T1"}
    assert fields_of(authorised) == {"access_token", "refresh_token"}
    grant = Grant.objects.get(connection=authorised)
    assert grant.expires_at is not None
    assert timedelta(minutes=50) < grant.expires_at - timezone.now() < timedelta(minutes=56)
    assert grant.refresh_expires_at is not None
    (call,) = partner.called("/oauth2/token")
    assert len(call.form["code_verifier"]) == 43


def test_nothing_moves_before_somebody_says_so(authorised: Connection, partner: Partner) -> None:
    assert not authorised.streams.filter(is_enabled=True).exists()
    assert [call.path for call in partner.calls] == ["/oauth2/token", "/me"]


def test_secrets_are_in_the_vault_and_nowhere_else(authorised: Connection) -> None:
    told = [repr(authorised.__dict__), repr(list(Authorisation.objects.values())), repr(list(Grant.objects.values()))]
    told += [f"{entry.old}{entry.new}" for entry in AuditEntry.objects.all()]
    told += [repr(list(VaultEntry.objects.values()))]
    assert not any("canary" in text for text in told)


def test_a_state_is_good_once(app: None, acting: Account, partner: Partner, acting_user: Actor) -> None:
    back = partner.consent(begin(partner, acting_user))
    finish(acting, back, acting_user)
    before = len(partner.calls)
    with pytest.raises(RuleBroken, match="used already"):
        finish(acting, back, acting_user)
    assert len(partner.calls) == before


def test_a_state_is_used_up_by_a_failure(app: None, acting: Account, partner: Partner, acting_user: Actor) -> None:
    back = partner.consent(begin(partner, acting_user))
    with pytest.raises(Unproven):
        finish(acting, back | {"code": "guessed"}, acting_user)
    with pytest.raises(RuleBroken, match="used already"):
        finish(acting, back, acting_user)
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    "forge", [str.upper, lambda s: s[:-1], lambda s: s + "A", lambda s: "other." + s[5:], lambda s: ""]
)
def test_a_forged_state_leads_nowhere(
    app: None, acting: Account, partner: Partner, acting_user: Actor, forge: Any
) -> None:
    back = partner.consent(begin(partner, acting_user))
    with pytest.raises(RuleBroken, match="not started here by you"):
        finish(acting, back | {"state": forge(back["state"])}, acting_user)
    assert not partner.calls


def test_a_state_belongs_to_who_started(app: None, acting: Account, partner: Partner, acting_user: Actor) -> None:
    back = partner.consent(begin(partner, acting_user))
    someone_else = make_member(acting, *PERMISSIONS, email="mallory@example.com", role="All").actor()
    with pytest.raises(RuleBroken, match="not started here by you"):
        finish(acting, back, someone_else)
    assert not partner.calls


def test_a_state_belongs_to_its_account(
    account: Account, other_account: Account, admin: Membership, partner: Partner
) -> None:
    """Whoever gets a victim to open a link with a state of their own account connects nothing there."""
    with acting_in(account):
        app = {"client_id": CLIENT_ID, "client_secret": Secret(CLIENT_SECRET)}
        set_partner_app(connector="acme", **app, acting_user=admin.actor())  # type: ignore[arg-type]
        back = partner.consent(begin(partner, admin.actor()))
        attacker = admin.actor()
    member = make_member(other_account, *PERMISSIONS, email="victim@example.com", role="All")
    with acting_in(other_account):
        victim = member.actor()
    for who in (victim, attacker):
        with pytest.raises(RuleBroken, match="not started here by you"):
            finish(other_account, back, who)
    assert not partner.calls


def test_a_state_is_good_for_minutes(app: None, acting: Account, partner: Partner, acting_user: Actor) -> None:
    back = partner.consent(begin(partner, acting_user))
    with (
        time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False),
        pytest.raises(RuleBroken, match="took too long"),
    ):
        finish(acting, back, acting_user)
    assert not partner.calls


def test_somebody_said_no(app: None, acting: Account, partner: Partner, acting_user: Actor) -> None:
    back = partner.consent(begin(partner, acting_user))
    told = refused_authorisation(acting, state=back["state"], error="access_denied", acting_user=acting_user)
    assert "not granted" in told
    with pytest.raises(RuleBroken):
        finish(acting, back, acting_user)


def test_the_partner_must_say_whose_account_it_is(
    app: None, acting: Account, partner: Partner, acting_user: Actor
) -> None:
    back = partner.consent(begin(partner, acting_user))
    with pytest.raises(Unproven, match="which account"):
        finish(acting, back | {"realmId": ""}, acting_user)
    assert not Connection.objects.exists()


def test_authorising_again_goes_on_with_the_same_account(
    authorised: Connection, acting: Account, partner: Partner, acting_user: Actor
) -> None:
    again = authorise(acting, partner, acting_user, connection=authorised)
    assert again.pk == authorised.pk
    assert Grant.objects.get(connection=authorised).serial == 2
    with pytest.raises(RuleBroken, match="connected to Acme Aviation"):
        authorise(acting, partner, acting_user, connection=authorised, realm="r-2")
    assert Connection.objects.count() == 1


def test_without_an_app_it_says_what_to_register(acting: Account, partner: Partner, acting_user: Actor) -> None:
    with pytest.raises(RuleBroken, match="callback") as refused:
        begin(partner, acting_user)
    assert refused.value.field == "client_id"


def test_the_installations_secret_goes_to_the_partner_only(
    acting: Account, partner: Partner, acting_user: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account's administrator chooses the endpoint; that must not be a way to the operator's secret."""
    monkeypatch.setenv("HANGARLINK_APP_ACME_ID", "operators-app")
    monkeypatch.setenv("HANGARLINK_APP_ACME_SECRET", "operators-secret-canary")
    assert app_for("acme", is_partners_own=True) is not None
    assert app_for("acme", is_partners_own=False) is None
    with pytest.raises(RuleBroken, match="client ID"):
        begin(partner, acting_user)
    assert not partner.calls


def test_tokens_do_not_travel_unencrypted(app: None, acting: Account, acting_user: Actor) -> None:
    with pytest.raises(RuleBroken, match="https://") as refused:
        begin_authorisation(connector="acme", base_url="http://8.8.8.8/acme", acting_user=acting_user)
    assert refused.value.field == "base_url"


def test_an_app_is_set_by_those_who_may(acting: Account) -> None:
    viewer = Actor(ActorKind.PERSON, None, "Kim", frozenset({"integrations.view", "integrations.manage_sync"}))
    with pytest.raises(NotPermitted):
        set_partner_app(connector="acme", client_id="x", client_secret=Secret("y"), acting_user=viewer)
    with pytest.raises(NotPermitted):
        begin_authorisation(connector="acme", acting_user=viewer)


def test_disconnecting_revokes_and_forgets(
    authorised: Connection, acting: Account, partner: Partner, acting_user: Actor
) -> None:
    disconnect(authorised, acting_user=acting_user)
    assert fields_of(authorised) == set()
    assert not Grant.objects.exists()
    row = Revocation.objects.get()
    assert not partner.called("/oauth2/revoke"), "no call inside the transaction"
    revoke(acting, row.id, Waits())
    assert len(partner.called("/oauth2/revoke")) == 1
    assert not partner.refresh
    assert not Revocation.objects.exists()
    assert not VaultEntry.objects.filter(field="token").exists()


def test_a_partner_that_does_not_revoke_is_given_up_on(
    authorised: Connection, acting: Account, partner: Partner, acting_user: Actor
) -> None:
    disconnect(authorised, acting_user=acting_user)
    partner.fail("/oauth2/revoke", *[(503, {}, b"")] * 4)
    waits = Waits()
    revoke(acting, Revocation.objects.get().id, waits)
    assert waits.seconds == [1, 2, 4]
    assert not VaultEntry.objects.filter(field="token").exists()
    assert AuditEntry.objects.filter(action="not_revoked").exists()


def test_proving_again_uses_the_tokens(authorised: Connection, acting_user: Actor) -> None:
    assert prove_again(authorised, acting_user=acting_user).key == "r-1"
