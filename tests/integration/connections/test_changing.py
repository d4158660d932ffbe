"""What was entered is checked before it is sent, and a stored secret goes to no host that it was not entered for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.connections.actions import change_connection, create_connection
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.models import Grant
from hangarlink.integration.connections.proving import Credentials, Unproven, check_value
from hangarlink.integration.contract import Field, FieldKind, Sftp, Smtp
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from hangarlink.platform.vault.queries import fields_of
from tests.integration.connections.partner import API_KEY, CLIENT_ID, CLIENT_SECRET, PASSWORD, USER, Partner

pytestmark = pytest.mark.usefixtures("acme")


def connect(partner: Partner, acting_user: Actor, credentials: Credentials, **more: Any) -> Connection:
    return create_connection(
        connector="acme", credentials=credentials, base_url=partner.url, acting_user=acting_user, **more
    )


def key(text: str = API_KEY, **more: Secret) -> Credentials:
    return Credentials({"api_key": Secret(text), **more}, {}, "api_key")


def elsewhere(partner: Partner) -> str:
    """The same server under another name: another host, for all that anybody can know."""
    return partner.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def keyed(acting: Account, acting_user: Actor, partner: Partner) -> Connection:
    return connect(partner, acting_user, key())


def test_a_stored_key_is_not_sent_to_another_host(keyed: Connection, partner: Partner, acting_user: Actor) -> None:
    """Or whoever may edit a connection could have the key sent to a server of their own."""
    calls = len(partner.calls)
    with pytest.raises(RuleBroken, match="not sent to another host") as refused:
        change_connection(keyed, base_url=elsewhere(partner), acting_user=acting_user)
    assert refused.value.field == "secret"
    assert len(partner.calls) == calls
    change_connection(keyed, base_url=elsewhere(partner), credentials=key(), acting_user=acting_user)
    keyed.refresh_from_db()
    assert keyed.base_url == elsewhere(partner)


def test_nor_is_a_stored_password(acting: Account, acting_user: Actor, partner: Partner) -> None:
    given = Credentials({"password": Secret(PASSWORD)}, {"username": USER}, "user_password")
    made = connect(partner, acting_user, given)
    with pytest.raises(RuleBroken) as refused:
        change_connection(made, base_url=elsewhere(partner), acting_user=acting_user)
    assert refused.value.field == "password"
    with pytest.raises(Unproven):
        change_connection(made, credentials=Credentials({}, {"username": "lee"}), acting_user=acting_user)
    made.refresh_from_db()
    assert made.access == {"username": USER}


def test_an_authorised_connection_stays_where_it_is(
    authorised: Connection, partner: Partner, acting_user: Actor
) -> None:
    with pytest.raises(RuleBroken) as refused:
        change_connection(authorised, base_url=elsewhere(partner), acting_user=acting_user)
    assert refused.value.field == "base_url"
    change_connection(authorised, name="Books", acting_user=acting_user)


def test_a_new_client_secret_buys_a_new_token(acting: Account, acting_user: Actor, partner: Partner) -> None:
    given = Credentials({"client_secret": Secret(CLIENT_SECRET)}, {"client_id": CLIENT_ID}, "client_credentials")
    made = connect(partner, acting_user, given)
    before = Grant.objects.get(connection=made).serial
    change_connection(made, credentials=Credentials(given.secrets, {}), acting_user=acting_user)
    assert Grant.objects.get(connection=made).serial == before + 1
    with pytest.raises(Unproven):
        change_connection(
            made, credentials=Credentials({"client_secret": Secret("wrong-canary")}, {}), acting_user=acting_user
        )
    assert vault.reveal(made, "client_secret").reveal() == CLIENT_SECRET


def test_a_webhook_secret_is_kept_beside_the_key(acting: Account, acting_user: Actor, partner: Partner) -> None:
    made = connect(partner, acting_user, key(webhook_secret=Secret("hook-canary-secret")))
    assert fields_of(made) == {"api_key", "webhook_secret"}
    calls = len(partner.calls)
    given = Credentials({"webhook_secret": Secret("hook-canary-other")}, {})
    change_connection(made, credentials=given, acting_user=acting_user)
    assert len(partner.calls) == calls, "only the partner can prove it"
    assert vault.reveal(made, "webhook_secret").reveal() == "hook-canary-other"
    assert not any("canary" in f"{entry.old}{entry.new}" for entry in AuditEntry.objects.all())


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        (Credentials({}, {}, "api_key"), "secret"),
        (Credentials({"api_key": Secret("two words")}, {}, "api_key"), "secret"),
        (Credentials({"api_key": Secret(API_KEY), "other": Secret("x")}, {}, "api_key"), "other"),
        (Credentials({"password": Secret(PASSWORD)}, {}, "user_password"), "username"),
        (Credentials({"password": Secret(PASSWORD)}, {"username": "a:b"}, "user_password"), "username"),
        (Credentials({"password": Secret(PASSWORD)}, {"username": "a\r\nX: y"}, "user_password"), "username"),
        (Credentials({"password": Secret("a\nb")}, {"username": USER}, "user_password"), "password"),
        (Credentials({}, {"username": USER}, "user_password"), "password"),
        (Credentials({"client_secret": Secret("")}, {"client_id": "x"}, "client_credentials"), "client_secret"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_field(
    acting: Account, acting_user: Actor, partner: Partner, credentials: Credentials, field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        connect(partner, acting_user, credentials)
    assert refused.value.field == field
    assert "canary" not in str(refused.value)
    assert not partner.calls


def test_a_kind_that_is_not_offered(acting: Account, acting_user: Actor, partner: Partner) -> None:
    with pytest.raises(LookupError, match="cannot be authenticated by smtp"):
        connect(partner, acting_user, Credentials({}, {}, "smtp"))
    with pytest.raises(RuleBroken, match="its own page"):
        connect(partner, acting_user, Credentials({}, {}, "oauth_code"))


@given(st.text(max_size=300), st.sampled_from([one for one in (*Smtp().fields, *Sftp().fields) if not one.is_secret]))
def test_any_text_is_a_value_or_refused_at_its_field(text: str, field: Field) -> None:
    refused = refusal(field, text)
    if refused is not None:
        assert refused.field == field.name
        return
    assert text.isprintable()
    assert field.kind is not FieldKind.NUMBER or not text or text.isdecimal()
    assert field.kind is not FieldKind.CHOICE or not text or text in {value for value, _ in field.choices}


def refusal(field: Field, text: str) -> RuleBroken | None:
    try:
        check_value(field, text)
    except RuleBroken as refused:
        return refused
    return None
